"""What turns out to be no lead (L-2)."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import POOL_STATES, Lead, LeadReason, LeadState, ReasonUse
from leads.services.offers import close_offers
from leads.services.states import LeadError, lock_lead, move_locked
from tenancy.models import Membership

DISCARDABLE = POOL_STATES


@transaction.atomic
def discard_lead(lead: Lead, reason: LeadReason, *, by: Membership | None = None, note: str = "") -> Lead:
    """It is no lead, for a reason; whoever is offered it is told that it is gone. Asked twice it is discarded once."""
    _check_use(reason)
    lead = lock_lead(lead)
    if lead.state == LeadState.DISCARDED:
        return lead
    if lead.state == LeadState.ACCEPTED:
        raise LeadError(_("A partner has this lead. Take it back first."))
    close_offers(lead, by=by)
    return move_locked(lead, LeadState.DISCARDED, reason=reason, reason_note=note, closed_at=timezone.now())


def discard_leads(leads: QuerySet[Lead], reason: LeadReason, *, note: str = "") -> int:
    """Discard those of `leads` that nobody has and nobody is offered, in one statement; returns how many."""
    _check_use(reason)
    now = timezone.now()
    return (
        leads.filter(state__in=(LeadState.NEW, LeadState.MANUAL))
        .order_by()
        .update(
            state=LeadState.DISCARDED,
            state_since=now,
            closed_at=now,
            reason=reason,
            reason_note=note,
            updated_at=now,
        )
    )


def _check_use(reason: LeadReason) -> None:
    if reason.use != ReasonUse.DISCARD:
        raise LeadError(_("“%(reason)s” is no reason for discarding.") % {"reason": reason})
