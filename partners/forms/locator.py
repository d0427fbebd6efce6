from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.grades import grade_choices
from partners.models import LocatorEntry
from tenancy.forms import HoursField, OwnedModelForm

ANY = [("", _("Any"))]


class LocatorForm(forms.Form):
    """What a visitor looks for. What cannot be read is left out: a search never fails."""

    place = forms.CharField(label=_("City, region or postal code"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind of partner"), required=False)
    skill = forms.ChoiceField(label=_("What it is good at"), required=False)
    tier = forms.ChoiceField(label=_("Grade"), required=False)
    is_open = forms.BooleanField(label=_("Open now"), required=False)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, skills = selectors.offered()
        for name, choices in {
            "kind": [(kind.code, str(kind)) for kind in kinds],
            "skill": [(skill.code, str(skill)) for skill in skills],
            "tier": grade_choices(),
        }.items():
            field: Any = self.fields[name]
            field.choices = [*ANY, *choices]
            if not choices:
                del self.fields[name]


class QuestionForm(forms.Form):
    """A visitor's question to a partner. `website` stays empty: only programs fill in what nobody sees."""

    name = forms.CharField(label=_("Your name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    message = forms.CharField(label=_("Your question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    consent = forms.BooleanField()
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, consent: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = consent

    @property
    def is_by_a_program(self) -> bool:
        return bool(self.data.get("website"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _("Give an e-mail address or a phone number, so that you can be answered."))
        return cleaned


class OwnEntryForm(OwnedModelForm):
    """What a partner itself says on the public page."""

    hours = HoursField(label=_("Opening hours"), required=False)

    class Meta:
        model = LocatorEntry
        fields = ["about", "hours"]
        help_texts = {"about": _("One or two sentences that everybody may read.")}


class EntryForm(OwnEntryForm):
    """How a partner stands on the public page, as staff decide."""

    class Meta(OwnEntryForm.Meta):
        fields = ["is_listed", "about", "hours"]
