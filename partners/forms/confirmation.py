import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.provenance import FRESH_MONTHS
from tenancy.models import Membership

DAYS_TO_ANSWER = 21


def usual_end() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=DAYS_TO_ANSWER)


class StartRoundForm(forms.Form):
    """How old is too old, and until when partners can answer."""

    months = forms.IntegerField(
        label=_("Ask about fields older than"),
        help_text=_("In months since somebody last said that they are right."),
        initial=FRESH_MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    due_on = forms.DateField(
        label=_("Answer until"), initial=usual_end, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day after today until which partners can answer."))
        return day


class AnswerForm(forms.Form):
    """Which of the fields asked about are right as they stand."""

    right = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, asked: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["right"]
        field.choices = asked
