"""How complete a partner's profile is, and what to fill in next.

A field counts once, whatever it is; an own field counts when the manufacturer says so. `percent_filled` counts
the same in SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, DecimalField, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Cast, Round

from partners.models import CustomField, Partner

COUNTED = (
    "phone",
    "email",
    "business_number",
    "address",
    "city",
    "postal_code",
    "country",
    "opening_hours",
    "employees",
    "languages",
    "established_year",
    "website",
)
"""In the order in which a partner is asked for them: what a customer needs first."""

PERCENT = DecimalField(max_digits=20, decimal_places=10)


@dataclass(frozen=True)
class Missing:
    """A counted field without a value: its name in forms, and what it is called."""

    name: str
    label: str


@dataclass(frozen=True)
class Completeness:
    """How many of the counted fields have a value, in per cent, and which do not, most useful first."""

    percent: Decimal
    missing: list[Missing]
    step: Decimal
    """By how much one more field raises it."""

    @property
    def next(self) -> Missing | None:
        """The field to ask for first."""
        return self.missing[0] if self.missing else None


def completeness_of(partner: Partner, custom_fields: Iterable[CustomField]) -> Completeness:
    """The partner's completeness; `custom_fields` are all of the manufacturer's own fields."""
    fields = {field.name: field for field in Partner._meta.fields}
    asked = [field for field in custom_fields if field.is_required]
    missing = [
        Missing(name, str(fields[name].verbose_name)) for name in COUNTED if getattr(partner, name) in (None, "", [])
    ]
    missing += [Missing(f"custom_{field.key}", str(field)) for field in asked if field.key not in partner.custom]
    total = len(COUNTED) + len(asked)
    return Completeness(
        percent=_percent(total - len(missing), total),
        missing=missing,
        step=_percent(1, total),
    )


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def percent_filled() -> Round:
    """How complete a partner's profile is, in per cent, as an expression. One query, for the own fields that count."""
    conditions = [is_filled(name) for name in COUNTED]
    asked = CustomField.objects.filter(is_required=True).order_by("pk").values_list("key", flat=True)
    conditions += [Q(custom__has_key=key) for key in asked]
    filled: Any = sum(
        (
            Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
            for condition in conditions
        ),
        Value(0),
    )
    return Round(Cast(filled, PERCENT) * Value(Decimal(100)) / Value(len(conditions)), 2, output_field=PERCENT)


def counted_fields() -> frozenset[str]:
    """The fields that completeness counts, named as `Partner.provenance` names them. One query, for own fields."""
    own = CustomField.objects.filter(is_required=True).values_list("key", flat=True)
    return frozenset(COUNTED) | {f"custom.{key}" for key in own}


def is_filled(name: str) -> Q:
    """A column counts unless it is null, an empty text or an empty list."""
    field = Partner._meta.get_field(name)
    if isinstance(field, ArrayField):
        return ~Q(**{name: []})
    if isinstance(field, CharField | TextField):
        return ~Q(**{name: ""})
    return Q(**{f"{name}__isnull": False})
