from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

CAMPAIGNS = register_function(
    Function(
        "campaigns",
        label=_("Campaigns"),
        explanation=_(
            "What is said to whom, tried on a few first, and what it did; initiatives and sequences with it."
        ),
    )
)
INITIATIVES = register_function(
    Function(
        "initiatives",
        label=_("Initiatives"),
        explanation=_("Measures that partners carry out in steps, how far each is, and what it did."),
    )
)
PARTNER_CAMPAIGNS = register_function(
    Function(
        "partner_campaigns",
        label=_("Partner campaigns"),
        explanation=_("Partners send released templates to their own customers, whom nobody else sees."),
    )
)
CONTENT = register_function(
    Function(
        "content",
        label=_("Content library"),
        explanation=_("Sales material that is current everywhere, and who has used it."),
    )
)
FUNDS = register_function(
    Function(
        "funds",
        label=_("Market development funds"),
        explanation=_("Money for what partners do to sell: asked for, agreed, proved and paid."),
    )
)
