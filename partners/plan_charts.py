"""Channel plans as charts, tables and sentences, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pages import charts, formats
from partners import plan_terms
from partners.models import ChannelPlan, PlanState, PlanTarget, Side, Spread
from partners.plan_measures import MAIN, Measure
from partners.plan_terms import Light
from partners.selectors.plans import Comparison, TargetLine

QUARTERS = range(4)


def year_label(year: int, first_month: int) -> str:
    """A fiscal year as a reader knows it: '2026', or '2026 (April 2026 – March 2027)'."""
    if first_month == 1:
        return str(year)
    months, language = plan_terms.months_of(year, first_month), get_language()
    return f"{year} ({formats.month_year(months[0], language)} – {formats.month_year(months[-1], language)})"


def plan_title(plan: ChannelPlan, lines: Sequence[TargetLine], side: str) -> str:
    """Where a plan stands, as a sentence; of an agreed one, how its first target goes."""
    facts = {"year": plan.year, "partner": str(plan.partner), "version": plan.version}
    if plan.state == PlanState.AGREED:
        line = next((each for each in lines if each.target.measure == MAIN), None) or (lines[0] if lines else None)
        if line is None or line.progress.light == Light.UNKNOWN:
            return _("Plan %(year)s is agreed") % facts
        facts |= {"what": line.measure.name, "share": formats.percent(line.progress.share)}
        return {
            Light.ON_PLAN: _("Plan %(year)s: %(what)s is on plan, %(share)s of what was due"),
            Light.CLOSE: _("Plan %(year)s: %(what)s is slightly behind, %(share)s of what was due"),
            Light.BEHIND: _("Plan %(year)s: %(what)s is behind, %(share)s of what was due"),
        }[line.progress.light] % facts
    if plan.state == PlanState.PROPOSED:
        if plan.waits_for(side):
            return _("Plan %(year)s waits for your answer") % facts
        if side == Side.STAFF:
            return _("Plan %(year)s waits for the answer of %(partner)s") % facts
        return _("Plan %(year)s waits for the manufacturer's answer") % facts
    if plan.state == PlanState.APPROVAL:
        return _("Plan %(year)s is in approval at the manufacturer") % facts
    if plan.state == PlanState.SUPERSEDED:
        return _("Plan %(year)s, version %(version)s, was replaced by a newer one") % facts
    return _("Plan %(year)s is a draft on which both sides work") % facts


def weights_text(plan: ChannelPlan) -> str:
    """By what initiatives are ranked."""
    return _("Effect %(effect)s %%, urgency %(urgency)s %%, return %(returns)s %%, feasibility %(feasibility)s %%") % (
        plan.weights
    )


# --- Targets ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TargetRow:
    """A target as a row of text."""

    line: TargetLine
    year: str
    due: str
    actual: str
    share: str
    forecast: str
    quarters: list[str]


def target_rows(lines: Sequence[TargetLine], currency: str) -> list[TargetRow]:
    """The targets with their figures told short."""
    language = get_language()
    rows = []
    for line in lines:
        tell = partial(line.measure.tell, currency=currency, language=language)
        progress = line.progress
        rows.append(
            TargetRow(
                line=line,
                year=tell(line.target.year_target),
                due=tell(progress.target),
                actual=tell(progress.actual),
                share=formats.percent(progress.share) if progress.share is not None else formats.NOTHING,
                forecast=tell(progress.forecast) if line.measure.is_sum else formats.NOTHING,
                quarters=[tell(value) for value in line.target.quarters],
            )
        )
    return rows


def target_chart(line: TargetLine, currency: str) -> charts.Chart:
    """What was reached month by month beside what was planned."""
    language = get_language() or "en"
    tell = partial(line.measure.tell, currency=currency, language=language)
    draw: Any = charts.bars if line.measure.is_sum else charts.lines
    return draw(
        [formats.month(month, language) for month in line.months],
        line.actual_months,
        line.target.months,
        names=(_("Actual"), _("Plan")),
        tell=tell,
        language=language,
        head=_("Month"),
    )


@dataclass(frozen=True)
class MonthRow:
    """A month of a target, with what added up until then."""

    month: str
    target: str
    actual: str
    difference: str
    target_so_far: str
    actual_so_far: str
    tone: str


def month_rows(line: TargetLine, currency: str) -> list[MonthRow]:
    """Plan against actual month by month, with all digits."""
    language = get_language()
    tell = partial(line.measure.digits, currency=currency)
    rows = []
    due = reached = Decimal(0)
    for month, target, actual in zip(line.months, line.target.months, line.actual_months, strict=True):
        due += target
        reached += actual or 0
        gap = None if actual is None else actual - target
        is_good = gap is not None and (gap >= 0) == line.measure.higher_is_better
        rows.append(
            MonthRow(
                month=formats.month_year(month, language),
                target=tell(target),
                actual=tell(actual),
                difference=formats.NOTHING if gap is None else ("+" if gap > 0 else "") + tell(gap),
                target_so_far=tell(due) if line.measure.is_sum else "",
                actual_so_far=tell(None if actual is None else reached) if line.measure.is_sum else "",
                tone="" if gap is None or not gap else "is-better" if is_good else "is-worse",
            )
        )
    return rows


def unit_name(measure: Measure, currency: str) -> str:
    """In what a measure is counted, for a head or a label."""
    if measure.unit == "money":
        return formats.currency_name(currency, get_language())
    return "%" if measure.unit == "percent" else ""


def unit_of(line: TargetLine, currency: str) -> str:
    """In what a target is counted."""
    return unit_name(line.measure, currency)


def quarters_before(plan: ChannelPlan, measure: Measure, months: Sequence[Decimal], currency: str) -> list[str]:
    """What was reached in the four quarters of the year before, as texts; nothing where nothing is known."""
    values = []
    for quarter in QUARTERS:
        part = list(months[quarter * 3 : quarter * 3 + 3])
        value = sum(part, Decimal(0)) if measure.is_sum else next((each for each in reversed(part) if each), Decimal(0))
        values.append(measure.digits(value, currency) if value else "")
    return values


# --- Versions ---------------------------------------------------------------------------------------------------------


def versions_title(comparison: Comparison | None) -> str:
    """How much changed, as a sentence."""
    if comparison is None:
        return _("This is the first version")
    facts = {"before": comparison.before.version, "after": comparison.after.version, "count": comparison.count}
    if comparison.is_empty:
        return _("Versions %(before)s and %(after)s are the same") % facts
    return (
        ngettext(
            "%(count)s thing changed from version %(before)s to version %(after)s",
            "%(count)s things changed from version %(before)s to version %(after)s",
            comparison.count,
        )
        % facts
    )


def compared_targets(comparison: Comparison, currency: str) -> list[dict[str, Any]]:
    """The targets that changed: four quarters and the year, before and after."""
    return [
        {
            "measure": measure,
            "unit": unit_name(measure, currency),
            "before": _cells(measure, before, currency),
            "after": _cells(measure, after, currency),
        }
        for measure, before, after in comparison.targets
    ]


def _cells(measure: Measure, target: PlanTarget | None, currency: str) -> list[str]:
    if target is None:
        return [formats.NOTHING] * 6
    values = [*target.quarters, target.year_target]
    return [*(measure.digits(value, currency) for value in values), str(Spread(target.spread).label)]
