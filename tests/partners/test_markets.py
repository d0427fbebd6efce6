"""Countries and markets: the file, who reads which part of it, and what comes in by sheet."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners.models import (
    Holiday,
    Market,
    MarketCountry,
    MarketDocument,
    MarketFigure,
    MarketText,
    Partner,
    ProductStage,
)
from partners.selectors import markets as reading
from partners.services import markets as services
from tenancy.models import Manufacturer, Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, ProductCategoryFactory
from tests.importing import bad, bring, counts
from tests.panels import panels_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]

SignIn = Callable[[Membership], Client]
TODAY = timezone.localdate(timezone=zoneinfo.ZoneInfo("Asia/Seoul"))
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def nordics(manufacturer: Manufacturer, manager: Membership) -> Market:
    with staff_scope(manufacturer.pk):
        market = Market(code="nordics", names={"en": "Nordics"}, owner=manager, review_on=TODAY)
        return services.save_market(market, ["NO", "SE"])


def test_a_market_that_was_reviewed_since_it_was_read_stays_so(nordics: Market) -> None:
    with staff_scope(nordics.manufacturer_id):
        Market.objects.update(reviewed_on=TODAY)
        nordics.names = {"en": "North"}
        services.save_market(nordics, ["NO"])
        assert list(Market.objects.values_list("names", "reviewed_on")) == [({"en": "North"}, TODAY)]


def at_home(partner: Partner, country: str) -> Partner:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(country=country)
    return partner


def fill(market: Market) -> None:
    with staff_scope(market.manufacturer_id):
        for part, country in (("law", ""), ("law", "SE"), ("culture", "")):
            MarketText.objects.create(
                market=market, part=part, country=country, title=f"{part} {country}", text="- Say"
            )
        for country in ("NO", "SE"):
            Holiday.objects.create(country=country, date=dt.date(TODAY.year + 1, 1, 1), name=f"New year {country}")
            MarketFigure.objects.create(country=country, year=2024, name="Bicycles", value=100)
            MarketFigure.objects.create(country=country, year=2025, name="Bicycles", value=110)
            ProductStage.objects.create(country=country, product_line="city", stage="growth")
        MarketDocument.objects.create(market=market, title="Rules", url="https://rules.example/")


def test_a_market_is_made_with_its_countries_and_found_by_them(
    client_for: SignIn, manager: Membership, manufacturer: Manufacturer
) -> None:
    client = client_for(manager)
    data = {"names_en": "Nordics", "code": "nordics", "countries": "Norway, SE, スウェーデン", "shown_parts": ["law"]}
    form = client.post("/hanbit/markets/new/", data | {"countries": "Norway, Atlantis"}).context["form"]
    assert form.errors == {"countries": ["“Atlantis” is not a country."]}
    assert client.post("/hanbit/markets/new/", data).status_code == 302
    with staff_scope(manufacturer.pk):
        market = Market.objects.get()
        assert (str(market), market.shown_parts) == ("Nordics", ["law"])
        assert sorted(market.countries.values_list("country", flat=True)) == ["NO", "SE"]
        assert (reading.market_of("SE"), reading.market_of("DK"), reading.market_of("")) == (market, None, None)
    again = client.post("/hanbit/markets/new/", data | {"code": "norway", "countries": "NO"})
    assert again.context["form"].errors == {"countries": ["Norway is in the market “Nordics” already."]}
    client.post(f"/hanbit/markets/{market.pk}/edit/", data | {"countries": "NO, DK"})
    with staff_scope(manufacturer.pk):
        assert sorted(MarketCountry.objects.values_list("country", flat=True)) == ["DK", "NO"]


def test_a_market_made_by_somebody_else_meanwhile_is_named(
    manufacturer: Manufacturer, nordics: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, asked = services._check_free, []

    def late(market: Market, wanted: list[str]) -> None:
        asked.append(wanted)
        if len(asked) % 2 == 0:  # at first the other had not been saved yet
            check(market, wanted)

    monkeypatch.setattr(services, "_check_free", late)
    with staff_scope(manufacturer.pk):
        market = Market(code="north", names={"en": "North"})
        with pytest.raises(services.MarketError, match="Sweden is in the market “Nordics” already"):
            services.save_market(market, ["FI", "SE"])
        assert (market.pk, market._state.adding) == (None, True)
        with pytest.raises(services.MarketError, match="Another market has this code"):
            services.save_market(Market(code="nordics", names={"en": "Again"}), ["FI"])
        assert list(Market.objects.values_list("code", flat=True)) == ["nordics"]
        assert sorted(MarketCountry.objects.values_list("country", flat=True)) == ["NO", "SE"]


@pytest.mark.parametrize("asked", ["0000", "1899", "2101", "9999", "x", "²²²²"])
def test_a_year_that_makes_no_sense_is_this_year(
    client_for: SignIn, manager: Membership, nordics: Market, asked: str
) -> None:
    client = client_for(manager)
    for url in (f"/hanbit/markets/{nordics.pk}/", f"/hanbit/markets/{nordics.pk}/holidays/"):
        page = client.get(url, {"year": asked})
        assert (page.status_code, page.context["year"]) == (200, TODAY.year)
        assert client.get(url, {"year": "2100"}).context["year"] == 2100


@pytest.mark.parametrize(
    ("wanted", "found"), [("nord", 1), ("Norwegen", 0), ("노르웨이", 1), ("SE", 1), ("reflector", 1), ("x y", 0)]
)
def test_markets_are_found_by_name_country_and_text(
    client_for: SignIn, manager: Membership, nordics: Market, wanted: str, found: int
) -> None:
    with staff_scope(nordics.manufacturer_id):
        MarketText.objects.create(market=nordics, part="law", title="Lamps", text="Every reflector is tested.")
    response = client_for(manager).get("/hanbit/markets/", {"q": wanted})
    assert len(response.context["list"].page.rows) == found


def test_who_may_edit_and_who_only_reads(
    client_for: SignIn, manager: Membership, analyst: Membership, stranger: Membership, rep: Membership, nordics: Market
) -> None:
    page, new = f"/hanbit/markets/{nordics.pk}/", f"/hanbit/markets/{nordics.pk}/texts/new/"
    assert [client_for(each).get(page).status_code for each in (manager, analyst, stranger, rep)] == [
        200,
        200,
        404,
        404,
    ]
    assert [client_for(each).get(new).status_code for each in (manager, analyst, stranger, rep)] == [200, 403, 404, 404]
    assert client_for(manager).get(f"/hanbit/markets/{nordics.pk}/secrets/new/").status_code == 404


def test_entries_are_written_changed_and_removed(client_for: SignIn, manager: Membership, nordics: Market) -> None:
    client, base = client_for(manager), f"/hanbit/markets/{nordics.pk}"
    text = {"part": "law", "title": "Lamps", "text": "# Lamps\n<script>alert(1)</script>\n- K mark", "source": "StVZO",
            "checked_on": "2025-01-01"}  # fmt: skip
    client.post(f"{base}/texts/new/", text)
    client.post(
        f"{base}/figures/new/", {"country": "NO", "year": 2025, "name": "Bicycles", "value": "350.5", "unit": "k"}
    )
    twice = client.post(f"{base}/figures/new/", {"country": "NO", "year": 2025, "name": "Bicycles", "value": "1"})
    assert twice.context["form"].non_field_errors() == ["This figure is there already for the year."]
    foreign = client.post(f"{base}/figures/new/", {"country": "DE", "year": 2025, "name": "Bicycles", "value": "1"})
    assert list(foreign.context["form"].errors) == ["country"]
    page = client.get(f"{base}/")
    assert b"<script>alert" not in page.content
    assert [group.texts[0].title for group in page.context["groups"] if group.texts] == ["Lamps"]
    assert [(country, line.latest.value) for country, line in page.context["lines"]] == [("Norway", Decimal("350.5"))]
    with staff_scope(nordics.manufacturer_id):
        entry = MarketText.objects.get()
    client.post(f"{base}/texts/{entry.pk}/", {"remove": "1"})
    with staff_scope(nordics.manufacturer_id):
        assert not MarketText.objects.exists()
        other = services.save_market(Market(code="korea", names={"en": "Korea"}), ["KR"])
        foreign_text = MarketText.objects.create(market=other, part="law", title="x", text="x")
    assert client.get(f"{base}/texts/{foreign_text.pk}/").status_code == 404


def test_a_document_is_kept_and_goes_out_to_staff_and_where_shown_to_partners(
    client_for: SignIn, manager: Membership, rep: Membership, partner: Partner, nordics: Market
) -> None:
    at_home(partner, "NO")
    client = client_for(manager)
    url = f"/hanbit/markets/{nordics.pk}/documents/new/"
    assert client.post(url, {"title": "Rules"}).context["form"].errors == {"url": ["Give an address or choose a file."]}
    client.post(url, {"title": "Rules", "upload": SimpleUploadedFile("rules.pdf", PDF, content_type="application/pdf")})
    with staff_scope(nordics.manufacturer_id):
        document = MarketDocument.objects.get()
    response = client.get(f"/hanbit/market-documents/{document.pk}/")
    assert (response.status_code, response.getvalue()) == (200, PDF)
    portal = f"/hanbit/portal/market/documents/{document.pk}/"
    assert client_for(rep).get(portal).status_code == 404
    with staff_scope(nordics.manufacturer_id):
        Market.objects.update(shown_parts=["documents"])
    shown = client_for(rep).get(portal)
    assert (shown.status_code, shown.getvalue()) == (200, PDF)


def test_holidays_are_typed_and_can_become_the_manufacturers_own(
    client_for: SignIn, owner: Membership, manager: Membership, nordics: Market, manufacturer: Manufacturer
) -> None:
    url = f"/hanbit/markets/{nordics.pk}/holidays/?country=NO&year=2027"
    client = client_for(manager)
    client.post(url, {"days": "2027-05-17 Grunnlovsdag\n2027-12-25 Juledag"})
    assert client.post(url, {"days": "2026-05-17 x"}).context["form"].errors == {"days": ["All days must be in 2027."]}
    assert client.post(url, {"days": "2027-05-17 Constitution Day", "take": "1"}).status_code == 403
    client_for(owner).post(url, {"days": "2027-05-17 Constitution Day", "take": "1"})
    with staff_scope(manufacturer.pk):
        assert [(day.date, day.name) for day in Holiday.objects.all()] == [(dt.date(2027, 5, 17), "Constitution Day")]
        assert Manufacturer.objects.get(pk=manufacturer.pk).holidays == [
            {"date": "2027-05-17", "name": "Constitution Day"}
        ]
        assert services.take_holidays("NO", 2027) == 0
    assert client.get(f"/hanbit/markets/{nordics.pk}/holidays/?country=DE").status_code == 404


def test_a_market_that_is_due_waits_for_its_owner_until_it_is_reviewed(
    client_for: SignIn, manager: Membership, owner: Membership, nordics: Market
) -> None:
    def waiting(member: Membership) -> list[str]:
        items = client_for(member).get("/hanbit/").context["waiting"]
        return [str(item.title) for item in items if "/markets/" in item.url]

    assert (waiting(manager), waiting(owner)) == (["1 market is to be reviewed"], [])
    client_for(manager).post(f"/hanbit/markets/{nordics.pk}/review/")
    assert waiting(manager) == []
    with staff_scope(nordics.manufacturer_id):
        market = Market.objects.get()
        assert (market.reviewed_on, market.review_on) == (TODAY, TODAY + dt.timedelta(days=365))


def test_partners_read_of_their_own_market_the_parts_meant_for_them_alone(
    client_for: SignIn, rep: Membership, sibling_rep: Membership, partner: Partner, sibling: Partner, nordics: Market
) -> None:
    at_home(partner, "NO")
    at_home(sibling, "DE")
    fill(nordics)
    page = client_for(rep).get("/hanbit/portal/market/")
    assert (page.context["title"], page.context["market"]) == ("Nothing is told of your market yet", None)
    with staff_scope(nordics.manufacturer_id):
        Market.objects.update(shown_parts=["law", "holidays"])
    page = client_for(rep).get("/hanbit/portal/market/")
    assert page.context["title"] == "What to know of your market: Nordics"
    assert [[text.title for text in group.texts] for group in page.context["groups"]] == [["law "]]
    assert [day.name for day in page.context["holidays"]] == ["New year NO"]
    assert (page.context["lines"], page.context["documents"]) == ([], [])
    assert client_for(sibling_rep).get("/hanbit/portal/market/").context["market"] is None
    for own, seen in ((partner, (1, 1, 0, 0)), (sibling, (0, 0, 0, 0))):
        with partner_scope(own.manufacturer_id, own.pk):
            tables = (MarketText, Holiday, MarketFigure, MarketDocument)
            assert tuple(table.objects.count() for table in tables) == seen
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Market.objects.count()


def test_a_partners_page_shows_its_markets_key_facts(
    client_for: SignIn, manager: Membership, partner: Partner, sibling: Partner, nordics: Market
) -> None:
    fill(nordics)
    at_home(partner, "NO")
    client = client_for(manager)
    facts = panels_of(client, partner.pk)["market"]["facts"]
    assert [(line.latest.name, line.latest.year, line.change) for line in facts.figures] == [
        ("Bicycles", 2025, Decimal(10))
    ]
    assert (facts.stages, facts.next_holiday.name) == ([("city", "Growing")], "New year NO")
    assert "market" not in panels_of(client, sibling.pk)


@pytest.mark.parametrize("size", [1, 4])
def test_pages_ask_the_same_number_of_queries_at_any_size(
    client_for: SignIn, manager: Membership, nordics: Market, size: int
) -> None:
    fill(nordics)
    with staff_scope(nordics.manufacturer_id):
        for number in range(size - 1):
            services.save_market(Market(code=f"m{number}", names={"en": "M"}), [("DE", "FR", "IT")[number]])
            MarketText.objects.create(market=nordics, part="law", title="More", text="More")
    client = client_for(manager)
    client.get("/hanbit/markets/")
    with CaptureQueriesContext(connection) as listed:
        assert len(client.get("/hanbit/markets/").context["list"].page.rows) == size
    with CaptureQueriesContext(connection) as one:
        client.get(f"/hanbit/markets/{nordics.pk}/")
    assert (len(listed), len(one)) == (15, 21)


def test_figures_and_holidays_come_in_by_sheet(manufacturer: Manufacturer, nordics: Market, tmp_path: Path) -> None:
    sheet = (
        "국가,연도,지표,값,단위\n노르웨이,2025,Bicycles,350.5,k\nSE,2025,Bicycles,480,k\n"
        "DE,2025,Bicycles,1,k\nAtlantis,2025,x,1,k\n"
    )
    outcome = bring(manufacturer, "market_figures", sheet, tmp_path, only_good=True)
    assert counts(outcome) == (2, 0, 0, 2)
    assert sorted(cell[:3] for cell in bad(outcome)) == [
        (4, "country", "no_market"), (5, "country", "unknown_country"),
    ]  # fmt: skip
    with staff_scope(manufacturer.pk):
        assert list(MarketFigure.objects.order_by("country").values_list("country", "value", "unit")) == [
            ("NO", Decimal("350.5"), "k"), ("SE", Decimal(480), "k"),
        ]  # fmt: skip
    assert counts(bring(manufacturer, "market_figures", sheet.replace("480", "490"), tmp_path, only_good=True)) == (
        0,
        1,
        1,
        2,
    )
    days = "country,date,name\nNO,2027-05-17,Grunnlovsdag\n"
    assert counts(bring(manufacturer, "market_holidays", days, tmp_path)) == (1, 0, 0, 0)
    assert counts(bring(manufacturer, "market_holidays", days, tmp_path)) == (0, 0, 1, 0)


def test_who_keeps_a_market_is_told_once_that_its_review_is_due(nordics: Market, manager: Membership) -> None:
    def told(day: dt.date) -> list[str]:
        with staff_scope(nordics.manufacturer_id):
            services.remind_of_reviews(day)
            return [
                notice.recipient.name
                for notice in Notice.objects.filter(kind="partners.market_review").select_related("recipient")
            ]

    colleague = MembershipFactory(manufacturer=manager.manufacturer)

    assert told(TODAY - dt.timedelta(days=1)) == []
    assert told(TODAY) == [manager.name]
    assert told(TODAY + dt.timedelta(days=1)) == [manager.name]

    with staff_scope(nordics.manufacturer_id):
        Market.objects.filter(pk=nordics.pk).update(owner=None, review_on=TODAY + dt.timedelta(days=7))
    assert told(TODAY + dt.timedelta(days=6)) == [manager.name]
    assert sorted(told(TODAY + dt.timedelta(days=7))) == sorted([manager.name, manager.name, colleague.name])


def test_a_stage_is_called_by_the_names_of_its_product_line_and_country(
    client_for: SignIn, manager: Membership, nordics: Market
) -> None:
    with staff_scope(nordics.manufacturer_id):
        ProductCategoryFactory(manufacturer=nordics.manufacturer, code="city", names={"en": "City bikes"})
        stage = ProductStage.objects.create(country="SE", product_line="city", stage="growth")
    url = f"/hanbit/markets/{nordics.pk}/stages/{stage.pk}/"

    page = client_for(manager).get(url)
    removed = client_for(manager).post(url, {"remove": ""}, follow=True)

    assert page.context["entry_name"] == "City bikes, Sweden: Growing"
    assert [str(said) for said in removed.context["messages"]] == ["“City bikes, Sweden: Growing” is removed."]
