"""The editor of programmes, and what staff decide about grades.

The editor is several forms on one page: the programme itself, its tiers from the highest to the lowest, and one row per
KPI. Together they make a `ProgrammeDraft`; whether that could be published is the services' question, not the forms'.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerKind
from tenancy.forms import TranslatedFormField
from tenancy.models import Membership
from valuation.models import Method, Period, Promotion, Tier, TierColour, WhenMissing
from valuation.registry import Kpi, all_kpis
from valuation.selectors import KpiLine
from valuation.services import KpiDraft, ProgrammeDraft, TierDraft
from valuation.wording import entered_value, name_with_unit, unit_text

SPARE_TIERS = 1
MOST_TIERS = 10
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NumberInput(forms.NumberInput):
    """A number that can have decimals."""

    def __init__(self) -> None:
        super().__init__(attrs={"step": "any", "inputmode": "decimal"})


class ProgrammeForm(forms.Form):
    """The programme itself."""

    names = TranslatedFormField(languages=["en"], label=_("Name"))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of partner"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all kinds that no other programme names."),
    )
    effective_from = forms.DateField(label=_("Effective from"), widget=DATE)
    period = forms.ChoiceField(label=_("Period"), choices=Period.choices)
    grace_periods = forms.IntegerField(
        label=_("Grace before demotion, in periods"),
        min_value=0,
        max_value=12,
        help_text=_("So many whole periods a partner keeps its grade after its score fell below it."),
    )
    promotion = forms.ChoiceField(label=_("Promotion"), choices=Promotion.choices)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"] = TranslatedFormField(
            languages=member.manufacturer.languages or ["en"], label=self.fields["names"].label
        )
        kinds: Any = self.fields["kinds"]
        kinds.choices = [
            (str(kind.pk), str(kind)) for kind in PartnerKind.objects.all() if not kind.is_retired or self.chose(kind)
        ]

    def chose(self, kind: PartnerKind) -> bool:
        return str(kind.pk) in self.initial.get("kinds", ())


class TierForm(forms.Form):
    """One tier: its name, its colour, from which score on, and what else it asks for."""

    code = forms.SlugField(max_length=20, required=False, widget=forms.HiddenInput)
    names = TranslatedFormField(languages=["en"], label=_("Name"), required=False)
    colour = forms.ChoiceField(label=_("Colour"), choices=TierColour.choices)
    min_score = forms.DecimalField(
        label=_("From score"),
        min_value=0,
        max_value=120,
        max_digits=6,
        decimal_places=2,
        required=False,
        widget=NumberInput,
    )

    remove = forms.BooleanField(label=_("Take this grade away"), required=False)

    def __init__(self, *args: Any, languages: Sequence[str], kpis: Sequence[Kpi], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpis = kpis
        self.fields["names"] = TranslatedFormField(languages=languages, label=_("Name"), required=False)
        for kpi in kpis:
            self.fields[f"needs_{kpi.key}"] = forms.DecimalField(
                label=name_with_unit(kpi, currency), required=False, max_digits=20, decimal_places=4, widget=NumberInput
            )

    @property
    def requirement_fields(self) -> list[tuple[forms.BoundField, Kpi]]:
        """The controls for what the tier asks for beside the score."""
        return [(self[f"needs_{kpi.key}"], kpi) for kpi in self.kpis]

    @property
    def requirement_count(self) -> int:
        return sum(1 for field, _kpi in self.requirement_fields if field.value() not in (None, ""))

    @property
    def is_left_out(self) -> bool:
        """A row to take away, or a spare one that nobody filled in."""
        data = self.cleaned_data
        return data["remove"] or not (data["names"] or data["min_score"] is not None)

    def draft(self, number: int) -> TierDraft:
        data = self.cleaned_data
        name = next(iter(data["names"].values()), "")
        return TierDraft(
            code=data["code"] or slugify(data["names"].get("en", name))[:20] or f"tier-{number}",
            names=data["names"],
            colour=data["colour"],
            min_score=data["min_score"] if data["min_score"] is not None else Decimal(0),
            requirements={
                kpi.key: data[f"needs_{kpi.key}"] for kpi in self.kpis if data[f"needs_{kpi.key}"] is not None
            },
        )


class KpiForm(forms.Form):
    """How one KPI counts; without a weight it does not."""

    weight = forms.DecimalField(
        label=_("Weight"),
        required=False,
        min_value=0,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        widget=NumberInput,
    )
    method = forms.ChoiceField(label=_("Points"), choices=Method.choices)
    target = forms.DecimalField(label=_("Target"), required=False, max_digits=20, decimal_places=4, widget=NumberInput)
    when_missing = forms.ChoiceField(label=_("Without a value"), choices=WhenMissing.choices)

    def __init__(self, *args: Any, kpi: Kpi, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpi = kpi
        self.unit = unit_text(kpi, currency)

    @property
    def counts(self) -> bool:
        return bool(self.cleaned_data["weight"])

    def draft(self) -> KpiDraft:
        data = self.cleaned_data
        return KpiDraft(
            key=self.kpi.key,
            weight=data["weight"],
            method=data["method"],
            target=data["target"] if data["method"] == Method.TARGET else None,
            when_missing=data["when_missing"],
        )


class ProgrammeEditor:
    """All forms of the editor, filled from a draft or from what was sent."""

    def __init__(self, member: Membership, draft: ProgrammeDraft, data: Mapping[str, Any] | None = None) -> None:
        self.member = member
        self.data = data
        self.languages = member.manufacturer.languages or ["en"]
        self.kpis = all_kpis()
        self.programme = ProgrammeForm(data, initial=_programme_initial(draft), member=member)
        self.tiers = [self._tier_form(number, tier) for number, tier in enumerate(self._tier_rows(draft))]
        weighted = {kpi.key: kpi for kpi in draft.kpis}
        self.kpi_rows = [
            KpiForm(
                data,
                prefix=f"kpi-{kpi.key}",
                kpi=kpi,
                currency=member.manufacturer.currency,
                initial=_kpi_initial(kpi, weighted.get(kpi.key)),
            )
            for kpi in sorted(self.kpis, key=lambda kpi: _place(kpi.key, draft))
        ]

    @property
    def forms(self) -> list[forms.Form]:
        return [self.programme, *self.tiers, *self.kpi_rows]

    @cached_property
    def is_valid(self) -> bool:
        """Whether every field can be read; not yet whether the programme makes sense."""
        answers = [form.is_valid() for form in self.forms]  # each form is asked, so that all errors show
        return all(answers)

    @cached_property
    def filled_tiers(self) -> list[TierForm]:
        return [form for form in self.tiers if not form.is_left_out]

    @cached_property
    def counted_kpis(self) -> list[KpiForm]:
        return [form for form in self.kpi_rows if form.counts]

    def draft(self) -> ProgrammeDraft:
        """What was sent, as a draft."""
        data = self.programme.cleaned_data
        return ProgrammeDraft(
            names=data["names"],
            effective_from=data["effective_from"],
            tiers=[form.draft(number) for number, form in enumerate(self.filled_tiers, start=1)],
            kpis=[form.draft() for form in self.counted_kpis],
            kinds=[int(pk) for pk in data["kinds"]],
            period=data["period"],
            grace_periods=data["grace_periods"],
            promotion=data["promotion"],
        )

    def control_id(self, place: str) -> str:
        """The id of the control that a problem's place names, to lead there; empty for none."""
        part, _dot, rest = place.partition(".")
        if part in self.programme.fields:
            return self.programme[part].id_for_label
        number, _dot, field = rest.partition(".")
        parts: dict[str, Sequence[forms.Form]] = {"tiers": self.filled_tiers, "kpis": self.counted_kpis}
        rows = parts.get(part, [])
        if number.isdecimal() and int(number) < len(rows) and field in rows[int(number)].fields:
            return rows[int(number)][field].id_for_label
        return ""

    def _tier_rows(self, draft: ProgrammeDraft) -> list[TierDraft | None]:
        if self.data is None:
            return [*draft.tiers, *[None] * SPARE_TIERS][:MOST_TIERS]
        count = str(self.data.get("tier_count", ""))
        return [None] * (min(int(count), MOST_TIERS) if count.isdecimal() else 0)

    def _tier_form(self, number: int, tier: TierDraft | None) -> TierForm:
        return TierForm(
            self.data,
            prefix=f"tier-{number}",
            initial=_tier_initial(tier),
            languages=self.languages,
            kpis=self.kpis,
            currency=self.member.manufacturer.currency,
        )


