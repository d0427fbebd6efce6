"""Forms of the manufacturer's own lists of leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models import LeadField, LeadKind, LeadReason, LeadSource
from partners.forms.partners import ListEntryForm
from tenancy.models import Membership

CODE_HELP = _("Small letters, digits and hyphens. Import files name it by this.")
RETIRED_HELP = _("Leads keep it, but it is no longer offered.")


class SourceForm(ListEntryForm):
    """Where leads come from."""

    class Meta:
        model = LeadSource
        fields = ["names", "code", "order", "is_retired"]
        help_texts = {"code": CODE_HELP, "is_retired": RETIRED_HELP}


class KindForm(ListEntryForm):
    """What kind of lead it is."""

    class Meta:
        model = LeadKind
        fields = ["names", "code", "order", "is_retired"]
        help_texts = {"code": CODE_HELP, "is_retired": RETIRED_HELP}


class ReasonForm(ListEntryForm):
    """Why a lead was put aside, declined or lost."""

    class Meta:
        model = LeadReason
        fields = ["use", "names", "code", "order", "is_retired"]
        help_texts = {"code": CODE_HELP, "is_retired": RETIRED_HELP}


class FieldForm(ListEntryForm):
    """A field of the manufacturer's own on its leads."""

    code_field = "key"
    choices = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One per line.")
    )

    class Meta:
        model = LeadField
        fields = ["labels", "key", "type", "choices", "known_at", "is_required", "is_masked", "order"]
        help_texts = {
            "key": _("Small letters, digits and underscores. Import files name the field by it."),
            "known_at": _("What is known only with the outcome never teaches the score."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.initial["choices"] = "\n".join(self.instance.choices)
        if self.instance.pk:
            self.fields["type"].disabled = True  # values are stored by it

    def clean_choices(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["choices"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("type") == LeadField.Type.CHOICE and not cleaned.get("choices"):
            self.add_error("choices", _("Give at least one choice."))
        return cleaned
