"""All agreed plans of a year added up, against what was reached: by channel manager, territory, kind and partner."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from partners import plan_terms
from partners.models import PartnerKind, PlanState, PlanTarget, Territory, shown_name
from partners.plan_measures import actuals_query
from partners.plan_terms import Light
from partners.selectors.plans import LIGHT_TONES, LIGHT_WORDS, plans_for
from tenancy.models import Membership
from tenancy.rights import Right

GROUPS = ("manager", "territory", "kind", "partner")
NARROW_UP_TO = 2000
"""Up to so many partners with plans only theirs are read; beyond, reading everybody's months at once is quicker."""
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Scope:
    """Which plans are added up: one measure in one year, narrowed to some partners, as known on a day."""

    year: int
    measure: str
    first_month: int
    day: dt.date
    manager: int | None = None
    kind: int | None = None
    territory: int | None = None
    only: str = ""
    """'' or a Light: partners that stand so."""

    @property
    def months(self) -> list[dt.date]:
        return plan_terms.months_of(self.year, self.first_month)


@dataclass(frozen=True)
class RollUp:
    """What is planned and reached by a group of partners."""

    key: int | None
    label: str
    partners: int
    plans: int
    target: Decimal
    due: Decimal
    actual: Decimal
    forecast: Decimal | None
    on_plan: int
    close: int
    behind: int

    @property
    def share(self) -> Decimal | None:
        """What is reached of what was due, in per cent."""
        return (100 * self.actual / self.due).quantize(Decimal("0.1")) if self.due > 0 else None

    @property
    def gap(self) -> Decimal:
        return self.actual - self.due

    @property
    def verdict(self) -> Light:
        return plan_terms.light_of(self.forecast, self.target)

    @property
    def light(self) -> str:
        return str(LIGHT_WORDS[self.verdict])

    @property
    def tone(self) -> str:
        return LIGHT_TONES[self.verdict]


# A partner counts in one territory, so that the territories add up to the whole: the one of its address, else the first
# that it declares. A target's months count as far as they are over; the forecast is the one that a plan's page gives.
PER_PARTNER = """
WITH planned AS MATERIALIZED (
    SELECT p.partner_id, p.id AS plan_id, t.months
    FROM partners_channelplan p
    JOIN partners_plantarget t ON t.manufacturer_id = p.manufacturer_id AND t.plan_id = p.id AND t.measure = %(measure)s
    WHERE p.year = %(year)s AND p.state = 'agreed'
), due AS (
    SELECT partner_id, plan_id, sum(month.target) AS target, sum(month.target * gone.share) AS due
    FROM planned, unnest(months) WITH ORDINALITY AS month (target, place)
    JOIN unnest(%(gone)s::numeric[]) WITH ORDINALITY AS gone (share, place) USING (place)
    GROUP BY partner_id, plan_id
), reached AS (
    SELECT partner_id, sum(value) AS actual FROM ({actuals}) actuals
    WHERE measure = %(measure)s AND month <= %(day)s GROUP BY partner_id
), homes AS (
    SELECT DISTINCT ON (c.partner_id) c.partner_id, c.territory_id
    FROM partners_partnerterritory c
    JOIN partners_territory t ON t.manufacturer_id = c.manufacturer_id AND t.id = c.territory_id AND NOT t.is_retired
    ORDER BY c.partner_id, c.source = 'address' DESC, t."order" DESC, t.code
), standing AS (
    SELECT x.id AS partner_id, x.name, x.local_name, x.kind_id, x.channel_manager_id, h.territory_id,
        d.plan_id, d.target, round(d.due, 4) AS due, coalesce(r.actual, 0) AS actual,
        CASE WHEN d.due > 0
            THEN round(coalesce(r.actual, 0) + (d.target - d.due) * coalesce(r.actual, 0) / d.due, 4) END AS forecast
    FROM partners_partner x
    LEFT JOIN due d ON d.partner_id = x.id
    LEFT JOIN reached r ON r.partner_id = x.id AND d.plan_id IS NOT NULL
    LEFT JOIN homes h ON h.partner_id = x.id
    WHERE x.merged_into_id IS NULL AND (x.stage = 'active' OR d.plan_id IS NOT NULL)
        AND (%(viewer)s::bigint IS NULL OR x.channel_manager_id = %(viewer)s)
        AND (%(manager)s::bigint IS NULL OR coalesce(x.channel_manager_id, 0) = %(manager)s)
        AND (%(kind)s::bigint IS NULL OR x.kind_id = %(kind)s)
        AND (%(territory)s::bigint IS NULL OR coalesce(h.territory_id, 0) = %(territory)s)
), judged AS (
    SELECT *, CASE WHEN forecast IS NULL OR target <= 0 THEN 'unknown'
        WHEN forecast >= target * %(on_plan)s THEN 'on_plan'
        WHEN forecast >= target * %(close)s THEN 'close' ELSE 'behind' END AS light
    FROM standing
)
"""

