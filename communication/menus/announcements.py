from django.utils.translation import gettext_lazy as _

from communication.functions import ANNOUNCEMENTS
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Announcements"),
        url_name="communication:announcements",
        right=Right.ANNOUNCEMENTS_EDIT,
        function=ANNOUNCEMENTS.key,
        order=47,
    ),
    MenuItem(
        side="portal",
        label=_("News"),
        url_name="communication_portal:news",
        section=PortalSection.NEWS,
        right=Right.PORTAL_HOME,
        function=ANNOUNCEMENTS.key,
        order=8,
    ),
)
