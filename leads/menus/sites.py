"""Where sites and channel conflicts stand in the menus."""

from django.utils.translation import gettext_lazy as _

from leads.functions import DEALS, SITES
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Sites"),
        url_name="leads:sites",
        right=Right.LEADS_VIEW,
        function=SITES.key,
        order=32,
    ),
    MenuItem(
        side="staff",
        label=_("Site"),
        url_name="leads:site_create",
        right=Right.SITES_EDIT,
        function=SITES.key,
        place="new",
    ),
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Channel conflicts"),
        url_name="leads:conflicts",
        right=Right.CONFLICTS,
        function=DEALS.key,
        order=34,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Rules for direct sales"),
        url_name="leads:direct_rules",
        right=Right.SETTINGS_EDIT,
        function=DEALS.key,
        order=66,
    ),
    MenuItem(
        side="portal",
        label=_("Sites"),
        url_name="leads_portal:sites",
        section=PortalSection.SALES,
        right=Right.PORTAL_WORK,
        function=SITES.key,
        order=16,
    ),
    MenuItem(
        side="portal",
        label=_("Conflicts and credits"),
        url_name="leads_portal:conflicts",
        section=PortalSection.SALES,
        right=Right.PORTAL_DEALS,
        function=DEALS.key,
        order=18,
    ),
)
