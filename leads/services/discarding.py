"""What turns out to be no lead (L-2)."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import CLOSED_STATES, POOL_STATES, Lead, LeadReason, LeadState, ReasonUse
from leads.services.offers import close_offers
from leads.services.states import LeadError, lock_lead, move_locked
from tenancy.models import Membership

DISCARDABLE = POOL_STATES


@dataclass(frozen=True)
class Put:
    """What became of many: put aside, offers withdrawn for it, and left because partners have or had them."""

    count: int
    withdrawn: int
    left: int


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


@transaction.atomic
def discard_leads(leads: QuerySet[Lead], reason: LeadReason, *, by: Membership | None = None, note: str = "") -> Put:
    """Put those of `leads` aside that nobody has. Offers are withdrawn, and who was asked is told.

    Leads that nobody is offered go in one statement, those on offer one by one.
    """
    _check_use(reason)
    now = timezone.now()
    on_offer = list(leads.filter(state=LeadState.OFFERED).order_by("pk").select_related(None))
    free = leads.filter(state__in=(LeadState.NEW, LeadState.MANUAL)).order_by()
    count = free.update(
        state=LeadState.DISCARDED, state_since=now, closed_at=now, reason=reason, reason_note=note, updated_at=now
    )  # fmt: skip
    withdrawn = 0
    for lead in on_offer:
        row = lock_lead(lead)
        if row.state == LeadState.OFFERED:
            withdrawn += close_offers(row, by=by, now=now)
            move_locked(row, LeadState.DISCARDED, reason=reason, reason_note=note, closed_at=now)
            count += 1
    return Put(count, withdrawn, leads.filter(state__in=(LeadState.ACCEPTED, *CLOSED_STATES)).count())


def _check_use(reason: LeadReason) -> None:
    if reason.use != ReasonUse.DISCARD:
        raise LeadError(_("“%(reason)s” is no reason for discarding.") % {"reason": reason})
