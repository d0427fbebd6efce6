"""Where there is demand and where there are partners: white spots, thin and crowded territories; and the channel mix."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from partners.models import MixTarget, PartnerKind, PartnerTerritory, Stage, Territory
from partners.plan_measures import MAIN, actuals_query
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right

THIN_FROM = 2
"""In turns of the middle territory's demand per crew: from here on there are too few for the demand."""
MOST_DOTS = 400
NOTHING = Decimal(0)


class Verdict(StrEnum):
    """What stands out about a territory."""

    WHITE = "white"
    THIN = "thin"
    CROWDED = "crowded"
    FINE = "fine"


VERDICTS: dict[str, Any] = {
    Verdict.WHITE: _("No partner"),
    Verdict.THIN: _("Too few"),
    Verdict.CROWDED: _("Many partners"),
    Verdict.FINE: _("Covered"),
}
VERDICT_TONES: dict[str, str] = {
    Verdict.WHITE: "bad",
    Verdict.THIN: "warn",
    Verdict.CROWDED: "active",
    Verdict.FINE: "good",
}


@dataclass(frozen=True)
class Spot:
    """A territory with its demand and its capacity."""

    pk: int
    code: str
    name: str
    parent: str
    potential: Decimal | None
    sell_in: Decimal
    partners: int
    crews: int
    leads: int
    latitude: float | None
    longitude: float | None
    verdict: Verdict = Verdict.FINE

    @property
    def demand(self) -> Decimal:
        """What could be sold, where that is known; else what is sold."""
        return self.sell_in if self.potential is None else self.potential

    @property
    def share(self) -> Decimal | None:
        """How much of the potential is sold, in per cent."""
        return (100 * self.sell_in / self.potential).quantize(Decimal("0.1")) if self.potential else None

    @property
    def per_crew(self) -> Decimal | None:
        return self.demand / self.crews if self.crews else None

    @property
    def is_without_crews(self) -> bool:
        """Whether there are partners and demand, but nobody who does the work."""
        return bool(self.partners) and not self.crews and self.demand > 0

    @property
    def label(self) -> str:
        return str(VERDICTS[self.verdict])

    @property
    def tone(self) -> str:
        return VERDICT_TONES[self.verdict]


# The smallest territories, each with the active partners that cover it, or that declare to cover what it is a part of: an
# address in the whole does not cover all parts. Sell-in counts in one of them only: that of the partner's address. Where a territory has no place of its own it is the middle of its partners.
SPOTS = """
WITH RECURSIVE leaf AS MATERIALIZED (
    SELECT t.id, t.parent_id FROM partners_territory t
    WHERE NOT t.is_retired AND NOT EXISTS (
        SELECT FROM partners_territory c WHERE c.manufacturer_id = t.manufacturer_id AND c.parent_id = t.id
            AND NOT c.is_retired
    )
), up (leaf, id) AS (
    SELECT id, id FROM leaf
    UNION
    SELECT up.leaf, t.parent_id FROM up JOIN partners_territory t ON t.id = up.id WHERE t.parent_id IS NOT NULL
), active AS MATERIALIZED (
    SELECT p.id, p.latitude, p.longitude, coalesce(p.crew_count, 1) AS crews, coalesce(p.lead_capacity, 0) AS leads
    FROM partners_partner p
    WHERE p.merged_into_id IS NULL AND p.stage = 'active' AND (%(kind)s::bigint IS NULL OR p.kind_id = %(kind)s)
        AND (%(viewer)s::bigint IS NULL OR p.channel_manager_id = %(viewer)s)
), covering AS (
    SELECT DISTINCT up.leaf, c.partner_id
    FROM up JOIN partners_partnerterritory c ON c.territory_id = up.id AND (up.id = up.leaf OR c.source = 'declared')
), capacity AS (
    SELECT c.leaf, count(*) AS partners, sum(a.crews) AS crews, sum(a.leads) AS leads
    FROM covering c JOIN active a ON a.id = c.partner_id GROUP BY c.leaf
), home AS (
    SELECT DISTINCT ON (c.partner_id) c.partner_id, leaf.id AS leaf
    FROM leaf JOIN partners_partnerterritory c ON c.territory_id = leaf.id
    ORDER BY c.partner_id, c.source = 'address' DESC, leaf.id
), sold AS (
    SELECT h.leaf, sum(s.revenue) AS sell_in, avg(a.latitude) AS latitude, avg(a.longitude) AS longitude
    FROM home h JOIN active a ON a.id = h.partner_id JOIN partners_partnersummary s ON s.partner_id = a.id
    GROUP BY h.leaf
)
SELECT leaf.id, f.potential, coalesce(sold.sell_in, 0), coalesce(capacity.partners, 0), coalesce(capacity.crews, 0),
    coalesce(capacity.leads, 0), coalesce(t.latitude, sold.latitude)::float8, coalesce(t.longitude, sold.longitude)::float8
FROM leaf
JOIN partners_territory t ON t.id = leaf.id
LEFT JOIN partners_territoryfigure f ON f.manufacturer_id = t.manufacturer_id AND f.territory_id = t.id AND f.year = %(year)s
LEFT JOIN capacity ON capacity.leaf = leaf.id
LEFT JOIN sold ON sold.leaf = leaf.id
"""


