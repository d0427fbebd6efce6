"""Every KPI, on sell-in made for it and on random sell-in, against an arithmetic of its own."""

import datetime as dt
import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from partners.completeness import completeness_of
from partners.models import Partner
from partners.questions import all_questions
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory
from tests.valuation.sales import Line, kpis_of, monthly, on, sell
from valuation import registry

D = Decimal
DAY = dt.date(2026, 6, 15)


def rows(manufacturer: Manufacturer, key: str, day: dt.date) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """What the source of a KPI yields for all partners of a manufacturer."""
    source = next(source for source in registry.sources() if any(kpi.key == key for kpi in source.kpis))
    with staff_scope(manufacturer.pk), connection.cursor() as cursor:
        cursor.execute(*source.rows(day, 1, 2**40))
        return {partner: (json.loads(kpis), json.loads(facts or "{}")) for partner, kpis, facts in cursor.fetchall()}


@pytest.fixture
def sell_in(partner: Partner) -> Callable[..., tuple[dict[str, Decimal], dict[str, Any]]]:
    """The KPIs and facts of a partner with some lines on a day."""

    def value(lines: list[Line], day: dt.date = DAY) -> tuple[dict[str, Decimal], dict[str, Any]]:
        sell(partner, lines)
        kpis, facts = rows(partner.manufacturer, "revenue", day)[partner.pk]
        return {key: D(number) for key, number in kpis.items()}, facts

    return value


def test_a_partner_without_sell_in_has_zeros_and_no_ratios(sell_in: Any) -> None:
    kpis, facts = sell_in([])
    assert kpis == {"revenue": 0, "orders": 0, "active_months": 0, "breadth": 0}
    assert (facts["previous_revenue"], facts["first_sale_on"], facts["last_sale_on"]) == ("0", None, None)


def test_revenue_is_net_and_ends_with_the_day(sell_in: Any) -> None:
    kpis, facts = sell_in(
        [
            on("2025-06-15", 7),  # the last day of the twelve months before
            on("2025-06-16", "100.25"),  # the first of the window
            on("2026-06-15", 40),
            on("2026-06-15", "-10.05"),
            on("2026-06-16", 5000),  # after the day
        ]
    )
    assert kpis["revenue"] == D("130.20")
    assert facts["previous_revenue"] == "7"


def test_revenue_can_be_negative_where_more_came_back_than_was_bought(sell_in: Any) -> None:
    kpis, _facts = sell_in([on("2025-01-01", 500), on("2026-01-01", -200)])
    assert kpis["revenue"] == -200
    assert kpis["growth"] == -140
    assert "return_share" not in kpis


@pytest.mark.parametrize(
    ("before", "now", "growth"), [(200, 250, "25"), (300, 200, "-33.3333"), (-50, 200, None), (0, 200, None)]
)
def test_growth_compares_with_the_twelve_months_before(sell_in: Any, before: int, now: int, growth: str | None) -> None:
    kpis, _facts = sell_in([on("2024-06-15", 9999), on("2024-06-16", before), on("2026-06-15", now)])
    assert kpis.get("growth") == (D(growth) if growth else None)


def test_orders_are_counted_once_however_many_lines_they_have(sell_in: Any) -> None:
    kpis, _facts = sell_in(
        [
            on("2026-01-05", 10, order="A"),
            on("2026-01-05", 20, order="A"),
            on("2026-01-05", 30, order="B"),
            on("2026-01-06", 30),
            on("2026-01-06", 40),  # lines without a number are one order a day
            on("2026-02-01", -30, order="C"),  # a return is none
        ]
    )
    assert kpis["orders"] == 3


def test_active_months_are_counted_from_the_start_of_the_window(sell_in: Any) -> None:
    kpis, _facts = sell_in(
        [
            on("2025-06-16", 1),
            on("2025-07-15", 1),  # still the first month
            on("2025-07-16", 1),  # the second
            on("2026-03-20", -1),  # a return makes no month active
            on("2026-06-15", 1),
        ]
    )
    assert kpis["active_months"] == 3


def test_active_months_never_exceed_twelve_over_a_leap_day(sell_in: Any) -> None:
    lines = [Line(dt.date(2023, 2, 1) + dt.timedelta(days=n), D(1)) for n in range(500)]
    kpis, _facts = sell_in(lines, dt.date(2024, 2, 28))
    assert kpis["active_months"] == 12
    assert kpis["revenue"] == 366


def test_recency_is_measured_by_the_partners_own_rhythm(sell_in: Any) -> None:
    kpis, facts = sell_in([on("2026-05-06", 1), on("2026-05-16", 1), on("2026-05-26", 1), on("2026-06-10", -5)])
    assert kpis["recency"] == 2  # 20 days, with 10 between purchases
    assert (facts["first_sale_on"], facts["last_sale_on"]) == ("2026-05-06", "2026-05-26")


def test_two_buying_days_make_no_rhythm(sell_in: Any) -> None:
    kpis, _facts = sell_in([on("2026-05-06", 1), on("2026-05-16", 1), on("2026-05-16", 1), on("2026-05-20", -1)])
    assert "recency" not in kpis


def test_recency_looks_at_all_history(sell_in: Any) -> None:
    kpis, _facts = sell_in([on("2020-01-01", 1), on("2020-01-11", 1), on("2020-01-21", 1)])
    assert kpis["recency"] == D((DAY - dt.date(2020, 1, 21)).days) / 10


