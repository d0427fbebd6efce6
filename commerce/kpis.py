"""KPIs that sell-in gives, all in one pass over the days of a partner.

The window is the 12 months that end with the day, included; what lies before is compared with it. Days on which nothing
but returns came in are no buying days.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import ManufacturerMonth, SalesDay
from valuation.periods import months_before, window_months, window_start
from valuation.registry import Kpi, KpiSource, Unit, register_source

TWELVE_MONTHS = _("12 months")
PURCHASES = pgettext_lazy("of a partner", "Purchases")
"""What partners call sell-in: to them it is what they buy."""

REVENUE = Kpi(
    "revenue",
    name=_("Sell-in"),
    partner_name=PURCHASES,
    explanation=_("What was bought in the last 12 months, returns taken off, in the base currency."),
    unit=Unit.CURRENCY,
    period=TWELVE_MONTHS,
    weight=30,
    effort=Decimal(3),
    step=Decimal(1),
)
GROWTH = Kpi(
    "growth",
    name=_("Growth"),
    explanation=_("Sell-in of the last 12 months against the 12 months before. Newcomers have none."),
    partner_explanation=_("Purchases of the last 12 months against the 12 months before. Newcomers have none."),
    unit=Unit.PERCENT,
    period=_("12 months against the 12 before"),
    weight=15,
    target=Decimal(10),
    effort=Decimal(2),
    step=Decimal("0.1"),
)
ORDERS = Kpi(
    "orders",
    name=_("Orders"),
    explanation=_("How many orders were placed in the last 12 months."),
    unit=Unit.COUNT,
    period=TWELVE_MONTHS,
    weight=10,
    effort=Decimal(2),
    step=Decimal(1),
)
ACTIVE_MONTHS = Kpi(
    "active_months",
    name=_("Active months"),
    explanation=_("In how many of the last 12 months something was bought."),
    unit=Unit.MONTHS,
    period=TWELVE_MONTHS,
    weight=15,
    target=Decimal(12),
    effort=Decimal(2),
    step=Decimal(1),
    limit=Decimal(12),
)
RECENCY = Kpi(
    "recency",
    name=_("Rhythm"),
    explanation=_(
        "Days since the last purchase, in turns of the partner's own usual gap: 1 is in rhythm, 3 is silence."
    ),
    unit=Unit.RATIO,
    period=_("All history"),
    higher_is_better=False,
    weight=10,
    target=Decimal(1),
    limit=Decimal(0),
)
BREADTH = Kpi(
    "breadth",
    name=_("Product breadth"),
    explanation=_("How many different products were bought in the last 12 months."),
    unit=Unit.COUNT,
    period=TWELVE_MONTHS,
    weight=10,
    effort=Decimal("1.5"),
    step=Decimal(1),
)
RETURN_SHARE = Kpi(
    "return_share",
    name=_("Share of returns"),
    explanation=_("What was sent back, as a share of what was bought in the last 12 months before returns."),
    unit=Unit.PERCENT,
    period=TWELVE_MONTHS,
    higher_is_better=False,
    weight=5,
    target=Decimal(3),
    effort=Decimal("1.5"),
    step=Decimal("0.1"),
    limit=Decimal(0),
)

# `part_of_day` and `month_of_day` say of each day of the window, and since `first_month`, in which part (a bit) and month it
# lies: looking it up is many times faster than computing it, and this runs once per partner and day. Breadth reads whole
# months from the monthly totals, and lines only for the two months that the window cuts through.
SELL_IN = """
WITH days AS (
    SELECT partner_id, date, amount_base, returns_base, orders, lines > return_lines AS is_buying,
        date >= %(start)s AS is_now
    FROM commerce_salesday
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND date <= %(day)s
),
bought AS (
    SELECT partner_id,
        sum(amount_base) FILTER (WHERE is_now) AS revenue,
        sum(amount_base) FILTER (WHERE NOT is_now AND date >= %(before)s) AS previous,
        sum(returns_base) FILTER (WHERE is_now) AS returned,
        sum(orders) FILTER (WHERE is_now) AS orders,
        bit_or((%(part_of_day)s::int[])[date - %(start)s + 1]) FILTER (WHERE is_now AND is_buying) AS active_months,
        count(*) FILTER (WHERE is_buying) AS buying_days,
        min(date) FILTER (WHERE is_buying) AS first_on,
        max(date) FILTER (WHERE is_buying) AS last_on
    FROM days
    GROUP BY partner_id
),
recent AS (
    SELECT partner_id, amount_base, (%(month_of_day)s::int[])[date - %(first_month)s + 1] AS month
    FROM commerce_salesday
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND date BETWEEN %(first_month)s AND %(day)s
),
months AS (
    SELECT partner_id, ARRAY[
        sum(amount_base) FILTER (WHERE month = 0), sum(amount_base) FILTER (WHERE month = 1),
        sum(amount_base) FILTER (WHERE month = 2), sum(amount_base) FILTER (WHERE month = 3),
        sum(amount_base) FILTER (WHERE month = 4), sum(amount_base) FILTER (WHERE month = 5),
        sum(amount_base) FILTER (WHERE month = 6), sum(amount_base) FILTER (WHERE month = 7),
        sum(amount_base) FILTER (WHERE month = 8), sum(amount_base) FILTER (WHERE month = 9),
        sum(amount_base) FILTER (WHERE month = 10), sum(amount_base) FILTER (WHERE month = 11),
        sum(amount_base) FILTER (WHERE month = 12)
    ]::numeric(20, 0)[] AS monthly
    FROM recent
    GROUP BY partner_id
),
products AS (
    SELECT partner_id, count(*) AS number FROM (
        SELECT partner_id, product_id FROM commerce_salesmonth
        WHERE partner_id BETWEEN %(first)s AND %(last)s AND month >= %(whole_from)s AND month < %(whole_to)s
            AND lines > return_lines AND product_id IS NOT NULL
        UNION
        SELECT partner_id, product_id FROM commerce_salesline
        WHERE %(start)s < %(whole_from)s
            AND partner_id BETWEEN %(first)s AND %(last)s AND date >= %(start)s AND date < %(whole_from)s
            AND (amount > 0 OR amount = 0 AND quantity >= 0) AND product_id IS NOT NULL
        UNION
        SELECT partner_id, product_id FROM commerce_salesline
        WHERE %(whole_to)s <= %(day)s
            AND partner_id BETWEEN %(first)s AND %(last)s AND date >= %(whole_to)s AND date <= %(day)s
            AND (amount > 0 OR amount = 0 AND quantity >= 0) AND product_id IS NOT NULL
    ) bought
    GROUP BY partner_id
)
SELECT p.id AS partner_id,
    jsonb_strip_nulls(jsonb_build_object(
        'revenue', trim_scale(coalesce(b.revenue, 0))::text,
        'growth', trim_scale(CASE WHEN b.previous > 0
            THEN round((coalesce(b.revenue, 0) - b.previous) * 100 / b.previous, 4) END)::text,
        'orders', coalesce(b.orders, 0)::text,
        'active_months', coalesce(bit_count(b.active_months::bit(12)), 0)::text,
        'recency', trim_scale(CASE WHEN b.buying_days >= 3
            THEN round((%(day)s - b.last_on)::numeric * (b.buying_days - 1) / (b.last_on - b.first_on), 4) END)::text,
        'breadth', coalesce(s.number, 0)::text,
        'return_share', trim_scale(CASE WHEN b.revenue + b.returned > 0
            THEN round(b.returned * 100 / (b.revenue + b.returned), 4) END)::text
    )) AS kpis,
    jsonb_build_object(
        'previous_revenue', trim_scale(coalesce(b.previous, 0))::text,
        'first_sale_on', b.first_on,
        'last_sale_on', b.last_on,
        'monthly', m.monthly::text
    ) AS facts
