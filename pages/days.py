"""Days that a form takes: those that calendars of business know."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2999


def in_calendar(day: dt.date) -> None:
    """Refuse a day near the ends of what Python knows: in another time zone there is no such day, and no page that shows it."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Give a day between the years %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR},
            code="calendar",
        )


def bound_forms() -> None:
    """Have every field for days ask `in_calendar`, wherever it is made: a model's, a form's, a filter's."""
    forms.DateField.default_validators = [in_calendar]
    forms.DateTimeField.default_validators = [in_calendar]
