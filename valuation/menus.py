from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Valuation"),
        label=_("Grades"),
        url_name="valuation:runs",
        right=Right.GRADES_VIEW,
        function="grades",
        order=40,
    ),
    MenuItem(
        side="staff",
        section=_("Valuation"),
        label=_("Programmes"),
        url_name="valuation:programmes",
        right=Right.PROGRAMMES_VIEW,
        function="grades",
        order=41,
    ),
    MenuItem(
        side="portal",
        label=_("Grade"),
        url_name="valuation_portal:grade",
        section=PortalSection.GRADE_AND_LEARNING,
        right=Right.PORTAL_GRADE,
        function="grades",
        order=10,
    ),
)
