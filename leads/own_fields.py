"""The manufacturer's own fields of leads: from text to what is stored, and back to what is shown.

A value is stored under the field's key in `Lead.custom`: text and choice as text, a number as a number, a date as
'2026-06-30', yes or no as true or false. A field without a value has no key.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jobs.columns import fold
from leads.models import LeadField
from pages import formats

PREFIX = "custom_"
WORDS = {
    True: frozenset(["yes", "y", "true", "1", "예", "네", "はい", "有", "o"]),
    False: frozenset(["no", "n", "false", "0", "아니오", "아니요", "いいえ", "無", "x"]),
}


def form_field(definition: LeadField, *, required: bool | None = None) -> forms.Field:
    """The control for a field; its cleaned value goes to `stored`."""
    needed = definition.is_required if required is None else required
    options: dict[str, Any] = {"label": str(definition), "required": needed}
    match definition.type:
        case LeadField.Type.NUMBER:
            return forms.DecimalField(max_digits=18, decimal_places=4, **options)
        case LeadField.Type.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)
        case LeadField.Type.CHOICE:
            return forms.ChoiceField(
                choices=[("", ""), *((choice, choice) for choice in definition.choices)], **options
            )
        case LeadField.Type.YES_NO:
            return forms.TypedChoiceField(
                choices=[("", ""), ("yes", _("Yes")), ("no", _("No"))],
                coerce=lambda text: text == "yes",
                empty_value=None,
                **options,
            )
    return forms.CharField(max_length=1000, **options)


def form_fields(definitions: Iterable[LeadField]) -> dict[str, forms.Field]:
    """The controls of all fields by their name in a form."""
    return {PREFIX + definition.key: form_field(definition) for definition in definitions}


def initial_values(definitions: Iterable[LeadField], custom: Mapping[str, Any]) -> dict[str, Any]:
    """What the controls show at first."""
    shown_as: dict[Any, str] = {True: "yes", False: "no", None: ""}
    found = {}
    for each in definitions:
        value = custom.get(each.key)
        found[PREFIX + each.key] = shown_as[value] if each.type == LeadField.Type.YES_NO else value
    return found


def merged(custom: Mapping[str, Any], definitions: Iterable[LeadField], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values with those of a form put over them; what was emptied is gone."""
    result = dict(custom)
    for definition in definitions:
        name = PREFIX + definition.key
        if name not in cleaned:
            continue
        value = stored(cleaned[name])
        if value is None:
            result.pop(definition.key, None)
        else:
            result[definition.key] = value
    return result


def stored(value: Any) -> Any:
    """A cleaned value as it is kept, None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def parse(definition: LeadField, text: str) -> Any:
    """A cell of a file as it is stored, None for an empty one; ValidationError with a sentence where it does not fit."""
    raw = text.strip()
    if not raw:
        return None
    if definition.type == LeadField.Type.YES_NO:
        for answer, words in WORDS.items():
            if fold(raw) in words:
                return answer
        raise ValidationError(_("“%(given)s” is neither yes nor no."), params={"given": raw})
    if definition.type == LeadField.Type.CHOICE:
        chosen = next((choice for choice in definition.choices if fold(choice) == fold(raw)), None)
        if chosen is None:
            raise ValidationError(
                _("%(given)s is not among the choices: %(choices)s."),
                params={"given": raw, "choices": ", ".join(definition.choices)},
            )
        return chosen
    return stored(form_field(definition, required=False).clean(raw))


def shown(definition: LeadField, value: Any) -> str:
    """A stored value as a reader sees it."""
    if value is None or value == "":
        return ""
    match definition.type:
        case LeadField.Type.NUMBER:
            return formats.number(value)
        case LeadField.Type.DATE:
            return formats.date(dt.date.fromisoformat(value), get_language())
        case LeadField.Type.YES_NO:
            return str(_("Yes") if value else _("No"))
    return str(value)
