from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

LEADS = register_function(
    Function(
        "leads",
        label=_("Leads"),
        explanation=_(
            "Enquiries of end customers, handed to the partner that suits them best, and what becomes of them."
        ),
    )
)
DEALS = register_function(
    Function(
        "deals",
        label=_("Deal registration"),
        explanation=_("Partners register what they work on, and are protected while they do."),
    )
)
SITES = register_function(
    Function(
        "sites",
        label=_("Sites"),
        explanation=_("Building projects and other places of use, with all that hangs on them."),
    )
)
CUSTOMERS = register_function(
    Function(
        "customers",
        label=_("End customers"),
        explanation=_("Who buys from partners, with what they agreed to and who serves them."),
    )
)
