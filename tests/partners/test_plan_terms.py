"""The arithmetic of plans, by hand-worked figures."""

import datetime as dt
from decimal import Decimal

import pytest

from partners import plan_terms as terms
from partners.plan_terms import Light

JANUARY = terms.months_of(2026, 1)


@pytest.mark.parametrize(
    ("day", "first_month", "year"),
    [
        (dt.date(2026, 1, 1), 1, 2026),
        (dt.date(2026, 3, 31), 4, 2025),
        (dt.date(2026, 4, 1), 4, 2026),
        (dt.date(2026, 12, 31), 12, 2026),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_in_which_it_begins(day: dt.date, first_month: int, year: int) -> None:
    assert terms.fiscal_year(day, first_month) == year


def test_months_of_a_year_that_begins_in_april() -> None:
    months = terms.months_of(2026, 4)
    assert (months[0], months[8], months[9], months[11]) == (
        dt.date(2026, 4, 1), dt.date(2026, 12, 1), dt.date(2027, 1, 1), dt.date(2027, 3, 1),
    )  # fmt: skip


def test_a_quarter_is_spread_evenly_and_adds_up_exactly() -> None:
    months = terms.spread([Decimal(100), Decimal(0), Decimal(300), Decimal(1)])
    assert months[:3] == [Decimal("33.3333"), Decimal("33.3333"), Decimal("33.3334")]
    assert months[3:6] == [Decimal(0)] * 3
    assert sum(months) == Decimal(401)


def test_a_quarter_is_spread_as_last_years_months_were() -> None:
    season = [
        Decimal(10),
        Decimal(20),
        Decimal(70),
        Decimal(0),
        Decimal(0),
        Decimal(0),
        Decimal(5),
        Decimal(-1),
        Decimal(6),
        Decimal(1),
        Decimal(1),
        Decimal(2),
    ]
    months = terms.spread([Decimal(1000), Decimal(90), Decimal(90), Decimal(400)], season)
    assert months == [
        Decimal(100),
        Decimal(200),
        Decimal(700),
        Decimal(30),
        Decimal(30),
        Decimal(30),
        Decimal(30),
        Decimal(30),
        Decimal(30),
        Decimal(100),
        Decimal(100),
        Decimal(200),
    ]


def test_a_target_that_is_reached_holds_for_the_months_of_its_quarter() -> None:
    assert (
        terms.hold([Decimal(1), Decimal(2), Decimal(3), Decimal(4)])
        == [Decimal(1)] * 3 + [Decimal(2)] * 3 + [Decimal(3)] * 3 + [Decimal(4)] * 3
    )


def test_progress_counts_the_running_month_by_its_days_and_foretells_the_year() -> None:
    actuals = {dt.date(2026, 1, 1): Decimal(90), dt.date(2026, 2, 1): Decimal(110), dt.date(2026, 3, 1): Decimal(60)}
    progress = terms.progress_of_sum(JANUARY, [Decimal(100)] * 12, actuals, dt.date(2026, 3, 31))
    assert (progress.target, progress.actual, progress.forecast) == (Decimal(300), Decimal(260), Decimal(1040))
    assert (progress.share, progress.light) == (Decimal("86.7"), Light.BEHIND)

    half = terms.progress_of_sum(
        JANUARY, [Decimal(140)] * 12, {dt.date(2026, 1, 1): Decimal(140)}, dt.date(2026, 2, 14)
    )
    assert (half.target, half.actual, half.light) == (Decimal(210), Decimal(140), Light.BEHIND)


def test_a_year_that_has_not_begun_has_no_light() -> None:
    progress = terms.progress_of_sum(JANUARY, [Decimal(100)] * 12, {}, dt.date(2025, 12, 31))
    assert (progress.year_target, progress.actual, progress.forecast, progress.light) == (
        Decimal(1200), None, None, Light.UNKNOWN,
    )  # fmt: skip


def test_a_level_is_compared_with_the_quarters_target() -> None:
    targets = terms.hold([Decimal(10), Decimal(12), Decimal(12), Decimal(15)])
    values = {dt.date(2026, 1, 1): Decimal(8), dt.date(2026, 4, 1): Decimal(11)}
    progress = terms.progress_of_level(JANUARY, targets, values, dt.date(2026, 5, 20))
    assert (progress.target, progress.actual, progress.light) == (Decimal(12), Decimal(11), Light.CLOSE)
    fewer = terms.progress_of_level(JANUARY, targets, values, dt.date(2026, 5, 20), higher_is_better=False)
    assert fewer.light == Light.ON_PLAN


@pytest.mark.parametrize(
    ("value", "light"),
    [
        (Decimal(98), Light.ON_PLAN),
        (Decimal("97.99"), Light.CLOSE),
        (Decimal(90), Light.CLOSE),
        (Decimal("89.9"), Light.BEHIND),
    ],
)
def test_lights_have_fixed_bounds(value: Decimal, light: Light) -> None:
    assert terms.light_of(value, Decimal(100)) == light


def test_the_weighted_score_of_an_initiative() -> None:
    means = {"effect": Decimal(5), "urgency": Decimal(3), "returns": Decimal(4), "feasibility": Decimal("2.5")}
    weights = {"effect": 20, "urgency": 20, "returns": 20, "feasibility": 40}
    assert terms.weighted(means, weights) == Decimal("3.40")
