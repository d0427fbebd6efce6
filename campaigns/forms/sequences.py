"""What is typed about sequences and their steps."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.answers import ANSWERS
from campaigns.events import events_for, known_event
from campaigns.models import BranchTest, CampaignContent, Sequence, SequenceStep, SequenceVersion, StepKind
from campaigns.services.sequence_trials import MOST_DAYS, USUAL_DAYS
from partners.models import Audience, ContactRole
from partners.selectors.audiences import audiences_for
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with


class SequenceForm(OwnedModelForm):
    """What a sequence is for, and what its draft goes by."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=Membership.objects.none(), empty_label=None)
    event = forms.ChoiceField(label=gettext_lazy("Begins when"))
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Only these roles"),
        choices=ContactRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: everybody at these partners."),
    )

    class Meta:
        model = SequenceVersion
        fields = [
            "event",
            "event_days",
            "audience",
            "readers",
            "roles",
            "is_advertising",
            "holdout",
            "stops_on_answer",
            "stops_on_order",
            "on_cap",
            "window_days",
        ]
        help_texts = {
            "event_days": gettext_lazy("Where what begins it is said in days; empty: what is proposed."),
        }

    def __init__(self, *args: Any, sequence: Sequence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sequence = sequence
        fields: dict[str, Any] = self.fields
        owners = members_with(Right.CAMPAIGNS_EDIT).filter(partner=None)
        if not self.member.can(Right.PARTNERS_VIEW_ALL):
            owners = owners.filter(pk=self.member.pk)
        fields["owner"].queryset = Membership.objects.filter(
            Q(pk__in=owners.values("pk")) | Q(pk=sequence.owner_id)
        ).order_by("name", "pk")
        fields["event"].choices = [(event.key, str(event.label)) for event in events_for(self.member)]
        fields["audience"].queryset = Audience.objects.filter(
            Q(pk__in=audiences_for(self.member).values("pk")) | Q(pk=self.instance.audience_id)
        ).order_by("name", "pk")
        fields["audience"].empty_label = _("All partners")
        if sequence.pk:
            self.initial.update(name=sequence.name, purpose=sequence.purpose, owner=sequence.owner_id)
        else:
            self.initial.setdefault("owner", self.member.pk)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if Sequence.objects.filter(name=name).exclude(pk=self.sequence.pk).exists():
            raise forms.ValidationError(_("Another sequence has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        event = known_event(cleaned.get("event", ""))
        if event is not None and not self.errors.get("event_days"):
            asked = cleaned.get("event_days") or event.days
            cleaned["event_days"] = asked if event.days is not None else None
        return cleaned

    def save(self, commit: bool = True) -> SequenceVersion:
        self.instance.roles = self.cleaned_data["roles"]
        for name in ("name", "purpose", "owner"):
            setattr(self.sequence, name, self.cleaned_data[name])
        return super().save(commit)

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields by what they are about."""
        own = [
            (_("The sequence in short"), ["name", "owner", "purpose"]),
            (_("Who enters, and when"), ["event", "event_days", "audience"]),
            (_("Who is written to"), ["readers", "roles", "is_advertising"]),
            (_("What ends it early"), ["stops_on_answer", "stops_on_order", "on_cap"]),
            (_("How it is measured"), ["holdout", "window_days"]),
        ]
        return [(title, [self[name] for name in names]) for title, names in own]


class StepForm(OwnedModelForm):
    """A step; each kind has fields of its own."""

    title: Any = ""

    class Meta:
        model = SequenceStep
        fields: list[str] = []

    @property
    def texts(self) -> dict[str, dict[str, str]] | None:
        """What it says by language, where it says something."""
        return None

    @property
    def answers(self) -> list[str]:
        return []


class WaitForm(StepForm):
    """How long to wait."""

    class Meta(StepForm.Meta):
        fields = ["days", "is_business_days"]


class BranchForm(StepForm):
    """What is asked, and where a yes leads."""

    test = forms.ChoiceField(label=gettext_lazy("If"), choices=BranchTest.choices)

    class Meta(StepForm.Meta):
        fields = ["test", "audience", "target"]
        help_texts = {
            "audience": gettext_lazy("Where the branch asks whether the partner is in one."),
            "target": gettext_lazy("If so, all steps between are passed by; if not, the next step comes."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["audience"].queryset = Audience.objects.filter(
            Q(pk__in=audiences_for(self.member).values("pk")) | Q(pk=self.instance.audience_id)
        ).order_by("name", "pk")
        fields["audience"].empty_label = _("None")
        later = self.instance.version.steps.order_by("position", "pk")
        if self.instance.pk:
            later = later.filter(position__gt=self.instance.position)
        fields["target"].queryset = later
        fields["target"].empty_label = _("Choose a later step")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("test") == BranchTest.AUDIENCE and not cleaned.get("audience"):
            self.add_error("audience", _("Choose the audience that the branch asks for."))
        return cleaned


class TaskForm(StepForm):
    """What is to be done, by whom, and until when."""

    for_partner = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[("", gettext_lazy("Who looks after the partner")), ("1", gettext_lazy("The partner"))],
        required=False,
    )

    class Meta(StepForm.Meta):
        fields = ["titles", "details", "for_partner", "days", "is_business_days"]
        labels = {"days": gettext_lazy("To be done within days")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["for_partner"] = "1" if self.instance.for_partner else ""

    def clean_for_partner(self) -> bool:
        return bool(self.cleaned_data["for_partner"])


class EndForm(StepForm):
    """Nothing is to be said of an end."""


class TextForm(StepForm):
    """What is said, in each language of the house."""

    one_click = forms.MultipleChoiceField(
        label=gettext_lazy("Answers by one click"),
        choices=list(ANSWERS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(self.member.manufacturer.languages or ["en"])
        known: dict[str, CampaignContent] = {}
        if self.instance.carrier_id:
            rows = CampaignContent.objects.filter(variant__campaign=self.instance.carrier_id, country="")
            known = {row.language: row for row in rows}
        is_mail = self.instance.kind == StepKind.MESSAGE
        self.names = ["subject", "preheader", "body"] if is_mail else ["subject", "body"]
        for code in self.languages:
            attrs = {"lang": code}
            self.fields[f"subject_{code}"] = forms.CharField(label=_("Subject"), max_length=200, required=False)
            self.fields[f"preheader_{code}"] = forms.CharField(
                label=_("First line in the inbox"), max_length=200, required=False
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text"),
                max_length=20_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text=_(
                    "Markdown. {name} and {partner} are filled in; {name|customer} says what stands where there is none."
                ),
            )
            for name in ("subject", "preheader", "body"):
                self.fields[f"{name}_{code}"].widget.attrs.update(attrs)
                if code in known:
                    self.initial[f"{name}_{code}"] = getattr(known[code], name)
        if known:
            self.initial["one_click"] = next(iter(known.values())).answers

    @property
    def parts(self) -> list[tuple[str, str, list[Any]]]:
        """The fields by language: its name, its code, and whether it is open at once."""
        return [
            (get_language_info(code)["name_local"], code, [self[f"{name}_{code}"] for name in self.names])
            for code in self.languages
        ]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        return {
            code: {name: self.cleaned_data.get(f"{name}_{code}", "") for name in ("subject", "preheader", "body")}
            for code in self.languages
        }

    @property
    def answers(self) -> list[str]:
        return list(self.cleaned_data.get("one_click", []))


STEP_FORMS: dict[str, type[StepForm]] = {
    StepKind.MESSAGE: TextForm,
    StepKind.NOTICE: TextForm,
    StepKind.TASK: TaskForm,
    StepKind.WAIT: WaitForm,
    StepKind.BRANCH: BranchForm,
    StepKind.END: EndForm,
}


class TrialForm(forms.Form):
    """How far back to look."""

    days = forms.IntegerField(label=gettext_lazy("Days back"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS)
