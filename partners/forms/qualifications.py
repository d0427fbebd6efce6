"""Forms about qualifications: the manufacturer's own list of them, and a paper seen."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.forms.agreements import GUARDED, DayInput, GuardingForm
from partners.models import Activity, QualificationType
from partners.product_lines import product_line_choices
from partners.services.qualifications import Proof
from tenancy.models import Membership

NEVER_GUARDED = (Activity.TRAINING, Activity.ORDER)
"""Who may not learn could never be qualified; and orders are placed elsewhere, where nobody asks."""


class QualificationTypeForm(GuardingForm):
    """A qualification: of which kinds it is asked, what it is needed for, and how many people a company needs."""

    product_lines = forms.MultipleChoiceField(
        label=_("Only for product lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: whatever the lead or deal is about."),
    )

    class Meta:
        model = QualificationType
        fields = ["names", "code", "kinds", "guards", "product_lines", "people_needed", "order", "is_retired"]
        widgets = {"kinds": forms.CheckboxSelectMultiple}
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "is_retired": _("What is held stays to be read, but it is no longer asked for."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: Any = self.fields
        fields["guards"].choices = [(each.value, each.label) for each in GUARDED if each not in NEVER_GUARDED]
        fields["product_lines"].choices = product_line_choices()
        if not fields["product_lines"].choices:
            del fields["product_lines"]
        fields["people_needed"].min_value = 1
        fields["people_needed"].widget.attrs["min"] = 1


class WhyForm(forms.Form):
    """Why a qualification, or what proves it, is taken away; the reason stays with it."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class RecordForm(forms.Form):
    """A paper that somebody has seen: who is qualified by it, and until when."""

    person = forms.ModelChoiceField(queryset=Membership.objects.none(), label=_("Person"), empty_label=None)
    type = forms.ModelChoiceField(queryset=QualificationType.objects.none(), label=_("Qualification"), empty_label=None)
    source = forms.CharField(
        label=_("Paper you have seen"),
        max_length=200,
        help_text=_("What it is and its number, so that others find it."),
    )
    obtained_on = forms.DateField(label=_("Obtained"), widget=DayInput())
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=DayInput(), help_text=_("Empty: for good.")
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].queryset = people
        fields["type"].queryset = QualificationType.objects.filter(is_retired=False)

    def clean_obtained_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["obtained_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("obtained_on"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("It cannot end before it begins."))
        return cleaned

    @property
    def proof(self) -> Proof:
        """What the service takes."""
        return Proof(*(self.cleaned_data[name] for name in ("obtained_on", "valid_until", "source")))
