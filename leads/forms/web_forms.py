"""The public form as a visitor fills it in, and as staff set it up."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from leads import own_fields
from leads.models import IntakeSettings, Lead, LeadField, LeadForm
from leads.models.intake import ORIGIN
from leads.selectors.leads import own_fields as all_own_fields
from leads.services.web_forms import ASKABLE
from partners.countries import country_choices
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

FILLS_IN = {
    "company": "organization", "name": "name", "title": "organization-title", "phone": "tel", "email": "email",
    "country": "country", "region": "address-level1", "city": "address-level2", "postal_code": "postal-code",
    "address": "street-address",
}  # fmt: skip


ASKED_BY_ALL = frozenset(ASKABLE)


class WebForm(forms.Form):
    """What a visitor writes. `fax_number` stays empty: only programs fill in what nobody sees."""

    ticket = forms.CharField(widget=forms.HiddenInput)
    fax_number = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, version: LeadForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definitions: list[LeadField] = []
        needed = set(version.needed)
        is_usual = ASKED_BY_ALL.issuperset(version.asked)  # then no own field need be read
        own = {} if is_usual else {definition.key: definition for definition in all_own_fields()}
        for name in version.asked:
            if name in ASKABLE:
                self.fields[name] = _control(name, required=name in needed)
            elif name in own:
                self.definitions.append(own[name])
                self.fields[own_fields.PREFIX + name] = own_fields.form_field(own[name], required=name in needed)
        self.fields["consent"] = forms.BooleanField(
            label=version.consent,
            error_messages={"required": _("Without your agreement we may not keep what you wrote.")},
        )

    @property
    def trap(self) -> forms.BoundField:
        """A field that people do not see and programs fill in."""
        return self["fax_number"]

    @cached_property
    def shown(self) -> list[forms.BoundField]:
        """The fields that a visitor sees."""
        return [field for field in self.visible_fields() if field.name != "fax_number"]

    def clean_fax_number(self) -> str:
        if self.cleaned_data["fax_number"]:
            raise ValidationError(_now("Empty the last field of the form, which stays empty, and send it again."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ways = [name for name in ("phone", "email") if name in self.fields]
        if ways and not any(cleaned.get(name) or name in self.errors for name in ways):
            self.add_error(ways[0], _("Give a phone number or an e-mail address, so that you can be answered."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What was said, by the names of a lead's fields."""
        found = {name: self.cleaned_data[name] for name in ASKABLE if name in self.cleaned_data}
        return found | {"custom": own_fields.merged({}, self.definitions, self.cleaned_data)}


def _control(name: str, *, required: bool) -> forms.Field:
    field: Any
    if name == "country":
        field = forms.ChoiceField(label=_("Country"), choices=[("", ""), *country_choices()])
    elif name == "category":
        field = forms.ModelChoiceField(label=_("Product category"), queryset=ProductCategory.objects.all())
    else:
        model_field: Any = Lead._meta.get_field(name)
        field = model_field.formfield()
    field.required = required
    if name == "message":
        field.widget = forms.Textarea(attrs={"rows": 4})
    elif name == "wanted_on":
        field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    field.widget.is_required = required
    if name in FILLS_IN:
        field.widget.attrs["autocomplete"] = FILLS_IN[name]
    return field


class FormTextsForm(OwnedModelForm):
    """A draft of the public form: its words, and what it asks."""

    asked = forms.MultipleChoiceField(label=_("Fields that are shown"), widget=forms.CheckboxSelectMultiple)
    needed = forms.MultipleChoiceField(
        label=_("Fields that must be filled in"), widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = LeadForm
        fields = ["title", "intro", "thanks", "consent", "asked", "needed"]
        widgets = {
            "intro": forms.Textarea(attrs={"rows": 3}),
            "thanks": forms.Textarea(attrs={"rows": 3}),
            "consent": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        choices = [(name, Lead._meta.get_field(name).verbose_name) for name in ASKABLE]  # type: ignore[union-attr]
        choices += [(each.key, str(each)) for each in all_own_fields()]
        for name in ("asked", "needed"):
            field: Any = self.fields[name]
            field.choices = [(key, str(label)[:1].upper() + str(label)[1:]) for key, label in choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = cleaned.get("asked") or []
        if asked and not {"phone", "email"} & set(asked):
            self.add_error("asked", _("Ask for a phone number or an e-mail address, so that people can be answered."))
        if hidden := [name for name in cleaned.get("needed") or [] if name not in asked]:
            labels = dict(self.fields["needed"].choices)  # type: ignore[attr-defined]
            self.add_error(
                "needed",
                ValidationError(
                    _now("“%(field)s” must be filled in but is not shown."), params={"field": labels[hidden[0]]}
                ),
            )
        return cleaned


class IntakeSettingsForm(OwnedModelForm):
    """Which sites may show the form, and what questions on the page of partners become."""

    frame_origins = forms.CharField(
        label=_("Sites that may show the form"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One address per line, such as https://www.example.com. Without any, no other site can show it."),
    )

    class Meta:
        model = IntakeSettings
        fields = ["frame_origins", "locator"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["frame_origins"] = "\n".join(self.instance.frame_origins)

    def clean_frame_origins(self) -> list[str]:
        lines = [line.strip().rstrip("/").lower() for line in self.cleaned_data["frame_origins"].splitlines()]
        origins = list(dict.fromkeys(line for line in lines if line))
        for origin in origins:
            ORIGIN(origin)
        return origins
