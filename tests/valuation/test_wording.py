"""Scores and steps in plain words."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from valuation.models import ChangeReason, GradeChange, Tier
from valuation.registry import Kpi, Unit, find_kpi
from valuation.selectors import KpiLine
from valuation.steps import Step
from valuation.wording import (
    change_text,
    difference_text,
    entered_value,
    measure_text,
    shown_lines,
    step_text,
    value_text,
)


def kpi(unit: Unit, **options: Any) -> Kpi:
    return Kpi("it", name="It", explanation="What it is.", unit=unit, period="", **options)


@pytest.mark.parametrize(
    ("unit", "value", "text", "difference", "entered"),
    [
        (Unit.CURRENCY, "1135905035.4321", "₩1.14B", "₩1.14B", "1135905035"),
        (Unit.PERCENT, "3.1496", "3.1%", "3.1 percentage points", "3.1"),
        (Unit.COUNT, "133", "133", "133", "133"),
        (Unit.MONTHS, "11", "11 of 12 months", "11 months", "11"),
        (Unit.MONTHS, "1", "1 of 12 months", "1 month", "1"),
        (Unit.RATIO, "0.3196", "0.32 times", "0.32 times", "0.32"),
        (Unit.DAYS, "14", "14 days", "14 days", "14"),
    ],
)
def test_a_value_is_told_in_its_unit(unit: Unit, value: str, text: str, difference: str, entered: str) -> None:
    it, number = kpi(unit), Decimal(value)
    assert value_text(it, number, "KRW", short=True) == text
    assert difference_text(it, number, "KRW") == difference
    assert entered_value(it, number, "KRW") == Decimal(entered)


def test_no_value_is_a_dash() -> None:
    assert value_text(kpi(Unit.COUNT), None, "KRW") == "–"


def test_money_is_told_in_the_readers_form() -> None:
    with translation.override("ko"):
        assert value_text(kpi(Unit.CURRENCY), Decimal("1820000000"), "KRW", short=True) == "18.2억 원"
    assert value_text(kpi(Unit.CURRENCY), Decimal("1820000000"), "KRW") == "₩1,820,000,000"


def line(**changes: Any) -> KpiLine:
    values: dict[str, Any] = {
        "key": "it",
        "kpi": kpi(Unit.PERCENT),
        "value": Decimal(5),
        "method": "target",
        "target": Decimal(10),
        "rank": None,
        "points": Decimal(50),
        "weight": Decimal(20),
        "share": Decimal(10),
        "fills": Decimal(50),
    }
    return KpiLine(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Target: 10%"),
        ({"kpi": kpi(Unit.PERCENT, higher_is_better=False)}, "Target: 10% or less"),
        ({"method": "percentile", "rank": Decimal(63)}, "Better than 63% of partners of the same kind"),
        ({"method": "percentile", "rank": Decimal(100)}, "Among the best partners of the same kind"),
        ({"method": "percentile", "rank": None}, "Compared with partners of the same kind"),
        ({"value": None, "points": None}, "No value yet: left out of the score"),
        ({"value": None, "points": Decimal(0)}, "No value yet: counts as nothing"),
    ],
)
def test_what_a_kpi_is_measured_by(changes: dict[str, Any], text: str) -> None:
    assert measure_text(line(**changes), "KRW") == text


def test_weights_are_shares_of_what_counts() -> None:
    lines = shown_lines([line(weight=Decimal(30)), line(weight=Decimal(10)), line(points=None, share=None)], "KRW")
    assert [shown.weight for shown in lines] == [75, 25, 0]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("50", "60.5", "Growth: 10.5 percentage points more, to 60.5%"),
        ("5", "2.3", "Growth: 2.7 percentage points less, to 2.3%"),
    ],
)
def test_a_step_is_told_as_something_to_do(before: str, after: str, text: str) -> None:
    assert find_kpi("growth") is not None
    step = Step("growth", Decimal(before), Decimal(after), Decimal(0), Decimal(0), Decimal(1), Decimal(1))
    assert step_text(step, "KRW") == text


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (ChangeReason.FIRST, "First grade: Gold"),
        (ChangeReason.PROMOTION, "Up from Silver to Gold"),
        (ChangeReason.DEMOTION, "Down from Silver to Gold"),
        (ChangeReason.WARNING, "Warned: the score is below Silver"),
        (ChangeReason.OVERRIDE, "Set by hand to Gold"),
        (ChangeReason.OVERRIDE_END, "No longer set by hand: Gold"),
        (ChangeReason.PROGRAMME, "New programme: Gold"),
    ],
)
def test_a_change_of_grade_is_told(reason: str, text: str) -> None:
    silver, gold = (Tier(code=code, names={"en": code.title()}) for code in ("silver", "gold"))
    assert change_text(GradeChange(reason=reason, from_tier=silver, to_tier=gold)) == text