FROM partners_partner p
LEFT JOIN bought b ON b.partner_id = p.id
LEFT JOIN months m ON m.partner_id = p.id
LEFT JOIN products s ON s.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def sell_in_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """All sell-in KPIs of the partners from `first` to `last` on a day."""
    start = window_start(day)
    first_month = months_before(day.replace(day=1), 12)
    parts = [start, *window_months(day)]
    return SELL_IN, {
        "day": day,
        "first": first,
        "last": last,
        "start": start,
        "before": window_start(day, 24),
        "part_of_day": [1 << sum(part <= date for part in parts) - 1 for date in _days(start, day)],
        "first_month": first_month,
        "month_of_day": [
            (date.year - first_month.year) * 12 + date.month - first_month.month for date in _days(first_month, day)
        ],
        "whole_from": start if start.day == 1 else months_before(start.replace(day=1), -1),
        "whole_to": window_end_month(day),
    }


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def window_end_month(day: dt.date) -> dt.date:
    """The first day of the month that the window does not hold whole."""
    return (day + dt.timedelta(days=1)).replace(day=1)


def sell_in_covers() -> dt.date | None:
    """The last day of sell-in; a month after which another has begun counts as complete."""
    month = ManufacturerMonth.objects.aggregate(last=Max("month"))["last"]
    if month is None:
        return None
    end = months_before(month, -1) - dt.timedelta(days=1)
    if end < timezone.localdate():
        return end
    return SalesDay.objects.filter(date__gte=month).aggregate(last=Max("date"))["last"]


register_source(
    KpiSource(
        kpis=(REVENUE, GROWTH, ORDERS, ACTIVE_MONTHS, RECENCY, BREADTH, RETURN_SHARE),
        rows=sell_in_rows,
        covers=sell_in_covers,
    )
)
