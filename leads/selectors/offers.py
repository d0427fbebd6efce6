"""Offers as both sides read them."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from leads.models import LeadReason, Offer, OfferState, ReasonUse
from tenancy.models import Membership

ANSWERED_SHOWN = 30


def offers_to(member: Membership) -> QuerySet[Offer]:
    """The offers made to this member's own partner, never those of sub-partners."""
    return Offer.objects.filter(partner=member.partner_id)


def open_offers_to(member: Membership, *, now: dt.datetime | None = None) -> QuerySet[Offer]:
    """What waits for an answer, by urgency."""
    open_ = offers_to(member).filter(state=OfferState.OFFERED, due_at__gt=now or timezone.now())
    return open_.order_by("due_at", "pk")


def answered_offers_to(member: Membership, *, now: dt.datetime | None = None) -> QuerySet[Offer]:
    """What was answered, ran out or was withdrawn, the latest first."""
    open_ = offers_to(member).filter(state=OfferState.OFFERED, due_at__gt=now or timezone.now())
    ended = offers_to(member).exclude(pk__in=open_.values("pk")).select_related("reason", "answered_by")
    return ended.order_by("-offered_at", "-pk")[:ANSWERED_SHOWN]


def decline_reasons() -> QuerySet[LeadReason]:
    """Why an offer may be declined."""
    return LeadReason.objects.filter(use=ReasonUse.DECLINE, is_retired=False)
