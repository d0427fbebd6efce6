"""Everything read of one partner's channel plans: versions, targets against actual, ranked initiatives, differences."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    StdDev,
    Subquery,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import plan_terms
from partners.models import (
    OPEN_PLAN_STATES,
    ChannelPlan,
    InitiativeScore,
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanState,
    PlanStep,
    PlanTarget,
    Side,
    Stage,
)
from partners.plan_measures import MAIN, Measure, actuals_of, all_measures, unknown_measure
from partners.plan_terms import Light, Progress
from partners.selectors.tasks import people
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

LIGHT_WORDS: dict[str, Any] = {
    Light.ON_PLAN: gettext_lazy("On plan"),
    Light.CLOSE: gettext_lazy("Slightly behind"),
    Light.BEHIND: gettext_lazy("Behind"),
    Light.UNKNOWN: gettext_lazy("No figures yet"),
}
LIGHT_TONES: dict[str, str] = {
    Light.ON_PLAN: "good",
    Light.CLOSE: "warn",
    Light.BEHIND: "bad",
    Light.UNKNOWN: "",
}
STATE_TONES: dict[str, str] = {
    PlanState.DRAFT: "",
    PlanState.APPROVAL: "warn",
    PlanState.PROPOSED: "active",
    PlanState.AGREED: "good",
    PlanState.SUPERSEDED: "",
}


# --- Plans ------------------------------------------------------------------------------------------------------------


def plans_for(member: Membership) -> QuerySet[ChannelPlan]:
    """The plans this member may see: staff those of their partners, a partner its own."""
    plans = ChannelPlan.objects.all()
    if not member.is_staff:
        return plans.filter(partner=member.partner_id)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        return plans.filter(partner__channel_manager=member)
    return plans


def plan_rows(member: Membership) -> QuerySet[ChannelPlan]:
    """The newest version of each plan with what a list shows: the partner, who looks after it, the year's sell-in."""
    newer = ChannelPlan.objects.filter(
        partner=OuterRef("partner"), year=OuterRef("year"), version__gt=OuterRef("version")
    )
    target = PlanTarget.objects.filter(plan=OuterRef("pk"), measure=MAIN)
    whole = F("quarter_1") + F("quarter_2") + F("quarter_3") + F("quarter_4")
    return (
        plans_for(member)
        .filter(~Exists(newer), partner__merged_into=None)
        .select_related("partner__kind", "partner__channel_manager")
        .annotate(revenue=Subquery(target.values_list(whole)[:1]))
    )


def plan_years() -> list[int]:
    """The fiscal years of which there are plans, the latest first."""
    return list(ChannelPlan.objects.order_by("-year").values_list("year", flat=True).distinct())


def waiting_plans(member: Membership) -> QuerySet[ChannelPlan]:
    """The plans that wait for an answer of the member's side, the oldest first; where the partnership ended, nobody's."""
    asked_by = Side.PARTNER if member.is_staff else Side.STAFF
    return (
        plans_for(member)
        .filter(state=PlanState.PROPOSED, proposed_side=asked_by, partner__merged_into=None)
        .exclude(partner__stage=Stage.ENDED)
        .select_related("partner")
        .order_by("proposed_at", "pk")
    )


def current_plan(partner_id: int, year: int) -> ChannelPlan | None:
    """What counts for a year: the agreed version, else the open one."""
    found = ChannelPlan.objects.filter(partner=partner_id, year=year).exclude(state=PlanState.SUPERSEDED)
    return min(found, key=lambda plan: plan.state != PlanState.AGREED, default=None)


def agreed_plan(partner_id: int, year: int) -> ChannelPlan | None:
    """The version that both sides agreed to for a year."""
    return ChannelPlan.objects.filter(partner=partner_id, year=year, state=PlanState.AGREED).first()


def open_plan(partner_id: int, year: int) -> ChannelPlan | None:
    """The version that is being worked on, or waits for an answer."""
    return ChannelPlan.objects.filter(partner=partner_id, year=year, state__in=OPEN_PLAN_STATES).first()


def versions_of(plan: ChannelPlan) -> list[ChannelPlan]:
    """All versions of a plan, the newest first."""
    return list(ChannelPlan.objects.filter(partner=plan.partner_id, year=plan.year).order_by("-version"))


