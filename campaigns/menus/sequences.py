"""Where sequences stand in the menu."""

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CAMPAIGNS
from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Sequences"),
        url_name="campaigns:sequences",
        right=Right.CAMPAIGNS_VIEW,
        function=CAMPAIGNS.key,
        order=44,
    )
)
