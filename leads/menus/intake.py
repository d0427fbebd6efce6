"""Where leads and end customers stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
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
)
