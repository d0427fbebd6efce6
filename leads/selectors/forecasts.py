"""The forecast: what open opportunities promise, month by month, against plans and against how right it was before."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from commerce.models import ProductCategory
from leads.forecasting import Pair
from leads.plan_measures import WON
from partners.models import Partner, Territory
from partners.plan_measures import MAIN
from partners.plan_terms import fiscal_year, months_of
from tenancy.models import Membership
from tenancy.rights import Right

AHEAD = 12
"""So many months ahead are shown, this one included."""
TOP = 20
"""So many partners are shown, those that promise most."""

PARTS = """
WITH lined AS (
    SELECT l.opportunity_id, p.category_id, sum(l.amount) AS part,
        sum(sum(l.amount)) OVER (PARTITION BY l.opportunity_id) AS whole
    FROM leads_opportunityline l JOIN commerce_product p ON p.id = l.product_id
        JOIN leads_opportunity o ON o.id = l.opportunity_id
    WHERE l.amount > 0 AND o.closed_at IS NULL AND o.amount_base IS NOT NULL AND {whose}
    GROUP BY l.opportunity_id, p.category_id
), parts AS (
    SELECT o.partner_id, coalesce(l.category_id, o.category_id) AS category_id, s.probability,
        CASE WHEN o.expected_close IS NOT NULL
            THEN greatest(date_trunc('month', o.expected_close::timestamp)::date, %(first)s::date) END AS month,
        CASE WHEN l.part IS NULL THEN o.amount_base ELSE o.amount_base * (l.part / l.whole) END AS open_amount
    FROM leads_opportunity o JOIN leads_pipelinestage s ON s.id = o.stage_id LEFT JOIN lined l ON l.opportunity_id = o.id
    WHERE o.closed_at IS NULL AND o.amount_base IS NOT NULL AND {whose}
)
"""
"""Each open opportunity, shared out over the categories of its products where these have amounts. What should have come
before the first month counts for it; what has no date has no month."""

BY_EACH = """
, by_partner AS MATERIALIZED (
    SELECT partner_id, sum(open_amount) AS open_amount, sum(open_amount * probability) / 100 AS weighted
    FROM (SELECT partner_id, open_amount, probability FROM parts ORDER BY partner_id) ordered GROUP BY 1
), by_month AS MATERIALIZED (
    SELECT month, category_id, sum(open_amount) AS open_amount, sum(open_amount * probability) AS weighted
    FROM parts GROUP BY 1, 2
)
SELECT 'month', NULL::bigint, month, sum(open_amount), sum(weighted) / 100 FROM by_month GROUP BY 3
UNION ALL
SELECT 'category', category_id, NULL, sum(open_amount), sum(weighted) / 100 FROM by_month GROUP BY 2
UNION ALL
(SELECT 'partner', partner_id, NULL, open_amount, weighted FROM by_partner ORDER BY 5 DESC, 2 LIMIT %(top)s)
UNION ALL
SELECT 'territory', t.territory_id, NULL, sum(open_amount), sum(weighted)
FROM by_partner b JOIN partners_partnerterritory t ON t.partner_id = b.partner_id GROUP BY t.territory_id
"""
"""The opportunities are read once. Partners are put in order before they are added up: of tens of thousands of them, each
with its own sums, all at once would take twice as long."""

DETAIL = """
SELECT month, partner_id, category_id, sum(open_amount), sum(open_amount * probability) / 100 FROM parts
GROUP BY month, partner_id, category_id ORDER BY month NULLS LAST, partner_id, category_id NULLS LAST
"""

ACTUAL = """
SELECT date_trunc('month', (o.closed_at AT TIME ZONE %(zone)s))::date AS month, sum(o.won_amount_base)
FROM leads_opportunity o WHERE o.won_amount_base IS NOT NULL AND o.closed_at >= %(since)s AND {whose} GROUP BY 1
"""

EXPECTED = """
SELECT o.month, sum(o.weighted) FROM leads_forecastsnapshot o
WHERE o.taken_on = o.month AND o.month >= %(since)s AND {whose} GROUP BY 1
"""

TARGETS = """
SELECT t.measure, p.year, m.place, sum(m.value)
FROM partners_plantarget t JOIN partners_channelplan p ON p.id = t.plan_id
CROSS JOIN LATERAL unnest(t.months) WITH ORDINALITY AS m (value, place)
WHERE p.state = 'agreed' AND p.year BETWEEN %(year)s AND %(year)s + 1 AND t.measure = ANY(%(measures)s) AND {whose}
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Whose:
    """Whose opportunities count: everybody's, a channel manager's partners', or one partner's own."""

    sql: str
    params: dict[str, Any] = field(default_factory=dict)

    def of(self, statement: str, partner: str) -> str:
        """The statement with the condition on its column of partners."""
        return statement.replace("{whose}", self.sql.replace("{partner}", partner))


def whose(member: Membership) -> Whose:
    """What the member's forecast is of."""
    if not member.is_staff:
        return Whose("{partner} = %(partner)s", {"partner": member.partner_id})
    if not member.can(Right.PARTNERS_VIEW_ALL):
        own = "{partner} IN (SELECT id FROM partners_partner WHERE channel_manager_id = %(manager)s)"
        return Whose(own, {"manager": member.pk})
    return Whose("true")


