from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Users"),
        url_name="tenancy:users",
        right=Right.USERS_VIEW,
        order=800,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Company"),
        url_name="tenancy:settings",
        right=Right.SETTINGS_EDIT,
        order=810,
    ),
    MenuItem(
        side="portal",
        label=_("Colleagues"),
        url_name="tenancy_portal:colleagues",
        section=PortalSection.COMPANY,
        right=Right.PORTAL_COLLEAGUES_VIEW,
        order=60,
    ),
    MenuItem(
        side="staff",
        label=_("Partner, lead, deal, site or customer"),
        url_name="tenancy:search",
        right=Right.HOME,
        place="search",
    ),
    MenuItem(
        side="portal",
        label=_("Search"),
        url_name="tenancy_portal:search",
        right=Right.PORTAL_HOME,
        order=58,
    ),
)
