"""What an initiative did: partners that carried it out against comparable partners that did not, by their sell-in before
and after; and which others are most like those with a good result.

Partners are compared within the same grade, country and kind, all as they were when it started, and near in size and in
what they bought just before. Who began and did not finish is on neither side. All figures are one pass in the database.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.models import Initiative
from partners.models import Partner, shown_name
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from valuation.comparison import Comparison, compare
from valuation.periods import window_start

WINDOW = 90
"""So many days before the start are compared with as many after the end."""
FEWEST_DAYS = 28
"""Before so many days are over, nothing is said."""
SHOWN = 10
ROUNDS = 3
"""So many others are proposed at most for each partner with a good result."""

STANDING = """
SELECT p.id, p.name, p.local_name, p.country, p.kind_id, coalesce(g.code, ''), s.year, s.before, s.after,
    r.done_at IS NOT NULL, r.started_at IS NOT NULL AND r.done_at IS NULL, r.id IS NOT NULL
FROM partners_partner p
JOIN (
    SELECT partner_id,
        coalesce(sum(amount_base) FILTER (WHERE date >= %(year)s AND date < %(start)s), 0) AS year,
        coalesce(sum(amount_base) FILTER (WHERE date >= %(before)s AND date < %(start)s), 0) AS before,
        coalesce(sum(amount_base) FILTER (WHERE date > %(end)s AND date <= %(last)s), 0) AS after
    FROM commerce_salesday
    WHERE date >= %(year)s AND date <= %(last)s
    GROUP BY partner_id
) s ON s.partner_id = p.id AND s.year > 0
LEFT JOIN (
    SELECT DISTINCT ON (c.partner_id) c.partner_id, t.code
    FROM valuation_gradechange c JOIN valuation_tier t ON t.id = c.to_tier_id
    WHERE c.day <= %(start)s
    ORDER BY c.partner_id, c.day DESC, c.id DESC
) g ON g.partner_id = p.id
LEFT JOIN campaigns_initiativepartner r
    ON r.partner_id = p.id AND r.initiative_id = %(initiative)s AND r.told_at IS NOT NULL
WHERE p.merged_into_id IS NULL AND p.id IN ({seen})
ORDER BY p.id
"""


@dataclass(frozen=True)
class Company:
    """A partner as it stood on a day, and what it bought before and after."""

    pk: int
    name: str
    country: str
    kind: int
    grade: str
    year: float
    before: float
    after: float
    has_done: bool
    has_begun: bool
    is_in: bool

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Window:
    """The days that are compared: as many before the start as after the end, as far as they are over."""

    start: dt.date
    end: dt.date
    days: int

    @property
    def is_enough(self) -> bool:
        return self.days >= FEWEST_DAYS

    @property
    def is_whole(self) -> bool:
        return self.days >= WINDOW

    @property
    def enough_on(self) -> dt.date:
        """The first day on which something can be said."""
        return self.end + dt.timedelta(days=FEWEST_DAYS + 1)

    @property
    def first_before(self) -> dt.date:
        return self.start - dt.timedelta(days=self.days)

    @property
    def last_after(self) -> dt.date:
        return self.end + dt.timedelta(days=self.days)


@dataclass(frozen=True)
class Result:
    """What is known of an initiative's effect."""

    window: Window
    comparison: Comparison
    companies: tuple[Company, ...]
    unfinished: int
    """Who began and did not finish."""

    @property
    def good(self) -> list[tuple[Company, float]]:
        """Who carried it out and did better than its counterpart, and by how much, the best first."""
        pairs = [(self.companies[first], self.companies[second]) for first, second in self.comparison.pairs]
        better = [(mine.change - other.change, mine) for mine, other in pairs if mine.change > other.change]
        return [(mine, gain) for gain, mine in sorted(better, key=lambda pair: (-pair[0], pair[1].pk))]


def window_of(initiative: Initiative, today: dt.date | None = None) -> Window | None:
    """The days that are compared; none as long as it runs."""
    if initiative.started_at is None or initiative.ended_at is None:
        return None
    end = timezone.localdate(initiative.ended_at)
    over = ((today or timezone.localdate()) - end).days - 1
    return Window(timezone.localdate(initiative.started_at), end, max(min(over, WINDOW), 0))


def companies_as_of(
    initiative: Initiative, member: Membership, *, start: dt.date, days: int, end: dt.date
) -> list[Company]:
    """The partners that the member sees and that bought something in the year before `start`. One query."""
    seen, params = partners_for(member).order_by().values("pk").query.sql_with_params()
    # The statement names its parameters; those of the queryset are its own, in order.
    names = {f"seen_{number}": value for number, value in enumerate(params)}
    with connection.cursor() as cursor:
        cursor.execute(
            STANDING.format(seen=seen % tuple(f"%({name})s" for name in names)),
            {
                "initiative": initiative.pk,
                "start": start,
                "year": window_start(start - dt.timedelta(days=1)),
                "before": start - dt.timedelta(days=days),
                "end": end,
                "last": end + dt.timedelta(days=days),
                **names,
            },
        )
        return [
            Company(pk, shown_name(name, local_name), *row[:3], *(float(value) for value in row[3:6]), *row[6:])
            for pk, name, local_name, *row in cursor.fetchall()
        ]


def result_of(initiative: Initiative, member: Membership, *, today: dt.date | None = None) -> Result | None:
    """What came of it, over the partners that the member sees; none before there are enough days."""
    window = window_of(initiative, today)
    if window is None or not window.is_enough:
        return None
    found = companies_as_of(initiative, member, start=window.start, days=window.days, end=window.end)
    compared = [each for each in found if not each.has_begun]
    comparison = compare([each.has_done for each in compared], [each.change for each in compared], **_alike(compared))
    return Result(window, comparison, tuple(compared), len(found) - len(compared))


@dataclass(frozen=True)
class Proposal:
    """A partner that is not in it, and the one with a good result that it is like."""

    partner_id: int
    name: str
    like: str


def proposals(
    initiative: Initiative, result: Result, member: Membership, *, today: dt.date | None = None
) -> list[Proposal]:
    """Who is most like the partners with a good result, of those that were not in it: those as they were when it started,
    the others as they are now. Up to three for each, the most alike first."""
    day = today or timezone.localdate()
    good = [company for company, _gain in result.good]
    now = companies_as_of(initiative, member, start=day, days=result.window.days, end=day)
    gone = Partner.objects.filter(stage="ended").values_list("pk", flat=True)
    left_out = {*gone, *(each.pk for each in now if each.is_in)}
    others = [each for each in now if each.pk not in left_out]
    found: list[Proposal] = []
    for _round in range(ROUNDS):
        everybody = [*good, *others]
        if not good or not others:
            break
        is_good = [True] * len(good) + [False] * len(others)
        pairs = compare(is_good, [0.0] * len(everybody), **_alike(everybody)).pairs
        if not pairs:
            break
        found += [Proposal(everybody[b].pk, everybody[b].name, everybody[a].name) for a, b in pairs]
        taken = {everybody[b].pk for _a, b in pairs}
        others = [each for each in others if each.pk not in taken]
    return found


def _alike(companies: Sequence[Company]) -> dict[str, Any]:
    """In what two are the same, and in what they are near: amounts in proportion."""
    return {
        "alike": {
            "grade": [each.grade for each in companies],
            "country": [each.country for each in companies],
            "kind": [each.kind for each in companies],
        },
        "near": {
            "size": [math.log1p(each.year) for each in companies],
            "before": [math.log1p(max(each.before, 0)) for each in companies],
        },
    }
