from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Partners"),
        url_name="partners:list",
        right=Right.PARTNERS_VIEW,
        order=20,
    ),
    MenuItem(
        side="staff",
        label=_("Partner, code or city"),
        url_name="partners:list",
        right=Right.PARTNERS_VIEW,
        place="search",
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Kinds of partner"),
        url_name="partners:kinds",
        right=Right.SETTINGS_EDIT,
        order=820,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Specialisations"),
        url_name="partners:specialisations",
        right=Right.SETTINGS_EDIT,
        order=830,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Own fields"),
        url_name="partners:fields",
        right=Right.SETTINGS_EDIT,
        order=840,
    ),
    MenuItem(
        side="portal",
        label=_("Profile"),
        url_name="partners_portal:profile",
        right=Right.PORTAL_PROFILE_VIEW,
        order=40,
    ),
    MenuItem(
        side="portal",
        label=_("Sharing"),
        url_name="partners_portal:sharing",
        right=Right.PORTAL_PROFILE_VIEW,
        function="sub_partners",
        order=50,
    ),
)
