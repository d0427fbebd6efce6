"""What learners write and look for: read by forms, which refuse what cannot be kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from training.services.surveys import LONGEST_ANSWER

LONGEST_SEARCH = 100


class WordsField(forms.CharField):
    """Words over several lines; the end of a line counts once, as it does in the browser."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class AskForm(forms.Form):
    """A question to the trainer."""

    text = WordsField(required=False, max_length=2_000)


class HandInForm(forms.Form):
    """What a learner says to the work that is handed in."""

    text = WordsField(required=False, max_length=10_000)


class OwnWordsForm(forms.Form):
    """Answers to a survey in own words."""

    def __init__(self, names: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name] = WordsField(required=False, max_length=LONGEST_ANSWER)


class SearchForm(forms.Form):
    """Words that are looked for."""

    q = forms.CharField(required=False)


def words_in(asked: Mapping[str, Any]) -> str:
    """The words that an address asks for; none where they are no text."""
    form = SearchForm(asked)
    return str(form.cleaned_data["q"])[:LONGEST_SEARCH] if form.is_valid() else ""


def mistakes_in(form: forms.Form) -> str:
    """What is wrong with a form, in one line."""
    return " ".join(str(each) for errors in form.errors.values() for each in errors)


def written_in(form: forms.Form, name: str = "text") -> str:
    """What was written, as it can be shown again."""
    return str(form[name].value() or "").replace("\x00", "")
