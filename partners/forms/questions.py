"""From which stage on each field of the profile is asked."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from partners.questions import STAGES, Question


class QuestionsForm(forms.Form):
    """One line for each field: from which stage on, and whether it is needed."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        choices = [("", _("never")), *((stage.value, stage.label) for stage in STAGES)]
        for number, each in enumerate(questions):
            label = capfirst(each.label)
            self.fields[f"stage_{number}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                initial=each.stage or "",
                label=_("Asked from") + f": {label}",
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"needed_{number}"] = forms.BooleanField(
                required=False,
                initial=each.is_required,
                label=_("Needed") + f": {label}",
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[f"name_{number}"] = forms.CharField(initial=each.name, widget=forms.HiddenInput)

    @cached_property
    def rows(self) -> list[tuple[Question, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields with their controls."""
        return [
            (each, self[f"stage_{number}"], self[f"needed_{number}"], self[f"name_{number}"])
            for number, each in enumerate(self.questions)
        ]

    @property
    def decisions(self) -> dict[str, tuple[str, bool]]:
        """What was chosen, by field."""
        given = self.cleaned_data
        return {
            given[f"name_{number}"]: (given[f"stage_{number}"], given[f"needed_{number}"])
            for number in range(len(self.questions))
        }
