from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

TRAINING = register_function(
    Function(
        "training",
        label=_("Training"),
        explanation=_("Courses that partners' people learn by, quizzes that prove it, and certificates."),
    )
)
