"""Absence: who decides in whose place, from when to when."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.errors import ApprovalError
from approvals.models import Delegation
from approvals.people import today_of
from approvals.services import telling
from tenancy.models import Membership
from tenancy.rights import Right


@transaction.atomic
def delegate(
    member: Membership, to: Membership, *, starts_on: dt.date, ends_on: dt.date, by: Membership, note: str = ""
) -> Delegation:
    """Let `to` decide in the place of `member` from a day to a day. For oneself, or by who looks after the people."""
    if member.pk != by.pk and not by.can(Right.USERS_MANAGE):
        raise ApprovalError(_("You can name a delegate for yourself only."))
    if member.pk == to.pk:
        raise ApprovalError(_("Choose somebody else as the delegate."))
    if not (to.is_staff and to.is_active):
        raise ApprovalError(_("The delegate must be a colleague with a place here."))
    if ends_on < starts_on:
        raise ApprovalError(_("The last day lies before the first. Choose a later one."))
    if ends_on < today_of(by):
        raise ApprovalError(_("The last day lies in the past. Choose today or a later day."))
    # One at a time for each person, so that two entries at once cannot overlap.
    Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)
    overlapping = Delegation.objects.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if overlapping.filter(member=member).exists():
        raise ApprovalError(_("There is a delegate for some of these days already. End that entry first."))
    if overlapping.filter(member=to).exists():
        raise ApprovalError(_("%(name)s is away on some of these days. Choose somebody else.") % {"name": to.name})
    row = Delegation.objects.create(
        member=member, delegate=to, starts_on=starts_on, ends_on=ends_on, note=note.strip(), created_by=by
    )
    telling.delegated(row)
    return row


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: Membership) -> Delegation:
    """End an absence now, before its last day."""
    row = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if by.pk not in (row.member_id, row.created_by_id) and not by.can(Right.USERS_MANAGE):
        raise ApprovalError(_("You can end your own absence only."))
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
    return row
