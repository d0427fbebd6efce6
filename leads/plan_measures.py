"""What plans can set as targets of opportunities: what is won, and what is on its way."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from partners.plan_measures import Measure, MeasureSource, Query, register_measures

WON = "leads.won"
PIPELINE = "leads.pipeline"


def measures() -> Sequence[Measure]:
    """What was won adds up by month; the weighted pipeline is what was expected at the beginning of each month."""
    group = _("Opportunities")
    return [
        Measure(WON, _("Won orders"), "money", group),
        Measure(PIPELINE, _("Weighted pipeline"), "money", group, is_sum=False),
    ]


ROWS = """
SELECT o.partner_id, 'leads.won' AS measure, date_trunc('month', o.closed_at AT TIME ZONE f.timezone)::date AS month,
    sum(o.won_amount_base) AS value
FROM leads_opportunity o JOIN tenancy_manufacturer f ON f.id = o.manufacturer_id
WHERE o.won_amount_base IS NOT NULL
    AND o.closed_at >= (%(won_first)s::date - 1)::timestamptz
    AND o.closed_at < (%(won_last)s::date + interval '1 month 1 day')::timestamptz
    AND date_trunc('month', o.closed_at AT TIME ZONE f.timezone)::date BETWEEN %(won_first)s AND %(won_last)s
    AND (%(won_partners)s::bigint[] IS NULL OR o.partner_id = ANY(%(won_partners)s::bigint[]))
    AND (%(won_keys)s::text[] IS NULL OR 'leads.won' = ANY(%(won_keys)s::text[]))
GROUP BY 1, 3
UNION ALL
SELECT partner_id, 'leads.pipeline', taken_on, sum(weighted)
FROM leads_forecastsnapshot
WHERE taken_on BETWEEN %(won_first)s AND %(won_last)s
    AND (%(won_partners)s::bigint[] IS NULL OR partner_id = ANY(%(won_partners)s::bigint[]))
    AND (%(won_keys)s::text[] IS NULL OR 'leads.pipeline' = ANY(%(won_keys)s::text[]))
GROUP BY 1, 3
"""


def rows(first: dt.date, last: dt.date, partners: Sequence[int] | None, keys: Sequence[str] | None) -> Query:
    """By the manufacturer's own months."""
    return ROWS, {
        "won_first": first,
        "won_last": last,
        "won_partners": None if partners is None else list(partners),
        "won_keys": None if keys is None else list(keys),
    }


register_measures(MeasureSource(measures, rows))
