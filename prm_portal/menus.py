from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(side="staff", label=_("Home"), url_name="home:page", right=Right.HOME, order=1),
    MenuItem(side="portal", label=_("Home"), url_name="home_portal:page", right=Right.PORTAL_HOME, order=1),
)
