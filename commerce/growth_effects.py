"""Growth of partners that did something against comparable ones that never did: learned a course, used some material.

The days are parted in three, going back from the last day of which there are figures: half a year in which the result is
looked at, half a year before it in which it was done, and what lies before both, when nobody had. Growth is that of the
first against the same days a year earlier, which lie before it was done. Partners are compared with others of the same
country, region and kind, near in size and in their growth before. Who did it earlier or later, or only began, is on neither
side.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from partners.models import Partner
from valuation.comparison import Comparison, compare
from valuation.registry import present_day

HALF_YEAR = 182
YEAR = 364
"""Whole weeks, so that the same days of the week are compared."""
LEAST_GROWTH, MOST_GROWTH = -100.0, 200.0
"""Growth counts within these, in per cent: else a partner that began with next to nothing would decide alone."""

COMPANIES = """
SELECT p.id, p.country || ' ' || p.region, p.kind_id, s.after::float, s.same::float, s.year::float, s.earlier::float
FROM partners_partner p
JOIN (
    SELECT partner_id,
        coalesce(sum(amount_base) FILTER (WHERE date > %(cut)s), 0) AS after,
        coalesce(sum(amount_base) FILTER (WHERE date > %(same)s AND date <= %(start)s), 0) AS same,
        coalesce(sum(amount_base) FILTER (WHERE date > %(year)s AND date <= %(start)s), 0) AS year,
        coalesce(sum(amount_base) FILTER (WHERE date > %(earlier)s AND date <= %(year)s), 0) AS earlier
    FROM commerce_salesday WHERE date > %(earlier)s AND date <= %(day)s AND {among}
    GROUP BY partner_id
) s ON s.partner_id = p.id AND s.same > 0
WHERE p.merged_into_id IS NULL
ORDER BY p.id
"""


@dataclass(frozen=True)
class Frame:
    """The days that are compared: done from the day after `start` to `cut`, their result until `day`."""

    day: dt.date

    @property
    def first(self) -> dt.date:
        """The first day on which it counts as done."""
        return self.start + dt.timedelta(days=1)

    @property
    def cut(self) -> dt.date:
        return self.day - dt.timedelta(days=HALF_YEAR)

    @property
    def start(self) -> dt.date:
        return self.cut - dt.timedelta(days=HALF_YEAR)

    def as_params(self) -> dict[str, dt.date]:
        """The days by the names of the statement; `same` and `cut` lie a year before `start` and `day`."""
        year = dt.timedelta(days=YEAR)
        return {
            "day": self.day,
            "cut": self.cut,
            "start": self.start,
            "same": self.cut - year,
            "year": self.start - year,
            "earlier": self.start - 2 * year,
        }


@dataclass(frozen=True)
class Company:
    """A partner with its sell-in in the base currency: after it was done, the same days a year before, the year before
    anybody did it, and the year before that."""

    pk: int
    place: str
    kind: int
    after: float
    same: float
    year: float
    earlier: float

    @property
    def growth(self) -> float:
        return growth(self.after, self.same) or 0.0


def growth(now: float, before: float) -> float | None:
    """In per cent, within bounds; none where there was nothing before."""
    return min(MOST_GROWTH, max(LEAST_GROWTH, 100 * (now - before) / before)) if before > 0 else None


def last_day(today: dt.date | None = None) -> dt.date:
    """The last day of which there are figures."""
    return present_day(today or timezone.localdate())


def companies(frame: Frame, *, among: QuerySet[Partner] | None = None) -> list[Company]:
    """The partners that bought in the days that their growth is taken against; of `among` alone, if given. One query."""
    narrowed, params = "true", dict[str, Any](frame.as_params())
    if among is not None:
        asked, values = among.order_by().values("pk").query.sql_with_params()
        # The statement names its parameters; those of the queryset are its own, in order.
        names = iter(range(len(values)))
        asked = re.sub(r"%s", lambda _match: f"%(among_{next(names)})s", asked)
        narrowed = f"partner_id IN ({asked})"
        params |= {f"among_{number}": value for number, value in enumerate(values)}
    with connection.cursor() as cursor:
        cursor.execute(COMPANIES.format(among=narrowed), params)
        return [Company(*row) for row in cursor.fetchall()]


def compared(partners: Sequence[Company], done: Mapping[int, tuple[dt.date | None, bool]], frame: Frame) -> Comparison:
    """The growth of partners that did it in time against comparable ones that never began. `done`: by partner the day on
    which it was first done, and whether anybody began."""
    did, kept = [], []
    for each in partners:
        day, has_begun = done.get(each.pk, (None, False))
        if day is not None and frame.start < day <= frame.cut:
            did.append(True)
        elif not has_begun and day is None:
            did.append(False)
        else:
            continue
        kept.append(each)
    return compare(
        did,
        [each.growth for each in kept],
        alike={"region": [each.place for each in kept], "kind": [each.kind for each in kept]},
        near={
            "size": [math.log1p(max(each.year, 0.0)) for each in kept],
            "growth": [growth(each.year, each.earlier) for each in kept],
        },
    )
