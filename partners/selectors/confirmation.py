"""Who was asked to confirm what, and who has."""

from django.db.models import QuerySet

from partners.models import ConfirmationAsk
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right


def asks_for(member: Membership) -> QuerySet[ConfirmationAsk]:
    """What the partners that this member may see were asked, with partner, round and channel manager."""
    asks = ConfirmationAsk.objects.select_related("round", "partner__channel_manager")
    return asks if member.can(Right.PARTNERS_VIEW_ALL) else asks.filter(partner__in=partners_for(member))


def open_ask(partner_id: int) -> ConfirmationAsk | None:
    """What a partner is asked and has not answered yet."""
    return (
        ConfirmationAsk.objects.filter(partner=partner_id, answered_at=None)
        .select_related("round")
        .order_by("-pk")
        .first()
    )
