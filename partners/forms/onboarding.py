from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.journey_checks import step_type, step_types
from partners.models import JourneyPhase, JourneyStep, JourneyTemplate, PartnerKind
from tenancy.files import UploadField
from tenancy.forms import Explained, OwnedModelForm
from tenancy.models import Membership

LONGEST_TEXT = 1000


class TickForm(forms.Form):
    """A step is done: a word about it, and what its type takes."""

    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, takes: str, needs_file: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if takes == "file":
            self.fields["file"] = UploadField(label=_("File"), required=needs_file)


class MeetingForm(forms.Form):
    """When both meet."""

    meeting_at = forms.DateTimeField(
        label=_("Date and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Give a date and a time."), "invalid": _("Give a date and a time.")},
    )


class TemplateForm(OwnedModelForm):
    """What is said about a journey as a whole."""

    class Meta:
        model = JourneyTemplate
        fields = ["names", "kind", "finish", "stalled_days"]
        widgets = {"finish": forms.RadioSelect}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        kind: Any = self.fields["kind"]
        kind.queryset = PartnerKind.objects.filter(is_retired=False)
        kind.empty_label = _("All kinds without a journey of their own")


class PhaseForm(OwnedModelForm):
    """A phase: what it is called."""

    class Meta:
        model = JourneyPhase
        fields = ["names"]


class StepForm(OwnedModelForm):
    """One step: what, who, by when, and how it is known to be done."""

    type = forms.ChoiceField(label=_("Type"), widget=forms.RadioSelect)
    material = forms.URLField(
        label=_("Material"),
        required=False,
        assume_scheme="https",
        help_text=_("A link to what helps: a film, a manual, a form."),
    )

    class Meta:
        model = JourneyStep
        fields = [
            "phase",
            "titles",
            "texts",
            "type",
            "subject",
            "side",
            "due_days",
            "after_previous",
            "material",
        ]
        widgets = {"side": forms.RadioSelect}

    def __init__(self, *args: Any, member: Membership, template: JourneyTemplate, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        phase: Any = self.fields["phase"]
        phase.queryset, phase.empty_label = template.phases.all(), None
        kind: Any = self.fields["type"]
        kind.choices = [(each.key, Explained(each.label, each.explanation)) for each in step_types()]
        texts: Any = self.fields["texts"]
        for part in texts.fields:
            part.max_length = LONGEST_TEXT
        self.fields["subject"] = forms.ChoiceField(
            label=_("Which"),
            required=False,
            choices=self.subjects(),
            help_text=_("For types that ask for a certain part, course or agreement."),
        )

    def subjects(self) -> list[tuple[str, Any]]:
        """What the types offer, under their names."""
        groups: list[tuple[str, Any]] = [("", _("Everything, or nothing to choose"))]
        for each in step_types():
            offered = [(key, label) for key, label in (each.subjects() if each.subjects else []) if key]
            if offered:
                groups.append((str(each.label), offered))
        if self.instance.subject and self.instance.subject not in [
            key for _label, group in groups[1:] for key, _name in group
        ]:
            groups.append((self.instance.subject, self.instance.subject))
        return groups

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, subject = cleaned.get("type"), cleaned.get("subject")
        if kind and subject:
            each = step_type(kind)
            if subject not in dict(each.subjects() if each.subjects else []):
                self.add_error("subject", _("This does not belong to the type chosen."))
        return cleaned
