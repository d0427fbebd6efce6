from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Who answers"),
        url_name="campaigns:propensity",
        right=Right.CAMPAIGNS_VIEW,
        function="campaigns",
        order=48,
    )
)
