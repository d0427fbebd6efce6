"""Which policy is tried, and on which leads."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from leads.batch_wording import component_labels, mode_labels
from leads.matching import COMPONENTS
from leads.models import DistributionRule, Replay
from leads.replay import Mode, ReplayPolicy
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

DAY = {"type": "date"}
HOURS_OF_A_BUSINESS_HOUR = 24 / 9
"""A rule counts business hours, the past is told in those of the clock."""


class ReplayForm(OwnedModelForm):
    """A policy and a period. It begins with the rule in force."""

    mode = forms.ChoiceField(label=_("Way of distribution"), widget=forms.RadioSelect)
    answer_hours = forms.FloatField(label=_("Hours to answer"), min_value=1, max_value=2000)
    rounds = forms.IntegerField(label=_("Partners asked one after the other"), min_value=1, max_value=20)
    at_once = forms.IntegerField(label=_("Partners asked at once"), min_value=2, max_value=20)
    most_open = forms.IntegerField(
        label=_("Open leads of a partner at most"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Empty: what each partner can take on."),
    )
    batch_days = forms.IntegerField(label=_("Days that leads are collected"), min_value=1, max_value=90)

    class Meta:
        model = Replay
        fields = ["name", "since", "until"]
        widgets = {
            "since": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "until": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        rule = DistributionRule.objects.filter(kind=None).first() or DistributionRule()
        today = timezone.localdate()
        kwargs["initial"] = {
            "since": today - dt.timedelta(days=180),
            "until": today,
            "mode": Mode.BEST.value,
            "answer_hours": round(rule.answer_hours * HOURS_OF_A_BUSINESS_HOUR),
            "rounds": rule.rounds,
            "at_once": rule.at_once,
            "batch_days": 7,
            **{f"weight_{name}": rule.weights.get(name, 0) for name in COMPONENTS},
        } | (kwargs.get("initial") or {})
        super().__init__(*args, member=member, **kwargs)
        self.fields["since"].label = pgettext("period", "From")
        self.fields["until"].label = pgettext("period", "Until")
        self.rule = rule
        self.fields["mode"].choices = list(mode_labels().items())  # type: ignore[attr-defined]
        for name, label in component_labels().items():
            self.fields[f"weight_{name}"] = forms.FloatField(label=label, min_value=0, max_value=1000)

    @property
    def policy_fields(self) -> list[Any]:
        return [self[name] for name in ("mode", "answer_hours", "rounds", "at_once", "most_open", "batch_days")]

    @property
    def weights(self) -> list[Any]:
        return [self[f"weight_{name}"] for name in COMPONENTS]

    @property
    def policy(self) -> ReplayPolicy:
        """What is tried, as the form says."""
        data = self.cleaned_data
        return ReplayPolicy(
            mode=Mode(data["mode"]),
            weights={name.value: data[f"weight_{name}"] for name in COMPONENTS},
            answer_hours=data["answer_hours"],
            rounds=data["rounds"],
            at_once=data["at_once"],
            most_open=data["most_open"],
            batch_days=data["batch_days"],
            usual_capacity=self.rule.usual_capacity,
            near_km=self.rule.near_km,
            quick_hours=self.rule.quick_hours,
        )
