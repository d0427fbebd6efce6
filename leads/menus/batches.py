"""Where distributions of the whole pool and trials on the past stand in the menu."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Distribute at once"),
        url_name="leads:batches",
        right=Right.LEADS_DISTRIBUTE,
        function="leads",
        order=35,
    ),
    MenuItem(
        side="staff",
        section=_("Leads"),
        label=_("Trials on the past"),
        url_name="leads:replays",
        right=Right.LEADS_DISTRIBUTE,
        function="leads",
        order=35,
    ),
)
