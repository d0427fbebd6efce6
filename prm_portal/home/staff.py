"""What the staff's home page shows, in a fixed number of queries however large the network."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, QuerySet, Sum

from commerce.models import ManufacturerMonth, SalesMonth
from jobs.models import ImportFile, ImportState
from partners.models import PartnerSummary, Trend
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated
from valuation.models import GradeRun

MONTHS_SHOWN = 12
MOVERS_SHOWN = 5
MOVES_PERIOD = dt.timedelta(days=92)


@dataclass(frozen=True)
class Month:
    """A month's sell-in in the base currency, and that of the same month a year earlier."""

    month: dt.date
    amount: Decimal
    before: Decimal | None
    partners: int
    partners_before: int | None

    @property
    def change(self) -> Decimal | None:
        """In per cent; None without a year before to compare with."""
        if not self.before or self.before <= 0:
            return None
        return (self.amount / self.before - 1) * 100


@dataclass(frozen=True)
class TierShare:
    """How many partners hold a tier."""

    code: str
    name: str
    colour: str
    rank: int
    partners: int


@dataclass(frozen=True)
class Network:
    """All partners in figures, as of the last recompute."""

    partners: int
    scored: int
    average_score: Decimal | None
    tiers: list[TierShare]
    by_trend: dict[str, int]
    silent_revenue: Decimal
    """What the partners that went silent bought in the 12 months before: what is at risk."""
    as_of: dt.date | None


def last_months(member: Membership, today: dt.date) -> list[Month]:
    """The last twelve complete months with sell-in, oldest first, each beside its year before. One query.

    Who sees only assigned partners gets the sum of those.
    """
    if _sees_all(member):
        rows: Any = ManufacturerMonth.objects.values("month", "amount_base", "partners")
    else:
        rows = (
            SalesMonth.objects.filter(partner__channel_manager=member)
            .values("month")
            .annotate(amount_base=Sum("amount_base"), partners=Count("partner_id", distinct=True))
        )
    known = {
        row["month"]: row
        for row in rows.filter(month__lt=today.replace(day=1)).order_by("-month")[: 2 * MONTHS_SHOWN + 6]
    }
    if not known:
        return []
    last, months = max(known), []
    for back in range(MONTHS_SHOWN - 1, -1, -1):
        month = months_before(last, back)
        row, before = known.get(month), known.get(months_before(month, 12))
        months.append(
            Month(
                month=month,
                amount=row["amount_base"] if row else Decimal(0),
                before=before["amount_base"] if before else None,
                partners=row["partners"] if row else 0,
                partners_before=before["partners"] if before else None,
            )
        )
    return months


def network(member: Membership) -> Network:
    """Grades, scores and trends of all partners that the member may see. One query."""
    rows = list(
        _summaries(member)
        .values("tier_rank", "tier_code", "tier_colour", "tier_names", "trend")
        .annotate(
            partners=Count("partner_id"),
            scored=Count("score"),
            score=Sum("score"),
            before=Sum("previous_revenue"),
            latest=Max("as_of"),
        )
        .order_by("-tier_rank")
    )
    tiers: dict[str, TierShare] = {}
    by_trend: dict[str, int] = dict.fromkeys(Trend.values, 0)
    for row in rows:
        by_trend[row["trend"]] += row["partners"]
        if row["tier_code"]:
            known = tiers.get(row["tier_code"])
            tiers[row["tier_code"]] = TierShare(
                code=row["tier_code"],
                name=translated(row["tier_names"], row["tier_code"]),
                colour=row["tier_colour"],
                rank=row["tier_rank"],
                partners=row["partners"] + (known.partners if known else 0),
            )
    scored = sum(row["scored"] for row in rows)
    return Network(
        partners=sum(row["partners"] for row in rows),
        scored=scored,
        average_score=sum((row["score"] or 0 for row in rows), Decimal(0)) / scored if scored else None,
        tiers=sorted(tiers.values(), key=lambda tier: -tier.rank),
        by_trend=by_trend,
        silent_revenue=sum((row["before"] for row in rows if row["trend"] == Trend.SILENT), Decimal(0)),
        as_of=max((row["latest"] for row in rows), default=None),
    )


MOVER_ORDER = {
    Trend.RISING: F("growth").desc(nulls_last=True),
    Trend.FALLING: F("growth").asc(nulls_last=True),
    Trend.SILENT: F("previous_revenue").desc(),
}


def movers(member: Membership, trend: str) -> list[PartnerSummary]:
    """The partners that moved most in one direction, with their partner loaded."""
    return list(
        _summaries(member)
        .filter(trend=trend)
        .select_related("partner")
        .order_by(MOVER_ORDER[Trend(trend)], "partner_id")[:MOVERS_SHOWN]
    )


MOVES = """
SELECT first_from, last_to, count(*) FROM (
    SELECT (array_agg(f.code ORDER BY c.day, c.id))[1] AS first_from,
           (array_agg(t.code ORDER BY c.day DESC, c.id DESC))[1] AS last_to
    FROM valuation_gradechange c
    JOIN valuation_tier t ON t.id = c.to_tier_id
    LEFT JOIN valuation_tier f ON f.id = c.from_tier_id
    WHERE c.day > %(since)s AND c.reason <> 'warning'
      AND (%(manager)s::bigint IS NULL OR c.partner_id IN (
          SELECT id FROM partners_partner WHERE channel_manager_id = %(manager)s::bigint))
    GROUP BY c.partner_id
) moved
WHERE first_from IS NOT NULL AND first_from <> last_to
GROUP BY 1, 2
"""


def moves(member: Membership, since: dt.date) -> dict[tuple[str, str], int]:
    """How many partners went from which tier to which after `since`, by the tiers' codes."""
    with connection.cursor() as cursor:
        cursor.execute(MOVES, {"since": since, "manager": None if _sees_all(member) else member.pk})
        return {(before, after): count for before, after, count in cursor.fetchall()}


@dataclass(frozen=True)
class Freshness:
    """When data of one kind last came in."""

    kind: str
    file: ImportFile | None


def freshness(kinds: Sequence[str]) -> list[Freshness]:
    """The last completed import of each kind. One query."""
    latest: dict[str, ImportFile] = {}
    done = ImportFile.objects.filter(state=ImportState.IMPORTED, kind__in=kinds).select_related("created_by")
    for file in done.order_by("kind", "-id").distinct("kind"):
        latest[file.kind] = file
    return [Freshness(kind, latest.get(kind)) for kind in kinds]


def last_run() -> GradeRun | None:
    """The last complete recompute of the present."""
    return GradeRun.objects.filter(is_complete=True, is_past=False).order_by("-day").first()


@dataclass(frozen=True)
class FirstStep:
    """A step of a new manufacturer towards its first result."""

    key: str
    is_done: bool


def first_steps(member: Membership) -> list[FirstStep]:
    """Partners, figures, grades: what is there yet. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM partners_partner), EXISTS (SELECT FROM commerce_manufacturermonth),"
            " EXISTS (SELECT FROM valuation_graderun WHERE is_complete)"
        )
        has = cursor.fetchone()
    return [FirstStep(key, done) for key, done in zip(("partners", "sales", "grades"), has, strict=True)]


def _summaries(member: Membership) -> QuerySet[PartnerSummary]:
    summaries = PartnerSummary.objects.all()
    return summaries if _sees_all(member) else summaries.filter(partner__channel_manager=member)


def _sees_all(member: Membership) -> bool:
    return member.can(Right.PARTNERS_VIEW_ALL)


def months_before(month: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return dt.date(index // 12, index % 12 + 1, 1)
