"""KPIs as targets of plans: a KPI's value is the one of the last score of a month."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from partners.plan_measures import Measure, MeasureSource, Query, Unit, register_measures
from valuation import registry
from valuation.registry import Unit as KpiUnit

PREFIX = "kpi."
UNITS: dict[KpiUnit, Unit] = {KpiUnit.CURRENCY: "money", KpiUnit.PERCENT: "percent", KpiUnit.COUNT: "count"}


def measures() -> Sequence[Measure]:
    """Every KPI of the registry."""
    return [
        Measure(
            f"{PREFIX}{kpi.key}",
            _("%(kpi)s, %(period)s") % {"kpi": kpi.shown_name, "period": kpi.period},
            UNITS.get(kpi.unit, "number"),
            _("KPIs"),
            is_sum=False,
            higher_is_better=kpi.higher_is_better,
        )
        for kpi in registry.all_kpis()
    ]


ROWS = """
SELECT latest.partner_id, 'kpi.' || kpi.key AS measure, latest.month, kpi.value::numeric AS value
FROM (
    SELECT DISTINCT ON (partner_id, month) partner_id, date_trunc('month', day::timestamp)::date AS month, kpis
    FROM valuation_score
    WHERE day >= %(kpi_first)s AND day < %(kpi_last)s::date + interval '1 month'
        AND (%(kpi_partners)s::bigint[] IS NULL OR partner_id = ANY(%(kpi_partners)s::bigint[]))
    ORDER BY partner_id, month, day DESC
) latest, jsonb_each_text(latest.kpis) kpi
WHERE %(kpi_keys)s::text[] IS NULL OR 'kpi.' || kpi.key = ANY(%(kpi_keys)s::text[])
"""


def rows(first: dt.date, last: dt.date, partners: Sequence[int] | None, keys: Sequence[str] | None) -> Query:
    """The KPIs of the last score of each month."""
    return ROWS, {
        "kpi_first": first,
        "kpi_last": last,
        "kpi_partners": None if partners is None else list(partners),
        "kpi_keys": None if keys is None else list(keys),
    }


register_measures(MeasureSource(measures, rows))
