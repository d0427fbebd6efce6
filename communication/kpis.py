"""The KPI that announcements give: whether a partner confirms in time what it must."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from valuation.periods import window_start
from valuation.registry import Kpi, KpiSource, Unit, register_source

FEWEST = 3
"""Below so many announcements a share says nothing."""

CONFIRMED = Kpi(
    "announcements_confirmed",
    name=_("Announcements confirmed in time"),
    explanation=_(
        "Of the announcements to be confirmed in the last 12 months, how many were confirmed in time; counted from three on."
    ),
    unit=Unit.PERCENT,
    period=_("12 months"),
    target=Decimal(90),
    effort=Decimal("0.5"),
    step=Decimal(1),
    limit=Decimal(100),
)

FROM_ANNOUNCEMENTS = """
WITH owed AS (
    SELECT a.partner_id, count(*) AS due,
        count(*) FILTER (WHERE (a.confirmed_at AT TIME ZONE m.timezone)::date <= a.due_on) AS in_time
    FROM communication_addressee a
    JOIN communication_announcement n ON n.id = a.announcement_id AND n.state <> 'withdrawn'
    JOIN tenancy_manufacturer m ON m.id = a.manufacturer_id
    WHERE a.partner_id BETWEEN %(first)s AND %(last)s AND a.due_on >= %(start)s AND a.due_on <= %(day)s
    GROUP BY a.partner_id
)
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object('announcements_confirmed', trim_scale(CASE WHEN o.due >= %(fewest)s
        THEN round(o.in_time * 100.0 / o.due, 4) END)::text)),
    NULL::jsonb
FROM partners_partner p
LEFT JOIN owed o ON o.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def confirmed_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The KPI of the partners from `first` to `last` on a day."""
    return FROM_ANNOUNCEMENTS, {
        "day": day, "first": first, "last": last, "start": window_start(day), "fewest": FEWEST,
    }  # fmt: skip


register_source(KpiSource(kpis=(CONFIRMED,), rows=confirmed_rows))
