"""Scores, grades and ways to the next tier in plain words, in the reader's language."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import charts, formats
from valuation.models import ChangeReason, GradeChange, Method
from valuation.registry import Kpi, Unit, find_kpi
from valuation.selectors import Explanation, KpiLine, ScorePoint
from valuation.steps import Step, Way

TOP_RANK = 99
"""From this rank on nobody cares for the last percent."""


def value_text(kpi: Kpi | None, value: Decimal | None, currency: str, *, short: bool = False) -> str:
    """A KPI's value in its unit: '5,250만 원', '4.4%', '11 of 12 months', '1.8 ×'."""
    if value is None:
        return formats.NOTHING
    match kpi.unit if kpi else None:
        case Unit.CURRENCY:
            tell = formats.money_short if short else formats.money
            return tell(value, currency, get_language())
        case Unit.PERCENT:
            return formats.percent(value)
        case Unit.MONTHS:
            return _("%(count)s of 12 months") % {"count": formats.number(value, 0)}
        case Unit.DAYS:
            return _("%(count)s days") % {"count": formats.number(value)}
        case Unit.RATIO:
            return _("%(count)s times") % {"count": formats.number(round(value, 2))}
    return formats.number(value, 2 if value != value.to_integral_value() else 0)


def unit_text(kpi: Kpi, currency: str) -> str:
    """What a KPI is counted in, beside its name over a field."""
    match kpi.unit:
        case Unit.CURRENCY:
            return formats.currency_name(currency, get_language())
        case Unit.PERCENT:
            return "%"
        case Unit.MONTHS:
            return _("of 12 months")
        case Unit.DAYS:
            return _("days")
        case Unit.RATIO:
            return _("times")
    return ""


def name_with_unit(kpi: Kpi, currency: str) -> str:
    """What stands over a field for a KPI's value."""
    unit = unit_text(kpi, currency)
    return f"{kpi.shown_name} ({unit})" if unit else kpi.shown_name


def entered_value(kpi: Kpi, value: Decimal, currency: str) -> Decimal:
    """A value with as many decimals as somebody would enter."""
    places = {
        Unit.CURRENCY: formats.currency_decimals(currency),
        Unit.PERCENT: 1,
        Unit.RATIO: 2,
    }.get(kpi.unit, 0)
    return round(value, places) if places else value.quantize(Decimal(1))


def difference_text(kpi: Kpi | None, value: Decimal, currency: str) -> str:
    """By how much a KPI has to move: without 'of 12' and the like."""
    if kpi is not None and kpi.unit is Unit.MONTHS:
        return _("%(count)s months") % {"count": formats.number(value, 0)} if value != 1 else _("1 month")
    if kpi is not None and kpi.unit is Unit.PERCENT:
        return _("%(count)s percentage points") % {"count": formats.number(value, 1)}
    return value_text(kpi, value, currency, short=True)


def kpi_name(key: str, kpi: Kpi | None = None) -> str:
    """What a KPI is called; its key where the app that gave it is gone."""
    kpi = kpi or find_kpi(key)
    return kpi.shown_name if kpi else key


@dataclass(frozen=True)
class ShownLine:
    """A KPI of a score in words."""

    key: str
    name: str
    explanation: str
    value: str
    measure: str
    """What it is measured by."""
    points: str
    weight: Decimal
    """Of all weights that count here, in per cent."""
    gave: Decimal | None
    fills: Decimal


def shown_lines(lines: Sequence[KpiLine], currency: str) -> list[ShownLine]:
    """A score by KPI, in words."""
    counted = sum((line.weight for line in lines if line.points is not None), Decimal(0))
    return [
        ShownLine(
            key=line.key,
            name=kpi_name(line.key, line.kpi),
            explanation=line.kpi.shown_explanation if line.kpi else "",
            value=value_text(line.kpi, line.value, currency, short=True),
            measure=measure_text(line, currency),
            points=formats.number(line.points, 1) if line.points is not None else formats.NOTHING,
            weight=line.weight / counted * 100 if counted and line.points is not None else Decimal(0),
            gave=line.share,
            fills=line.fills,
        )
        for line in lines
    ]


def measure_text(line: KpiLine, currency: str) -> str:
    """What a KPI is measured by: its target, or the partners of the same kind."""
    if line.points is None:
        return _("No value yet: left out of the score")
    if line.value is None:
        return _("No value yet: counts as nothing")
    if line.method == Method.TARGET:
        return target_text(line.kpi, line.target, currency)
    if line.rank is None:
        return _("Compared with partners of the same kind")
    if line.rank >= TOP_RANK:
        return _("Among the best partners of the same kind")
    return _("Better than %(share)s of partners of the same kind") % {"share": formats.percent(line.rank, 0)}


def target_text(kpi: Kpi | None, target: Decimal | None, currency: str) -> str:
    """What a KPI has to reach for all its points."""
    words = {"target": value_text(kpi, target, currency, short=True)}
    if kpi is not None and not kpi.higher_is_better:
        return _("Target: %(target)s or less") % words
    return _("Target: %(target)s") % words


