"""Answering an offer from the mail, without signing in: a signed link for one person and one offer.

Opening it changes nothing, since mail scanners open every link; the button on its page answers, once, and only as long
as the offer is open.
"""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.functions import LEADS
from leads.models import Offer
from leads.services.offers import OfferError
from partners.models import Partner
from tenancy.functions import is_switched_on
from tenancy.hooks import portal_is_open
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right


@dataclass(frozen=True)
class LinkedOffer:
    """An offer as its link opens it, for whom."""

    offer: Offer
    member: Membership


def link_path(manufacturer: Manufacturer, offer_id: int, member: Membership) -> str:
    """Where a member answers an offer without signing in."""
    token = signing.dumps([offer_id, member.pk], salt=_salt(manufacturer))
    return reverse("leads_public:offer", kwargs={"manufacturer": manufacturer.slug, "token": token})


def linked_offer(manufacturer: Manufacturer, token: str) -> LinkedOffer:
    """What a link opens, in a staff scope; OfferError for a link that nobody was given, or whose reader has left."""
    broken = _("This link does not work. Open the newest mail you got, or sign in.")
    try:
        offer_id, member_id = signing.loads(token, salt=_salt(manufacturer))
    except (signing.BadSignature, ValueError, TypeError):
        raise OfferError(broken) from None
    offer = Offer.objects.select_related("partner__kind").filter(pk=offer_id).first()
    member = Membership.objects.select_related("manufacturer").filter(pk=member_id, is_active=True).first()
    if offer is None or member is None or member.partner_id != offer.partner_id:
        raise OfferError(broken)
    if not member.can(Right.PORTAL_LEADS_WORK) or not _may_come_in(manufacturer, offer.partner):
        raise OfferError(broken)
    member.partner = offer.partner
    return LinkedOffer(offer, member)


def _may_come_in(manufacturer: Manufacturer, partner: Partner) -> bool:
    levels = (manufacturer.functions_off, partner.functions_off, partner.kind.functions_off)
    return portal_is_open(partner) and is_switched_on(LEADS.key, *levels)


def _salt(manufacturer: Manufacturer) -> str:
    return f"leads.offer.{manufacturer.pk}"
