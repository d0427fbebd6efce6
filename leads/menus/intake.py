"""Where leads and end customers stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Leads"),
        url_name="leads:list",
        right=Right.LEADS_VIEW,
        function="leads",
        order=30,
    ),
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("End customers"),
        url_name="leads:customers",
        right=Right.CUSTOMERS_VIEW,
        function="customers",
        order=38,
    ),
    *(
        MenuItem(
            side="staff",
            section=_("Settings"),
            label=label,
            url_name=url_name,
            right=Right.SETTINGS_EDIT,
            function="leads",
            order=order,
        )
        for order, (label, url_name) in enumerate(
            [(_("Public form for leads"), "leads:web_forms"), (_("Lists of leads"), "leads:lists")], start=840
        )
    ),
    MenuItem(
        side="portal",
        label=_("Referrals"),
        url_name="leads_portal:referrals",
        section=PortalSection.SALES,
        right=Right.PORTAL_LEADS,
        function="leads",
        order=60,
    ),
)