def test_breadth_counts_products_over_whole_and_broken_months(sell_in: Any) -> None:
    kpis, _facts = sell_in(
        [
            on("2025-06-10", 1, product=1),  # before the window, in its first month
            on("2025-06-20", 1, product=2),  # in the broken month
            on("2025-06-20", 1, product=3),
            on("2025-12-01", 1, product=3),
            on("2025-12-01", 1, product=4),
            on("2026-01-01", -1, product=5),  # only sent back
            on("2026-06-02", 1, product=6),
            on("2026-06-20", 1, product=7),  # after the day, in its month
            on("2026-03-03", 1),  # of no known product
        ]
    )
    assert kpis["breadth"] == 4


def test_breadth_counts_a_product_sent_back_in_part(sell_in: Any) -> None:
    kpis, _facts = sell_in([on("2025-12-01", 5, product=1), on("2025-12-09", -5, product=1)])
    assert kpis["breadth"] == 1


def test_share_of_returns_is_of_what_was_bought(sell_in: Any) -> None:
    kpis, _facts = sell_in([on("2026-01-01", 300), on("2026-01-02", -20), on("2025-01-01", -999)])
    assert kpis["return_share"] == D("6.6667")


def test_sparklines_have_twelve_months_and_the_present_one(sell_in: Any) -> None:
    _kpis, facts = sell_in([*monthly("2025-05-20", 13, 10), on("2026-06-10", 3), on("2026-06-16", 500)])
    months = facts["monthly"].strip("{}").split(",")
    assert [D(month) for month in months] == [*([10] * 12), 3]


@pytest.mark.parametrize("seed", range(6))
def test_random_sell_in_gives_what_counting_gives(manufacturer: Manufacturer, seed: int) -> None:
    dice = random.Random(seed)
    start = dt.date(2023, 1, 1)
    partners = PartnerFactory.create_batch(8, manufacturer=manufacturer)
    lines = {
        partner.pk: [
            Line(
                start + dt.timedelta(days=dice.randrange(1300)),
                D(dice.randrange(-300, 2000)) / 100 or D(1),
                dice.choice([None, *range(1, 9)]),
                dice.choice(["", "X", f"N{dice.randrange(20)}"]),
            )
            for _number in range(dice.randrange(60))
        ]
        for partner in partners
    }
    for partner in partners:
        sell(partner, lines[partner.pk])
    days = [dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2025, 12, 31), dt.date(2026, 3, 30)]
    for day in [*days, start + dt.timedelta(days=dice.randrange(1300))]:
        found = rows(manufacturer, "revenue", day)
        for partner in partners:
            kpis = {key: D(number) for key, number in found[partner.pk][0].items()}
            assert kpis == kpis_of(lines[partner.pk], day)


def test_sell_in_of_other_manufacturers_does_not_count(partner: Partner, other_manufacturer: Manufacturer) -> None:
    sell(partner, [on("2026-01-01", 100)])
    sell(PartnerFactory(manufacturer=other_manufacturer), [on("2026-01-01", 999)])
    assert rows(partner.manufacturer, "revenue", DAY)[partner.pk][0]["revenue"] == "100"


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {
            "phone": "02-123",
            "email": "a@b.example",
            "languages": ["ko"],
            "employees": 0,
            "website": "https://a.example",
        },
        {"business_number": "1", "address": "1", "city": "1", "postal_code": "1", "opening_hours": "9-18"},
        {"custom": {"brand": "x", "size": 3}, "established_year": 1999},
    ],
)
def test_profile_is_as_complete_as_its_page_says(manufacturer: Manufacturer, filled: dict[str, Any]) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="brand", is_required=True)
    CustomFieldFactory(manufacturer=manufacturer, key="size", is_required=True)
    CustomFieldFactory(manufacturer=manufacturer, key="other", is_required=False)
    partner = PartnerFactory(manufacturer=manufacturer, **filled)

    kpis, _facts = rows(manufacturer, "profile", DAY)[partner.pk]

    with staff_scope(manufacturer.pk):
        assert D(kpis["profile"]) == completeness_of(partner, all_questions()).percent


def test_every_kpi_says_what_it_is() -> None:
    keys = [kpi.key for kpi in registry.all_kpis()]
    assert sorted(keys) == [
        "active_months",
        "announcements_confirmed",
        "breadth",
        "campaigns_answered",
        "certified_people",
        "content_use",
        "courses_passed",
        "fund_use",
        "growth",
        "initiative_days",
        "initiatives_done",
        "leads_accepted",
        "leads_answer_hours",
        "leads_won_share",
        "opportunities_won",
        "orders",
        "own_campaigns",
        "pipeline_kept",
        "profile",
        "programmes_done",
        "programmes_late",
        "recency",
        "return_share",
        "revenue",
        "trained_share",
    ]
    for kpi in registry.all_kpis():
        assert str(kpi.name)
        assert str(kpi.explanation).endswith(".")
        assert str(kpi.period)
        assert registry.kpi(kpi.key) is kpi
    assert sorted(registry.lower_is_better()) == [
        "initiative_days",
        "leads_answer_hours",
        "programmes_late",
        "recency",
        "return_share",
    ]
    with pytest.raises(KeyError):
        registry.kpi("luck")
    with pytest.raises(ValueError, match="'revenue'"):
        registry.register_source(registry.KpiSource(kpis=[registry.kpi("revenue")], rows=lambda *_: ("", ())))
