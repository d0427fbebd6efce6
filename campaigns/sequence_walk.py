"""How a partner goes through the steps of a sequence. Pure: no Django, no database.

`walk` takes one partner on from the step where it stands until it has to wait or is done, and says what was done on the
way. What it needs to know it asks of a `World`: workers answer from the database, a trial on the past answers for the
moments that it tries. Both take the same steps, since it is the same walk.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pages.weeks import monday_of
from tenancy.business_time import BusinessTime


@dataclass(frozen=True)
class Step:
    """A step as the walk needs it."""

    pk: int
    position: int
    kind: str
    days: int = 0
    is_business_days: bool = False
    test: str = ""
    audience: int | None = None
    target: int | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a version, in order, and what ends it early."""

    steps: tuple[Step, ...]
    stops_on_answer: bool = True
    stops_on_order: bool = False
    waits_for_cap: bool = True

    def index(self, pk: int) -> int:
        return next(place for place, step in enumerate(self.steps) if step.pk == pk)


@dataclass
class Walker:
    """A partner on its way."""

    key: Any
    partner: int
    contact: int | None
    event_on: dt.date
    """The day of the event: what was ordered later was ordered since."""
    step: int
    """What is done next."""
    at: dt.datetime
    """When."""
    state: str = "active"
    reason: str = ""
    held_weeks: int = 0


@dataclass(frozen=True)
class Reader:
    """A person at a partner who may be written to, or why not."""

    key: str
    left_out: str = ""
    row: Any = None
    """What else is known of them, for whoever writes."""


@dataclass(frozen=True)
class Taken:
    """A step that was taken."""

    step: Step
    at: dt.datetime
    outcome: str
    readers: tuple[Reader, ...] = ()
    """Who is written to."""
    left_out: dict[str, int] = field(default_factory=dict)


class World(Protocol):
    """What there is to know."""

    @property
    def zone(self) -> dt.tzinfo: ...
    @property
    def cap(self) -> int: ...
    def has_ended(self, walker: Walker) -> bool: ...
    def has_left(self, walker: Walker) -> bool: ...
    def has_answered(self, walker: Walker) -> bool: ...
    def has_opened(self, walker: Walker) -> bool: ...
    def has_ordered(self, walker: Walker) -> bool: ...
    def is_in(self, walker: Walker, audience: int | None) -> bool: ...
    def readers(self, walker: Walker, step: Step) -> Sequence[Reader]: ...
    def mails(self, reader: Reader, week: dt.date) -> int: ...
    def note_mail(self, reader: Reader, week: dt.date) -> None: ...
    def business(self, walker: Walker) -> BusinessTime: ...


def walk(plan: Plan, walker: Walker, world: World) -> list[Taken]:
    """Take all steps that are due, at the walker's moment; it stands then at a later moment, or is done."""
    taken: list[Taken] = []
    if ends_early(plan, walker, world):
        return taken
    place = plan.index(walker.step)
    while walker.state == "active":
        step = plan.steps[place]
        if step.kind == "wait":
            taken.append(Taken(step, walker.at, "waited"))
            place += 1
            walker.at = after_wait(step, walker.at, world.business(walker))
            _goes_on_at(plan, walker, place)
            return taken
        if step.kind == "branch":
            is_so = holds(step, walker, world)
            taken.append(Taken(step, walker.at, "yes" if is_so else "no"))
            place = plan.index(step.target) if is_so and step.target is not None else place + 1
        elif step.kind == "end":
            taken.append(Taken(step, walker.at, "end"))
            walker.state = "finished"
            return taken
        elif step.kind == "task":
            taken.append(Taken(step, walker.at, "task"))
            place += 1
        else:
            said = say(plan, step, walker, world)
            if said is None:
                return taken
            taken.append(said)
            place += 1
        _goes_on_at(plan, walker, place)
    return taken


def _goes_on_at(plan: Plan, walker: Walker, place: int) -> None:
    """Stand at a place; behind the last step there is nothing left to do."""
    if place < len(plan.steps):
        walker.step = plan.steps[place].pk
    else:
        walker.state = "finished"


def ends_early(plan: Plan, walker: Walker, world: World) -> bool:
    """Whether something ends it before the next step, and what."""
    for reason, is_so in (
        ("ended", world.has_ended),
        ("left", world.has_left),
        ("answered", world.has_answered if plan.stops_on_answer else None),
        ("ordered", world.has_ordered if plan.stops_on_order else None),
    ):
        if is_so is not None and is_so(walker):
            walker.state, walker.reason = "stopped", reason
            return True
    return False


def holds(step: Step, walker: Walker, world: World) -> bool:
    """Whether what a branch asks for is so."""
    if step.test == "answered":
        return world.has_answered(walker)
    if step.test == "opened":
        return world.has_opened(walker)
    if step.test == "ordered":
        return world.has_ordered(walker)
    return world.is_in(walker, step.audience)


def say(plan: Plan, step: Step, walker: Walker, world: World) -> Taken | None:
    """Write to everybody at the partner who may be written to; nothing where all of them have had their mails of the week:
    then it stands at the same step a week on, or is done."""
    found = world.readers(walker, step)
    left_out: dict[str, int] = {}
    going: list[Reader] = []
    week = week_of(walker.at, world.zone)
    is_capped = step.kind == "message"
    for reader in found:
        reason = reader.left_out
        if not reason and is_capped and world.mails(reader, week) >= world.cap:
            reason = "capped"
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            going.append(reader)
    if not going and left_out.get("capped"):
        if not plan.waits_for_cap:
            walker.state, walker.reason = "stopped", "capped"
        else:
            walker.held_weeks += 1
            walker.at = dt.datetime.combine(week + dt.timedelta(days=7), dt.time(), world.zone)
        return None
    if found and not going and set(left_out) == {"left_company"}:
        walker.state, walker.reason = "stopped", "left"
        return None
    if is_capped:
        for reader in going:
            world.note_mail(reader, week)
    return Taken(step, walker.at, "sent" if going else "nobody", tuple(going), left_out)


def week_of(at: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """The Monday of a moment's week, by the manufacturer's clock."""
    return monday_of(at.astimezone(zone).date())


def after_wait(step: Step, at: dt.datetime, business: BusinessTime) -> dt.datetime:
    """When a wait is over: at the same time of the day by the manufacturer's clock; business days pass over days off."""
    local = at.astimezone(business.zone)
    day, left = local.date(), step.days
    if not step.is_business_days:
        return dt.datetime.combine(day + dt.timedelta(days=left), local.time(), business.zone)
    tried = 0
    while left > 0 and tried < 10 * step.days + 60:
        day += dt.timedelta(days=1)
        tried += 1
        left -= business.is_open_on(day)
    return dt.datetime.combine(day, local.time(), business.zone)
