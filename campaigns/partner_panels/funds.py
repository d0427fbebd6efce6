"""What a partner has of funds, on the staff's page of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.functions import FUNDS
from campaigns.models import FundBalance
from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN = 3


def own_money(member: Membership, partner: Partner) -> dict[str, Any]:
    """Where its money of the latest funds is."""
    balances = FundBalance.objects.filter(partner=partner).select_related("fund").order_by("-fund__starts_on", "-fund")
    return {
        "balances": list(balances[:SHOWN]),
        "list_url": f"{member.url('campaigns:fund_requests')}?partner={partner.code}",
    }


register_panel(
    Panel(
        "funds",
        _("Funds"),
        "campaigns/staff/panels/funds.html",
        own_money,
        Right.FUNDS_VIEW,
        function=FUNDS.key,
        order=45,
        tab="work",
    )
)
