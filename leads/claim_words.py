"""What a line of the log of claims says, for who reads it; what is hashed stays as it is beside it."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from leads.models import DealRegistration
from pages import formats
from partners.countries import country_name

LABELS = {
    "partner": gettext_lazy("code of the partner"),
    "partner_name": gettext_lazy("name of the partner"),
    "customer": gettext_lazy("customer"),
    "contact": gettext_lazy("contact"),
    "entered_by": gettext_lazy("entered on the partner's behalf by"),
    "files": gettext_lazy("SHA-256 of the files"),
    "days": gettext_lazy("days of protection"),
    "protected_from": gettext_lazy("protected from"),
    "via": gettext_lazy("how it was confirmed"),
    "said_on": gettext_lazy("when it was confirmed"),
    "said_by": gettext_lazy("who confirmed it"),
    "answer": gettext_lazy("answer"),
}
"""What no field of a registration says under the same name."""
FIELDS = {"via": "confirmed_via"}
"""The field whose choices a fact is one of, where that is called otherwise."""
OWN = {field.name: field for field in DealRegistration._meta.fields}
MOMENTS = {"expected_on", "protected_from", "protected_until", "said_on"}
FIRST = (
    "partner", "partner_name", "second_partner", "second_is", "title", "customer", "business_number", "contact", "phone",
    "email", "website", "country", "postal_code", "city", "address", "site", "category", "amount", "expected_on",
)  # fmt: skip
"""What stands first, in this order: a line keeps its facts by the alphabet."""


def facts_in(content: str, categories: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The facts of a line, each with its label; nothing where the content was altered so far that it cannot be read."""
    try:
        facts = json.loads(content)["facts"]
    except (ValueError, KeyError, TypeError):
        return []
    if not isinstance(facts, dict):
        return []
    return [
        (capfirst(_label(name)), _texts(name, value, facts, categories))
        for name, value in sorted(
            facts.items(), key=lambda fact: FIRST.index(fact[0]) if fact[0] in FIRST else len(FIRST)
        )
        if value not in (None, "", []) and name != "currency"
    ]


def _label(name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    field = OWN.get(name)
    return str(field.verbose_name) if field else name


def _texts(name: str, value: Any, facts: Mapping[str, Any], categories: Mapping[str, str]) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return [_("Yes") if value else _("No")]
    text = str(value)
    if name == "country":
        return [country_name(text)]
    if name == "category":
        return [categories.get(text, text)]
    if name == "amount":
        return [_amount(text, str(facts.get("currency") or ""))]
    return [_choice(name, text) or _moment(name, text) or text]


def _choice(name: str, text: str) -> str:
    field = OWN.get(FIELDS.get(name, name))
    choices: Any = field.choices if field else None
    return str(dict(choices).get(text, "")) if choices else ""


def _amount(text: str, currency: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    return formats.money(amount, currency, get_language()) if currency else formats.number(amount)


def _moment(name: str, text: str) -> str:
    """A day or a moment as people read it; nothing for what is none."""
    if name not in MOMENTS:
        return ""
    try:
        moment: dt.datetime | None = parse_datetime(text) if "T" in text else None
        day = None if moment else parse_date(text)
    except ValueError:
        return ""
    if moment:
        return formats.date_time(moment, get_language(), timezone.get_current_timezone())
    return formats.date(day, get_language()) if day else ""
