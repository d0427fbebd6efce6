"""Where initiatives stand in the menus."""

from django.utils.translation import gettext_lazy as _

from campaigns.functions import INITIATIVES
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Initiatives"),
        url_name="campaigns:initiatives",
        right=Right.CAMPAIGNS_VIEW,
        function=INITIATIVES.key,
        order=43,
    ),
    MenuItem(
        side="portal",
        label=_("Initiatives"),
        url_name="campaigns_portal:initiatives",
        section=PortalSection.MARKETING,
        right=Right.PORTAL_WORK,
        function=INITIATIVES.key,
        order=23,
    ),
)
