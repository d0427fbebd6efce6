"""Pages about products and sell-in, for staff and partners."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce.models import SalesLine
from partners.models import Partner, PartnerSummary
from tenancy.models import Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.commerce.test_selectors import sold_in, sold_on
from tests.factories import (
    ExchangeRateFactory,
    PartnerFactory,
    PartnerMemberFactory,
    ProductCategoryFactory,
    ProductFactory,
)
from tests.panels import panels_of

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
DAY = dt.date(2026, 6, 30)


@pytest.fixture
def valued(partner: Partner) -> Partner:
    """The partner with figures as of the end of June."""
    with staff_scope(partner.manufacturer_id):
        PartnerSummary.objects.filter(partner=partner).update(as_of=DAY)
    return partner


def rows_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def count_queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# --- Products


@pytest.fixture
def catalogue(manufacturer: Any, other_manufacturer: Any) -> None:
    floors = ProductCategoryFactory(manufacturer=manufacturer, code="floors")
    same = {"manufacturer": manufacturer}
    ProductFactory(
        code="OAK",
        name="Oak floor",
        names={"ko": "참나무 마루"},
        category=floors,
        list_price=900,
        currency="KRW",
        **same,
    )
    ProductFactory(code="ASH", name="Ash floor", external_code="E-5", category=floors, is_active=False, **same)
    ProductFactory(code="NEW", name="Unknown", is_draft=True, category=None, **same)
    ProductFactory(code="FOREIGN", name="Oak floor", manufacturer=other_manufacturer)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["ASH", "OAK", "NEW"]),
        ("q=floor+oak", ["OAK"]),
        ("q=참나무", ["OAK"]),
        ("q=e-5", ["ASH"]),
        ("category=floors", ["ASH", "OAK"]),
        ("state=draft", ["NEW"]),
        ("state=gone&state=sold", ["ASH", "OAK"]),
        ("sort=-code", ["OAK", "NEW", "ASH"]),
        ("sort=list_price", ["OAK", "ASH", "NEW"]),
    ],
)
def test_products_are_listed(
    client_for: SignIn, analyst: Membership, catalogue: None, query: str, codes: list[str]
) -> None:
    response = client_for(analyst).get(f"/hanbit/products/?{query}")
    assert [product.code for product in response.context["list"].page.rows] == codes
    assert response.context["title"] == "1 product is a draft: it was named in a file only"


def test_a_products_page_fetches_its_figures(client_for: SignIn, owner: Membership, partner: Partner) -> None:
    oak = ProductFactory(manufacturer=partner.manufacturer, name="Oak")
    month = timezone.localdate().replace(day=1)
    last_year = month.replace(year=month.year - 1)
    before = (month - dt.timedelta(days=1)).replace(day=1)
    sold_in(partner, oak, before, 300)
    sold_in(partner, oak, before.replace(year=before.year - 1), 200)
    sold_in(partner, oak, last_year.replace(year=last_year.year - 1), 900)
    client = client_for(owner)
    page = client.get(f"/hanbit/products/{oak.pk}/")
    assert page.context["shows_sales"] is True
    assert f"/hanbit/products/{oak.pk}/sell-in/" in page.content.decode()
    figures = client.get(f"/hanbit/products/{oak.pk}/sell-in/")
    assert figures.context["verdict"] == "Oak sells 50% more than last year"
    assert [(buyer.pk, buyer.amount) for buyer in figures.context["sold"].buyers] == [(partner.pk, 300)]


def test_pages_of_products_are_staffs_only(
    client_for: SignIn, partner_admin: Membership, stranger: Membership, manufacturer: Any
) -> None:
    product = ProductFactory(manufacturer=manufacturer)
    for path in ("", f"{product.pk}/", f"{product.pk}/sell-in/", "categories/"):
        assert client_for(partner_admin).get(f"/hanbit/products/{path}").status_code == 404
        assert client_for(stranger).get(f"/hanbit/products/{path}").status_code == 404
    assert client_for(stranger).get(f"/tokai/products/{product.pk}/").status_code == 404
    assert client_for(stranger).get(f"/tokai/products/{product.pk}/sell-in/").status_code == 404


def test_products_are_gone_where_they_are_switched_off(
    client_for: SignIn, owner: Membership, manufacturer: Any
) -> None:
    manufacturer.functions_off = ["products"]
    with staff_scope(manufacturer.pk):
        manufacturer.save(update_fields=["functions_off"])
    assert client_for(owner).get("/hanbit/products/").status_code == 404


def test_rates_are_listed_newest_first(client_for: SignIn, analyst: Membership, manufacturer: Any) -> None:
    old = ExchangeRateFactory(manufacturer=manufacturer, date=dt.date(2025, 1, 1))
    new = ExchangeRateFactory(
        manufacturer=manufacturer, currency="EUR", date=dt.date(2026, 1, 1), rate=Decimal("1490.5")
    )
    client = client_for(analyst)
    assert client.get("/hanbit/rates/").context["list"].page.rows == [new, old]
    assert client.get("/hanbit/rates/?currency=USD").context["list"].page.rows == [old]


# --- A partner's figures


def test_a_partner_reads_its_year(client_for: SignIn, rep: Membership, valued: Partner, sibling: Partner) -> None:
    oak = ProductFactory(manufacturer=valued.manufacturer, name="Oak")
    sold_on(valued, dt.date(2026, 6, 1), 120, orders=3)
    sold_on(valued, dt.date(2025, 6, 1), 100)
    sold_in(valued, oak, dt.date(2026, 6, 1), 120)
    sold_on(sibling, dt.date(2026, 6, 1), 9999)

    context = client_for(rep).get("/hanbit/portal/figures/").context

    assert context["title"] == "Seoul Agency bought 20% more than last year"
    assert (context["sell_in"].amount, context["orders"], context["day"]) == (120, 3, DAY)
    assert [product.name for product in context["products"]] == ["Oak"]
    assert (context["tabs"], context["by_partner"]) == ([], [])


def test_a_partner_that_bought_nothing_is_told_what_will_show(client_for: SignIn, rep: Membership) -> None:
    response = client_for(rep).get("/hanbit/portal/figures/")
    assert response.context["title"] == "Nothing was bought in the last two years"
    assert "Nothing bought yet" in response.content.decode()


def test_figures_of_a_shop_show_once_it_shares_them(client_for: SignIn, rep: Membership, valued: Partner) -> None:
    shop = PartnerFactory(manufacturer=valued.manufacturer, kind=valued.kind, parent=valued, name="Small Shop")
    sold_on(valued, dt.date(2026, 6, 1), 100)
    sold_on(shop, dt.date(2026, 6, 2), 40)
    client, url = client_for(rep), "/hanbit/portal/figures/"
    assert client.get(f"{url}?of={shop.pk}").context["sell_in"].amount == 100

    with staff_scope(shop.manufacturer_id):
        Sharing.objects.create(partner=shop, above=valued, data_kind="sales")

    assert client.get(url).context["sell_in"].amount == 100
    assert client.get(f"{url}?of={shop.pk}").context["sell_in"].amount == 40
    together = client.get(f"{url}?of=all").context
    assert together["sell_in"].amount == 140
    assert [(name, figure.amount) for name, figure, _summary in together["by_partner"]] == [
        ("Seoul Agency", 100),
        ("Small Shop", 40),
    ]


def test_a_partners_figures_ask_the_same_number_of_queries_at_any_size(
    client_for: SignIn, rep: Membership, valued: Partner
) -> None:
    client, counts = client_for(rep), []
    for size in (1, 5):
        for number in range(size):
            product = ProductFactory(manufacturer=valued.manufacturer)
            sold_in(valued, product, dt.date(2026, 6, 1), 10)
            sold_on(valued, dt.date(2026, size, number + 1), 10)
        counts.append(count_queries(client, "/hanbit/portal/figures/"))
    assert counts[0] == counts[1]


def test_figures_are_exported_by_month_product_and_line(client_for: SignIn, rep: Membership, valued: Partner) -> None:
    oak = ProductFactory(manufacturer=valued.manufacturer, code="OAK", name="=Oak")
    sold_on(valued, dt.date(2026, 6, 1), 120, orders=3)
    sold_in(valued, oak, dt.date(2026, 6, 1), 120, quantity=4)
    with staff_scope(valued.manufacturer_id):
        SalesLine.objects.create(
            manufacturer_id=valued.manufacturer_id,
            partner=valued,
            product=oak,
            date=dt.date(2026, 6, 1),
            quantity=4,
            amount=120,
            currency="KRW",
            amount_base=120,
            order_number="O-1",
            line_number="1",
        )
    client, url = client_for(rep), "/hanbit/portal/figures/export/"
    sheet = client.get(f"{url}?what=months&format=csv")
    assert 'filename="purchases-months-' in sheet["Content-Disposition"]
    months = rows_of(sheet)
    assert months[0][:2] == ["Month", "Purchases (KRW)"]
    assert months[-1] == ["2026-06-01", "120.0000", "0", "0", "3"]
    products = rows_of(client.get(f"{url}?what=products&format=csv"))
    assert products[1] == [
        "OAK",
        "'=Oak",
        f"Category {oak.category.code}",
        "4.0000",
        "",
        "120.0000",
        "100.00",
        "",
        "2026-06-01",
    ]
    lines = rows_of(client.get(f"{url}?what=lines&format=csv"))
    assert lines[1:] == [
        ["Seoul Agency", "2026-06-01", "O-1", "1", "OAK", "'=Oak", "4.0000", "120.0000", "KRW", "120.0000"]
    ]
    sheet = client.get(f"{url}?what=products&format=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    assert client.get(f"{url}?what=secrets&format=csv").status_code == 404
    assert client.get(f"{url}?what=months&format=pdf").status_code == 404


def test_an_export_of_a_shop_that_does_not_share_is_ones_own(
    client_for: SignIn, rep: Membership, valued: Partner
) -> None:
    shop = PartnerFactory(manufacturer=valued.manufacturer, kind=valued.kind, parent=valued)
    sold_on(shop, dt.date(2026, 6, 1), 777)
    for who in (shop.pk, "all"):
        response = client_for(rep).get(f"/hanbit/portal/figures/export/?what=months&format=csv&of={who}")
        assert "777" not in b"".join(response.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.PARTNER_ADMIN, 200), (Role.PARTNER_REP, 200), (Role.PARTNER_TECHNICIAN, 403), (Role.PARTNER_VIEWER, 403)],
)
def test_figures_are_for_who_sells(client_for: SignIn, partner: Partner, role: str, status: int) -> None:
    member = PartnerMemberFactory(manufacturer=partner.manufacturer, partner=partner, role=role)
    assert client_for(member).get("/hanbit/portal/figures/").status_code == status
    response = client_for(member).get("/hanbit/portal/figures/export/?what=months&format=csv")
    response.getvalue()
    assert response.status_code == status


def test_figures_are_gone_where_they_are_switched_off_for_the_kind(
    client_for: SignIn, rep: Membership, partner: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        type(partner.kind).objects.filter(pk=partner.kind_id).update(functions_off=["sales"])
    assert client_for(rep).get("/hanbit/portal/figures/").status_code == 404


def test_staff_see_what_a_partner_buys_on_its_page(client_for: SignIn, analyst: Membership, valued: Partner) -> None:
    oak = ProductFactory(manufacturer=valued.manufacturer, name="Oak")
    sold_on(valued, dt.date(2026, 6, 1), 120, orders=3, returns=10)
    sold_in(valued, oak, dt.date(2026, 6, 1), 120)
    panels = panels_of(client_for(analyst), valued.pk)
    assert (panels["sell_in"]["sell_in"].amount, panels["sell_in"]["orders"], panels["sell_in"]["returns"]) == (
        120,
        3,
        10,
    )
    assert [product.name for product in panels["products"]["products"]] == ["Oak"]
