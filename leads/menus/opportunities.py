"""Where opportunities stand in the menus."""

from django.utils.translation import gettext_lazy as _

from leads.functions import LEADS
from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Opportunities"),
        url_name="leads:opportunities",
        right=Right.LEADS_VIEW,
        function=LEADS.key,
        order=31,
    ),
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Forecast"),
        url_name="leads:forecast",
        right=Right.LEADS_VIEW,
        function=LEADS.key,
        order=36,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Stages of opportunities"),
        url_name="leads:opportunity_stages",
        right=Right.SETTINGS_EDIT,
        function=LEADS.key,
        order=65,
    ),
    MenuItem(
        side="portal",
        label=_("Opportunities"),
        url_name="leads_portal:opportunities",
        section=PortalSection.SALES,
        right=Right.PORTAL_LEADS,
        function=LEADS.key,
        order=13,
    ),
)
