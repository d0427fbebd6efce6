"""Where channel plans stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from partners.functions import PLANS
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Channel plans"),
        url_name="partners:plans",
        right=Right.PARTNERS_VIEW,
        function=PLANS.key,
        order=26,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Rules for plans"),
        url_name="partners:plan_settings",
        right=Right.SETTINGS_EDIT,
        function=PLANS.key,
        order=48,
    ),
    MenuItem(
        side="portal",
        label=_("Plan"),
        url_name="partners_portal:plans",
        section=PortalSection.GRADE_AND_LEARNING,
        right=Right.PORTAL_PLAN,
        function=PLANS.key,
        order=25,
    ),
)
