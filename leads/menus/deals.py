"""Where deals stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Deals"),
        url_name="leads:deals",
        right=Right.DEALS_VIEW,
        function="deals",
        order=33,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Deal registration"),
        url_name="leads:deal_terms",
        right=Right.SETTINGS_EDIT,
        function="deals",
        order=95,
    ),
    MenuItem(
        side="portal",
        label=_("Deals"),
        url_name="leads_portal:deals",
        section=PortalSection.SALES,
        right=Right.PORTAL_DEALS,
        function="deals",
        order=14,
    ),
)