def step_text(step: Step, currency: str) -> str:
    """One thing to do: 'Raise sell-in by 620만 원, to 5,870만 원'."""
    kpi = find_kpi(step.key)
    words = {
        "kpi": kpi_name(step.key, kpi),
        "difference": difference_text(kpi, abs(step.after - step.before), currency),
        "value": value_text(kpi, step.after, currency, short=True),
    }
    if step.after >= step.before:
        return _("%(kpi)s: %(difference)s more, to %(value)s") % words
    return _("%(kpi)s: %(difference)s less, to %(value)s") % words


@dataclass(frozen=True)
class ShownStep:
    """One thing to do, and what it adds to the score."""

    text: str
    gain: Decimal
    is_required: bool


@dataclass(frozen=True)
class ShownWay:
    """Things to do that together reach the tier."""

    steps: list[ShownStep]
    score: Decimal


def shown_way(way: Way, currency: str) -> ShownWay:
    """A way to the tier in words."""
    return ShownWay(
        [ShownStep(step_text(step, currency), step.gain, step.is_required) for step in way.steps], way.score
    )


def requirement_texts(requirements: Mapping[str, Decimal], currency: str) -> list[str]:
    """What a tier asks for beside the score."""
    texts = []
    for key, threshold in requirements.items():
        kpi = find_kpi(key)
        words = {"kpi": kpi_name(key, kpi), "value": value_text(kpi, threshold, currency, short=True)}
        lower = kpi is not None and not kpi.higher_is_better
        texts.append(_("%(kpi)s: at most %(value)s") % words if lower else _("%(kpi)s: at least %(value)s") % words)
    return texts


def unmet_texts(explained: Explanation, currency: str) -> list[str]:
    """What the goal asks for beside the score, and the partner does not have yet."""
    return requirement_texts(explained.distance.unmet, currency) if explained.distance else []


def headline(explained: Explanation | None, name: str) -> str:
    """Where a partner stands on its way, in a sentence."""
    if explained is None or explained.score is None:
        return _("%(partner)s has no grade yet") % {"partner": name}
    if explained.held is None or explained.goal is None:
        tier = explained.held or explained.tier
        if tier is None:
            return _("%(partner)s has no grade yet") % {"partner": name}
        return _("%(partner)s holds the highest grade, %(tier)s") % {"partner": name, "tier": tier}
    if explained.goal == explained.held:
        if explained.grace_end is not None:
            day = formats.date(explained.grace_end, get_language())
            return _("%(partner)s keeps %(tier)s until %(day)s, and has to win it back") % {
                "partner": name,
                "tier": explained.held,
                "day": day,
            }
        return _("%(partner)s has to win back its %(tier)s score") % {"partner": name, "tier": explained.held}
    if explained.distance is not None and explained.distance.singles:
        return _("%(partner)s is one step from %(tier)s") % {"partner": name, "tier": explained.goal}
    return _("%(partner)s is on its way to %(tier)s") % {"partner": name, "tier": explained.goal}


def change_text(change: GradeChange) -> str:
    """One change of a grade in words."""
    words = {"before": change.from_tier, "after": change.to_tier}
    match change.reason:
        case ChangeReason.FIRST:
            return _("First grade: %(after)s") % words
        case ChangeReason.PROMOTION:
            return _("Up from %(before)s to %(after)s") % words
        case ChangeReason.DEMOTION:
            return _("Down from %(before)s to %(after)s") % words
        case ChangeReason.WARNING:
            return _("Warned: the score is below %(before)s") % words
        case ChangeReason.OVERRIDE:
            return _("Set by hand to %(after)s") % words
        case ChangeReason.OVERRIDE_END:
            return _("No longer set by hand: %(after)s") % words
    return _("New programme: %(after)s") % words


# --- Pictures ---------------------------------------------------------------------------------------------------------


def ladder_of(explained: Explanation) -> charts.Ladder | None:
    """The score on its way through the tiers of its programme."""
    if explained.score is None or explained.programme is None:
        return None
    tiers = sorted(explained.programme.tiers.all(), key=lambda tier: tier.rank)
    return charts.ladder(
        explained.score,
        [(str(tier), tier.min_score) for tier in tiers],
        goal=str(explained.goal) if explained.goal else None,
    )


def score_chart(points: Sequence[ScorePoint]) -> charts.Chart | None:
    """The scores of the last months as a line; nothing with fewer than two."""
    known = [point for point in points if point.score is not None]
    if len(known) < 2:
        return None
    return charts.lines(
        [formats.month(point.day, get_language()) for point in known],
        [point.score for point in known],
        names=(_("Score"), ""),
        tell=partial(formats.number, decimals=1),
        language=get_language() or "en",
        head=_("Month"),
        size="short",
        from_zero=False,
    )


def day_text(day: dt.date) -> str:
    """A day in the reader's form."""
    return formats.date(day, get_language())


def shown_explanation(explained: Explanation, currency: str) -> dict[str, Any]:
    """What templates show of an explanation beside its ways."""
    return {
        "explained": explained,
        "ladder": ladder_of(explained),
        "lines": shown_lines(explained.lines, currency),
        "currency": currency,
    }
