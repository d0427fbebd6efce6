"""Where partners that find partners stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Between partners"),
        url_name="partners:enquiries",
        right=Right.PARTNERS_VIEW,
        function="matching",
        order=37,
    ),
    MenuItem(
        side="portal",
        label=_("Find partners"),
        url_name="partners_portal:matches",
        section=PortalSection.COMPANY,
        right=Right.PORTAL_WORK,
        function="matching",
        order=49,
    ),
)
