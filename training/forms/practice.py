"""Practical tasks: their rules, and the trainer's mark."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from training.models import HandIn, HandInState, PracticalTask
from training.models.practice import USUAL

GROUP_LABELS = [
    ("documents", _("PDF and pictures")),
    ("office", _("Office files and texts")),
    ("videos", _("Videos")),
    ("archives", _("ZIP archives")),
]


class TaskForm(OwnedModelForm):
    """The rules of a practical task."""

    kinds = forms.MultipleChoiceField(
        label=_("Files that it takes"), choices=GROUP_LABELS, widget=forms.CheckboxSelectMultiple, initial=USUAL
    )

    class Meta:
        model = PracticalTask
        fields = ["points", "pass_points", "attempts", "most_files", "most_megabytes", "kinds"]


class MarkForm(forms.Form):
    """What the trainer says to work that was handed in."""

    points = forms.IntegerField(label=_("Points"), min_value=0)
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[(each.value, each.label) for each in (HandInState.PASSED, HandInState.AGAIN)],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("What you say to it"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, work: HandIn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task = work.task
        points: Any = self.fields["points"]
        points.max_value = task.points
        points.widget.attrs["max"] = task.points
        points.help_text = _("Of %(most)s; to pass takes %(least)s.") % {"most": task.points, "least": task.pass_points}


class AnswerForm(forms.Form):
    """A trainer's answer to a question, and who reads it."""

    answer = forms.CharField(
        label=pgettext_lazy("to a question", "Answer"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    audience = forms.ChoiceField(
        label=_("Who reads it"),
        choices=[("all", _("All who take the course")), ("asker", _("Only who asked"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    shown_text = forms.CharField(
        label=_("Question as all read it"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Take out what tells who asked: names, sites, customers."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("audience") == "all" and "shown_text" in given and not given["shown_text"]:
            self.add_error("shown_text", _("Write the question as all may read it."))
        return given
