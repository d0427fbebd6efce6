"""How leads are handed out: the rules, and a lead placed by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.matching import COMPONENTS, Component
from leads.models import DistributionRule, LeadKind, Mode
from partners.models import Specialisation
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

COMPONENT_LABELS: dict[str, Any] = {
    Component.FIT: _("Fit"),
    Component.DISTANCE: _("Nearness"),
    Component.WIN_RATE: _("Win rate"),
    Component.SPEED: _("Speed of answer"),
    Component.LOAD: _("Free capacity"),
    Component.FAIRNESS: _("Fairness"),
}


class RuleForm(OwnedModelForm):
    """How leads of a kind are handed out, with a weight for each component of the comparison."""

    specialisations = forms.MultipleChoiceField(
        label=_("Specialisations that suit"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = DistributionRule
        fields = [
            "kind", "mode", "answer_hours", "reminder_hours", "rounds", "at_once", "turns_by", "by_territory", "by_line",
            "near_km", "quick_hours", "usual_capacity", "specialisations",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.queryset = LeadKind.objects.filter(is_retired=False)
        kind.empty_label = _("All kinds without a rule of their own")
        codes: Any = self.fields["specialisations"]
        codes.choices = [(each.code, str(each)) for each in Specialisation.objects.order_by("code")]
        if not codes.choices:
            del self.fields["specialisations"]
        for component in COMPONENTS:
            self.fields[f"weight_{component}"] = forms.IntegerField(
                label=COMPONENT_LABELS[component],
                min_value=0,
                max_value=100,
                initial=self.instance.weights.get(component, 0),
            )

    @property
    def weight_fields(self) -> list[Any]:
        return [self[f"weight_{component}"] for component in COMPONENTS]

    @property
    def main_fields(self) -> list[Any]:
        names = ["kind", "mode", "answer_hours", "reminder_hours", "rounds", "at_once", "turns_by"]
        return [self[name] for name in names if name in self.fields]

    @property
    def matching_fields(self) -> list[Any]:
        names = ["by_territory", "by_line", "near_km", "quick_hours", "usual_capacity", "specialisations"]
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        weights = {str(component): cleaned.get(f"weight_{component}") or 0 for component in COMPONENTS}
        if not any(weights.values()):
            raise forms.ValidationError(_("At least one weight must be above 0."))
        self.instance.weights = weights
        return cleaned


class RouteForm(forms.Form):
    """How the chosen leads are handed out: each is decided on its own."""

    mode = forms.ChoiceField(
        label=_("Way of distribution"),
        choices=[
            ("", _("By the rule of its kind, else to the best partner")),
            (Mode.BEST, Mode.BEST.label),
            (Mode.TURNS, Mode.TURNS.label),
            (Mode.FIRST, Mode.FIRST.label),
        ],
        required=False,
    )

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
