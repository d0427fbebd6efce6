"""The KPI that a partner's own profile gives."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Func, JSONField, TextField, Value
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext_lazy as _

from partners.completeness import PERCENT, percent_filled
from partners.models import Partner
from valuation.registry import Kpi, KpiSource, Unit, register_source

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
    percent = percent_filled()
    rows = Partner.objects.filter(pk__range=(first, last)).values_list(
        "pk",
        JSONObject(profile=Cast(Func(percent, function="trim_scale", output_field=PERCENT), TextField())),
        Cast(Value(None), JSONField()),  # no facts; a JSON null would not be an object to put together
    )
    return rows.query.sql_with_params()


register_source(KpiSource(kpis=(PROFILE,), rows=profile_rows))