@dataclass(frozen=True)
class Line:
    """What one month, category, partner or territory promises."""

    label: str
    open_amount: Decimal
    weighted: Decimal
    pk: int | None = None


@dataclass(frozen=True)
class Month:
    """A month to come: what it promises, what has been won in it already, and what is planned."""

    month: dt.date
    open_amount: Decimal
    weighted: Decimal
    won: Decimal
    target: Decimal | None

    @property
    def expected(self) -> Decimal:
        """What is won already and what is likely to come."""
        return self.won + self.weighted


@dataclass(frozen=True)
class Forecast:
    months: list[Month]
    categories: list[Line]
    partners: list[Line]
    territories: list[Line]
    undated: Decimal
    """What is weighted but has no date."""
    past: list[tuple[dt.date, Pair]]
    """What was expected at the beginning of each of the last twelve months, and what came."""
    target_is_won: bool
    """Whether plans have targets for what is won; else sell-in is what is planned."""

    @property
    def is_empty(self) -> bool:
        return not any(month.open_amount or month.won for month in self.months) and not self.undated and not self.past

    def total(self, label: str) -> Line:
        """All categories together, which is all that is open; a partner in two territories would count twice in these."""
        return Line(
            label,
            sum((line.open_amount for line in self.categories), Decimal(0)),
            sum((line.weighted for line in self.categories), Decimal(0)),
        )

    @property
    def has_targets(self) -> bool:
        return any(month.target is not None for month in self.months)


def first_of(day: dt.date) -> dt.date:
    """The first day of a month."""
    return day.replace(day=1)


def later(month: dt.date, count: int) -> dt.date:
    """The first day of the month so many later."""
    place = month.year * 12 + month.month - 1 + count
    return dt.date(place // 12, place % 12 + 1, 1)


def forecast(member: Membership, *, day: dt.date) -> Forecast:
    """The member's forecast as of a day. A fixed number of queries."""
    who, first = whose(member), first_of(day)
    grouped = _grouped(who, first)
    since, zone = later(first, -12), member.manufacturer.timezone
    begin = dt.datetime.combine(since, dt.time(), ZoneInfo(zone))
    won = dict(_rows(who.of(ACTUAL, "o.partner_id"), {"zone": zone, "since": begin} | who.params))
    expected = dict(_rows(who.of(EXPECTED, "o.partner_id"), {"since": since} | who.params))
    targets, is_won = _targets(member, who, first)
    promised = {month: (open_amount, weighted) for _pk, month, open_amount, weighted in grouped["month"]}
    nothing = (Decimal(0), Decimal(0))
    months = [
        Month(
            month,
            *promised.get(month, nothing),
            won=won.get(month, Decimal(0)) if month == first else Decimal(0),
            target=targets.get(month),
        )
        for month in (later(first, place) for place in range(AHEAD))
    ]
    return Forecast(
        months=months,
        categories=_named(grouped["category"], ProductCategory, _("Without a category")),
        partners=_named(grouped["partner"], Partner, ""),
        territories=_named(grouped["territory"], Territory, ""),
        undated=promised.get(None, nothing)[1],
        past=[
            (month, Pair(expected[month], won.get(month, Decimal(0)))) for month in sorted(expected) if month < first
        ],
        target_is_won=is_won,
    )


def details(member: Membership, *, day: dt.date) -> Iterator[list[Any]]:
    """For an export: month, partner, category, open and weighted amount."""
    who = whose(member)
    rows = _rows(who.of(PARTS, "o.partner_id") + DETAIL, {"first": first_of(day)} | who.params)
    partners = Partner.objects.only("name", "local_name", "code").in_bulk({row[1] for row in rows})
    categories = ProductCategory.objects.in_bulk({row[2] for row in rows if row[2]})
    for month, partner, category, open_amount, weighted in rows:
        known = partners.get(partner)
        yield [
            month,
            known.code if known else "",
            str(known or ""),
            str(categories.get(category, "")),
            open_amount,
            weighted,
        ]


def _grouped(who: Whose, first: dt.date) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"month": [], "category": [], "partner": [], "territory": []}
    statement = who.of(PARTS, "o.partner_id") + BY_EACH
    for kind, *row in _rows(statement, {"first": first, "top": TOP} | who.params):
        found[kind].append(row)
    return found


def _named(rows: list[Any], model: Any, without: str) -> list[Line]:
    names = model.objects.in_bulk([pk for pk, *_rest in rows if pk])
    lines = [
        Line(str(names[pk]) if pk in names else without, open_amount, weighted, pk)
        for pk, _month, open_amount, weighted in rows
        if pk in names or not pk
    ]
    return sorted(lines, key=lambda line: (-line.weighted, line.label))


def _targets(member: Membership, who: Whose, first: dt.date) -> tuple[dict[dt.date, Decimal], bool]:
    start = member.manufacturer.fiscal_year_start
    year = fiscal_year(first, start)
    found: dict[str, dict[dt.date, Decimal]] = {WON: {}, MAIN: {}}
    months = {each: months_of(each, start) for each in (year, year + 1)}
    params = {"year": year, "measures": [WON, MAIN]} | who.params
    for measure, of_year, place, value in _rows(who.of(TARGETS, "p.partner_id"), params):
        found[measure][months[of_year][place - 1]] = value
    return (found[WON], True) if found[WON] else (found[MAIN], False)


def _rows(statement: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()
