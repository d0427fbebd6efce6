"""What a partner was asked to carry out and how far it is, on the staff's page of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.functions import INITIATIVES
from campaigns.models import InitiativePartner
from campaigns.tables.initiatives import STANDING_TONES
from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN = 5


def initiatives_of(member: Membership, partner: Partner) -> dict[str, Any] | None:
    """The latest it was told of. One query; nothing where there is none."""
    rows = InitiativePartner.objects.filter(partner=partner, told_at__isnull=False).select_related("initiative")
    found = [
        (row, row.standing, STANDING_TONES.get(row.standing, "")) for row in rows.order_by("-told_at", "-pk")[:SHOWN]
    ]
    return {"rows": found} if found else None


register_panel(
    Panel(
        "initiatives",
        _("Initiatives"),
        "campaigns/staff/panels/initiatives.html",
        initiatives_of,
        Right.CAMPAIGNS_VIEW,
        function=INITIATIVES.key,
        order=62,
        tab="work",
    )
)