def _programme_initial(draft: ProgrammeDraft) -> dict[str, Any]:
    return {
        "names": draft.names,
        "kinds": [str(pk) for pk in draft.kinds],
        "effective_from": draft.effective_from,
        "period": draft.period,
        "grace_periods": draft.grace_periods,
        "promotion": draft.promotion,
    }


def _tier_initial(tier: TierDraft | None) -> dict[str, Any]:
    if tier is None:
        return {"colour": TierColour.REGISTERED}
    return {
        "code": tier.code,
        "names": tier.names,
        "colour": tier.colour,
        "min_score": _plain(tier.min_score),
        **{f"needs_{key}": _plain(value) for key, value in tier.requirements.items()},
    }


def _kpi_initial(kpi: Kpi, draft: KpiDraft | None) -> dict[str, Any]:
    if draft is None:
        method = Method.PERCENTILE if kpi.target is None else Method.TARGET
        return {"method": method, "target": kpi.target, "when_missing": WhenMissing.SKIP}
    return {
        "weight": _plain(draft.weight),
        "method": draft.method,
        "target": _plain(draft.target) if draft.target is not None else kpi.target,
        "when_missing": draft.when_missing,
    }


def _place(key: str, draft: ProgrammeDraft) -> int:
    """Where a KPI stands: those of the draft in its order, then the others as registered."""
    keys = [kpi.key for kpi in draft.kpis]
    return keys.index(key) if key in keys else len(keys)