# Where nothing is due yet of a partner's plan its forecast is the plan itself, so that the whole stands against the whole.
BY_GROUP = """
SELECT {key} AS key, count(*), count(plan_id), sum(target), sum(due), sum(actual) FILTER (WHERE plan_id IS NOT NULL),
    CASE WHEN bool_or(due > 0) THEN sum(CASE WHEN due > 0 THEN forecast ELSE target END) END,
    count(*) FILTER (WHERE plan_id IS NOT NULL AND light = 'on_plan'),
    count(*) FILTER (WHERE plan_id IS NOT NULL AND light = 'close'),
    count(*) FILTER (WHERE plan_id IS NOT NULL AND light = 'behind')
FROM judged GROUP BY 1
"""
KEYS = {"manager": "channel_manager_id", "territory": "territory_id", "kind": "kind_id"}

BY_PARTNER = """
SELECT plan_id, name, local_name, 1, 1, target, due, actual, forecast,
    (light = 'on_plan')::int, (light = 'close')::int, (light = 'behind')::int
FROM judged WHERE plan_id IS NOT NULL AND (%(only)s = '' OR light = %(only)s)
ORDER BY actual - due, partner_id LIMIT %(limit)s
"""

BY_MONTH = """
SELECT place, sum(target) FROM planned, unnest(months) WITH ORDINALITY AS month (target, place)
WHERE partner_id IN (SELECT partner_id FROM judged) GROUP BY place ORDER BY place
"""
REACHED_BY_MONTH = """
SELECT month, sum(value) FROM ({actuals}) actuals
WHERE measure = %(measure)s AND month <= %(day)s
    AND partner_id IN (SELECT partner_id FROM judged WHERE plan_id IS NOT NULL)
GROUP BY month
"""


