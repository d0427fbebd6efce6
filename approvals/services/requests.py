"""A request on its way: asked, decided step by step, passed on when time is over, taken back."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals import selectors
from approvals.errors import ApprovalError
from approvals.models import Attachment, Comment, Purpose, Request, RouteStep, State, Step, StepState, Who
from approvals.people import LAST_RESORT, People, unique
from approvals.registry import SubjectKind, subject_kind
from approvals.services import telling
from tenancy.business_time import BusinessTime
from tenancy.files import check_upload, clean_name, stored_name
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.rls import house_scope, take_turns
from tenancy.selectors import current_manufacturer


def request_approval(
    kind: SubjectKind | str,
    subject_id: int,
    title: str | Callable[[], str],
    *,
    by: Membership | None,
    amount: Decimal | None = None,
    partner_id: int | None = None,
    note: str = "",
    facts: dict[str, Any] | None = None,
) -> Request:
    """Ask for a subject to be approved. While a request for it is open, asking again returns that one.

    title: a name, or what says it in the language that is active then: it is kept in each language of the pages.
    by: who asks; None where nobody did, as in a nightly task. Where no approval line fits, the request is approved at
    once, and says so. Refused with a sentence where the line leads to nobody who may decide.
    """
    kind = _kind(kind)
    with house_scope(), transaction.atomic():
        _lock_subject(kind, subject_id)
        if waiting := selectors.open_request(kind.key, subject_id):
            return waiting
        request = Request(
            kind=kind.key,
            subject_id=subject_id,
            **_titles(title),
            amount=amount,
            partner_id=partner_id,
            asked_by=by,
            note=note.strip(),
            facts=facts or {},
        )
        request.route = selectors.route_for(kind.key, amount)
        if request.route is None:
            request.state, request.decided_at = State.APPROVED, request.asked_at
            request.ended_because = AT_ONCE
            request.save()
            kind.on_approved(request, by)
            return request
        people = People.now()
        steps = [_placed(step, request, people) for step in request.route.steps.select_related("member", "late_member")]
        request.save()
        for step in steps:
            step.request = request
        Step.objects.bulk_create(steps)
        _advance(request, people, by=by, now=request.asked_at)
        return request


def _titles(title: str | Callable[[], str]) -> dict[str, Any]:
    """The title for who asks, and where it is said in words, for who reads another language."""
    if isinstance(title, str):
        return {"title": title[:200]}
    texts = {}
    for language in current_manufacturer().languages:
        with translation.override(language):
            texts[language] = title()[:200]
    return {"title": title()[:200], "titles": texts}


MOST_FILES = 20

AT_ONCE = "no line"
"""Kept in `ended_because` of a request that no approval line fitted."""


@transaction.atomic
def decide(request: Request, *, by: Membership, approve: bool, comment: str = "") -> Request:
    """Take every step that waits for `by` now. Whoever comes second is told what the first decided.

    A refusal needs a comment. Where `by` only gives an opinion, a no is kept for those who decide after.
    """
    request = _locked(request)
    now = timezone.now()
    if not request.is_open:
        raise ApprovalError(ended_sentence(request))
    if by.pk == request.asked_by_id:
        raise ApprovalError(_("You asked for this yourself: somebody else has to decide it."))
    people = People.now()
    taken = [
        (step, capacity)
        for step in request.steps.filter(state=StepState.OPEN)
        if (capacity := people.may_take(step, request, by, now)) is not None
    ]
    if not taken:
        raise ApprovalError(_passed_sentence(request, by))
    if not approve and not comment.strip():
        raise ApprovalError(_("Say why you refuse: whoever asked reads it."))
    for step, capacity in taken:
        _note_late(step, now)
        step.state = StepState.APPROVED if approve else StepState.REFUSED
        step.decided_by, step.on_behalf_of, step.decided_at = by, capacity.on_behalf_of, now
        step.comment = comment.strip()
        step.save()
    if not approve and any(step.purpose == Purpose.DECIDE for step, _capacity in taken):
        _end(request, State.REFUSED, by=by, now=now)
    else:
        _advance(request, people, by=by, now=now)
    return request


@transaction.atomic
def recall(request: Request, *, by: Membership, reason: str = "") -> Request:
    """Take a request back: who asked may, as long as it is open; owners where nobody asked or whoever asked left."""
    request = _locked(request)
    if not may_recall(request, by):
        raise ApprovalError(_("Only who asked for this can take it back."))
    if not request.is_open:
        raise ApprovalError(ended_sentence(request))
    _end(request, State.RECALLED, by=by, now=timezone.now(), because=reason)
    return request


def may_recall(request: Request, by: Membership) -> bool:
    """Whether `by` may take the request back."""
    if request.asked_by_id == by.pk:
        return True
    is_orphan = request.asked_by is None or not request.asked_by.is_active
    return is_orphan and by.can(Right.SETTINGS_EDIT)


def withdraw(kind: SubjectKind | str, subject_id: int, *, because: str) -> Request | None:
    """The subject has gone or was settled otherwise: nobody need decide any more. Calls none of the kind's callbacks."""
    kind = _kind(kind)
    with house_scope(), transaction.atomic():
        _lock_subject(kind, subject_id)
        found = selectors.open_request(kind.key, subject_id)
        if found is None:
            return None
        request = _locked(found)
        if request.is_open:
            _end(request, State.WITHDRAWN, by=None, now=timezone.now(), because=because)
        return request


