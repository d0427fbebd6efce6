"""Where agreements and papers stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Agreements"),
        url_name="partners:agreements",
        right=Right.PARTNERS_VIEW,
        function="agreements",
        order=28,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Agreement templates"),
        url_name="partners:agreement_types",
        right=Right.SETTINGS_EDIT,
        function="agreements",
        order=860,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Compliance papers"),
        url_name="partners:paper_types",
        right=Right.SETTINGS_EDIT,
        function="agreements",
        order=865,
    ),
    MenuItem(
        side="portal",
        label=_("Agreements and papers"),
        url_name="partners_portal:agreements",
        section=PortalSection.NEWS,
        right=Right.PORTAL_AGREEMENTS,
        function="agreements",
        order=45,
    ),
)
