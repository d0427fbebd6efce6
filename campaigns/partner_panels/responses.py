"""What a partner's people were sent by campaigns and what came back, on the staff's page of it."""

from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from campaigns.functions import CAMPAIGNS
from campaigns.models import Recipient
from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN = 6


def campaigns_of(member: Membership, partner: Partner) -> dict[str, Any] | None:
    """The latest campaigns with how many of its people got them, and what they did. One query; nothing where none did."""
    sent = Recipient.objects.filter(partner=partner, customer=None, sent_at__isnull=False)
    rows = (
        sent.values("campaign", "campaign__name")
        .annotate(
            last=Max("sent_at"),
            people=Count("pk"),
            clicked=Count("clicked_at"),
            answered=Count("replied_at"),
            ordered=Count("pk", filter=Q(ordered_on__isnull=False)),
        )
        .order_by("-last", "-campaign")[:SHOWN]
    )
    found = list(rows)
    return {"campaigns": found} if found else None


register_panel(
    Panel(
        "campaigns",
        _("Campaigns"),
        "campaigns/staff/panels/campaigns.html",
        campaigns_of,
        Right.CAMPAIGNS_VIEW,
        function=CAMPAIGNS.key,
        order=60,
        tab="work",
    )
)