@transaction.atomic
def comment(request: Request, *, by: Membership, text: str) -> Comment:
    """Say something on a request, open or decided. Who asked, who decides now and who wrote before are told."""
    if not text.strip():
        raise ApprovalError(_("Write a comment first."))
    said = Comment.objects.create(request=request, by=by, text=text.strip())
    people, now = People.now(), timezone.now()
    steps = request.steps.filter(state=StepState.OPEN) if request.is_open else []
    deciding = [member for step in steps for member in people.deciders(step, request, now)]
    wrote = [each.by for each in request.comments.select_related("by")]
    telling.commented(said, unique([request.asked_by, *deciding, *wrote], but=by.pk))
    return said


@transaction.atomic
def attach(request: Request, upload: UploadedFile, *, by: Membership) -> Attachment:
    """Add a file to a request that is open; ValidationError for one that may not be kept."""
    content_type = check_upload(upload)
    request = _locked(request)
    if not request.is_open:
        raise ApprovalError(_("This is decided: files can be added only before."))
    if request.attachments.count() >= MOST_FILES:
        raise ApprovalError(_("A request takes at most %(count)s files.") % {"count": MOST_FILES})
    row = Attachment(request=request, name=clean_name(upload.name or ""), content_type=content_type, by=by)
    row.size = upload.size or 0
    row.file.save(stored_name(by.manufacturer_id, "approvals", row.name), upload, save=False)
    row.save()
    return row


@transaction.atomic
def escalate(*, now: dt.datetime | None = None) -> int:
    """Pass on the steps whose time is over, or whose people left; returns how many.

    Who may decide does not wait for this: a step is late by its time limit alone. This notes it, as of the limit, and
    tells whom it went to. A step that is being decided at this moment is left alone.
    """
    now = now or timezone.now()
    passed_on = 0
    for request_id in sorted(set(selectors.steps_to_pass_on(now).values_list("request_id", flat=True))):
        # The same order of locks as a decision's: the request first, then its steps.
        request = _request_rows().filter(pk=request_id, state=State.OPEN).select_for_update(of=("self",)).first()
        if request is None:
            continue
        people = People.now()
        for step in request.steps.filter(state=StepState.OPEN):
            passed_on += _pass_on(step, request, people, now)
    return passed_on


def ended_sentence(request: Request) -> str:
    """What is said to who comes too late."""
    who = request.decided_by.name if request.decided_by else ""
    if request.state == State.APPROVED:
        return _("%(name)s has approved this already.") % {"name": who} if who else _("This is approved already.")
    if request.state == State.REFUSED:
        return _("%(name)s has refused this already.") % {"name": who}
    if request.state == State.RECALLED:
        return _("%(name)s has taken this back.") % {"name": who}
    return _("This need not be decided any more.")


