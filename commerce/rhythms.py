"""Who has not bought for much longer than usual, from the days on which partners bought."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection

from partners.first_orders import register_first_orders
from partners.rhythm import Silence, register_rhythm

# As the KPI "rhythm" counts: at least three days of buying, days with nothing but returns left out. Silence lasts until the
# last day of which anything is known: while the next file has not come yet, nobody is silent for that.
SILENT = """
WITH known AS (SELECT max(date) AS day FROM commerce_salesday WHERE date <= %(day)s)
SELECT partner_id, max(date), (max(date) - min(date))::float / (count(*) - 1), known.day - max(date)
FROM commerce_salesday CROSS JOIN known
WHERE date <= %(day)s AND lines > return_lines
GROUP BY partner_id, known.day
HAVING count(*) >= 3 AND (known.day - max(date)) * (count(*) - 1) > %(factor)s * (max(date) - min(date))
"""


@register_rhythm
def silent_partners(day: dt.date, factor: float) -> Iterable[Silence]:
    """One query over all days of buying."""
    with connection.cursor() as cursor:
        cursor.execute(SILENT, {"day": day, "factor": factor})
        return [Silence(*row) for row in cursor.fetchall()]


# One step into the index for each partner, instead of all its days.
FIRST_ORDERS = """
SELECT p.id, d.date FROM partners_partner p CROSS JOIN LATERAL (
    SELECT date FROM commerce_salesday s
    WHERE s.manufacturer_id = p.manufacturer_id AND s.partner_id = p.id AND s.lines > s.return_lines
    ORDER BY date LIMIT 1
) d
WHERE p.merged_into_id IS NULL AND (%(all)s OR p.id = ANY (%(partners)s))
"""


@register_first_orders
def first_orders(partner_ids: Collection[int] | None) -> dict[int, dt.date]:
    """One query, by the first day of buying of each partner."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_ORDERS, {"all": partner_ids is None, "partners": list(partner_ids or [])})
        return dict(cursor.fetchall())
