"""Every shared read of approvals. Needs the staff scope: partners never read them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from approvals.models import Delegation, Purpose, Request, Route, State, Step, StepState
from approvals.people import turns_of
from approvals.registry import subject_kinds
from tenancy.models import Membership
from tenancy.rights import Right


def routes() -> QuerySet[Route]:
    """The approval lines in use, by subject and amount."""
    return Route.objects.filter(is_retired=False)


def has_routes(kind: str) -> bool:
    """Whether requests of this kind go to anybody at all."""
    return routes().filter(kind=kind).exists()


def route_for(kind: str, amount: Decimal | None) -> Route | None:
    """The line that a request takes: the one whose amounts hold it; an amount nobody knows takes the largest."""
    of_kind = routes().filter(kind=kind)
    if amount is None:
        return of_kind.order_by(F("amount_from").desc(nulls_last=True), "-pk").first()
    return of_kind.filter(
        Q(amount_from=None) | Q(amount_from__lte=amount), Q(amount_below=None) | Q(amount_below__gt=amount)
    ).first()


def open_request(kind: str, subject_id: int) -> Request | None:
    """The request that waits for this subject."""
    return Request.objects.filter(kind=kind, subject_id=subject_id, state=State.OPEN).first()


def open_requests(kind: str) -> QuerySet[Request]:
    """All requests of a kind that wait: for `Exists(open_requests(KIND).filter(subject_id=OuterRef("pk")))`."""
    return Request.objects.filter(kind=kind, state=State.OPEN)


def latest_request(kind: str, subject_id: int) -> Request | None:
    """The last request of this subject, open or not."""
    return Request.objects.filter(kind=kind, subject_id=subject_id).order_by("-pk").first()


def _requests() -> QuerySet[Request]:
    return Request.objects.select_related("partner", "asked_by", "decided_by")


def waiting_for(member: Membership) -> QuerySet[Any]:
    """What waits for this member's decision, with `due_at`, the nearest time limit of theirs."""
    turns = Step.objects.filter(turns_of(member), request=OuterRef("pk"))
    open_steps = turns.filter(due_at__isnull=False).order_by("due_at")
    return (
        _requests().filter(Exists(turns), state=State.OPEN).annotate(due_at=Subquery(open_steps.values("due_at")[:1]))
    )


def asked_by(member: Membership) -> QuerySet[Request]:
    """What this member asked for."""
    return _requests().filter(asked_by=member)


def decided_by(member: Membership) -> QuerySet[Request]:
    """What this member had a say in."""
    return _requests().filter(Exists(Step.objects.filter(request=OuterRef("pk"), decided_by=member)))


def copies_of(member: Membership) -> QuerySet[Request]:
    """What this member was sent a copy of."""
    copies = Step.objects.filter(
        Q(member=member) | Q(member=None, role=member.role), request=OuterRef("pk"), state=StepState.TOLD
    )
    return _requests().filter(Exists(copies))


def requests_about(partner_id: int, member: Membership) -> QuerySet[Request]:
    """The requests about a partner that this member asked for, had a say in, or reads by right. One query.

    Whose partner it is, the caller has asked already.
    """
    requests = Request.objects.filter(partner=partner_id)
    if member.can(Right.SETTINGS_EDIT):
        return requests
    keys = [kind.key for kind in subject_kinds() if kind.right is not None and member.can(kind.right)]
    took_part = Step.objects.filter(Q(member=member) | Q(decided_by=member), request=OuterRef("pk"))
    return requests.filter(Q(asked_by=member) | Q(kind__in=keys) | Exists(took_part))


def visible_to(member: Membership) -> QuerySet[Request]:
    """What this member may open: own ones, those where they take part, and by right those of a kind."""
    taking_part = Step.objects.filter(
        turns_of(member)
        | Q(member=member)
        | Q(decided_by=member)
        | Q(on_behalf_of=member)
        | Q(escalated_at__isnull=False, late_member=member)
        | Q(state=StepState.TOLD, member=None, role=member.role),
        request=OuterRef("pk"),
    )
    seen = Q(asked_by=member) | Exists(taking_part)
    keys = [kind.key for kind in subject_kinds() if kind.right is not None and member.can(kind.right)]
    of_kind = Q(kind__in=keys)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        of_kind &= Q(partner__channel_manager=member)
    if member.can(Right.SETTINGS_EDIT):
        return _requests()
    return _requests().filter(seen | of_kind)


def refusal_reason(request: Request) -> str:
    """What was written with the refusal that ended the request."""
    refused = request.steps.filter(state=StepState.REFUSED, purpose=Purpose.DECIDE).order_by("-decided_at")
    return refused.values_list("comment", flat=True).first() or ""


def steps_to_pass_on(now: dt.datetime) -> QuerySet[Step]:
    """Open steps whose time is over, or whose people all left."""
    holders = Membership.objects.filter(
        manufacturer=OuterRef("manufacturer"), role=OuterRef("role"), partner=None, is_active=True
    )
    over = Q(due_at__lte=now, escalated_at=None) & (Q(late_member__isnull=False) | ~Q(late_role=""))
    gone = Q(member__is_active=False) | (Q(member=None) & ~Exists(holders))
    return Step.objects.filter(over | gone, state=StepState.OPEN, request__state=State.OPEN)


def delegations_of(member: Membership) -> QuerySet[Delegation]:
    """Absences that this member named a delegate for, and those in which they stand in, the latest first."""
    mine = Delegation.objects.filter(Q(member=member) | Q(delegate=member))
    return mine.select_related("member", "delegate", "created_by").order_by("-starts_on", "-pk")


def all_delegations() -> QuerySet[Delegation]:
    """Everybody's, for who looks after people."""
    return Delegation.objects.select_related("member", "delegate", "created_by").order_by("-starts_on", "-pk")
