"""The one writer of where a lead stands."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import NEXT_LEAD_STATES, Lead, LeadState
from tenancy.errors import DomainError


class LeadError(DomainError):
    """A step that a lead cannot take now."""


@transaction.atomic
def move_lead(lead: Lead, to: str, **changes: Any) -> Lead:
    """Bring a lead to another state, together with `changes` of its fields; LeadError where it cannot go there."""
    return move_locked(lock_lead(lead), to, **changes)


def lock_lead(lead: Lead) -> Lead:
    """The lead as it stands now, which nobody else changes until the transaction ends."""
    return Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)


def move_locked(lead: Lead, to: str, **changes: Any) -> Lead:
    """`move_lead` of a lead that is locked already."""
    if to not in NEXT_LEAD_STATES[lead.state]:
        raise LeadError(
            _("A lead that is at “%(now)s” cannot go to “%(then)s”.")
            % {"now": lead.get_state_display(), "then": LeadState(to).label}
        )
    for field, value in {"state": to, "state_since": timezone.now(), **changes}.items():
        setattr(lead, field, value)
    lead.save(update_fields=["state", "state_since", *changes, "updated_at"])
    if lead.form_key and lead.scored_at is None and to != LeadState.MERGED:
        from leads.services.likeness import note_alike

        note_alike(lead)  # somebody was quicker than the worker that would have compared it
    return lead
