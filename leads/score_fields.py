"""Which fields of leads a score may know, with the time at which each becomes known.

What the manufacturer asks in fields of its own (LeadField) joins under `custom.<key>`, with its own `known_at`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models import LeadField
from valuation.learning import FieldType, Known, ScoreField

CUSTOM = "custom."
AGE = "age_days"
"""Days since it was received: for rules alone. When it arrives, every lead is new."""

Value = Callable[[Mapping[str, Any], dt.datetime], Any]


@dataclass(frozen=True)
class Field:
    """A field with its label; `value(columns, now)` reads it from the columns of a lead."""

    key: str
    label: Any
    type: FieldType
    value: Value
    known: Known = Known.ARRIVAL
    unit: Any = ""

    @property
    def as_score_field(self) -> ScoreField:
        return ScoreField(self.key, self.type, self.known)


def _plain(column: str) -> Value:
    return lambda columns, now: columns[column]


def _is_filled(column: str) -> Value:
    return lambda columns, now: columns[column] not in (None, "")


def _days_between(first: str, last: str) -> Value:
    def days(columns: Mapping[str, Any], now: dt.datetime) -> float | None:
        begin, end = columns[first], columns[last]
        return None if begin is None or end is None else (end - begin).total_seconds() / 86400

    return days


def _days_until_wanted(columns: Mapping[str, Any], now: dt.datetime) -> int | None:
    wanted = columns["wanted_on"]
    return None if wanted is None else (wanted - timezone.localdate(columns["received_at"])).days


def _age(columns: Mapping[str, Any], now: dt.datetime) -> int:
    return max(0, (now - columns["received_at"]).days)


_CATEGORY, _NUMBER = FieldType.CATEGORY, FieldType.NUMBER
DAYS = _("days")

BUILT_IN: tuple[Field, ...] = (
    Field("source", _("Source"), _CATEGORY, _plain("source__code")),
    Field("kind", _("Kind of lead"), _CATEGORY, _plain("kind__code")),
    Field("campaign", _("Campaign"), _CATEGORY, _plain("campaign_code")),
    Field("category", _("Product category"), _CATEGORY, _plain("category__code")),
    Field("products", _("Products"), FieldType.SEVERAL, _plain("products")),
    Field("quantity", _("Quantity"), _NUMBER, _plain("quantity")),
    Field("amount", _("Expected amount"), _NUMBER, _plain("amount_base")),
    Field("wanted_in", _("Wanted within"), _NUMBER, _days_until_wanted, unit=DAYS),
    Field("country", _("Country"), _CATEGORY, _plain("country")),
    Field("region", _("Region"), _CATEGORY, _plain("region")),
    Field("city", _("City"), _CATEGORY, _plain("city")),
    Field("language", _("Language"), _CATEGORY, _plain("language")),
    Field("has_company", _("Company is named"), _CATEGORY, _is_filled("company")),
    Field("has_email", _("E-mail is given"), _CATEGORY, _is_filled("email")),
    Field("has_phone", _("Phone is given"), _CATEGORY, _is_filled("phone")),
    Field("has_address", _("Address is given"), _CATEGORY, _is_filled("address")),
    Field("message_length", _("Length of the message"), _NUMBER, lambda columns, now: len(columns["message"] or "")),
    Field("is_referred", _("Referred by a partner"), _CATEGORY, _is_filled("referred_by_id")),
    Field("has_agreed", _("Agreed to be contacted"), _CATEGORY, _is_filled("consented_at")),
    Field("partner", _("Partner"), _CATEGORY, _plain("partner_id"), Known.WORK),
    Field("days_to_accept", _("Days until accepted"), _NUMBER, _days_between("received_at", "accepted_at"), Known.WORK),
    Field(
        "days_to_contact",
        _("Days until first contact"),
        _NUMBER,
        _days_between("received_at", "first_contact_at"),
        Known.WORK,
    ),
    Field("reason", _("Reason"), _CATEGORY, _plain("reason_id"), Known.OUTCOME),
    Field("days_to_close", _("Days until closed"), _NUMBER, _days_between("received_at", "closed_at"), Known.OUTCOME),
)
"""Fields that every manufacturer's leads have."""
RULE_ONLY = Field(AGE, _("Days since received"), _NUMBER, _age, unit=DAYS)

COLUMNS = (
    "source__code",
    "kind__code",
    "category__code",
    "campaign_code",
    "products",
    "quantity",
    "amount_base",
    "wanted_on",
    "country",
    "region",
    "city",
    "language",
    "company",
    "email",
    "phone",
    "address",
    "message",
    "referred_by_id",
    "consented_at",
    "partner_id",
    "reason_id",
    "custom",
    "received_at",
    "accepted_at",
    "first_contact_at",
    "closed_at",
)

_TYPES = {
    LeadField.Type.TEXT: _CATEGORY,
    LeadField.Type.CHOICE: _CATEGORY,
    LeadField.Type.YES_NO: _CATEGORY,
    LeadField.Type.NUMBER: _NUMBER,
    LeadField.Type.DATE: _NUMBER,
}


def own_field(row: LeadField) -> Field:
    """A field of the manufacturer's own, as a score reads it; a date counts the days from the lead's arrival to it."""

    def value(columns: Mapping[str, Any], now: dt.datetime) -> Any:
        given = (columns["custom"] or {}).get(row.key)
        if row.type == LeadField.Type.DATE and given:
            try:
                return (dt.date.fromisoformat(given) - timezone.localdate(columns["received_at"])).days
            except (TypeError, ValueError):
                return None
        return given

    unit = DAYS if row.type == LeadField.Type.DATE else ""
    return Field(CUSTOM + row.key, row, _TYPES[LeadField.Type(row.type)], value, Known(row.known_at), unit)


def all_fields(*, for_rules: bool = False) -> list[Field]:
    """Every field, the manufacturer's own last. One query."""
    own = [own_field(row) for row in LeadField.objects.all()]
    return [*BUILT_IN, *own] if not for_rules else [*rule_fields(BUILT_IN), RULE_ONLY, *rule_fields(own)]


def rule_fields(fields: Iterable[Field]) -> list[Field]:
    """Those that points can be given for: what a lead says when it arrives."""
    return [each for each in fields if each.known == Known.ARRIVAL]


def rows_of(
    records: QuerySet[Any], fields: Iterable[Field], *, now: dt.datetime, with_columns: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The fields' values of each lead (or of each kept state of one), with the named columns beside them. One query."""
    fields = list(fields)
    extra = tuple(with_columns)
    return [
        {each.key: each.value(columns, now) for each in fields} | {name: columns[name] for name in extra}
        for columns in records.values(*dict.fromkeys((*COLUMNS, *extra)))
    ]
