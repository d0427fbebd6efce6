"""Offers that wait for the partner's answer, and leads that wait for a person."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.functions import LEADS
from leads.models import Lead, LeadState
from leads.offer_wording import amount_text, title_of_offer
from leads.selectors.calendars import own_zone
from leads.selectors.leads import leads_for
from leads.selectors.offers import open_offers_to
from pages import formats
from pages.paging import count_up_to
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SHOWN = 10


@register_waiting(
    side="portal",
    probe="EXISTS (SELECT FROM leads_offer WHERE partner_id = %(partner)s AND state = 'offered' AND due_at > now())",
)
def offers_to_answer(member: Membership) -> list[WaitingItem]:
    """What is offered to the partner now, by the time left."""
    if not member.can(Right.PORTAL_LEADS_WORK) or not member.has_function(LEADS.key):
        return []
    return [
        WaitingItem(
            _("A lead is offered: %(title)s") % {"title": title_of_offer(offer)},
            amount_text(offer.facts),
            member.url("leads_portal:offer", pk=offer.pk),
            _("Answer"),
            due=offer.due_at,
            zone=own_zone(member.partner),
        )
        for offer in open_offers_to(member)[:SHOWN]
    ]


@register_waiting(side="staff", probe="EXISTS (SELECT FROM leads_lead WHERE state = 'manual')")
def leads_to_place(member: Membership) -> list[WaitingItem]:
    """Leads that nobody took, for who hands leads out."""
    if not member.can(Right.LEADS_DISTRIBUTE) or not member.has_function(LEADS.key):
        return []
    waiting = leads_for(member).filter(state=LeadState.MANUAL)
    first: Lead | None = waiting.only("reference", "city", "state_since").order_by("state_since", "pk").first()
    if first is None:
        return []
    count = count_up_to(waiting)
    return [
        WaitingItem(
            ngettext("%(count)s lead waits to be placed by hand", "%(count)s leads wait to be placed by hand", count)
            % {"count": formats.number(count)},
            _("The longest: %(lead)s") % {"lead": " · ".join(part for part in (first.reference, first.city) if part)},
            member.url("leads:distribution"),
            _("Place them"),
            count=count,
        )
    ]
