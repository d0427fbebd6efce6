"""Plan against actual, plans added up, the channel mix and the coverage map, by exact figures."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from commerce.models import ManufacturerMonth, SalesDay, SalesMonth
from partners.models import (
    CoverageSource,
    MixTarget,
    Partner,
    PartnerSummary,
    PartnerTerritory,
    PlanTarget,
    Spread,
    Territory,
    TerritoryFigure,
)
from partners.plan_measures import MAIN, actuals_of, all_measures
from partners.plan_terms import Light
from partners.selectors import coverage_map, plan_rollup
from partners.selectors import plans as reading
from partners.selectors.coverage_map import Verdict
from partners.services import plans as services
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import (
    MembershipFactory,
    PartnerFactory,
    PartnerKindFactory,
    ProductCategoryFactory,
    ProductFactory,
)
from tests.importing import bring, counts
from tests.partners.plans import agreed, draft
from valuation.models import Score

YEAR = 2026
DAY = dt.date(2026, 3, 31)


def sold(partner: Any, product: Any, month: int, amount: int, year: int = YEAR) -> None:
    """In both totals, as an import keeps them: the month by product, and its third day."""
    first = dt.date(year, month, 1)
    bought = {"amount_base": amount, "returns_base": 0, "lines": 1, "return_lines": 0}
    SalesMonth.objects.create(partner=partner, product=product, month=first, quantity=1, **bought)
    day, is_new = SalesDay.objects.get_or_create(
        partner=partner, date=first.replace(day=3), defaults=bought | {"orders": 0}
    )
    if not is_new:
        SalesDay.objects.filter(partner=partner, date=day.date).update(amount_base=day.amount_base + amount)


@pytest.fixture
def world(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, partner_admin: Membership
) -> dict[str, Any]:
    """Two partners with agreed plans of 1200 each; Seoul reached 320 of 300 that were due, Busan 200."""
    floors = ProductCategoryFactory(manufacturer=manufacturer, code="FLOOR")
    oak = ProductCategoryFactory(manufacturer=manufacturer, code="OAK", parent=floors)
    walls = ProductCategoryFactory(manufacturer=manufacturer, code="WALL")
    plank = ProductFactory(manufacturer=manufacturer, category=oak)
    panel = ProductFactory(manufacturer=manufacturer, category=walls)
    busan_admin = _admin_of(manufacturer, sibling)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        for month, amount in ((1, 100), (2, 120), (3, 60)):
            sold(partner, plank, month, amount)
            sold(sibling, plank, month, 50)
        sold(partner, panel, 3, 40)
        sold(sibling, panel, 1, 50)
        SalesDay.objects.filter(partner=partner, date=dt.date(YEAR, 2, 3)).update(orders=3)
        ManufacturerMonth.objects.create(month=dt.date(YEAR, 3, 1), amount_base=1, returns_base=0, lines=1, partners=2)
    plans = [
        agreed(partner, YEAR, manager, partner_admin, quarters=(300, 300, 300, 300)),
        agreed(sibling, YEAR, manager, busan_admin, quarters=(300, 300, 300, 300)),
    ]
    return {"plans": plans, "floors": floors, "plank": plank}


def _admin_of(manufacturer: Any, partner: Any) -> Membership:
    from tests.factories import PartnerMemberFactory

    return PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role="partner_admin")


def scope(**more: Any) -> plan_rollup.Scope:
    return plan_rollup.Scope(year=YEAR, measure=MAIN, first_month=1, day=DAY, **more)


# --- Plan against actual ----------------------------------------------------------------------------------------------


def test_measures_are_those_of_sales_and_kpis(world: dict[str, Any], manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        keys = list(all_measures())
    assert [key for key in keys if not key.startswith("leads.")][:2] == ["sales.revenue", "sales.orders"]
    assert {"sales.category.FLOOR", "sales.category.OAK", "sales.category.WALL", "kpi.active_months"} <= set(keys)


def test_actuals_add_up_by_category_with_those_below_it(world: dict[str, Any], manufacturer: Any, partner: Any) -> None:
    keys = ["sales.revenue", "sales.category.FLOOR", "sales.category.WALL", "sales.orders"]
    with partner_scope(manufacturer.pk, partner.pk):  # as the portal asks
        found = actuals_of(partner.pk, keys, dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 1))
    january, february, march = (dt.date(YEAR, month, 1) for month in (1, 2, 3))
    assert found == {
        "sales.revenue": {january: 100, february: 120, march: 100},
        "sales.category.FLOOR": {january: 100, february: 120, march: 60},
        "sales.category.WALL": {march: 40},
        "sales.orders": {january: 0, february: 3, march: 0},
    }


def test_a_plans_page_tells_what_was_due_reached_and_foreseen(
    world: dict[str, Any], manufacturer: Any, partner: Any, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        (line,) = reading.target_lines(world["plans"][0], first_month=1, day=DAY)
    progress = line.progress
    assert (progress.target, progress.actual, progress.share) == (300, 320, Decimal("106.7"))
    assert (progress.forecast, progress.light) == (1280, Light.ON_PLAN)
    assert line.actual_months == [100, 120, 100, *[None] * 9]


def test_kpis_are_compared_by_the_last_score_of_the_month(manufacturer: Any, partner: Any, manager: Membership) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager, quarters=None)
        services.set_target(
            plan, all_measures()["kpi.active_months"], [Decimal(each) for each in (9, 10, 11, 12)], by=manager
        )
        for day, value in ((dt.date(2026, 1, 31), "7"), (dt.date(2026, 3, 1), "8"), (dt.date(2026, 3, 30), "8.5")):
            Score.objects.create(partner=partner, day=day, kpis={"active_months": value})
        (line,) = reading.target_lines(plan, first_month=1, day=DAY)
    assert (line.progress.target, line.progress.actual, line.progress.light) == (9, Decimal("8.5"), Light.CLOSE)
    assert line.actual_months[:4] == [7, None, Decimal("8.5"), None]


def test_a_season_spreads_a_target_as_last_year_was(manufacturer: Any, partner: Any, manager: Membership) -> None:
    product = ProductFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        for month, amount in ((1, 10), (2, 30), (3, 60)):
            sold(partner, product, month, amount, year=YEAR - 1)
        plan = draft(partner, YEAR, manager, quarters=None)
        services.set_target(plan, all_measures()[MAIN], [Decimal(200)] * 4, by=manager, spread=Spread.SEASON)
        months = PlanTarget.objects.get(plan=plan).months
    assert months[:3] == [20, 60, 120]
    assert months[3:6] == [Decimal("66.6667"), Decimal("66.6667"), Decimal("66.6666")]


# --- Added up ---------------------------------------------------------------------------------------------------------


def test_plans_add_up_by_manager_territory_kind_and_partner(
    world: dict[str, Any], manufacturer: Any, partner: Any, sibling: Any, manager: Membership
) -> None:
    PartnerFactory(manufacturer=manufacturer, kind=partner.kind)  # has no plan
    with staff_scope(manufacturer.pk):
        north = Territory.objects.create(code="north", names={"en": "North"})
        PartnerTerritory.objects.create(partner=partner, territory=north, source=CoverageSource.ADDRESS)
        rollup = plan_rollup.PlanRollUp(manager, scope())

        total = rollup.total()
        assert (total.partners, total.plans, total.target, total.due, total.actual) == (3, 2, 2400, 600, 520)
        assert (total.share, total.forecast) == (Decimal("86.7"), 2080)
        assert (total.on_plan, total.close, total.behind, total.verdict) == (1, 0, 1, Light.BEHIND)

        by_manager = {row.label: (row.plans, row.actual, row.partners) for row in rollup.groups("manager")}
        assert by_manager == {"Manager Lee": (1, 320, 1), "Nobody": (1, 200, 2)}
        assert [(row.label, row.gap) for row in rollup.groups("territory")] == [("None", -100), ("North", 20)]
        assert [(row.label, row.actual) for row in rollup.groups("kind")] == [(str(partner.kind), 520)]
        assert [(row.label, row.gap, row.forecast) for row in rollup.partners()] == [
            ("Busan Dealer", -100, 800), ("Seoul Agency", 20, 1280),
        ]  # fmt: skip
        assert rollup.by_month() == ([Decimal(200)] * 12, [200, 170, 150, *[None] * 9])

        narrowed = plan_rollup.PlanRollUp(manager, scope(territory=north.pk))
        assert (narrowed.total().plans, narrowed.total().actual) == (1, 320)
        behind = plan_rollup.PlanRollUp(manager, scope(only=Light.BEHIND))
        assert [row.label for row in behind.partners()] == ["Busan Dealer"]


def test_who_sees_only_assigned_partners_adds_up_only_them(
    world: dict[str, Any], manufacturer: Any, sibling: Any
) -> None:
    narrow = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=sibling.pk).update(channel_manager=narrow)
        total = plan_rollup.PlanRollUp(narrow, scope()).total()
    assert (total.partners, total.plans, total.actual) == (1, 1, 200)


def test_the_page_says_how_it_goes_leads_deeper_and_exports(
    world: dict[str, Any], client_for: Callable[[Membership], Client], manager: Membership, analyst: Membership
) -> None:
    client = client_for(manager)
    page = client.get("/hanbit/plans/sum/?year=2026")
    assert page.context["title"] == "Sell-in is at 86.7% of what was due; 1 partner is behind"
    assert [row["gap"] for row in page.context["rows"]] == ["-100", "+20"]
    deeper = client.get("/hanbit/plans/sum/" + page.context["rows"][0]["url"])
    assert [row["row"].label for row in deeper.context["rows"]] == ["Busan Dealer"]
    sheet = client_for(analyst).get("/hanbit/plans/sum/?year=2026&by=partner&export=csv")
    lines = sheet.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Partner", "Busan Dealer", "Seoul Agency"]
    assert lines[1].split(",")[3:7] == ["1200.0000", "300.0000", "200.0000", "-100.0000"]
    assert client.get("/hanbit/plans/sum/?year=2026&export=exe").status_code == 404
    assert client.get("/hanbit/plans/sum/?year=1&by=x&manager=-1&measure=x").status_code == 200


@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize(
    "path", ["sum/?year=2026&by=manager", "sum/?year=2026&by=partner", "mix/?year=2026", "map/?year=2026"]
)
def test_reports_ask_the_same_number_of_queries_at_any_size(
    path: str,
    size: int,
    manufacturer: Any,
    partner: Any,
    manager: Membership,
    client_for: Callable[[Membership], Client],
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(size):
        each = PartnerFactory(manufacturer=manufacturer, kind=PartnerKindFactory(manufacturer=manufacturer))
        admin = _admin_of(manufacturer, each)
        agreed(each, YEAR, manager, admin)
        with staff_scope(manufacturer.pk):
            territory = Territory.objects.create(code=f"t{number}", names={"en": f"T{number}"})
            PartnerTerritory.objects.create(partner=each, territory=territory)
    client = client_for(manager)
    client.get(f"/hanbit/plans/{path}")
    with django_assert_max_num_queries(22):
        client.get(f"/hanbit/plans/{path}")


# --- The channel mix --------------------------------------------------------------------------------------------------


def test_the_mix_counts_direct_sales_as_told(
    world: dict[str, Any],
    manufacturer: Any,
    partner: Any,
    client_for: Callable[[Membership], Client],
    manager: Membership,
) -> None:
    months = [dt.date(YEAR, month, 1) for month in range(1, 13)]
    with staff_scope(manufacturer.pk):
        services.save_mix(
            YEAR, {None: {"share": Decimal(10), "amount": Decimal(130)}, partner.kind_id: {"share": Decimal(90)}}
        )
        direct, kind = coverage_map.channel_mix(manager, YEAR, months, DAY)
    assert (direct.amount, direct.share, direct.target, direct.gap) == (130, 20, 10, 10)
    assert (kind.amount, kind.share, kind.partners, kind.gap) == (520, 80, 2, -10)

    client = client_for(manager)
    over = client.post(f"/hanbit/plans/mix/?year={YEAR}", {"share_direct": "60", f"share_{partner.kind_id}": "41"})
    assert "more than 100" in str(over.context["form"].errors)
    saved = client.post(f"/hanbit/plans/mix/?year={YEAR}", {"share_direct": "40", f"share_{partner.kind_id}": "60"})
    assert saved.status_code == 302
    with staff_scope(manufacturer.pk):
        assert set(MixTarget.objects.values_list("share", "amount")) == {(40, None), (60, None)}


# --- The coverage map -------------------------------------------------------------------------------------------------


@pytest.fixture
def land(manufacturer: Any, partner: Any, sibling: Any) -> dict[str, Territory]:
    """A country of four parts: north with two partners, east with one, south without any, west with one that is small."""
    third = PartnerFactory(manufacturer=manufacturer, kind=partner.kind, latitude=10, longitude=1)
    with staff_scope(manufacturer.pk):
        top = Territory.objects.create(code="land", names={"en": "Land"})
        parts = {
            code: Territory.objects.create(code=code, names={"en": code.title()}, parent=top)
            for code in ("north", "east", "south", "west")
        }
        for each, code in ((partner, "north"), (sibling, "north"), (sibling, "east"), (third, "west")):
            PartnerTerritory.objects.create(partner=each, territory=parts[code], source=CoverageSource.ADDRESS)
        Partner.objects.filter(pk=partner.pk).update(crew_count=4, lead_capacity=10, latitude=20, longitude=5)
        PartnerSummary.objects.filter(partner=partner).update(revenue=500)
        for code, value in (("north", 1000), ("east", 200), ("south", 300), ("west", 5000)):
            TerritoryFigure.objects.create(territory=parts[code], year=YEAR, potential=value)
    return parts


def test_the_map_finds_white_thin_and_crowded_territories(
    land: dict[str, Territory], manufacturer: Any, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        found = {spot.code: spot for spot in coverage_map.spots(manager, year=YEAR, crowded_from=2)}
    # demand for each crew: north 1000 / 5, east 200 / 1, west 5000 / 1; the middle is 200
    assert {code: (spot.verdict, spot.partners, spot.crews) for code, spot in found.items()} == {
        "west": (Verdict.THIN, 1, 1),
        "north": (Verdict.CROWDED, 2, 5),
        "south": (Verdict.WHITE, 0, 0),
        "east": (Verdict.FINE, 1, 1),
    }
    north = found["north"]
    assert (north.sell_in, north.share, north.leads, north.per_crew) == (500, 50, 10, 200)
    assert (found["west"].latitude, found["west"].longitude) == (10, 1)
    assert found["south"].latitude is None


def test_a_partner_of_the_whole_covers_its_parts(
    land: dict[str, Territory], manufacturer: Any, manager: Membership, partner: Any
) -> None:
    with staff_scope(manufacturer.pk):
        far = PartnerFactory(manufacturer=manufacturer, kind=partner.kind)
        PartnerTerritory.objects.create(partner=far, territory=Territory.objects.get(code="land"))
        found = {spot.code: spot.partners for spot in coverage_map.spots(manager, year=YEAR, crowded_from=9)}
    assert found == {"north": 3, "east": 2, "south": 1, "west": 2}


def test_the_map_says_in_words_what_stands_out(
    land: dict[str, Territory], client_for: Callable[[Membership], Client], manager: Membership
) -> None:
    client = client_for(manager)
    page = client.get(f"/hanbit/plans/map/?year={YEAR}")
    assert page.context["title"] == "1 territory has no partner"
    assert page.context["sentences"] == [
        "No partner: South.",
        "More than twice the usual demand for each crew: West.",
        "Least of its potential is sold in West: 0%.",
    ]
    assert page.context["off_map"] == 2  # South and East: nobody has said where they are
    assert [row["spot"].code for row in page.context["spots"]] == ["west", "north", "south", "east"]
    assert "territory=west" in page.context["spots"][0]["url"]
    only = client.get(f"/hanbit/plans/map/?year={YEAR}&only=white")
    assert [row["spot"].code for row in only.context["spots"]] == ["south"]


def test_potentials_are_edited_and_brought_in(
    land: dict[str, Territory],
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    manager: Membership,
    tmp_path: Any,
) -> None:
    client = client_for(manager)
    given = {
        f"territory_{land['north'].pk}": "7",
        f"territory_{land['east'].pk}": "",
        f"territory_{land['south'].pk}": "9",
    }
    assert client.post(f"/hanbit/plans/map/figures/?year={YEAR}", given).status_code == 302
    bad = client.post(f"/hanbit/plans/map/figures/?year={YEAR}", {f"territory_{land['north'].pk}": "-1"})
    assert bad.context["form"].errors
    outcome = bring(
        manufacturer,
        "territory_figures",
        "territory,year,potential\neast,2027,50\nnorth,2026,8\nnowhere,2026,1\n",
        tmp_path,
        only_good=True,
    )
    assert counts(outcome)[:2] == (1, 1)
    with staff_scope(manufacturer.pk):
        assert set(TerritoryFigure.objects.values_list("territory__code", "year", "potential")) == {
            ("north", 2026, 8), ("south", 2026, 9), ("east", 2027, 50),
        }  # fmt: skip
