"""Who takes a course, and until when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.forms.agreements import DayInput
from tenancy.models import Membership
from training.models import Course


class DueField(forms.DateField):
    """A day that is still to come."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Due"), required=False, widget=DayInput(), help_text=_("Empty: without a day."), **kwargs
        )

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose a later one."))
        return day


class EnrolForm(forms.Form):
    """Which people of those that were found, and until when."""

    people = forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )
    due_on = DueField()

    def __init__(self, *args: Any, people: Any, with_partner: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = people
        field.label_from_instance = lambda each: (
            f"{each.name} · {each.partner}" if with_partner else f"{each.name} · {each.get_role_display()}"
        )


class ColleaguesForm(EnrolForm):
    """Which course, for which colleagues, and until when."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=Course.objects.none(), empty_label=_("Choose a course"))
    field_order = ("course", "people", "due_on")

    def __init__(self, *args: Any, courses: Any, **kwargs: Any) -> None:
        super().__init__(*args, with_partner=False, **kwargs)
        field: Any = self.fields["course"]
        field.queryset = courses


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class DueForm(forms.Form):
    """Until when."""

    due_on = DueField()

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
