from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(side="staff", label=_("Approvals"), url_name="approvals:inbox", right=Right.APPROVALS, order=3),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Approval lines"),
        url_name="approvals:routes",
        right=Right.SETTINGS_EDIT,
        order=850,
    ),
)
