"""What is typed about initiatives, on both sides."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from campaigns.models import Asset, Initiative, InitiativeStep
from campaigns.selectors.initiatives import choosable_assets
from campaigns.services.initiatives.work import PROOF_KINDS
from partners.forms.agreements import DayInput
from partners.models import Audience
from partners.selectors.audiences import audiences_for
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from valuation.registry import all_kpis

LONGEST_NAME, LONGEST_GOAL, LONGEST_TEXT = 150, 500, 10_000
MOST_MATERIAL = 60


def owners_for(member: Membership, initiative: Initiative) -> QuerySet[Membership]:
    """Whose it can be: who sees only assigned partners keeps it."""
    owners = members_with(Right.CAMPAIGNS_EDIT).filter(partner=None)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        owners = owners.filter(pk=member.pk)
    return Membership.objects.filter(Q(pk__in=owners.values("pk")) | Q(pk=initiative.owner_id)).order_by("name", "pk")


class SpokenForm(OwnedModelForm):
    """A form with a text for each language of the manufacturer; the first is needed."""

    spoken: dict[str, tuple[str, Any, int, int, Any]] = {}
    """Field of the form: field of the model, label, longest, rows, help."""
    needed: frozenset[str] = frozenset()

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.languages = list(member.manufacturer.languages or ["en"])
        for code in self.languages:
            for name, (field, label, longest, rows, help_text) in self.spoken.items():
                attrs = {"lang": code}
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=label,
                    required=name in self.needed and code == self.languages[0],
                    max_length=longest,
                    widget=forms.Textarea(attrs=attrs | {"rows": rows}) if rows > 1 else forms.TextInput(attrs=attrs),
                    initial=getattr(self.instance, field).get(code, ""),
                    help_text=help_text if code == self.languages[0] else "",
                )

    @property
    def texts(self) -> list[tuple[str, list[Any]]]:
        """The texts of each language, under the language's own name."""
        return [
            (get_language_info(code)["name_local"], [self[f"{name}_{code}"] for name in self.spoken])
            for code in self.languages
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, (field, *_rest) in self.spoken.items():
            said = {code: text for code in self.languages if (text := cleaned.get(f"{name}_{code}"))}
            setattr(self.instance, field, said)
        return cleaned


class InitiativeForm(SpokenForm):
    """What an initiative is to bring, whose it is, for whom and when."""

    spoken = {
        "name": ("names", _("Name"), LONGEST_NAME, 1, ""),
        "goal": ("goals", _("What it is to bring"), LONGEST_GOAL, 3, _("Partners read it, too.")),
    }
    needed = frozenset({"name", "goal"})
    kpi = forms.ChoiceField(label=_("Measured by the KPI"), required=False)

    class Meta:
        model = Initiative
        fields = ["owner", "audience", "starts_on", "ends_on", "kpi", "kpi_target"]
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        help_texts = {
            "audience": _("Who is in it is fixed when it starts."),
            "starts_on": _("As planned: you start it yourself."),
            "ends_on": _("It ends by itself after this day."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = owners_for(member, self.instance)
        fields["owner"].empty_label = None
        fields["kpi"].choices = [("", _("None")), *sorted(((kpi.key, kpi.name) for kpi in all_kpis()), key=str)]
        if self.instance.carried_from_id:
            del self.fields["audience"]
        else:
            fields["audience"].queryset = Audience.objects.filter(
                Q(pk__in=audiences_for(member).values("pk")) | Q(pk=self.instance.audience_id)
            ).order_by("name", "pk")
            fields["audience"].empty_label = _("All partners that its owner sees")
        if self.instance.kpi_target is not None:
            self.initial["kpi_target"] = f"{self.instance.kpi_target.normalize():f}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kpi_target") is not None and not cleaned.get("kpi"):
            self.add_error("kpi", _("Say which KPI the number is of."))
        return cleaned

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The other fields in groups."""
        groups = [
            (_("For whom and when"), ["audience", "starts_on", "ends_on", "owner"]),
            (_("The goal as a number"), ["kpi", "kpi_target"]),
        ]
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in groups]


class RunningForm(OwnedModelForm):
    """What can still change of an initiative that runs."""

    class Meta:
        model = Initiative
        fields = ["owner", "ends_on"]
        widgets = {"ends_on": DayInput()}

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = owners_for(member, self.instance)
        fields["owner"].empty_label = None

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. To end it now, say why it ends."))
        return day


class StepForm(SpokenForm):
    """What is to be done, how, by when, with what, and what shows it."""

    spoken = {
        "title": ("titles", _("What is to be done"), LONGEST_NAME, 1, ""),
        "text": (
            "instructions",
            _("How"),
            LONGEST_TEXT,
            6,
            _("Markdown: **bold**, - lists, 1. numbered lists, | tables |."),
        ),
    }
    needed = frozenset({"title"})
    assets = forms.ModelMultipleChoiceField(
        label=_("Material of the content library"),
        queryset=Asset.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What was published last. A partner sees what its own library shows."),
    )

    class Meta:
        model = InitiativeStep
        fields = ["due_days", "due_on", "proof"]
        widgets = {"due_on": DayInput(), "proof": forms.RadioSelect}
        labels = {"due_days": _("Due so many days after the start"), "due_on": _("Or due on a day")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        chosen = list(self.instance.materials.values_list("asset", flat=True)) if self.instance.pk else []
        newest = list(choosable_assets().values_list("pk", flat=True)[:MOST_MATERIAL])
        fields["assets"].queryset = Asset.objects.filter(pk__in=[*newest, *chosen]).order_by("-changed_at", "-pk")
        self.initial["assets"] = chosen
        fields["proof"].choices = list(InitiativeStep._meta.get_field("proof").choices or [])


class ReminderForm(forms.Form):
    """A word beside a reminder."""

    note = forms.CharField(
        label=_("What you want to say to them"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class EndForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(label=_("Why it ends"), max_length=500)


class DoneForm(forms.Form):
    """What shows that a step is done."""

    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    file = UploadField(label=_("Photo or file"), kinds=PROOF_KINDS, required=False)


class DeclineForm(forms.Form):
    """Why a partner does not take part."""

    reason = forms.CharField(label=_("Why not"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
