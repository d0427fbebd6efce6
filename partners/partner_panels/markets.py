"""What to know of a partner's market, on the staff's page of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from partners.panels import Panel, register_panel
from partners.selectors import markets as reading
from tenancy.models import Membership
from tenancy.rights import Right


def market(member: Membership, partner: Partner) -> dict[str, Any] | None:
    facts = reading.key_facts(partner)
    return {"facts": facts} if facts else None


register_panel(
    Panel(
        "market",
        _("Market"),
        "partners/staff/panels/market.html",
        market,
        Right.PARTNERS_VIEW,
        function="markets",
        order=30,
        tab="company",
        column="side",
    )
)
