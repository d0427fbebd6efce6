"""What is read about journeys."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone

from partners.journey_checks import StepType, step_type
from partners.models import Journey, JourneyItem, JourneyStep, JourneyTemplate, Partner
from tenancy.models import Membership
from tenancy.rights import Right


def journeys_for(member: Membership) -> QuerySet[Journey]:
    """The journeys of partners that this member may see, with what a list shows."""
    journeys = Journey.objects.select_related("partner__kind", "partner__channel_manager", "template")
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return journeys.filter(partner__channel_manager=member)
    return journeys


def stalled(journeys: QuerySet[Journey], today: dt.date) -> QuerySet[Journey]:
    """Those in which no step was done within the days that their template gives."""
    start = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    given = ExpressionWrapper(
        F("template__stalled_days") * Value(dt.timedelta(days=1), DurationField()), output_field=DurationField()
    )
    limit = ExpressionWrapper(Value(start, DateTimeField()) - given, output_field=DateTimeField())
    return journeys.filter(state=Journey.State.RUNNING, moved_at__lt=limit)


def may_tick(item: JourneyItem, member: Membership) -> bool:
    """Whether this member can tick the step: its own side what is ticked by hand, and staff always."""
    if member.is_staff:
        return member.can(Right.PARTNERS_EDIT)
    return (
        member.partner_id == item.partner_id
        and member.can(Right.PORTAL_WORK)
        and item.step.side == JourneyStep.Side.PARTNER
        and not step_type(item.step.type).is_automatic
    )


def with_standing(journeys: QuerySet[Journey], today: dt.date) -> QuerySet[Journey]:
    """With `is_stalled`: whether no step was done for longer than the template gives."""
    still = stalled(Journey.objects.all(), today).values("pk")
    return journeys.annotate(
        is_stalled=Case(When(pk__in=still, then=Value(True)), default=Value(False), output_field=BooleanField())
    )


def journey_of(partner: Partner) -> Journey | None:
    """The partner's running journey, else its latest one. One query."""
    found = (
        Journey.objects.filter(partner=partner)
        .select_related("template")
        .order_by(Case(When(state=Journey.State.RUNNING, then=0), default=1), "-started_at", "-pk")
        .first()
    )
    if found is not None:
        found.partner = partner
    return found


def next_item(partner_id: int) -> JourneyItem | None:
    """The first step of the partner's running journey that the partner can do now. One query."""
    before = JourneyItem.objects.filter(journey=OuterRef("journey"), position=OuterRef("position") - 1, done_at=None)
    return (
        JourneyItem.objects.filter(
            partner=partner_id,
            journey__state=Journey.State.RUNNING,
            done_at=None,
            step__side=JourneyStep.Side.PARTNER,
        )
        .exclude(Exists(before), step__after_previous=True)
        .select_related("step", "journey")
        .order_by("position")
        .first()
    )


def running_journey(partner: Partner) -> Journey | None:
    """The journey that the partner is on now, if any."""
    return Journey.objects.filter(partner=partner, state=Journey.State.RUNNING).select_related("template").first()


@dataclass(frozen=True)
class ShownItem:
    """A step as one reader sees it."""

    item: JourneyItem
    type: StepType
    may_tick: bool
    can_fix: bool
    """Whether the reader may fix its meeting."""
    is_next: bool
    is_late: bool
    is_waiting: bool
    """Whether the step before has to be done first."""
    place: str
    """Where the partner does it; empty where it is done here."""

    @property
    def step(self) -> JourneyStep:
        return self.item.step


@dataclass(frozen=True)
class ShownPhase:
    """A phase with its steps."""

    name: str
    items: list[ShownItem]

    @property
    def done(self) -> int:
        return sum(1 for shown in self.items if shown.item.done_at)


def phases_of(journey: Journey, member: Membership, today: dt.date) -> list[ShownPhase]:
    """All steps by phase, as this member sees them. One query."""
    items = list(
        JourneyItem.objects.filter(journey=journey).select_related("step__phase", "done_by").order_by("position")
    )
    side = JourneyStep.Side.STAFF if member.is_staff else JourneyStep.Side.PARTNER
    is_running = journey.state == Journey.State.RUNNING
    shown: list[ShownItem] = []
    next_found = False
    for number, item in enumerate(items):
        kind = step_type(item.step.type)
        is_waiting = item.step.after_previous and number > 0 and items[number - 1].done_at is None
        is_open = is_running and item.done_at is None
        is_next = is_open and not is_waiting and not next_found and item.step.side == side
        next_found = next_found or is_next
        place = ""
        if is_open and kind.place and not member.is_staff:
            place = kind.place(member, item.step.subject)
        shown.append(
            ShownItem(
                item,
                kind,
                may_tick=is_open and not is_waiting and may_tick(item, member),
                can_fix=is_open and member.can(Right.PARTNERS_EDIT if member.is_staff else Right.PORTAL_WORK),
                is_next=is_next,
                is_late=is_open and item.due_on < today,
                is_waiting=is_open and is_waiting,
                place=place,
            )
        )
    return [
        ShownPhase(str(phase), list(group)) for phase, group in groupby(shown, key=lambda each: each.item.step.phase)
    ]


def next_of(phases: Sequence[ShownPhase]) -> ShownItem | None:
    """What the reader's side does next."""
    return next((shown for phase in phases for shown in phase.items if shown.is_next), None)


def templates() -> QuerySet[Any]:
    """All versions with how many journeys follow them, published first."""
    return (
        JourneyTemplate.objects.select_related("kind")
        .annotate(
            journey_count=Count("journeys", distinct=True),
            running_count=Count("journeys", filter=Q(journeys__state=Journey.State.RUNNING), distinct=True),
            step_count=Count("phases__steps", distinct=True),
        )
        .order_by("state", "family", "-version")
    )
