"""Forms over owned rows."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TranslatedField
from tenancy.models import Membership


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
