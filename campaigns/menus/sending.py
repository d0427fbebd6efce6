from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Suppressed addresses"),
        url_name="campaigns:suppressions",
        right=Right.CAMPAIGNS_VIEW,
        function="campaigns",
        order=48,
    ),
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Notices of consent"),
        url_name="campaigns:consent_notices",
        right=Right.CAMPAIGNS_VIEW,
        function="campaigns",
        order=48,
    ),
    MenuItem(
        side="staff",
        section=_("Campaigns"),
        label=_("Templates of messengers"),
        url_name="campaigns:templates",
        right=Right.CAMPAIGNS_VIEW,
        function="campaigns",
        order=49,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Sending of campaigns"),
        url_name="campaigns:settings",
        right=Right.SETTINGS_EDIT,
        function="campaigns",
        order=870,
    ),
)
