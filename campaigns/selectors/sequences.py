"""Sequences: which a member sees, how their steps are drawn, and what came of them."""

import zoneinfo
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import (
    EntrantState,
    Sequence,
    SequenceEntrant,
    SequenceStep,
    SequenceVersion,
    SequenceVisit,
    StepKind,
    StopReason,
    VersionState,
)
from campaigns.selectors.reports import FEWEST_COMPANIES, Effect, Funnel, funnel_of
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from valuation.experiment import Amounts, Counted, lift


def sequences_for(member: Membership) -> QuerySet[Sequence]:
    """The sequences that a member may see: who sees only assigned partners sees those that are theirs."""
    sequences = Sequence.objects.all()
    return sequences if member.can(Right.PARTNERS_VIEW_ALL) else sequences.filter(owner=member)


def sequence_rows(member: Membership) -> QuerySet[Any]:
    """Sequences with what a list shows: what begins them, and how many are where."""
    latest = SequenceVersion.objects.filter(sequence=OuterRef("pk")).order_by("-number")

    def counted(*states: str) -> Coalesce:
        rows = SequenceEntrant.objects.filter(sequence=OuterRef("pk"), state__in=states).order_by()
        number = rows.values("sequence").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(number, output_field=IntegerField()), 0)

    return (
        sequences_for(member)
        .select_related("owner")
        .defer("purpose")
        .annotate(
            event=Subquery(latest.values("event")[:1]),
            event_days=Subquery(latest.values("event_days")[:1]),
            under_way=counted(EntrantState.ACTIVE),
            finished=counted(EntrantState.FINISHED),
            stopped=counted(EntrantState.STOPPED),
        )
    )


def shown_version(sequence: Sequence, *, draft: bool) -> SequenceVersion | None:
    """The version that is being written where there is one and it is asked for, else the one in force, else the last."""
    order = [VersionState.DRAFT, VersionState.LIVE] if draft else [VersionState.LIVE, VersionState.DRAFT]
    versions = {version.state: version for version in sequence.versions.select_related("audience").order_by("number")}
    found = next((versions[state] for state in order if state in versions), None) or versions.get(VersionState.OLD)
    if found is not None:
        found.sequence = sequence
    return found


def entrants_for(member: Membership, sequence: Sequence) -> QuerySet[SequenceEntrant]:
    """Who is or was in a sequence, of the partners that the member sees."""
    rows = SequenceEntrant.objects.filter(sequence=sequence)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        rows = rows.filter(partner__in=partners_for(member).values("pk"))
    return rows


# --- Drawn ------------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """A step as it is drawn: how far it stands in, and what came of it."""

    step: SequenceStep
    depth: int
    counts: dict[str, int] = field(default_factory=dict)
    here: int = 0
    """How many stand before it now."""


def lines_of(version: SequenceVersion) -> list[Line]:
    """The steps in order; those that a branch passes by stand further in. Three queries."""
    steps = list(version.steps.select_related("target", "audience").order_by("position", "pk"))
    counts: dict[int, dict[str, int]] = {}
    visits = SequenceVisit.objects.filter(step__in=[step.pk for step in steps]).order_by()
    for step, outcome, number in visits.values_list("step", "outcome").annotate(n=Count("entrant")):
        counts.setdefault(step, {})[outcome] = number
    active = SequenceEntrant.objects.filter(version=version, state=EntrantState.ACTIVE).order_by()
    here = dict(active.values_list("step").annotate(n=Count("pk")))
    places = {step.pk: place for place, step in enumerate(steps)}
    passed = [
        range(place + 1, places[step.target_id])
        for place, step in enumerate(steps)
        if step.kind == StepKind.BRANCH and step.target_id in places
    ]
    return [
        Line(step, sum(place in each for each in passed), counts.get(step.pk, {}), here.get(step.pk, 0))
        for place, step in enumerate(steps)
    ]


# --- What came of it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Results:
    """How far a sequence came with whom, and whether it did anything."""

    states: dict[str, int]
    reasons: dict[str, int]
    funnel: Funnel
    effect: Effect | None

    @property
    def entered(self) -> int:
        return sum(count for state, count in self.states.items() if state != EntrantState.HELD)

    @property
    def held(self) -> int:
        return self.states.get(EntrantState.HELD, 0)


# A company counts once, by the first event that let it in: its orders in the days after that event.
EFFECT = """
    SELECT c.held, count(*), count(*) FILTER (WHERE o.orders > 0), count(*) FILTER (WHERE o.amount <> 0),
        sum(o.amount)::float, sum(o.amount * o.amount)::float
    FROM (
        SELECT DISTINCT ON (e.partner_id) e.partner_id, e.state = 'held' AS held, v.window_days,
            (e.event_at AT TIME ZONE %(zone)s)::date AS first
        FROM campaigns_sequenceentrant e JOIN campaigns_sequenceversion v ON v.id = e.version_id
        WHERE e.sequence_id = %(sequence)s
        ORDER BY e.partner_id, e.event_at, e.id
    ) c
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(d.amount_base), 0) AS amount, coalesce(sum(d.orders), 0) AS orders
        FROM commerce_salesday d
        WHERE d.partner_id = c.partner_id AND d.date > c.first AND d.date <= c.first + c.window_days
    ) o
    GROUP BY c.held
"""


def results_of(sequence: Sequence) -> Results:
    """What came of a sequence, as it stands now. Four queries."""
    states: dict[str, int] = {}
    reasons: dict[str, int] = {}
    rows = SequenceEntrant.objects.filter(sequence=sequence).order_by()
    for state, reason, number in rows.values_list("state", "reason").annotate(n=Count("pk")):
        states[state] = states.get(state, 0) + number
        if reason:
            reasons[reason] = number
    carriers = SequenceStep.objects.filter(version__sequence=sequence, carrier__isnull=False)
    return Results(
        states,
        {reason: reasons[reason] for reason in StopReason.values if reason in reasons},
        funnel_of(list(carriers.values_list("carrier", flat=True))),
        effect_of_sequence(sequence),
    )


def effect_of_sequence(sequence: Sequence) -> Effect | None:
    """The lift over the hold-out, by company; none without enough companies on either side."""
    zone = zoneinfo.ZoneInfo(sequence.manufacturer.timezone)
    with connection.cursor() as cursor:
        cursor.execute(EFFECT, {"sequence": sequence.pk, "zone": zone.key})
        arms = {held: counts for held, *counts in cursor.fetchall()}
    if any(arms.get(held, [0])[0] < FEWEST_COMPANIES for held in (True, False)):
        return None
    written, held = arms[False], arms[True]
    return Effect(
        people=lift(Counted(written[1], written[0]), Counted(held[1], held[0])),
        money=lift(Amounts(written[0], *written[2:]), Amounts(held[0], *held[2:])),
    )
