from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Imports"),
        url_name="jobs:imports",
        right=Right.IMPORTS_RUN,
        order=905,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Jobs"),
        url_name="jobs:list",
        right=Right.JOBS_VIEW,
        order=910,
    ),
)
