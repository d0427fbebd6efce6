"""Where qualifications stand in the menus."""

from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from partners.functions import QUALIFICATIONS
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Partners"),
        label=_("Qualifications"),
        url_name="partners:qualifications",
        right=Right.PARTNERS_VIEW,
        function=QUALIFICATIONS.key,
        order=29,
    ),
    MenuItem(
        side="staff",
        section=_("Settings"),
        label=_("Types of qualification"),
        url_name="partners:qualification_types",
        right=Right.SETTINGS_EDIT,
        function=QUALIFICATIONS.key,
        order=866,
    ),
    MenuItem(
        side="portal",
        label=_("Qualifications"),
        url_name="partners_portal:qualifications",
        section=PortalSection.GRADE_AND_LEARNING,
        right=Right.PORTAL_TRAINING,
        function=QUALIFICATIONS.key,
        order=19,
    ),
)
