"""What a partner has on its way, on the staff's page of it."""

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.functions import LEADS
from leads.selectors import opportunities as reading
from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN = 6


def on_their_way(member: Membership, partner: Partner) -> dict[str, Any]:
    """What is worth most among what is open, with how much there is in all."""
    own = reading.opportunities_for(member).filter(partner=partner, closed_at=None)
    found = list(own.select_related("stage", "rep").order_by(F("amount_order").desc(nulls_last=True), "pk")[:SHOWN])
    return {
        "partner": partner,
        "opportunities": found,
        "currency": member.manufacturer.currency,
        "today": timezone.localdate(),
        "list_url": f"{member.url('leads:opportunity_list')}?partner={partner.code}",
    }


register_panel(
    Panel(
        "opportunities",
        _("Opportunities"),
        "leads/staff/panels/opportunities.html",
        on_their_way,
        Right.LEADS_VIEW,
        function=LEADS.key,
        order=15,
        tab="work",
    )
)
