"""The editor of the form that companies apply with."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partners.countries import country_choices
from partners.models import ApplicationForm, ApplicationQuestion
from partners.vetting import ANY, CHOICES, QuestionType
from tenancy.forms import OwnedModelForm, TranslatedFormField
from tenancy.models import Membership

TYPE_LABELS: dict[str, Any] = {
    QuestionType.TEXT: _("Short text"),
    QuestionType.LONG: _("Long text"),
    QuestionType.NUMBER: _("Number"),
    QuestionType.CHOICE: _("One of several answers"),
    QuestionType.MULTIPLE: _("Several answers"),
    QuestionType.YES_NO: _("Yes or no"),
    QuestionType.FILE: _("File"),
    QuestionType.PLACE: _("Country and region"),
}
SPARE_OPTIONS = 3


class LongTranslatedFormField(TranslatedFormField):
    """A longer text per language."""

    def __init__(self, *, languages: Sequence[str], rows: int = 4, **kwargs: Any) -> None:
        super().__init__(languages=languages, max_length=4000, **kwargs)
        widget: Any = self.widget
        widget.widgets = [forms.Textarea(attrs={"lang": code, "rows": rows}) for code in languages]


class VersionForm(OwnedModelForm):
    """What stands around the questions."""

    class Meta:
        model = ApplicationForm
        fields = ["intros", "consents"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        languages = member.manufacturer.languages or ["en"]
        self.fields["intros"] = LongTranslatedFormField(
            languages=languages,
            rows=3,
            label=_("Introduction"),
            required=False,
            help_text=_("What an applicant reads first: whom you look for, and what happens next."),
        )
        self.fields["consents"] = LongTranslatedFormField(
            languages=languages,
            rows=3,
            label=_("Consent"),
            help_text=_("What an applicant agrees to by sending the form."),
        )


class QuestionForm(OwnedModelForm):
    """One question of a draft, with what its answers are worth. The type is chosen first and stays."""

    class Meta:
        model = ApplicationQuestion
        fields = ["labels", "helps", "is_required", "weight"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.languages = member.manufacturer.languages or ["en"]
        for name in ("labels", "helps"):
            field: Any = self.fields[name]
            for part in field.fields:
                part.max_length = 300
        self.options = self._option_forms()

    @property
    def type(self) -> QuestionType:
        return QuestionType(self.instance.type)

    @property
    def columns(self) -> list[str]:
        """The heads over the answers."""
        first = {
            QuestionType.NUMBER: _now("From"),
            QuestionType.PLACE: _now("Country"),
        }.get(self.type, _now("Answer"))
        return [first, _now("Points"), _now("Rules out")]

    def is_valid(self) -> bool:
        own = super().is_valid()
        good = [option.is_valid() for option in self.options]  # each, so that all errors show
        return all(good) and own and self._options_make_sense()

    def save(self, commit: bool = True) -> Any:
        self.instance.options = self._collected()
        return super().save(commit=commit)

    def _options_make_sense(self) -> bool:
        collected = self._collected()
        if self.type in CHOICES and len(collected) < 2:
            self.add_error(None, _now("Give at least two answers to choose from."))
            return False
        keys = [option["key"] for option in collected]
        if len(set(keys)) < len(keys):
            self.add_error(None, _now("Each answer may stand there once."))
            return False
        return True

    def _option_forms(self) -> "list[OptionForm]":
        known = {str(option["key"]): option for option in self.instance.options}
        match self.type:
            case QuestionType.YES_NO:
                rows = [known.get(key, {"key": key}) for key in ("yes", "no")]
            case QuestionType.TEXT | QuestionType.LONG | QuestionType.FILE:
                rows = [known.get(ANY, {"key": ANY})]
            case QuestionType.NUMBER | QuestionType.PLACE:
                rows = [option for key, option in known.items() if key != ANY]
                rows += [{}] * SPARE_OPTIONS + [known.get(ANY, {"key": ANY})]
            case _:
                rows = [*known.values(), *([{}] * max(SPARE_OPTIONS, 4 - len(known)))]
        if self.is_bound:
            rows = rows[: len(rows)] + [{}] * max(0, self._sent() - len(rows))
        return [
            OptionForm(
                self.data if self.is_bound else None,
                prefix=f"option-{number}",
                kind=self.type,
                option=row,
                languages=self.languages,
                number=number,
            )
            for number, row in enumerate(rows)
        ]

    def _sent(self) -> int:
        text = str(self.data.get("option_count", "0"))
        return min(int(text), 60) if text.isdecimal() else 0

    def _collected(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for option in self.options:
            taken = {each["key"] for each in made}
            found = option.as_option(taken)
            if found is not None:
                made.append(found)
        return made


class OptionForm(forms.Form):
    """One answer of a question: what it is, what it is worth, whether it rules an applicant out."""

    points = forms.IntegerField(label=_("Points"), required=False, min_value=-100, max_value=100)
    knock_out = forms.BooleanField(label=_("Rules out"), required=False)

    def __init__(
        self,
        *args: Any,
        kind: QuestionType,
        option: dict[str, Any],
        languages: Sequence[str],
        number: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.type, self.option, self.number = kind, option, number
        self.languages = list(languages)
        self.is_fixed = option.get("key") in (ANY, "yes", "no")
        self.initial = {"points": option.get("points"), "knock_out": option.get("knock_out", False)}
        if self.is_fixed:
            return
        if kind == QuestionType.NUMBER:
            self.fields["lower"] = forms.DecimalField(
                label=_now("From"), required=False, max_digits=12, decimal_places=2
            )
            self.initial["lower"] = option.get("key")
        elif kind == QuestionType.PLACE:
            self.fields["country"] = forms.ChoiceField(
                label=_now("Country"), required=False, choices=[("", _now("Choose a country")), *country_choices()]
            )
            self.initial["country"] = option.get("key")
        else:
            for code in self.languages:
                language = get_language_info(code)["name_local"]
                self.fields[f"label_{code}"] = forms.CharField(
                    label=_now("Answer in %(language)s") % {"language": language},
                    required=False,
                    max_length=200,
                    widget=forms.TextInput(attrs={"lang": code, "placeholder": language}),
                )
                self.initial[f"label_{code}"] = option.get("labels", {}).get(code, "")

    @property
    def fixed_name(self) -> str:
        """What a row is called that cannot be changed."""
        key = self.option.get("key")
        if key == "yes":
            return _now("Yes")
        if key == "no":
            return _now("No")
        return (
            _now("Any other answer") if self.type in (QuestionType.NUMBER, QuestionType.PLACE) else _now("Any answer")
        )

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("points", "knock_out")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.type in CHOICES and self.is_named(cleaned) and not cleaned.get(f"label_{self.languages[0]}"):
            language = get_language_info(self.languages[0])["name_local"]
            self.add_error(
                f"label_{self.languages[0]}",
                _now("Give the answer in %(language)s; other languages fall back to it.") % {"language": language},
            )
        return cleaned

    def is_named(self, cleaned: dict[str, Any]) -> bool:
        """Whether the row says which answer it is."""
        return any(value not in (None, "") for name, value in cleaned.items() if name not in ("points", "knock_out"))

    def as_option(self, taken: set[str]) -> dict[str, Any] | None:
        """The option as the question keeps it; nothing for an empty row."""
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        worth = {"points": cleaned.get("points") or 0, "knock_out": bool(cleaned.get("knock_out"))}
        if self.is_fixed:
            key = str(self.option["key"])
            if key == ANY and not worth["points"] and not worth["knock_out"]:
                return None
            return {"key": key, **worth}
        if not self.is_named(cleaned):
            return None
        if self.type == QuestionType.NUMBER:
            return {"key": f"{cleaned['lower'].normalize():f}", **worth}
        if self.type == QuestionType.PLACE:
            return {"key": cleaned["country"], **worth}
        labels = {code: text for code in self.languages if (text := cleaned.get(f"label_{code}", ""))}
        key, number = str(self.option.get("key", "")), 1
        while not key or key in taken:
            key, number = f"a{self.number + number}", number + 1
        return {"key": key, "labels": labels, **worth}
