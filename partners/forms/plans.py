"""Forms about channel plans."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import selectors
from partners.models import (
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanSettings,
    Side,
    Spread,
    Territory,
    TerritoryFigure,
    Work,
)
from partners.plan_measures import Measure
from partners.plan_terms import CRITERIA
from partners.selectors.coverage_map import MixRow
from tenancy.models import Membership

MOST = 10**15
POINTS = [("", "–"), *((number, str(number)) for number in range(1, 6))]


def measure_choices(measures: Mapping[str, Measure], *, without: Sequence[str] = ()) -> list[Any]:
    """All measures by group, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, measure in measures.items():
        if key not in without:
            groups.setdefault(str(measure.group), []).append((key, str(measure.name)))
    return [("", _("Choose …")), *groups.items()]


class PlanChooseForm(forms.Form):
    """With which partner, and for which year."""

    parent_code = forms.CharField(label=gettext_lazy("Partner"), max_length=64)
    year = forms.TypedChoiceField(label=gettext_lazy("Fiscal year"), coerce=int)

    def __init__(self, *args: Any, member: Membership, years: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["year"].choices = years  # type: ignore[attr-defined]

    def clean_parent_code(self) -> Partner:
        code = self.cleaned_data["parent_code"].strip()
        partner = selectors.partners_for(self.member).filter(code=code).first()
        if partner is None:
            raise ValidationError(_("No partner has this code. Look it up in the list of partners."))
        return partner


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label=gettext_lazy("What this year is about"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class TargetForm(forms.Form):
    """The four quarters of a target, with what was reached a year before beside them."""

    spread = forms.ChoiceField(label=gettext_lazy("On the months"), choices=Spread.choices, initial=Spread.EVEN)

    def __init__(self, *args: Any, measure: Measure, before: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not measure.is_sum:
            del self.fields["spread"]
        labels = [_("First quarter"), _("Second quarter"), _("Third quarter"), _("Fourth quarter")]
        quarters = {
            f"quarter_{place}": forms.DecimalField(
                label=label,
                min_value=0,
                max_value=MOST,
                max_digits=20,
                decimal_places=4,
                help_text=_("Last year %(value)s") % {"value": value} if value else "",
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
            )
            for place, (label, value) in enumerate(zip(labels, before, strict=True), 1)
        }
        self.fields = quarters | self.fields

    @property
    def quarters(self) -> list[Decimal]:
        return [self.cleaned_data[f"quarter_{place}"] for place in range(1, 5)]


class _OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {Side.PARTNER.label if obj.partner_id else Side.STAFF.label}"


class _OwnedPartForm(forms.ModelForm):
    """A part of a plan with a person, chosen among those that the member may name."""

    def __init__(self, *args: Any, owners: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = owners
        self.fields["owner"] = _OwnerField(owners, label=_("Person"), required=False, empty_label=_("Nobody yet"))

    @property
    def values(self) -> dict[str, Any]:
        """What was given. A person whom the member may not name stays, as nobody else was chosen."""
        values = {name: self.cleaned_data[name] for name in self.fields}
        before = self.instance.owner_id if self.instance.pk else None
        if before and values["owner"] is None and not self.owners.filter(pk=before).exists():
            del values["owner"]
        return values


class InitiativeForm(_OwnedPartForm):
    class Meta:
        model = PlanInitiative
        fields = ["title", "detail", "plan_year", "phase", "side", "owner", "due_on"]
        widgets = {"detail": forms.Textarea(attrs={"rows": 4}), "due_on": forms.DateInput(attrs={"type": "date"})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        owner, side = cleaned.get("owner"), cleaned.get("side")
        if owner is not None and side and (owner.partner_id is None) != (side == Side.STAFF):
            self.add_error("owner", _("The person must belong to the side that carries it."))
        return cleaned


class PromiseForm(_OwnedPartForm):
    class Meta:
        model = PlanPromise
        fields = ["title", "due_on", "owner"]
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"})}


class ScoresForm(forms.Form):
    """Points for all initiatives of a plan; one is scored once all four criteria have points."""

    LABELS = {
        "effect": gettext_lazy("Effect on business"),
        "urgency": gettext_lazy("Urgency"),
        "returns": gettext_lazy("Return"),
        "feasibility": gettext_lazy("Feasibility"),
    }

    def __init__(self, *args: Any, initiatives: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initiatives = initiatives
        for ranked in initiatives:
            for name in CRITERIA:
                self.fields[f"{name}_{ranked.initiative.pk}"] = forms.TypedChoiceField(
                    label=self.LABELS[name],
                    choices=POINTS,
                    coerce=int,
                    empty_value=None,
                    required=False,
                    initial=getattr(ranked.own, name) if ranked.own else "",
                )

    @property
    def rows(self) -> list[tuple[Any, list[Any]]]:
        """Each initiative with its four fields."""
        return [(ranked, [self[f"{name}_{ranked.initiative.pk}"] for name in CRITERIA]) for ranked in self.initiatives]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for ranked in self.initiatives:
            given = [cleaned.get(f"{name}_{ranked.initiative.pk}") for name in CRITERIA]
            if any(given) and not all(given):
                raise ValidationError(
                    _("“%(title)s” lacks points: give all four criteria 1 to 5, or none."),
                    params={"title": ranked.initiative.title},
                )
        return cleaned

    def scored(self) -> list[tuple[PlanInitiative, dict[str, int]]]:
        """What was given to which initiative."""
        found = []
        for ranked in self.initiatives:
            given = {name: self.cleaned_data[f"{name}_{ranked.initiative.pk}"] for name in CRITERIA}
            if all(given.values()):
                found.append((ranked.initiative, given))
        return found


class WorkForm(forms.Form):
    work = forms.ChoiceField(choices=Work.choices)


class TextForm(forms.Form):
    """A few words to the other side."""

    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


def plain(value: Decimal | None) -> str | None:
    """A number as one would type it, without idle zeros."""
    return None if value is None else f"{value.normalize():f}"


class MixForm(forms.Form):
    """The target share of each way to the market, and what was sold directly."""

    def __init__(self, *args: Any, rows: Sequence[MixRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {row.kind.pk if row.kind else None: str(row.kind.pk) if row.kind else "direct" for row in rows}
        for row in rows:
            name = str(row.kind.pk) if row.kind else "direct"
            self.fields[f"share_{name}"] = forms.DecimalField(
                label=_("%(kind)s: target share in %%") % {"kind": row.kind or _("Direct sales")},
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
                required=False,
                initial=plain(row.target),
            )
        self.fields["amount"] = forms.DecimalField(
            label=_("Sold directly in the year"),
            help_text=_("Nothing else here knows it: without it, shares are those of the partners alone."),
            min_value=0,
            max_value=MOST,
            max_digits=20,
            decimal_places=4,
            required=False,
            initial=plain(next((row.amount for row in rows if row.kind is None and row.amount), None)),
        )

    def targets(self) -> dict[int | None, dict[str, Decimal | None]]:
        """The targets by kind; None stands for direct sales."""
        found: dict[int | None, dict[str, Decimal | None]] = {
            kind: {"share": self.cleaned_data[f"share_{name}"]} for kind, name in self.keys.items()
        }
        found[None]["amount"] = self.cleaned_data["amount"]
        return found


class PotentialsForm(forms.Form):
    """What could be sold in each of the smallest territories in a year."""

    def __init__(self, *args: Any, territories: Sequence[tuple[Territory, str]], year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(TerritoryFigure.objects.filter(year=year).values_list("territory", "potential"))
        above = {territory.parent_id for territory, _name in territories if not territory.is_retired}
        for territory, _name in territories:
            if territory.is_retired or territory.pk in above:
                continue
            self.fields[f"territory_{territory.pk}"] = forms.DecimalField(
                label=str(territory),
                min_value=0,
                max_value=MOST,
                max_digits=20,
                decimal_places=4,
                required=False,
                initial=plain(known.get(territory.pk)),
            )

    def potentials(self) -> dict[int, Decimal | None]:
        """The figures by territory; None where none is given."""
        return {int(name.removeprefix("territory_")): value for name, value in self.cleaned_data.items()}


class PlanSettingsForm(forms.ModelForm):
    class Meta:
        model = PlanSettings
        fields = ["weight_effect", "weight_urgency", "weight_returns", "weight_feasibility", "crowded_from"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        weights = [cleaned.get(f"weight_{name}") for name in CRITERIA]
        if None not in weights and sum(int(each or 0) for each in weights) != 100:
            raise ValidationError(_("The four weights must add up to 100."))
        return cleaned
