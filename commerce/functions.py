from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

SALES = register_function(
    Function(
        "sales",
        label=_("Sell-in figures"),
        explanation=_("What partners buy by month and product, with a page of their own figures in the portal."),
    )
)
PRODUCTS = register_function(
    Function(
        "products",
        label=_("Products"),
        explanation=_("The catalogue of what is sold, with its categories."),
        portal=False,
    )
)
