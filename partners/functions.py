from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

SUB_PARTNERS = register_function(
    Function(
        "sub_partners",
        label=_("Sub-partners"),
        explanation=_("Partners below partners, and what they agree to show to the one above them."),
    )
)