def _plain(value: Decimal | None) -> Decimal | None:
    """Without the zeros that the database keeps behind the point."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class RecomputeForm(forms.Form):
    """The day to recompute; today when left empty."""

    day = forms.DateField(label=_("Day"), required=False, widget=DATE)

    def clean_day(self) -> dt.date | None:
        day = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise ValidationError(_("Grades can be computed for today or a day in the past."))
        return day


class RefusalForm(forms.Form):
    """Why a promotion is not given."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class OverrideForm(forms.Form):
    """A tier by hand, until a day, with the reason that the partner reads."""

    tier = forms.ModelChoiceField(label=_("Grade"), queryset=Tier.objects.none(), empty_label=None)
    until = forms.DateField(label=_("Until"), widget=DATE, help_text=_("The last day on which it holds."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The partner reads it."),
    )

    def __init__(self, *args: Any, programme: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers: Any = self.fields["tier"]
        tiers.queryset = Tier.objects.filter(programme=programme)

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise ValidationError(_("Choose today or a day to come."))
        return until


class PlayField(forms.DecimalField):
    """A figure to play with: emptied, it is as it was."""

    def clean(self, value: Any) -> Decimal | None:
        return None if value in self.empty_values else super().clean(value)


class PlayForm(forms.Form):
    """A partner's KPIs as they might be."""

    def __init__(self, data: Any, *, lines: Sequence[KpiLine], currency: str) -> None:
        super().__init__(data)
        self.shown: dict[str, Decimal] = {}
        for line in lines:
            if line.kpi is None or line.value is None:
                continue
            value = self.shown[line.key] = entered_value(line.kpi, line.value, currency)
            self.fields[f"kpi_{line.key}"] = PlayField(
                label=name_with_unit(line.kpi, currency),
                max_digits=20,
                decimal_places=4,
                initial=value,
                max_value=line.kpi.limit if line.kpi.higher_is_better else None,
                min_value=None if line.kpi.higher_is_better else line.kpi.limit,
                widget=NumberInput,
            )

    @property
    def values(self) -> dict[str, Decimal]:
        """What was changed; what stands as it was shown keeps its exact value."""
        given = {key: self.cleaned_data.get(f"kpi_{key}") for key in self.shown}
        return {key: value for key, value in given.items() if value is not None and value != self.shown[key]}
