"""KPIs that leads give: how partners answer offers, what they win, and whether they keep their pipeline up to date.

They are on offer to programmes and suggest no weight: who hands out no leads values nobody by them.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from valuation.periods import window_start
from valuation.registry import Kpi, KpiSource, Unit, register_source

TWELVE_MONTHS = _("12 months")
FEWEST = 5
"""Below so many offers or closed leads a share says nothing."""

ACCEPTED = Kpi(
    "leads_accepted",
    name=_("Leads accepted"),
    explanation=_("Of the leads offered in the last 12 months, how many were accepted; counted from five offers on."),
    unit=Unit.PERCENT,
    period=TWELVE_MONTHS,
    target=Decimal(80),
    step=Decimal(1),
    limit=Decimal(100),
)
ANSWER_TIME = Kpi(
    "leads_answer_hours",
    name=_("Answer time in business hours"),
    explanation=_("The median time until an offer of a lead was answered or ran out; counted from five offers on."),
    unit=Unit.RATIO,
    period=TWELVE_MONTHS,
    higher_is_better=False,
    target=Decimal(4),
    step=Decimal("0.5"),
    limit=Decimal(0),
)
WIN_RATE = Kpi(
    "leads_won_share",
    name=_("Win rate of leads"),
    explanation=_("Of the leads closed in the last 12 months, how many were won; counted from five closed leads on."),
    unit=Unit.PERCENT,
    period=TWELVE_MONTHS,
    target=Decimal(30),
    effort=Decimal(2),
    step=Decimal(1),
    limit=Decimal(100),
)
WON_AMOUNT = Kpi(
    "opportunities_won",
    name=_("Opportunities won"),
    explanation=_("The orders won from opportunities in the last 12 months, in the base currency."),
    unit=Unit.CURRENCY,
    period=TWELVE_MONTHS,
    effort=Decimal(3),
    step=Decimal(1),
)
PIPELINE = Kpi(
    "pipeline_kept",
    name=_("Pipeline kept up to date"),
    explanation=_("Of the open opportunities, how many have a next step that is not overdue."),
    unit=Unit.PERCENT,
    period=_("Today"),
    target=Decimal(90),
    effort=Decimal("0.5"),
    step=Decimal(1),
    limit=Decimal(100),
)

FROM_LEADS = """
WITH offers AS (
    SELECT partner_id, count(*) AS ended, count(*) FILTER (WHERE state = 'accepted') AS accepted,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY answer_hours) AS hours
    FROM leads_offer
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND state IN ('accepted', 'declined', 'expired')
        AND answered_at >= %(start)s AND answered_at < %(end)s
    GROUP BY partner_id
),
closed AS (
    SELECT partner_id, count(*) AS closed, count(*) FILTER (WHERE state = 'won') AS won
    FROM leads_lead
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND state IN ('won', 'lost')
        AND closed_at >= %(start)s AND closed_at < %(end)s
    GROUP BY partner_id
),
pipeline AS (
    SELECT partner_id,
        sum(won_amount_base) FILTER (WHERE closed_at >= %(start)s AND closed_at < %(end)s) AS won,
        count(*) FILTER (WHERE closed_at IS NULL) AS open,
        count(*) FILTER (WHERE closed_at IS NULL AND due_on >= %(day)s) AS kept
    FROM leads_opportunity
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND (closed_at IS NULL OR closed_at >= %(start)s)
    GROUP BY partner_id
)
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object(
        'leads_accepted', trim_scale(CASE WHEN o.ended >= %(fewest)s
            THEN round(o.accepted * 100.0 / o.ended, 4) END)::text,
        'leads_answer_hours', trim_scale(CASE WHEN o.ended >= %(fewest)s THEN round(o.hours::numeric, 2) END)::text,
        'leads_won_share', trim_scale(CASE WHEN c.closed >= %(fewest)s
            THEN round(c.won * 100.0 / c.closed, 4) END)::text,
        'opportunities_won', trim_scale(CASE WHEN w.partner_id IS NOT NULL THEN coalesce(w.won, 0) END)::text,
        'pipeline_kept', trim_scale(CASE WHEN w.open > 0 THEN round(w.kept * 100.0 / w.open, 4) END)::text
    )),
    NULL::jsonb
FROM partners_partner p
LEFT JOIN offers o ON o.partner_id = p.id
LEFT JOIN closed c ON c.partner_id = p.id
LEFT JOIN pipeline w ON w.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def lead_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """All KPIs of leads of the partners from `first` to `last` on a day; what is open counts as it is now."""
    return FROM_LEADS, {
        "day": day,
        "first": first,
        "last": last,
        "start": window_start(day),
        "end": day + dt.timedelta(days=1),
        "fewest": FEWEST,
    }


register_source(KpiSource(kpis=(ACCEPTED, ANSWER_TIME, WIN_RATE, WON_AMOUNT, PIPELINE), rows=lead_rows))
