"""The arithmetic of channel plans: fiscal years, a quarter's target by month, progress, scores. Pure: no database.

A fiscal year bears the number of the calendar year in which it begins.
"""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

ON_PLAN = Decimal("0.98")
"""From this share of the year's target on, a forecast counts as on plan."""
CLOSE = Decimal("0.90")
"""From this share on, it counts as slightly behind."""
PLACES = Decimal("0.0001")
NOTHING = Decimal(0)
CRITERIA = ("effect", "urgency", "returns", "feasibility")


class Light(StrEnum):
    """How a target stands, as a reader is told it in words."""

    ON_PLAN = "on_plan"
    CLOSE = "close"
    BEHIND = "behind"
    UNKNOWN = "unknown"


# --- Fiscal years -----------------------------------------------------------------------------------------------------


def fiscal_year(day: dt.date, first_month: int) -> int:
    """The fiscal year that holds `day`, where years begin with `first_month`."""
    return day.year if day.month >= first_month else day.year - 1


def months_of(year: int, first_month: int) -> list[dt.date]:
    """The first days of the twelve months of a fiscal year."""
    start = year * 12 + first_month - 1
    return [dt.date((start + place) // 12, (start + place) % 12 + 1, 1) for place in range(12)]


def last_day(month: dt.date) -> dt.date:
    """The last day of the month that begins with `month`."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def share_gone(month: dt.date, day: dt.date) -> Decimal:
    """How much of a month is over at the end of `day`: from 0 to 1."""
    if day < month:
        return NOTHING
    end = last_day(month)
    return Decimal(1) if day >= end else Decimal(day.day) / Decimal(end.day)


# --- Targets by month -------------------------------------------------------------------------------------------------


def spread(quarters: Sequence[Decimal], season: Sequence[Decimal] | None = None) -> list[Decimal]:
    """The months of a target that adds up: each quarter evenly, or as the same quarter was spread in `season`.

    A quarter of `season` with a month below zero, or with nothing at all, says nothing about the season: then evenly.
    The last month of a quarter takes what rounding leaves, so that the months are exactly the quarter.
    """
    months: list[Decimal] = []
    for place, total in enumerate(quarters):
        shape = list(season[place * 3 : place * 3 + 3]) if season else []
        if len(shape) < 3 or min(shape) < 0 or sum(shape) == 0:
            shape = [Decimal(1)] * 3
        whole = sum(shape, NOTHING)
        first, second = (rounded(total * part / whole) for part in shape[:2])
        months += [first, second, total - first - second]
    return months


def hold(quarters: Sequence[Decimal]) -> list[Decimal]:
    """The months of a target that is reached, not added up: each holds its quarter's value."""
    return [value for value in quarters for _month in range(3)]


def rounded(value: Decimal) -> Decimal:
    """To the places in which targets are stored."""
    return value.quantize(PLACES, ROUND_HALF_UP)


# --- Plan against actual ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How a target stands on a day.

    A target that adds up: `target` and `actual` are those of the year up to the day, `forecast` is that of the year's end.
    One that is reached: the target of the running quarter, the latest value, and no forecast.
    """

    year_target: Decimal
    target: Decimal
    actual: Decimal | None
    forecast: Decimal | None
    light: Light

    @property
    def share(self) -> Decimal | None:
        """What is reached of what was to be reached by the day, in per cent."""
        if self.actual is None or self.target <= 0:
            return None
        return (100 * self.actual / self.target).quantize(Decimal("0.1"), ROUND_HALF_UP)


def progress_of_sum(
    months: Sequence[dt.date], targets: Sequence[Decimal], actuals: Mapping[dt.date, Decimal], day: dt.date
) -> Progress:
    """How a target stands that adds up month by month.

    The running month's target counts by its days. The forecast supposes that what is left of the year keeps to its plan as
    well as what is over did; before the first day nothing is known.
    """
    due = sum((target * share_gone(month, day) for month, target in zip(months, targets, strict=True)), NOTHING)
    whole = sum(targets, NOTHING)
    if day < months[0]:
        return Progress(whole, NOTHING, None, None, Light.UNKNOWN)
    actual = sum((actuals.get(month, NOTHING) for month in months if month <= day), NOTHING)
    forecast = forecast_of(actual, due, whole)
    return Progress(whole, rounded(due), actual, forecast, light_of(forecast, whole))


def forecast_of(actual: Decimal, due: Decimal, whole: Decimal) -> Decimal | None:
    """What the year would end with; None before anything was due."""
    return rounded(actual + (whole - due) * actual / due) if due > 0 else None


def progress_of_level(
    months: Sequence[dt.date],
    targets: Sequence[Decimal],
    values: Mapping[dt.date, Decimal],
    day: dt.date,
    *,
    higher_is_better: bool = True,
) -> Progress:
    """How a target stands that is reached: the latest value of the year against the target of the running quarter."""
    known = [month for month in months if month <= day]
    target = targets[len(known) - 1] if known else targets[0]
    latest = next((values[month] for month in reversed(known) if month in values), None)
    if latest is None:
        return Progress(targets[-1], target, None, None, Light.UNKNOWN)
    if not higher_is_better and latest <= 0:
        return Progress(targets[-1], target, latest, None, Light.ON_PLAN)
    light = light_of(latest, target) if higher_is_better else light_of(target, latest)
    return Progress(targets[-1], target, latest, None, light)


def light_of(value: Decimal | None, target: Decimal) -> Light:
    """How a value stands against a target."""
    if value is None or target <= 0:
        return Light.UNKNOWN
    if value >= target * ON_PLAN:
        return Light.ON_PLAN
    return Light.CLOSE if value >= target * CLOSE else Light.BEHIND


# --- Scores of initiatives --------------------------------------------------------------------------------------------


def weighted(means: Mapping[str, Decimal], weights: Mapping[str, int]) -> Decimal:
    """The weighted mean of the four criteria, from 1 to 5."""
    whole = sum(weights[name] for name in CRITERIA)
    total = sum((means[name] * weights[name] for name in CRITERIA), NOTHING)
    return hundredths(total / whole)


def hundredths(value: Decimal) -> Decimal:
    """To the places in which scores are shown."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
