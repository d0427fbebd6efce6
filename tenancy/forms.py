"""Forms over owned rows, and about people and places."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TranslatedField
from tenancy.models import JoinRequest, Language, Membership, User


class TranslatedInput(forms.MultiWidget):
    """One line per language."""

    template_name = "components/widgets/translated.html"
    use_fieldset = True

    def __init__(self, languages: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        self.languages = list(languages)
        super().__init__({code: forms.TextInput(attrs={"lang": code}) for code in self.languages}, attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, widget in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            widget["label"] = get_language_info(code)["name_local"]
            widget["lang"] = code
        return context


class TranslatedFormField(forms.MultiValueField):
    """A text per language of the manufacturer; in a required one the first language is what cannot be missing."""

    widget = TranslatedInput

    def __init__(self, *, languages: Sequence[str], max_length: int = 100, **kwargs: Any) -> None:
        self.languages = list(languages)
        parts = [forms.CharField(required=False, max_length=max_length) for _code in self.languages]
        super().__init__(parts, widget=TranslatedInput(self.languages), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return {code: text for code, text in zip(self.languages, data_list, strict=True) if text}

    def clean(self, value: Any) -> dict[str, str]:
        texts = super().clean(value) or {}
        if self.required and self.languages[0] not in texts:
            raise forms.ValidationError(
                _("Give the name in %(language)s; other languages fall back to it."),
                params={"language": get_language_info(self.languages[0])["name_local"]},
            )
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != self.compress([(text or "").strip() for text in data or [""] * len(self.languages)])


class OwnedModelForm(forms.ModelForm):
    """Binds the new row to the member's manufacturer, so that constraints that name it are checked.

    A text per language becomes one line for each language that the manufacturer's pages speak.
    """

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.instance.manufacturer_id = member.manufacturer_id
        languages = member.manufacturer.languages or ["en"]
        for name, field in self.fields.items():
            model_field = next((each for each in self._meta.model._meta.fields if each.name == name), None)
            if isinstance(model_field, TranslatedField):
                self.fields[name] = TranslatedFormField(
                    languages=languages, label=field.label, help_text=field.help_text, required=not model_field.blank
                )

    def _get_validation_exclusions(self) -> set[str]:
        # ModelForm skips constraints that name a field it does not show; a duplicate would be a 500.
        return super()._get_validation_exclusions() - {"manufacturer"}


class ProfileForm(forms.ModelForm):
    """What a person says about themself."""

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        widgets = {"language": forms.RadioSelect, "theme": forms.RadioSelect}


class AcceptForm(forms.Form):
    """A new account for who accepts an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password"):
            try:
                validate_password(values["password"], User(email=self.email, name=values.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class JoinLinkForm(forms.Form):
    """The address to which a link is mailed."""

    email = forms.EmailField(
        label=_("Your e-mail address at the company"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class JoinForm(forms.ModelForm):
    """Who asks to join which of the partners that the address may be of."""

    partner = forms.ChoiceField(label=_("Company"), widget=forms.RadioSelect)

    class Meta:
        model = JoinRequest
        fields = ["name", "message"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "message": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, partners: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {str(partner.pk): partner for partner in partners}
        self.fields["partner"].choices = [(key, str(partner)) for key, partner in self.partners.items()]
        self.fields["message"].help_text = _("What the people at the company should know, to recognise you.")
        if len(partners) == 1:
            self.fields["partner"].widget = forms.HiddenInput()
            self.initial["partner"] = str(partners[0].pk)

    def clean_partner(self) -> Any:
        return self.partners[self.cleaned_data["partner"]]
