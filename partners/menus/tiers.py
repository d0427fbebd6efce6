"""Where two tiers stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Two tiers"),
        url_name="partners:relations",
        right=Right.PARTNERS_VIEW,
        function="sub_partners",
        order=29,
    ),
    MenuItem(
        side="portal",
        label=_("Our shops"),
        url_name="partners_portal:shops",
        section=PortalSection.COMPANY,
        right=Right.PORTAL_PROFILE_VIEW,
        function="sub_partners",
        order=48,
    ),
)
