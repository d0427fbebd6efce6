"""What a visitor fills in to become a partner."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partners.countries import country_choices
from partners.models import ApplicationForm, ApplicationQuestion
from partners.vetting import QuestionType
from tenancy.files import DOCUMENTS, UploadField
from tenancy.translation import translated

FILE_MEGABYTES = 10


class PlaceInput(forms.MultiWidget):
    """A country and a region."""

    use_fieldset = True

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [value.get("country", ""), value.get("region", "")] if value else ["", ""]


class PlaceField(forms.MultiValueField):
    """A country, and in free words the region."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _now("Choose a country")), *country_choices()]
        country = forms.ChoiceField(choices=choices, required=bool(kwargs.get("required")))
        region = forms.CharField(required=False, max_length=120)
        widget = PlaceInput(
            [
                forms.Select(choices=choices, attrs={"aria-label": _now("Country")}),
                forms.TextInput(attrs={"aria-label": _now("Region"), "placeholder": _now("Region")}),
            ]
        )
        super().__init__([country, region], widget=widget, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str] | None:
        if not data_list or not data_list[0]:
            return None
        return {"country": data_list[0], "region": data_list[1]}


class ApplyForm(forms.Form):
    """The public application: the company, who answers for it, the manufacturer's own questions, consent."""

    company = forms.CharField(
        label=_("Company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    business_number = forms.CharField(label=_("Business number"), max_length=40, required=False)
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    country = forms.ChoiceField(label=_("Country"))
    region = forms.CharField(label=_("Region"), max_length=120, required=False)
    city = forms.CharField(
        label=_("City"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    address = forms.CharField(
        label=_("Street and number"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    contact_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    introduced_by_text = forms.CharField(label=_("Who introduced you to us?"), max_length=150, required=False)
    fax_number = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    COMPANY = ("company", "business_number", "website", "country", "region", "city", "address")
    CONTACT = ("contact_name", "contact_title", "email", "phone", "introduced_by_text")

    def __init__(self, *args: Any, version: ApplicationForm, questions: Sequence[ApplicationQuestion], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        country: Any = self.fields["country"]
        country.choices = [("", _("Choose a country")), *country_choices()]
        for question in self.questions:
            self.fields[self.name_of(question)] = _field_of(question)
        self.fields["consent"] = forms.BooleanField(
            label=version.consent,
            error_messages={"required": _now("Without your consent we cannot take the application.")},
        )

    @staticmethod
    def name_of(question: ApplicationQuestion) -> str:
        """The name of a question's field: none of ours."""
        return f"q-{question.key}"

    @property
    def company_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.COMPANY]

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CONTACT]

    @property
    def question_fields(self) -> list[forms.BoundField]:
        return [self[self.name_of(question)] for question in self.questions]

    @property
    def trap(self) -> forms.BoundField:
        """A field that people do not see and programs fill in."""
        return self["fax_number"]

    def clean_fax_number(self) -> str:
        if self.cleaned_data["fax_number"]:
            raise ValidationError(_now("Empty the last field of the form, which stays empty, and send it again."))
        return ""

    def company_data(self) -> dict[str, Any]:
        """The company and its contact as a prospect keeps them."""
        data = {name: self.cleaned_data[name] for name in (*self.COMPANY, *self.CONTACT)}
        return {**data, "email": data["email"].lower()}

    def answers(self) -> dict[str, Any]:
        """The answers by question key, as they are kept and scored; what was not answered is left out."""
        found = {}
        for question in self.questions:
            value: Any = self.cleaned_data.get(self.name_of(question))
            if isinstance(value, Decimal):
                value = f"{value.normalize():f}"
            if question.type == QuestionType.FILE and value:
                value = value.name
            if value not in (None, "", []):
                found[question.key] = value
        return found

    def uploaded(self) -> list[tuple[str, Any]]:
        """The files that came along, each with its question's key."""
        found = [
            (question.key, self.cleaned_data.get(self.name_of(question)))
            for question in self.questions
            if question.type == QuestionType.FILE
        ]
        return [(key, file) for key, file in found if file]


def _field_of(question: ApplicationQuestion) -> forms.Field:
    """The control for one question."""
    basics: dict[str, Any] = {"label": str(question), "help_text": question.help, "required": question.is_required}
    choices = [(str(each["key"]), translated(each.get("labels"), str(each["key"]))) for each in question.options]
    match question.type:
        case QuestionType.LONG:
            return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **basics)
        case QuestionType.NUMBER:
            return forms.DecimalField(
                max_digits=14, decimal_places=2, widget=forms.NumberInput(attrs={"step": "any"}), **basics
            )
        case QuestionType.CHOICE:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **basics)
        case QuestionType.MULTIPLE:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **basics)
        case QuestionType.YES_NO:
            return forms.ChoiceField(
                choices=[("yes", _now("Yes")), ("no", _now("No"))], widget=forms.RadioSelect, **basics
            )
        case QuestionType.FILE:
            help_text = question.help or _now("PDF or picture, at most %(size)s MB") % {"size": FILE_MEGABYTES}
            return UploadField(
                kinds=DOCUMENTS, max_bytes=FILE_MEGABYTES * 1024 * 1024, **{**basics, "help_text": help_text}
            )
        case QuestionType.PLACE:
            return PlaceField(**basics)
    return forms.CharField(max_length=300, **basics)
