"""The KPI that a partner's own profile gives."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, DecimalField, Func, IntegerField, JSONField, Q, TextField, Value, When
from django.db.models.functions import Cast, JSONObject, Round
from django.utils.translation import gettext_lazy as _

from partners.completeness import COUNTED
from partners.models import CustomField, Partner
from valuation.registry import Kpi, KpiSource, Unit, register_source

PERCENT = DecimalField(max_digits=20, decimal_places=10)

PROFILE = Kpi(
    "profile",
    name=_("Profile completeness"),
    explanation=_("How many of the asked fields of the profile are filled in."),
    unit=Unit.PERCENT,
    period=_("Today"),
    weight=5,
    target=Decimal(100),
    effort=Decimal("0.25"),
    limit=Decimal(100),
)


def profile_rows(day: dt.date, first: int, last: int) -> tuple[str, tuple[Any, ...]]:
    """The completeness of the profiles as they are now: they have no past. Counts as `completeness_of` does."""
    conditions = [_is_filled(name) for name in COUNTED]
    asked = CustomField.objects.filter(is_required=True).order_by("pk").values_list("key", flat=True)
    conditions += [Q(custom__has_key=key) for key in asked]
    filled: Any = sum(
        (
            Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
            for condition in conditions
        ),
        Value(0),
    )
    percent = Round(Cast(filled, PERCENT) * Value(Decimal(100)) / Value(len(conditions)), 2, output_field=PERCENT)
    rows = Partner.objects.filter(pk__range=(first, last)).values_list(
        "pk",
        JSONObject(profile=Cast(Func(percent, function="trim_scale", output_field=PERCENT), TextField())),
        Cast(Value(None), JSONField()),  # no facts; a JSON null would not be an object to put together
    )
    return rows.query.sql_with_params()


def _is_filled(name: str) -> Q:
    """A column counts unless it is null, an empty text or an empty list."""
    field = Partner._meta.get_field(name)
    if isinstance(field, ArrayField):
        return ~Q(**{name: []})
    if isinstance(field, CharField | TextField):
        return ~Q(**{name: ""})
    return Q(**{f"{name}__isnull": False})


register_source(KpiSource(kpis=(PROFILE,), rows=profile_rows))
