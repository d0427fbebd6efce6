"""Surveys while they are written: the rules, and a form for each question."""

from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from training.models import Survey, SurveyQuestion
from training.models.surveys import CHOICES
from training.services.surveys import options_of


class SurveyForm(OwnedModelForm):
    """The rules of a survey."""

    class Meta:
        model = Survey
        fields = ["is_anonymous"]


class SurveyQuestionForm(OwnedModelForm):
    """A question in all languages, with what can be chosen as a line for each answer."""

    order = forms.IntegerField(label=gettext_lazy("Place in the survey"), min_value=1, max_value=999)
    remove = forms.BooleanField(label=gettext_lazy("Take it out"), required=False)

    class Meta:
        model = SurveyQuestion
        fields = ["texts", "kind", "is_required"]

    def __init__(self, *args: Any, member: Membership, place: int, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["texts"].label = _("Question")
        fields["texts"].required = False
        for part in fields["texts"].fields:
            part.max_length = 500
            part.widget.attrs.pop("maxlength", None)
        fields["order"].initial = place
        self.languages = list(member.manufacturer.languages or ["en"])
        options = self.instance.options if self.instance.pk else []
        for code in self.languages:
            name = get_language_info(code)["name_local"]
            fields[f"options_{code}"] = forms.CharField(
                label=_("Answers to choose from, %(language)s") % {"language": name},
                required=False,
                strip=False,  # a blank line at the beginning is an option without words in this language
                max_length=4_000,
                initial="\n".join(each["texts"].get(code, "") for each in options),
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
                help_text=_("A line for each, in the same order in each language."),
            )

    @property
    def facts(self) -> list[Any]:
        """What every kind of question has."""
        names = ("texts", "kind", "order", "is_required", *(["remove"] if self.instance.pk else []))
        return [self[name] for name in names]

    @property
    def answers(self) -> list[Any]:
        """What a question of choice has beside, in each language."""
        return [self[f"options_{code}"] for code in self.languages]

    @property
    def is_left_out(self) -> bool:
        """Whether it is taken out, or a new one in which nothing is written."""
        return self.cleaned_data.get("remove", False) or not self.cleaned_data.get("texts")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        lines = {code: given.get(f"options_{code}", "") for code in self.languages}
        if given.get("remove"):
            return given
        if not given.get("texts"):
            if self.instance.pk or any(text.strip() for text in lines.values()):
                self.add_error("texts", _("Write the question, or take it out."))
            return given
        if given.get("kind") in CHOICES:
            self.instance.options = options_of(lines, self.instance.options if self.instance.pk else [])
            if len(self.instance.options) < 2:
                self.add_error(f"options_{self.languages[0]}", _("Give at least two answers, a line for each."))
        else:
            self.instance.options = []
        return given

    def _post_clean(self) -> None:
        if self.cleaned_data.get("texts") and not self.cleaned_data.get("remove"):
            super()._post_clean()  # type: ignore[misc]