def _passed_sentence(request: Request, by: Membership) -> str:
    mine = request.steps.filter(decided_by=by, decided_at__isnull=False).exists()
    if mine:
        return _("You have decided this already; it waits for somebody else now.")
    return _("This does not wait for you: somebody else has decided it, or its turn has not come.")


# --- The line -------------------------------------------------------------------------------------------------------


def _placed(template: RouteStep, request: Request, people: People) -> Step:
    """A step of the line for this request, with its person found. Refused where it leads to nobody who may decide."""
    step = Step(
        stage=template.stage,
        purpose=template.purpose,
        who=template.who,
        role=template.role,
        hours=template.hours,
        late_member=template.late_member,
        late_role=template.late_role,
    )
    if template.who == Who.ROLE:
        if step.purpose == Purpose.COPY or people.holders(step.role, request):
            return step
        return _with_late(step, request, people, nobody=_nobody_holds(step.role))
    found = template.member_id if template.who == Who.MEMBER else _manager_id(request)
    if step.purpose == Purpose.COPY:
        step.member = people.active(found)
        return step
    if found is not None and found == request.asked_by_id:
        step.instead_of = request.asked_by
        delegate = people.delegate_of(found)
        if delegate is not None:
            step.member = delegate
            return step
        return _with_late(step, request, people, nobody=_own_request())
    step.member = people.active(found)
    if step.member is not None:
        return step
    if template.who == Who.MANAGER:
        return _with_late(step, request, people, nobody=_no_manager(request))
    return _with_late(step, request, people, nobody=_has_left(template.member))


def _with_late(step: Step, request: Request, people: People, *, nobody: str) -> Step:
    """The step with whoever comes after it in the first place."""
    late = people.active(step.late_member_id)
    if late is not None and late.pk != request.asked_by_id:
        step.member, step.role = late, ""
    elif step.late_role and people.holders(step.late_role, request):
        step.member, step.role = None, step.late_role
    else:
        raise ApprovalError(nobody)
    return step


def _own_request() -> str:
    return _(
        "The approval line leads to you, and nobody approves what they asked for. Name a delegate under “Absence”, or let"
        " the owners put somebody else on the line."
    )


def _nobody_holds(role: str) -> str:
    return _(
        "The approval line leads to the role “%(role)s”, which nobody else holds. Let the owners mend the line."
    ) % {"role": Role(role).label}


def _no_manager(request: Request) -> str:
    if request.partner is None:
        return _("The approval line leads to a partner's channel manager, and this concerns no partner.")
    return _("%(partner)s has no channel manager, to whom the approval line leads. Assign one first.") % {
        "partner": request.partner
    }


def _has_left(member: Membership | None) -> str:
    return _("The approval line leads to %(name)s, who has left. Let the owners mend the line.") % {
        "name": member.name if member else "–"
    }


def _manager_id(request: Request) -> int | None:
    return request.partner.channel_manager_id if request.partner else None


def _advance(request: Request, people: People, *, by: Membership | None, now: dt.datetime) -> None:
    """Go on to the next turn where nothing is open; after the last one the request is approved."""
    while True:
        steps = list(request.steps.select_related("member", "late_member"))
        if any(step.is_open for step in steps):
            return
        ahead = sorted({step.stage for step in steps if step.state == StepState.AHEAD})
        if not ahead:
            _end(request, State.APPROVED, by=by, now=now)
            return
        request.stage = ahead[0]
        request.save(update_fields=["stage"])
        for step in steps:
            if step.stage == request.stage and step.state == StepState.AHEAD:
                _open(step, request, people, now)


