"""What an opportunity says about itself, and what is done on it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import (
    CONTACTS,
    ActivityKind,
    Lead,
    Opportunity,
    OpportunityActivity,
)
from leads.services import opportunity_notices as notices
from leads.services.opportunities.parts import (
    Details,
    Line,
    OpportunityError,
    check_customer,
    check_open,
    check_rep,
    check_site,
    check_worker,
    follow_lines,
    locked,
    save,
    set_base,
    write_lines,
)
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.rls import house_scope


def update_opportunity(
    opportunity: Opportunity,
    details: Details,
    *,
    by: Membership,
    lines: Iterable[Line] | None = None,
    seen_at: dt.datetime | None = None,
) -> Opportunity:
    """Change what it says. `seen_at` is when it was last changed as the member saw it: nobody overwrites a colleague."""
    check_customer(details.customer, opportunity.partner_id)
    with transaction.atomic():
        opportunity = locked(opportunity)
        check_worker(opportunity, by)
        check_open(opportunity)
        if seen_at is not None and opportunity.updated_at != seen_at:
            raise OpportunityError(_("A colleague has changed this meanwhile. Look at it again, then change it."))
        opportunity.name = details.name.strip()[:200]
        if details.site_id != opportunity.site_id:
            check_site(details.site_id, opportunity.partner_id)
            opportunity.site_id = details.site_id
        opportunity.customer = details.customer
        opportunity.category = details.category
        opportunity.amount = details.amount
        opportunity.currency = details.currency
        set_base(opportunity)
        opportunity.expected_close = details.expected_close
        opportunity.next_step = details.next_step.strip()[:200]
        opportunity.next_step_on = details.next_step_on
        opportunity.note = details.note[:4000]
        save(
            opportunity,
            "name",
            "customer",
            "site",
            "category",
            "amount",
            "currency",
            "amount_base",
            "expected_close",
            "next_step",
            "next_step_on",
            "note",
            by=by,
        )
        if lines is not None:
            given = list(lines)
            opportunity.lines.all().delete()
            write_lines(opportunity, given)
            follow_lines(opportunity, given)
    return opportunity


def hang_on_site(opportunity: Opportunity, site_id: int | None, *, by: Membership) -> Opportunity:
    """Staff say at which of the partner's sites it is, or at none. It is no news of the partner."""
    if not by.is_staff or not by.can(Right.LEADS_EDIT):
        raise OpportunityError(_("Your role does not allow this."))
    with transaction.atomic():
        opportunity = locked(opportunity)
        if opportunity.site_id != site_id:
            check_site(site_id, opportunity.partner_id)
            opportunity.site_id = site_id
            opportunity.save(update_fields=["site", "updated_at"])
    return opportunity


def set_next_step(
    opportunity: Opportunity, *, next_step: str, next_step_on: dt.date | None, by: Membership
) -> Opportunity:
    """What is to be done next, and when."""
    with transaction.atomic():
        opportunity = locked(opportunity)
        check_worker(opportunity, by)
        check_open(opportunity)
        opportunity.next_step, opportunity.next_step_on = next_step.strip()[:200], next_step_on
        save(opportunity, "next_step", "next_step_on", by=by)
    return opportunity


def assign_rep(opportunity: Opportunity, rep: Membership, *, by: Membership) -> Opportunity:
    """Give it to one of the partner's people: an admin to anybody, others take it themselves. The person is told."""
    with transaction.atomic():
        opportunity = locked(opportunity)
        check_worker(opportunity, by)
        check_rep(rep, opportunity.partner_id)
        if rep.pk != by.pk and by.role != Role.PARTNER_ADMIN:
            raise OpportunityError(
                _("Your company's admin gives opportunities to colleagues. You can take it yourself.")
            )
        if opportunity.rep_id == rep.pk:
            return opportunity
        opportunity.rep = rep
        opportunity.save(update_fields=["rep", "updated_at"])
        if rep.pk != by.pk:
            notices.tell_assigned(opportunity, by=by)
    return opportunity


def record_activity(
    opportunity: Opportunity,
    *,
    kind: str,
    summary: str,
    by: Membership | None,
    at: dt.datetime | None = None,
    next_step: str | None = None,
    next_step_on: dt.date | None = None,
) -> OpportunityActivity:
    """Put down what was done, and with `next_step` what comes next. The first contact is the lead's, too.

    Staff add notes; they are of the partner and of staff both.
    """
    if not summary.strip():
        raise OpportunityError(_("Write down what came of it."))
    with transaction.atomic():
        opportunity = locked(opportunity)
        if by is not None and by.is_staff:
            if kind != ActivityKind.NOTE or not by.can(Right.LEADS_EDIT):
                raise OpportunityError(_("Staff add notes; what was done is put down by the partner."))
            return _put_down(opportunity, kind, summary, at, by)
        if by is not None:
            check_worker(opportunity, by)
        activity = _put_down(opportunity, kind, summary, at, by)
        fields = []
        if next_step is not None:
            opportunity.next_step, opportunity.next_step_on = next_step.strip()[:200], next_step_on
            fields = ["next_step", "next_step_on"]
        save(opportunity, *fields, by=by)
        if kind in CONTACTS and opportunity.lead_id:
            with house_scope():
                Lead.objects.filter(pk=opportunity.lead_id, first_contact_at=None).update(first_contact_at=activity.at)
    return activity


def _put_down(
    opportunity: Opportunity, kind: str, summary: str, at: dt.datetime | None, by: Membership | None
) -> OpportunityActivity:
    activity = OpportunityActivity(
        partner_id=opportunity.partner_id,
        opportunity=opportunity,
        kind=kind,
        summary=summary.strip()[:2000],
        at=at or timezone.now(),
        by=by,
        by_name=by.name if by else "",
    )
    activity.save(force_insert=True)
    return activity
