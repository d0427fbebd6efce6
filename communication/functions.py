from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

ANNOUNCEMENTS = register_function(
    Function(
        "announcements",
        label=_("Announcements"),
        explanation=_("News for partners: who reads it, who has confirmed it, and what they say to it."),
    )
)
