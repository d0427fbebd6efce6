from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.partners import ListEntryForm
from partners.models import PlaybookStep, Stage, StageReason
from partners.selectors.lifecycle import reasons_for
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership


def stage_choices() -> list[tuple[str, Any]]:
    """The stages that a partner can be moved to."""
    return [(stage.value, stage.label) for stage in Stage if stage != Stage.DRAFT]


class MoveForm(forms.Form):
    """Where a partner goes, and why."""

    stage = forms.ChoiceField(choices=stage_choices, widget=forms.HiddenInput)
    reason = forms.ModelChoiceField(
        queryset=StageReason.objects.none(), required=False, label=_("Reason"), empty_label=_("None of these")
    )
    note = forms.CharField(
        label=_("In your own words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, to: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.queryset = reasons_for(to)


class NoteForm(forms.Form):
    """Why, in bulk."""

    note = forms.CharField(label=_("Why"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ReasonForm(ListEntryForm):
    """A reason, and which moves it is offered for."""

    stages = forms.MultipleChoiceField(
        label=_("Offered for moves to"),
        choices=stage_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: for all of them."),
    )

    class Meta:
        model = StageReason
        fields = ["names", "code", "stages", "order", "is_retired"]
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "is_retired": _("Moves keep it, but it is no longer offered."),
        }


class PlaybookStepForm(OwnedModelForm):
    """One step of a stage's playbook."""

    stage = forms.ChoiceField(label=_("Stage"), choices=stage_choices)
    material = forms.URLField(
        label=_("Material"),
        required=False,
        assume_scheme="https",
        help_text=_("A link to what helps: a presentation, a price list, a form."),
    )

    class Meta:
        model = PlaybookStep
        fields = ["stage", "titles", "texts", "material", "who", "days"]
        widgets = {"who": forms.RadioSelect}
