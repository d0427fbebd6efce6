"""Where funds stand in the menus."""

from django.utils.translation import gettext_lazy as _

from campaigns.functions import FUNDS
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Funds"),
        url_name="campaigns:fund_requests",
        right=Right.FUNDS_VIEW,
        function=FUNDS.key,
        order=45,
    ),
    MenuItem(
        side="portal",
        label=_("Funds"),
        url_name="campaigns_portal:funds",
        section=PortalSection.MARKETING,
        right=Right.PORTAL_FUNDS,
        function=FUNDS.key,
        order=24,
    ),
)
