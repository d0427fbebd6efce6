"""Sites and direct sales from a sheet."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.models import DirectSale
from leads.models import Lead, Site, SiteKey
from partners.models import Partner
from prm_portal.demo_stories.sites import ROWS, tell_sites
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import ExchangeRateFactory, ManufacturerFactory, PartnerFactory, ProductFactory
from tests.importing import bad, bring, counts

pytestmark = pytest.mark.django_db


def test_sites_are_created_once_and_updated(manufacturer: Manufacturer, tmp_path: Path) -> None:
    sheet = "현장코드,현장명,주소,도시,국가,위도,경도,준공일\nS1,오션타워,해운대로 123,부산,KR,35.1631,129.1635,2027-03-31\nS2,,x,y,KR,,,\n"

    outcome = bring(manufacturer, "sites", sheet, tmp_path, only_good=True)
    assert counts(outcome)[0] == 1
    assert sorted(bad(outcome))[0][:2] == (3, "name")
    again = "site code,city\nS1,Busan\n"
    assert counts(bring(manufacturer, "sites", again, tmp_path)) == (0, 1, 0, 0)
    with staff_scope(manufacturer.pk):
        site = Site.objects.get()
        assert (site.name, site.city, site.latitude, site.finishes_on) == (
            "오션타워", "Busan", Decimal("35.163100"), dt.date(2027, 3, 31),
        )  # fmt: skip
        assert site.reference.startswith("S")
        assert site.moves.count() == 1
        assert SiteKey.objects.filter(site=site).count() > 2


@pytest.mark.parametrize(
    ("kind", "name"),
    [("sites", "name"), ("leads", "company"), ("partners", "code,name")],
    ids=["sites", "leads", "partners"],
)
def test_a_place_is_read_alike_in_every_sheet(manufacturer: Manufacturer, tmp_path: Path, kind: str, name: str) -> None:
    code = "" if kind == "partners" else "external code,"
    rows = ("35.16314159,129.1635,KR", "91,129,KR", "35,-181,KR", "35,129,Atlantis")
    lines = [
        f"{'' if kind == 'partners' else f'X{i},'}{','.join(f'N{i}' for _ in name.split(','))},{row}"
        for i, row in enumerate(rows)
    ]
    sheet = "\n".join([f"{code}{name},위도,経度,국가코드", *lines, ""])

    outcome = bring(manufacturer, kind, sheet, tmp_path, only_good=True)

    assert sorted(bad(outcome)) == [
        (3, "latitude", "too_big", "91"),
        (4, "longitude", "too_small", "-181"),
        (5, "country", "unknown_country", "Atlantis"),
    ]
    with staff_scope(manufacturer.pk):
        model = {"sites": Site, "leads": Lead, "partners": Partner}[kind]
        assert model.objects.values_list("latitude", "longitude", "country").get() == (
            Decimal("35.163142"), Decimal("129.163500"), "KR",
        )  # fmt: skip


def test_direct_sales_are_created_once_in_base_currency(manufacturer: Manufacturer, tmp_path: Path) -> None:
    ProductFactory(manufacturer=manufacturer, code="P1")
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", date=dt.date(2026, 1, 1), rate=Decimal(1300))
    sheet = (
        "order no,line no,date,channel,customer,country,sku,qty,amount,currency\n"
        "W1,1,2026-05-01,온라인,Mirae,KR,P1,2,100.50,USD\nW1,2,2026-05-01,,Mirae,KR,,1,900,KRW\n"
        "W2,1,2026-05-01,fax,Mirae,KR,P9,1,900,KRW\n"
    )

    outcome = bring(manufacturer, "direct_sales", sheet, tmp_path, only_good=True)
    assert counts(outcome)[0] == 2
    assert {line[:3] for line in bad(outcome)} == {
        (4, "channel", "unknown_channel"),
        (4, "product_code", "unknown_product"),
    }
    assert counts(bring(manufacturer, "direct_sales", sheet, tmp_path, only_good=True))[:3] == (0, 0, 2)
    with staff_scope(manufacturer.pk):
        rows = DirectSale.objects.order_by("line_number").values_list(
            "channel", "product__code", "quantity", "amount", "currency", "amount_base", "credit_state"
        )
        assert list(rows) == [
            ("web", "P1", 2, Decimal("100.50"), "USD", Decimal(130650), "open"),
            ("direct", None, 1, 900, manufacturer.currency, 900, "open"),
        ]


@pytest.mark.parametrize("slug", ["hanbit", "tokai"])
def test_the_demo_tells_of_sites_once(slug: str) -> None:
    manufacturer = ManufacturerFactory(slug=slug)
    with staff_scope(manufacturer.pk):
        PartnerFactory(manufacturer=manufacturer, stage="active")
        ProductFactory(manufacturer=manufacturer, list_price=Decimal(100))
        today = dt.date(2026, 6, 30)
        tell_sites(manufacturer, today)
        tell_sites(manufacturer, today)
        assert Site.objects.count() == DirectSale.objects.count() == len(ROWS[slug])
        assert not DirectSale.objects.filter(credit_state="open").exists()
