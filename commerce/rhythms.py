"""Who has not bought for much longer than usual, from the days on which partners bought."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from partners.rhythm import Silence, register_rhythm

# As the KPI "rhythm" counts: at least three days of buying, days with nothing but returns left out.
SILENT = """
SELECT partner_id, max(date), (max(date) - min(date))::float / (count(*) - 1), %(day)s - max(date)
FROM commerce_salesday
WHERE date <= %(day)s AND lines > return_lines
GROUP BY partner_id
HAVING count(*) >= 3 AND (%(day)s - max(date)) * (count(*) - 1) > %(factor)s * (max(date) - min(date))
"""


@register_rhythm
def silent_partners(day: dt.date, factor: float) -> Iterable[Silence]:
    """One query over all days of buying."""
    with connection.cursor() as cursor:
        cursor.execute(SILENT, {"day": day, "factor": factor})
        return [Silence(*row) for row in cursor.fetchall()]
