"""Keeps what is expected at the beginning of each month."""

import datetime as dt

from django.db import connection

from leads.selectors.forecasts import PARTS, first_of

SOON = 3
"""A month's forecast is taken on its first days: later, part of what it is about has come already."""

SNAPSHOT = """
INSERT INTO leads_forecastsnapshot (taken_on, month, partner_id, category_id, open_amount, weighted)
SELECT %(first)s, month, partner_id, category_id, sum(open_amount), sum(open_amount * probability) / 100
FROM parts WHERE month IS NOT NULL
GROUP BY month, partner_id, category_id ORDER BY partner_id, month, category_id
ON CONFLICT DO NOTHING
"""


def take_snapshot(*, day: dt.date) -> int:
    """Keep the forecast as of the beginning of the day's month, once; returns how many lines are new. One statement."""
    if day.day > SOON:
        return 0
    first = first_of(day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM leads_forecastsnapshot WHERE taken_on = %s)", [first])
        if cursor.fetchone()[0]:
            return 0
        cursor.execute(PARTS.replace("{whose}", "true") + SNAPSHOT, {"first": first})
        return cursor.rowcount
