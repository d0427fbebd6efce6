"""Where the distribution of leads stands in the menus."""

from django.utils.translation import gettext_lazy as _

from leads.functions import LEADS
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Distribution"),
        url_name="leads:distribution",
        right=Right.LEADS_VIEW,
        function=LEADS.key,
        order=35,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Distribution of leads"),
        url_name="leads:distribution_rules",
        right=Right.SETTINGS_EDIT,
        function=LEADS.key,
        order=64,
    ),
    MenuItem(
        side="portal",
        label=_("Leads"),
        url_name="leads_portal:offers",
        section=PortalSection.SALES,
        right=Right.PORTAL_LEADS,
        function=LEADS.key,
        order=12,
    ),
)
