"""What the end of a partnership closes here: offers go on to others, leads come back, claims on customers are free."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.models import DealRegistration, Lead, LeadState, Offer, OfferState
from leads.services.deals import CLAIMING_STATES, close_deals_of
from leads.services.offers import close_offers_of, take_back
from pages import formats
from partners.ending import Ending, register_ending
from partners.models import Partner
from tenancy.models import Membership


def leads_said(partner: Partner) -> list[str]:
    """How many offers go on to others, and how many leads come back."""
    said = []
    if offers := Offer.objects.filter(partner=partner, state=OfferState.OFFERED).count():
        said.append(
            ngettext(
                "%(count)s open offer is withdrawn, and its lead goes on.",
                "%(count)s open offers are withdrawn, and their leads go on.",
                offers,
            )
            % {"count": formats.number(offers)}
        )
    if leads := Lead.objects.filter(partner=partner, state=LeadState.ACCEPTED).count():
        said.append(
            ngettext(
                "%(count)s lead that it works on is taken back, to be placed by hand.",
                "%(count)s leads that it works on are taken back, to be placed by hand.",
                leads,
            )
            % {"count": formats.number(leads)}
        )
    return said


def close_leads(partner: Partner, by: Membership | None) -> Any:
    """Withdraw its offers, and take back what it works on; which leads those were is kept."""
    close_offers_of(partner, by=by)
    taken = list(Lead.objects.filter(partner=partner, state=LeadState.ACCEPTED).order_by("pk"))
    for lead in taken:
        take_back(lead, by=by, note=_("The partnership ended."))
    return [lead.pk for lead in taken]


def reopen_leads(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """Leads may have gone to others by now: who gives them back decides that for each."""
    waiting = Lead.objects.filter(pk__in=closed, state=LeadState.MANUAL).count()
    if not waiting:
        return []
    return [
        ngettext(
            "%(count)s lead that it worked on still waits to be placed by hand.",
            "%(count)s leads that it worked on still wait to be placed by hand.",
            waiting,
        )
        % {"count": formats.number(waiting)}
    ]


def deals_said(partner: Partner) -> list[str]:
    """How many registrations end."""
    count = DealRegistration.objects.filter(partner=partner, state__in=CLAIMING_STATES).count()
    if not count:
        return []
    return [
        ngettext(
            "%(count)s deal registration ends, and its customer can be registered by others.",
            "%(count)s deal registrations end, and their customers can be registered by others.",
            count,
        )
        % {"count": formats.number(count)}
    ]


def close_deals(partner: Partner, by: Membership | None) -> Any:
    """Withdraw what waits for an answer, and release what is protected."""
    return close_deals_of(partner, by=by)


def reopen_deals(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """The log of claims only goes on: what ended is registered anew."""
    return [
        ngettext(
            "%(count)s deal registration has ended and is to be handed in anew.",
            "%(count)s deal registrations have ended and are to be handed in anew.",
            len(closed),
        )
        % {"count": formats.number(len(closed))}
    ]


register_ending(Ending("leads", 15, leads_said, close_leads, reopen_leads))
register_ending(Ending("deals", 16, deals_said, close_deals, reopen_deals))
