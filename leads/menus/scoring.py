from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Reports of leads"),
        url_name="leads:reports",
        right=Right.LEADS_VIEW,
        function="leads",
        order=37,
    ),
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Score of leads"),
        url_name="leads:scoring",
        right=Right.LEADS_VIEW,
        function="leads",
        order=39,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Points for leads"),
        url_name="leads:score_rules",
        right=Right.SETTINGS_EDIT,
        function="leads",
        order=866,
    ),
    MenuItem(
        side="portal",
        label=_("Reports of leads"),
        url_name="leads_portal:reports",
        section=PortalSection.SALES,
        right=Right.PORTAL_LEADS,
        function="leads",
        order=62,
    ),
)
