"""Where campaigns of partners stand in the menus."""

from django.utils.translation import gettext_lazy as _

from campaigns.functions import PARTNER_CAMPAIGNS
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Partner campaigns"),
        url_name="campaigns:partner_templates",
        right=Right.CAMPAIGNS_VIEW,
        function=PARTNER_CAMPAIGNS.key,
        order=46,
    ),
    MenuItem(
        side="portal",
        label=_("Campaigns"),
        url_name="campaigns_portal:own_campaigns",
        section=PortalSection.MARKETING,
        right=Right.PORTAL_CAMPAIGNS,
        function=PARTNER_CAMPAIGNS.key,
        order=22,
    ),
)
