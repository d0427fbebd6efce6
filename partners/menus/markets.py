"""Where countries and markets stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Markets"),
        url_name="partners:markets",
        right=Right.PARTNERS_VIEW,
        function="markets",
        order=36,
    ),
    MenuItem(
        side="portal",
        label=_("Your market"),
        url_name="partners_portal:market",
        section=PortalSection.COMPANY,
        right=Right.PORTAL_PROFILE_VIEW,
        function="markets",
        order=47,
    ),
)
