"""Approval lines and requests in sentences."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from approvals.models import Purpose, Request, State, Step, StepState, Who
from approvals.people import People
from approvals.services import Draft, DraftStep
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Role

NAMES_SHOWN = 3


# --- Lines ----------------------------------------------------------------------------------------------------------


def amounts_text(low: Decimal | None, high: Decimal | None, currency: str) -> str:
    """Which amounts a line takes."""
    words = {name: formats.money(value, currency, get_language()) for name, value in (("low", low), ("high", high))}
    if low is not None and high is not None:
        return _("From %(low)s up to below %(high)s") % words
    if low is not None:
        return _("From %(low)s on") % words
    if high is not None:
        return _("Below %(high)s") % words
    return _("Every amount")


def line_text(draft: Draft) -> list[str]:
    """What happens along a line: one sentence for each turn, the copies among them."""
    return [" ".join(_step_text(step) for step in stage) for stage in draft.stages]


def uncovered_text(lines: Sequence[tuple[Decimal | None, Decimal | None]], currency: str) -> str:
    """Which amounts no line takes, so that they are approved at once; empty where there are none."""
    ordered = sorted(lines, key=lambda line: line[0] or Decimal(0))
    gaps: list[tuple[Decimal | None, Decimal | None]] = []
    reached: Decimal | None = Decimal(0)
    for low, high in ordered:
        if reached is not None and (low or Decimal(0)) > reached:
            gaps.append((reached or None, low))
        reached = None if reached is None or high is None else max(reached, high)
    if reached is not None:
        gaps.append((reached or None, None))
    parts = [amounts_text(low, high, currency) for low, high in gaps]
    return _("Approved at once, since no line takes it: %(amounts)s.") % {"amounts": "; ".join(parts)} if parts else ""


def place_text(who: str, member: Membership | None, role: str) -> str:
    """Who stands at a place."""
    if member is not None:
        return member.name
    if who == Who.MANAGER and not role:
        return _("The partner's channel manager")
    return _("Whoever is %(role)s") % {"role": Role(role).label} if role else "–"


def _step_text(step: DraftStep) -> str:
    words: dict[str, Any] = {"who": place_text(step.who, step.member, step.role)}
    if step.purpose == Purpose.COPY:
        return _("%(who)s gets a copy.") % words
    if step.hours:
        words["hours"] = formats.number(step.hours)
        words["next"] = place_text(Who.MEMBER, step.late_member, step.late_role)
        if step.purpose == Purpose.AGREE:
            return _("%(who)s gives an opinion within %(hours)s business hours; after that %(next)s may too.") % words
        return _("%(who)s decides within %(hours)s business hours; after that %(next)s may too.") % words
    return (_("%(who)s gives an opinion.") if step.purpose == Purpose.AGREE else _("%(who)s decides.")) % words


# --- Requests -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownStep:
    """A place on a request's line as its page draws it."""

    who: str
    purpose: str
    state: str
    tone: str
    """'good', 'bad', 'warn', 'active' or nothing."""
    detail: list[str]
    comment: str
    at: dt.datetime | None


@dataclass(frozen=True)
class ShownStage:
    """A turn of the line: the steps that stand side by side."""

    steps: list[ShownStep]
    is_done: bool


DONE = (StepState.APPROVED, StepState.TOLD)
STATE_TONES: dict[str, str] = {
    State.OPEN: "active",
    State.APPROVED: "good",
    State.REFUSED: "bad",
    State.RECALLED: "",
    State.WITHDRAWN: "",
}


def shown_stages(request: Request, steps: Sequence[Step], people: People) -> list[ShownStage]:
    """The line by turn."""
    now = timezone.now()
    stages: dict[int, list[Step]] = {}
    for step in steps:
        stages.setdefault(step.stage, []).append(step)
    return [
        ShownStage([_shown(step, request, people, now) for step in stage], all(step.state in DONE for step in stage))
        for stage in stages.values()
    ]


def standing_text(request: Request, steps: Sequence[Step], people: People) -> str:
    """Where a request stands."""
    at = formats.date_time(request.decided_at, get_language(), timezone.get_current_timezone())
    words = {"who": request.decided_by.name if request.decided_by else "", "at": at}
    if request.state == State.OPEN:
        now = timezone.now()
        deciders = [member for step in steps if step.is_open for member in people.deciders(step, request, now)]
        return _("Waits for %(names)s") % {"names": names_text(deciders)}
    if request.state == State.APPROVED and request.decided_by is None:
        return _("Approved at once: no approval line is set for this")
    if request.state == State.APPROVED:
        return _("Approved by %(who)s, %(at)s") % words
    if request.state == State.REFUSED:
        return _("Refused by %(who)s, %(at)s") % words
    if request.state == State.RECALLED:
        return _("Taken back by %(who)s, %(at)s") % words
    return _("Not needed any more since %(at)s") % words


def names_text(members: Sequence[Membership]) -> str:
    """A few names, and how many more."""
    names = list(dict.fromkeys(member.name for member in members))
    if not names:
        return "–"
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more) % {
        "names": shown,
        "count": more,
    }


def _shown(step: Step, request: Request, people: People, now: dt.datetime) -> ShownStep:
    state, tone = _state_text(step, now)
    who = place_text(step.who, step.member, step.role)
    if step.decided_by is not None:
        who = step.decided_by.name
    return ShownStep(
        who=who,
        purpose=str(step.get_purpose_display()),
        state=state,
        tone=tone,
        detail=list(_details(step, request, people, now)),
        comment=step.comment,
        at=step.decided_at,
    )


def _state_text(step: Step, now: dt.datetime) -> tuple[str, str]:
    if step.purpose == Purpose.AGREE and step.state == StepState.APPROVED:
        return _("In favour"), "good"
    if step.purpose == Purpose.AGREE and step.state == StepState.REFUSED:
        return _("Against"), "warn"
    if step.is_open and step.is_late(now):
        return _("Late"), "warn"
    tones: dict[str, str] = {StepState.OPEN: "active", StepState.APPROVED: "good", StepState.REFUSED: "bad"}
    return str(step.get_state_display()), tones.get(step.state, "")


def _details(step: Step, request: Request, people: People, now: dt.datetime) -> Any:
    if step.on_behalf_of is not None:
        yield _("on behalf of %(name)s") % {"name": step.on_behalf_of.name}
    elif step.decided_by is not None and (step.member is None or step.member_id != step.decided_by_id):
        if step.escalated_at is None and step.role:
            yield _("as %(role)s") % {"role": Role(step.role).label}
        elif step.member is not None:
            yield _("after the time of %(name)s was over") % {"name": step.member.name}
    if step.instead_of is not None:
        yield _("instead of %(name)s, who asked") % {"name": step.instead_of.name}
    if not step.is_open:
        return
    others = [member for member in people.deciders(step, request, now) if member.pk != step.member_id]
    if step.member is None or others:
        yield _("May decide now: %(names)s") % {"names": names_text(people.deciders(step, request, now))}
    if step.due_at is not None:
        words = {"at": formats.date_time(step.due_at, get_language(), timezone.get_current_timezone())}
        yield (_("The time was over on %(at)s") if step.is_late(now) else _("Until %(at)s")) % words
