"""What is read about handovers."""

from django.db.models import QuerySet

from partners.models import Handover, HandoverPartner, Partner
from tenancy.models import Membership
from tenancy.rights import Right


def handovers_for(member: Membership) -> QuerySet[Handover]:
    """The handovers this member may read: all, or those to them."""
    handovers = Handover.objects.select_related("to", "by")
    return handovers if member.can(Right.PARTNERS_VIEW_ALL) else handovers.filter(to=member)


def handed_partners(handover: Handover) -> QuerySet[HandoverPartner]:
    """The partners of a handover with their summaries, by name."""
    return (
        HandoverPartner.objects.filter(handover=handover)
        .select_related("partner", "former")
        .order_by("partner__name", "partner_id")
    )


def last_handover_of(partner: Partner) -> HandoverPartner | None:
    """What the present channel manager was told when they took the partner over."""
    return (
        HandoverPartner.objects.filter(partner=partner)
        .select_related("handover__to", "former")
        .order_by("-handover__at", "-pk")
        .first()
    )