# --- Targets ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TargetLine:
    """A target with what was reached of it."""

    target: PlanTarget
    measure: Measure
    progress: Progress
    months: list[dt.date]
    actuals: Mapping[dt.date, Decimal]
    day: dt.date

    @property
    def light(self) -> str:
        return str(LIGHT_WORDS[self.progress.light])

    @property
    def tone(self) -> str:
        return LIGHT_TONES[self.progress.light]

    @property
    def actual_months(self) -> list[Decimal | None]:
        """What was reached month by month; nothing for months that have not begun."""
        nothing = Decimal(0) if self.measure.is_sum else None
        return [self.actuals.get(month, nothing) if month <= self.day else None for month in self.months]


def target_lines(plan: ChannelPlan, *, first_month: int, day: dt.date) -> list[TargetLine]:
    """The targets of a plan against what was reached up to `day`, in the order in which measures are offered."""
    targets = list(PlanTarget.objects.filter(plan=plan).order_by("pk"))
    known = all_measures()
    months = plan_terms.months_of(plan.year, first_month)
    actuals = actuals_of(plan.partner_id, [target.measure for target in targets], months[0], months[-1])
    order = {key: place for place, key in enumerate(known)}
    lines = []
    for target in sorted(targets, key=lambda each: order.get(each.measure, len(order))):
        measure = known.get(target.measure) or unknown_measure(target.measure)
        reached = actuals.get(target.measure, {})
        if target.is_sum:
            progress = plan_terms.progress_of_sum(months, target.months, reached, day)
        else:
            progress = plan_terms.progress_of_level(
                months, target.months, reached, day, higher_is_better=measure.higher_is_better
            )
        lines.append(TargetLine(target, measure, progress, months, reached, day))
    return lines


# --- Initiatives ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ranked:
    """An initiative with its place by weighted score; `score` is None until somebody has scored it."""

    initiative: PlanInitiative
    place: int
    score: Decimal | None
    deviation: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    people: int
    means: Mapping[str, Decimal]
    by_side: Mapping[str, Decimal | None]
    own: InitiativeScore | None
    owner: str

    @property
    def is_disputed(self) -> bool:
        """Whether those who scored it see it very differently."""
        return self.lowest is not None and self.highest is not None and self.highest - self.lowest >= 2


def ranked_initiatives(plan: ChannelPlan, member: Membership | None = None) -> list[Ranked]:
    """The initiatives by weighted score, the best first, those without a score last. Two queries, and one for names.

    The score is the weighted mean of the four criteria over all who scored; the spread is that of their own weighted scores.
    """
    initiatives = list(PlanInitiative.objects.filter(plan=plan).order_by("pk"))
    points = [F(name) * weight / 100.0 for name, weight in plan.weights.items()]
    own_score = ExpressionWrapper(points[0] + points[1] + points[2] + points[3], FloatField())
    rows = (
        InitiativeScore.objects.filter(plan=plan)
        .order_by()
        .annotate(weighted=own_score)
        .values("initiative")
        .annotate(
            people=Count("pk"),
            deviation=StdDev("weighted"),
            lowest=Min("weighted"),
            highest=Max("weighted"),
            staff=Avg("weighted", filter=Q(side=Side.STAFF)),
            partner_side=Avg("weighted", filter=Q(side=Side.PARTNER)),
            **{f"mean_{name}": Avg(name) for name in plan_terms.CRITERIA},
        )
    )
    known: dict[int, Any] = {row["initiative"]: row for row in rows}
    own = {}
    if member is not None:
        own = {each.initiative_id: each for each in InitiativeScore.objects.filter(plan=plan, member=member)}
    names = names_of(initiative.owner_id for initiative in initiatives)
    found = []
    for initiative in initiatives:
        row = known.get(initiative.pk)
        means = {name: Decimal(row[f"mean_{name}"]) for name in plan_terms.CRITERIA} if row else {}
        found.append(
            Ranked(
                initiative=initiative,
                place=0,
                score=plan_terms.weighted(means, plan.weights) if row else None,
                deviation=_two(row["deviation"]) if row else None,
                lowest=_two(row["lowest"]) if row else None,
                highest=_two(row["highest"]) if row else None,
                people=row["people"] if row else 0,
                means=means,
                by_side={Side.STAFF: _two(row["staff"]), Side.PARTNER: _two(row["partner_side"])} if row else {},
                own=own.get(initiative.pk),
                owner=names.get(initiative.owner_id or 0, ""),
            )
        )
    found.sort(key=lambda each: (each.score is None, -(each.score or 0), each.initiative.pk))
    return [replace(each, place=place) for place, each in enumerate(found, 1)]


