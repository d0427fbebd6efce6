from django.utils.translation import gettext_lazy as _

from pages.menus import MenuItem, PortalSection, register_menu
from tenancy.rights import Right

register_menu(
    MenuItem(
        side="staff",
        section=_("Products"),
        label=_("Products"),
        url_name="commerce:products",
        right=Right.PRODUCTS_VIEW,
        function="products",
        order=60,
    ),
    MenuItem(
        side="staff",
        section=_("Products"),
        label=_("Categories"),
        url_name="commerce:categories",
        right=Right.PRODUCTS_VIEW,
        function="products",
        order=61,
    ),
    MenuItem(
        side="staff",
        section=_("Products"),
        label=_("Exchange rates"),
        url_name="commerce:rates",
        right=Right.SALES_VIEW,
        function="sales",
        order=62,
    ),
    MenuItem(
        side="portal",
        label=_("Figures"),
        url_name="commerce_portal:figures",
        section=PortalSection.GRADE_AND_LEARNING,
        right=Right.PORTAL_FIGURES,
        function="sales",
        order=20,
    ),
)
