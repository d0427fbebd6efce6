from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

GRADES = register_function(
    Function(
        "grades",
        label=_("Grades"),
        explanation=_("Programmes, scores and grades, and the partner's own page that explains its grade."),
    )
)