def _open(step: Step, request: Request, people: People, now: dt.datetime) -> None:
    """A step's turn has come: its people are told, and its time runs."""
    step.opened_at = now
    if step.purpose == Purpose.COPY:
        told = people.holders(step.role, request) if step.who == Who.ROLE else [step.member]
        step.state = StepState.TOLD if any(told) else StepState.DROPPED
        step.save()
        telling.copied(request, step, unique(told, but=request.asked_by_id))
        return
    step.state = StepState.OPEN
    if step.hours:
        step.due_at = _calendar().after(now, step.hours)
    _leave_nobody(step, request, people)
    step.save()
    telling.asked(request, step, people.deciders(step, request, now))


def _leave_nobody(step: Step, request: Request, people: People) -> bool:
    """Where a step's people left since the request was asked: whoever comes after, else the owners. Whether it moved."""
    is_there = people.active(step.member_id) if step.member_id else people.holders(step.role, request)
    if is_there:
        return False
    try:
        _with_late(step, request, people, nobody="")
    except ApprovalError:
        step.member, step.role = None, LAST_RESORT
    return True


def _pass_on(step: Step, request: Request, people: People, now: dt.datetime) -> bool:
    """Note that a step went to somebody else, and tell them; whether it did."""
    moved = _leave_nobody(step, request, people)
    late = _note_late(step, now)
    if not (moved or late):
        return False
    step.save()
    telling.escalated(request, step, people.deciders(step, request, now))
    return True


def _note_late(step: Step, now: dt.datetime) -> bool:
    """Note when a step's time was over, where somebody comes after; whether it was so for the first time."""
    has_next = step.late_member_id is not None or bool(step.late_role)
    if step.escalated_at is not None or not has_next or not step.is_late(now):
        return False
    step.escalated_at = step.due_at
    return True


def _end(request: Request, state: State, *, by: Membership | None, now: dt.datetime, because: str = "") -> None:
    """The request has ended: its app acts on it, whoever asked is told, and who need not decide any more."""
    people = People.now() if state in (State.RECALLED, State.WITHDRAWN) else None
    still_open = list(request.steps.filter(state=StepState.OPEN))
    freed = (
        [member for step in still_open for member in people.deciders(step, request, now)] if people is not None else []
    )
    request.steps.filter(state__in=[StepState.OPEN, StepState.AHEAD]).update(state=StepState.DROPPED)
    request.state, request.decided_by, request.decided_at = state, by, now
    request.ended_because = because.strip()[:200]
    request.save()
    kind = subject_kind(request.kind)
    if kind is not None and state == State.APPROVED:
        kind.on_approved(request, by)
    elif kind is not None and state == State.REFUSED:
        kind.on_refused(request, by)
    elif kind is not None and state == State.RECALLED and kind.on_recalled is not None:
        kind.on_recalled(request, by)
    if state in (State.APPROVED, State.REFUSED):
        telling.decided(request, unique([request.asked_by], but=by.pk if by else None))
    else:
        telling.ended(request, unique([*freed, request.asked_by], but=by.pk if by else None))


# --- Rows and locks -------------------------------------------------------------------------------------------------


def _request_rows() -> Any:
    return Request.objects.select_related("asked_by", "decided_by", "partner", "route")


def _locked(request: Request) -> Request:
    """The request as it is now, kept for this transaction: two who decide at once decide one after the other."""
    kind = subject_kind(request.kind)
    if kind and kind.lock:
        kind.lock(request.subject_id)
    return _request_rows().select_for_update(of=("self",)).get(pk=request.pk)


def _lock_subject(kind: SubjectKind, subject_id: int) -> None:
    """Two who ask for the same subject at once ask one after the other."""
    take_turns(f"approvals.{kind.key}", subject_id)


def _kind(kind: SubjectKind | str) -> SubjectKind:
    if isinstance(kind, SubjectKind):
        return kind
    found = subject_kind(kind)
    if found is None:
        raise KeyError(f"No subject of approvals is registered as {kind!r}.")
    return found


def _calendar() -> BusinessTime:
    manufacturer = current_manufacturer()
    return BusinessTime.of(manufacturer.business_hours, manufacturer.holidays, manufacturer.timezone)
