import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notices.models import Channel, Mode
from notices.selectors import Choice, choices, quiet_hours
from tenancy.models import Membership


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


@dataclass(frozen=True)
class Group:
    """Kinds about one thing: of each its label, and the field of each channel."""

    label: str
    lines: list[tuple[Any, list[BoundField]]]

    @property
    def has_error(self) -> bool:
        return any(field.errors for _label, fields in self.lines for field in fields)


class PreferencesForm(forms.Form):
    """How a member wants to be told: a choice per kind and channel, and quiet hours."""

    quiet_from = forms.TimeField(label=pgettext_lazy("time of day", "From"), required=False, widget=time_input())
    quiet_until = forms.TimeField(label=pgettext_lazy("time of day", "Until"), required=False, widget=time_input())

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        hours = quiet_hours(member)
        if hours:
            kwargs["initial"] = {"quiet_from": hours.starts, "quiet_until": hours.ends}
        super().__init__(*args, **kwargs)
        self.choices: list[Choice] = choices(member)
        for choice in self.choices:
            self.fields[_name(choice)] = _field(choice)

    @property
    def groups(self) -> list[Group]:
        """The kinds by what they are about, in the order in which they are registered."""
        groups: dict[str, dict[str, tuple[Any, list[BoundField]]]] = {}
        for choice in self.choices:
            lines = groups.setdefault(str(choice.kind.subject), {})
            lines.setdefault(choice.kind.key, (choice.kind.label, []))[1].append(self[_name(choice)])
        return [Group(label, list(lines.values())) for label, lines in groups.items()]

    @property
    def channels(self) -> list[Any]:
        return [channel.label for channel in Channel]

    @property
    def modes(self) -> dict[tuple[str, Channel], Mode]:
        """What was chosen, without what cannot be."""
        return {
            (choice.kind.key, choice.channel): _mode(self.cleaned_data[_name(choice)])
            for choice in self.choices
            if not choice.is_fixed
        }

    @property
    def quiet(self) -> tuple[dt.time, dt.time] | None:
        starts, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return None if starts is None else (starts, ends)

    def clean(self) -> None:
        starts, ends = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        if self.errors:
            return
        if (starts is None) != (ends is None):
            missing = "quiet_from" if starts is None else "quiet_until"
            self.add_error(missing, _("Give both times, or none for no quiet hours."))
        elif starts is not None and starts == ends:
            self.add_error("quiet_until", _("Quiet hours must end at another time than they begin."))


def _name(choice: Choice) -> str:
    return f"{choice.kind.key}:{choice.channel.value}"


def _field(choice: Choice) -> forms.Field:
    """The portal is switched on or off; other channels know more."""
    attrs = {"aria-label": f"{choice.kind.label}: {choice.channel.label}"}
    if choice.channel == Channel.PORTAL:
        return forms.BooleanField(
            required=False,
            initial=choice.mode != Mode.OFF,
            disabled=choice.is_fixed,
            widget=forms.CheckboxInput(attrs=attrs),
        )
    return forms.ChoiceField(
        choices=Mode.choices, initial=choice.mode.value, widget=forms.Select(attrs=attrs | {"class": "w-auto"})
    )


def _mode(answer: bool | str) -> Mode:
    if isinstance(answer, bool):
        return Mode.ON if answer else Mode.OFF
    return Mode(answer)