def _two(value: Any) -> Decimal | None:
    return None if value is None else plan_terms.hundredths(Decimal(str(value)))


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people that a plan names, as the reader may know them."""
    return {pk: person.name for pk, person in people(ids).items()}


def owners_for(member: Membership, partner: Partner) -> QuerySet[Membership]:
    """Who can carry something of a plan: the partner's people and staff who make plans.

    The partner's people choose among themselves and the staff who looks after them, whom they know.
    """
    own = Q(partner=partner)
    if member.is_staff:
        own |= Q(pk__in=members_with(Right.PLANS_EDIT).values("pk"))
    else:
        own |= Q(pk=partner.channel_manager_id or 0)
    return Membership.objects.filter(own, is_active=True).order_by("partner", "name", "pk")


# --- The way of a plan ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepLine:
    """A step ready to be shown."""

    step: PlanStep
    version: int
    who: str


def steps_of(plan: ChannelPlan) -> list[StepLine]:
    """All that happened to the plans of this partner and year, the newest first."""
    steps = list(
        PlanStep.objects.filter(plan__partner=plan.partner_id, plan__year=plan.year)
        .annotate(version=F("plan__version"))
        .order_by("-at", "-pk")[:60]
    )
    names = names_of(step.by_id for step in steps)
    return [StepLine(step, step.version, names.get(step.by_id or 0, "")) for step in steps]


# --- Two versions beside each other -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in two versions. `before` or `after` is empty where there was or is nothing."""

    what: str
    before: str
    after: str


@dataclass
class Comparison:
    """What changed between two versions, by part."""

    before: ChannelPlan
    after: ChannelPlan
    targets: list[tuple[Measure, PlanTarget | None, PlanTarget | None]] = field(default_factory=list)
    initiatives: list[Difference] = field(default_factory=list)
    promises: list[Difference] = field(default_factory=list)
    summary: Difference | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.targets or self.initiatives or self.promises or self.summary)

    @property
    def count(self) -> int:
        return len(self.targets) + len(self.initiatives) + len(self.promises) + bool(self.summary)


def compare_versions(before: ChannelPlan, after: ChannelPlan) -> Comparison:
    """What changed from one version to another. A fixed number of queries."""
    found = Comparison(before, after)
    both = [before.pk, after.pk]
    measures = all_measures()
    targets = _by_plan(PlanTarget.objects.filter(plan__in=both), lambda target: target.measure)
    for key in _keys(targets, both):
        old, new = (targets[pk].get(key) for pk in both)
        if old is None or new is None or old.quarters != new.quarters or old.spread != new.spread:
            found.targets.append((measures.get(key) or unknown_measure(key), old, new))
    initiatives = _by_plan(PlanInitiative.objects.filter(plan__in=both), lambda each: each.title)
    owners = names_of(each.owner_id for pk in both for each in initiatives.get(pk, {}).values())
    promises = _by_plan(PlanPromise.objects.filter(plan__in=both), lambda each: each.title)
    found.initiatives = _differences(initiatives, both, lambda each: _placed_text(each, owners))
    found.promises = _differences(promises, both, lambda each: each.due_on.isoformat() if each.due_on else _("no day"))
    if before.summary != after.summary:
        found.summary = Difference("", before.summary, after.summary)
    return found


def _by_plan(rows: QuerySet[Any], key: Any) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.plan_id, {})[key(row)] = row
    return found


def _keys(rows: dict[int, dict[str, Any]], both: Sequence[int]) -> list[str]:
    for pk in both:
        rows.setdefault(pk, {})
    return list(dict.fromkeys(key for pk in both for key in rows[pk]))


def _differences(rows: dict[int, dict[str, Any]], both: Sequence[int], text: Any) -> list[Difference]:
    found = []
    for title in _keys(rows, both):
        before, after = (text(rows[pk][title]) if title in rows[pk] else "" for pk in both)
        if before != after:
            found.append(Difference(title, before, after))
    return found


def _placed_text(initiative: PlanInitiative, owners: Mapping[int, str]) -> str:
    parts = [
        initiative.get_plan_year_display(),
        initiative.get_phase_display(),
        initiative.get_side_display(),
        owners.get(initiative.owner_id or 0, ""),
    ]
    return " · ".join(str(part) for part in parts if part)