def spots(member: Membership, *, year: int, crowded_from: int, kind: int | None = None) -> list[Spot]:
    """Every smallest territory with its verdict, the most demand first. Two queries."""
    with connection.cursor() as cursor:
        viewer = None if member.can(Right.PARTNERS_VIEW_ALL) else member.pk
        cursor.execute(SPOTS, {"year": year, "kind": kind, "viewer": viewer})
        rows = cursor.fetchall()
    known = Territory.objects.select_related("parent").in_bulk([row[0] for row in rows])
    found = [
        Spot(
            pk=pk,
            code=known[pk].code,
            name=str(known[pk]),
            parent=str(known[pk].parent) if known[pk].parent else "",
            potential=potential,
            sell_in=sell_in,
            partners=partners,
            crews=crews,
            leads=leads,
            latitude=latitude,
            longitude=longitude,
        )
        for pk, potential, sell_in, partners, crews, leads, latitude, longitude in rows
    ]
    return judged(found, crowded_from)


def judged(found: Sequence[Spot], crowded_from: int) -> list[Spot]:
    """The territories with what stands out about each, the most demand first."""
    loads = [spot.per_crew for spot in found if spot.per_crew is not None and spot.demand > 0]
    middle = median(loads) if loads else None
    verdicts = []
    for spot in found:
        verdict = Verdict.FINE
        if not spot.partners:
            verdict = Verdict.WHITE
        elif spot.is_without_crews or (
            middle is not None and len(loads) > 2 and (spot.per_crew or 0) > THIN_FROM * middle
        ):
            verdict = Verdict.THIN
        elif spot.partners >= crowded_from:
            verdict = Verdict.CROWDED
        verdicts.append(replace(spot, verdict=verdict))
    return sorted(verdicts, key=lambda spot: (-spot.demand, spot.name))


def dots(member: Membership) -> list[tuple[float, float, int]]:
    """Where the active partners are, on a grid of about ten kilometres: longitude, latitude, how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT round(longitude, 1)::float8, round(latitude, 1)::float8, count(*)
            FROM partners_partner
            WHERE merged_into_id IS NULL AND stage = 'active' AND latitude IS NOT NULL AND longitude IS NOT NULL
                AND (%(viewer)s::bigint IS NULL OR channel_manager_id = %(viewer)s)
            GROUP BY 1, 2 ORDER BY 3 DESC LIMIT %(most)s
            """,
            {"viewer": None if member.can(Right.PARTNERS_VIEW_ALL) else member.pk, "most": MOST_DOTS},
        )
        return cursor.fetchall()


# --- The channel mix --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MixRow:
    """A way to the market: direct sales (`kind` is None) or a kind of partner."""

    kind: PartnerKind | None
    partners: int
    amount: Decimal
    share: Decimal | None
    target: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """How far the share is from its target, in points."""
        return None if self.share is None or self.target is None else self.share - self.target


SOLD_BY_KIND = """
SELECT p.kind_id, sum(a.value) FROM ({actuals}) a JOIN partners_partner p ON p.id = a.partner_id
WHERE a.measure = %(main)s AND a.month <= %(day)s AND (%(viewer)s::bigint IS NULL OR p.channel_manager_id = %(viewer)s)
GROUP BY p.kind_id
"""


def channel_mix(member: Membership, year: int, months: Sequence[dt.date], day: dt.date) -> list[MixRow]:
    """What was sold by each kind of partner in a fiscal year up to `day`, beside direct sales as the manufacturer told.

    Who sees only assigned partners gets the mix of those.
    """
    viewer = None if member.can(Right.PARTNERS_VIEW_ALL) else member.pk
    actuals, params = actuals_query(months[0], months[-1], None, [MAIN])
    with connection.cursor() as cursor:
        chosen: dict[str, Any] = {"main": MAIN, "day": day, "viewer": viewer} | dict(params)
        cursor.execute(SOLD_BY_KIND.replace("{actuals}", actuals), chosen)
        sold: dict[int, Decimal] = dict(cursor.fetchall())
    targets = {row.kind_id: row for row in MixTarget.objects.filter(year=year)}
    seen = Q(partners__stage=Stage.ACTIVE, partners__merged_into=None)
    active = Count("partners", filter=seen & Q(partners__channel_manager=viewer) if viewer else seen)
    kinds = list(PartnerKind.objects.annotate(active=active).order_by("code"))
    direct = targets[None].amount or NOTHING if None in targets else NOTHING
    whole = sum(sold.values(), NOTHING) + direct
    rows = [_mix_row(None, 0, direct, whole, targets.get(None))]
    for kind in kinds:
        amount = sold.get(kind.pk, NOTHING)
        if kind.is_retired and not amount and kind.pk not in targets:
            continue
        rows.append(_mix_row(kind, kind.active, amount, whole, targets.get(kind.pk)))
    return rows


def _mix_row(
    kind: PartnerKind | None, partners: int, amount: Decimal, whole: Decimal, target: MixTarget | None
) -> MixRow:
    share = (100 * amount / whole).quantize(Decimal("0.1")) if whole > 0 else None
    return MixRow(kind, partners, amount, share, target.share if target else None)


def partners_by_territory_and_kind(member: Membership) -> list[tuple[Territory, dict[int, int]]]:
    """How many active partners of each kind cover each of the smallest territories."""
    rows = (
        PartnerTerritory.objects.filter(
            partner__in=partners_for(member).filter(stage=Stage.ACTIVE), territory__is_retired=False
        )
        .order_by()
        .values_list("territory", "partner__kind")
        .annotate(count=Count("pk"))
    )
    counts: dict[int, dict[int, int]] = {}
    for territory, kind, count in rows:
        counts.setdefault(territory, {})[kind] = count
    return [
        (territory, counts.get(territory.pk, {}))
        for territory in Territory.objects.filter(is_retired=False)
        .exclude(pk__in=Territory.objects.filter(is_retired=False, parent__isnull=False).values("parent"))
        .order_by("order", "code")
    ]
