"""What every step of a registration needs: the row as it is now, its next state, its line in the log."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from leads.likeness import ready
from leads.models import NEXT_DEAL_STATES, ClaimHead, DealKey, DealRegistration, DealState, Protection
from leads.selectors.deal_conflicts import keys_of, party_of_deal
from leads.services.claims import Claim, add_claims
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right


class DealError(DomainError):
    """A step that a registration cannot take now."""


KEYED_STATES = frozenset(
    {
        DealState.SUBMITTED,
        DealState.RETURNED,
        DealState.APPROVED,
        DealState.EXPIRED,
        DealState.WON,
        DealState.REFUSED,
    }
)
"""Found by others who claim the same customer."""


def locked(deal: DealRegistration) -> DealRegistration:
    """The registration as it is now, kept for this transaction. The head of the log is locked before it."""
    rows = DealRegistration.objects.select_related("partner", "second_partner", "category", "customer", "site")
    return rows.select_for_update(of=("self",)).get(pk=deal.pk)


def must_decide(by: Membership) -> None:
    """Refuse whoever may not decide."""
    if not by.is_staff or not by.can(Right.DEALS_DECIDE):
        raise DealError(_("Your role does not allow deciding on deals."))


def must_own(deal: DealRegistration, by: Membership) -> None:
    """Refuse whoever is not of the partner that registered it, nor of the manufacturer."""
    if not by.is_staff and by.partner_id != deal.partner_id:
        raise DealError(_("Only %(partner)s, who registered it, can do this.") % {"partner": deal.shown_partner})


def move(deal: DealRegistration, to: DealState, **changes: Any) -> None:
    """Write the next state, with what else changes."""
    if to not in NEXT_DEAL_STATES[deal.state]:
        raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
    deal.state = to
    for name, value in changes.items():
        setattr(deal, name, value)
    deal.save(update_fields=["state", *changes, "updated_at"])
    if to not in KEYED_STATES:
        DealKey.objects.filter(deal=deal).delete()


def note(
    head: ClaimHead, deal: DealRegistration, step: str, *, by: Membership | None, at: dt.datetime, **facts: Any
) -> None:
    """Put a line into the log."""
    add_claims(head, [Claim(deal, step, facts, by.name if by else "")], at=at)


def write_keys(deal: DealRegistration) -> None:
    """Keep under which keys the registration's customer is found."""
    DealKey.objects.filter(deal=deal).delete()
    keys = sorted(keys_of(ready(party_of_deal(deal))))
    DealKey.objects.bulk_create([DealKey(deal=deal, key=key) for key in keys])


def facts_of(deal: DealRegistration, *, files: list[str]) -> dict[str, Any]:
    """All that a registration claims, for the log."""
    return {
        "partner": deal.partner.code,
        "partner_name": deal.partner_name,
        "second_partner": deal.second_partner.code if deal.second_partner else "",
        "second_is": deal.second_is,
        "title": deal.title,
        "customer": deal.customer_name,
        "contact": deal.contact_name,
        "business_number": deal.business_number,
        "email": deal.email,
        "phone": deal.phone,
        "website": deal.website,
        "address": deal.address,
        "city": deal.city,
        "postal_code": deal.postal_code,
        "country": deal.country,
        "site": deal.site.reference if deal.site else "",
        "category": deal.category.code if deal.category else "",
        "amount": deal.amount,
        "currency": deal.currency,
        "expected_on": deal.expected_on,
        "competitor": deal.competitor,
        "note": deal.note,
        "files": files,
    } | ({"entered_by": deal.entered_by_name} if deal.entered_by_name else {})


def end_protection(protection: Protection, why: str, *, at: dt.datetime) -> None:
    """It ends now; from this moment the place is free."""
    protection.ends_at, protection.ended = max(protection.starts_at, min(at, protection.ends_at)), why
    protection.save(update_fields=["ends_at", "ended"])


def running_protection(deal: DealRegistration, *, at: dt.datetime | None = None) -> Protection | None:
    """What protects the registration at a moment."""
    at = at or timezone.now()
    return Protection.objects.filter(deal=deal, starts_at__lte=at, ends_at__gt=at).first()
