"""Where campaigns stand in the menu."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

for label, url_name, order in (
    (_("Campaigns"), "campaigns:list", 40),
    (_("Campaign calendar"), "campaigns:calendar", 41),
):
    register_menu(
        MenuItem(
            side="staff",
            section=_("Campaigns"),
            label=label,
            url_name=url_name,
            right=Right.CAMPAIGNS_VIEW,
            function="campaigns",
            order=order,
        )
    )
