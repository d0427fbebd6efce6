"""Where working together stands in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from partners.functions import WORKING_TOGETHER
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Tasks"),
        url_name="partners:tasks",
        right=Right.PARTNERS_VIEW,
        function=WORKING_TOGETHER.key,
        order=15,
    ),
    MenuItem(
        side="staff",
        label=_("Task"),
        url_name="partners:task_create",
        right=Right.WORK,
        function=WORKING_TOGETHER.key,
        place="new",
    ),
    MenuItem(
        side="portal",
        label=_("Working together"),
        url_name="partners_portal:tasks",
        section=PortalSection.NEWS,
        right=Right.PORTAL_WORK,
        function=WORKING_TOGETHER.key,
        order=15,
    ),
)