class PlanRollUp:
    """The agreed plans that a member may see, added up. Each list is one statement, whatever their number."""

    def __init__(self, member: Membership, scope: Scope) -> None:
        self.member = member
        self.scope = scope
        planned = list(
            plans_for(member)
            .filter(year=scope.year, state=PlanState.AGREED)
            .values_list("partner", flat=True)[: NARROW_UP_TO + 1]
        )
        months = scope.months
        narrow = None if len(planned) > NARROW_UP_TO else planned
        self.actuals, params = actuals_query(months[0], months[-1], narrow, [scope.measure])
        self.params: dict[str, Any] = {
            "measure": scope.measure,
            "year": scope.year,
            "day": scope.day,
            "gone": [plan_terms.share_gone(month, scope.day) for month in months],
            "viewer": None if member.can(Right.PARTNERS_VIEW_ALL) else member.pk,
            "manager": scope.manager,
            "kind": scope.kind,
            "territory": scope.territory,
            "only": scope.only,
            "on_plan": plan_terms.ON_PLAN,
            "close": plan_terms.CLOSE,
        } | dict(params)

    def _fetch(self, sql: str, **more: Any) -> list[Any]:
        with connection.cursor() as cursor:
            statement = PER_PARTNER.replace("{actuals}", self.actuals) + sql.replace("{actuals}", self.actuals)
            cursor.execute(statement, self.params | more)
            return cursor.fetchall()

    def groups(self, by: str) -> list[RollUp]:
        """The plans by channel manager, territory or kind, those furthest behind first; groups without a plan last."""
        rows = self._fetch(BY_GROUP.replace("{key}", KEYS[by]))
        labels = _labels(by, [row[0] for row in rows])
        found = [
            _roll_up(row[0], labels.get(row[0], str(_("Nobody") if by == "manager" else _("None"))), row[1:])
            for row in rows
        ]
        return sorted(found, key=lambda each: (not each.plans, each.gap, each.label))

    def partners(self, limit: int = 200) -> list[RollUp]:
        """The plans one by one, those furthest behind first."""
        return [_roll_up(row[0], shown_name(row[1], row[2]), row[3:]) for row in self._fetch(BY_PARTNER, limit=limit)]

    def total(self) -> RollUp:
        """Everything together."""
        rows = self._fetch(BY_GROUP.replace("{key}", "NULL::bigint"))
        return _roll_up(None, str(_("All")), rows[0][1:] if rows else [0, 0, *[None] * 4, 0, 0, 0])

    def by_month(self) -> tuple[list[Decimal], list[Decimal | None]]:
        """What is planned and what was reached, by month."""
        targets: Mapping[int, Decimal] = dict(self._fetch(BY_MONTH))
        reached: Mapping[dt.date, Decimal] = dict(self._fetch(REACHED_BY_MONTH))
        months = self.scope.months
        return (
            [targets.get(place, NOTHING) for place in range(1, 13)],
            [reached.get(month, NOTHING) if month <= self.scope.day else None for month in months],
        )

    def export_rows(self, by: str) -> Iterator[list[Any]]:
        """What a sheet of the page holds."""
        for row in self.partners(limit=200_000) if by == "partner" else self.groups(by):
            yield [
                row.label, row.partners, row.plans, row.target, row.due, row.actual, row.gap, row.share, row.forecast,
                row.light, row.on_plan, row.close, row.behind,
            ]  # fmt: skip


def _roll_up(key: int | None, label: str, row: Sequence[Any]) -> RollUp:
    partners, plans, target, due, actual, forecast, on_plan, close, behind = row
    return RollUp(
        key=key,
        label=label,
        partners=partners,
        plans=plans,
        target=target or NOTHING,
        due=due or NOTHING,
        actual=actual or NOTHING,
        forecast=forecast,
        on_plan=on_plan,
        close=close,
        behind=behind,
    )


def _labels(by: str, keys: Sequence[int | None]) -> dict[int | None, str]:
    models: dict[str, Any] = {"manager": Membership, "territory": Territory, "kind": PartnerKind}
    found = models[by].objects.in_bulk([key for key in keys if key is not None])
    return {key: each.name if by == "manager" else str(each) for key, each in found.items()}


def planned_measures(member: Membership, year: int) -> list[tuple[str, str]]:
    """The measures that add up and that agreed plans of a year set targets for: key and what it was called."""
    plans = plans_for(member).filter(year=year, state=PlanState.AGREED)
    rows = (
        PlanTarget.objects.filter(plan__in=plans, is_sum=True)
        .order_by("measure", "-pk")
        .distinct("measure")
        .values_list("measure", "label")
    )
    return list(rows)


def agreed_years(member: Membership) -> list[int]:
    """The years with agreed plans that a member may see, the latest first."""
    plans: Any = plans_for(member).filter(state=PlanState.AGREED)
    return list(plans.order_by("-year").values_list("year", flat=True).distinct())
