"""What is read about programmes, grades and scores."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from psycopg2.extras import Json
from psycopg2.sql import SQL

from approvals.selectors import open_requests
from partners.models import Partner, PartnerKind, PartnerSummary
from tenancy.models import Membership
from tenancy.rights import Right
from valuation.models import (
    PROMOTION_SUBJECT,
    Grade,
    GradeChange,
    GradeRun,
    Method,
    Programme,
    ProgrammeKpi,
    ProgrammeStatus,
    Score,
    Tier,
)
from valuation.periods import grace_end, months_before
from valuation.registry import Kpi, find_kpi
from valuation.scoring import SCORED, Quantiles, Rules, parameters, rules_of
from valuation.steps import Distance, Lever, distance

GIVEN = SQL("SELECT * FROM unnest(%(partners)s::bigint[], %(kinds)s::bigint[], %(kpis)s::jsonb[]) AS given")


@dataclass(frozen=True)
class KpiLine:
    """One KPI in a score: what the partner has, what it is measured by, what it gave."""

    key: str
    kpi: Kpi | None
    """None where the app that gave it is gone."""
    value: Decimal | None
    method: str
    target: Decimal | None
    rank: Decimal | None
    """Better than so many percent of the kind, where the method is a percentile."""
    points: Decimal | None
    """0 to 120; None where the partner has no value and the programme leaves it out."""
    weight: Decimal
    share: Decimal | None
    """Points of the score that it gave."""
    fills: Decimal
    """Points as a share of the best there can be (100), for bars: 0 to 100."""


@dataclass(frozen=True)
class Explanation:
    """A partner's score and grade on a day, with all that it rests on and what is missing to the goal."""

    partner: Partner
    day: dt.date
    programme: Programme | None
    score: Decimal | None
    tier: Tier | None
    """The tier that the score reaches."""
    held: Tier | None
    """The tier that the partner holds (grace, approval or a decision by hand may keep it apart from `tier`)."""
    grade: Grade | None
    lines: list[KpiLine]
    goal: Tier | None
    """What to strive for: the next tier above, or the held one where the score fell below it. None at the top."""
    distance: Distance | None
    grace_end: dt.date | None
    """The first day on which the held tier can be lost, where the score fell below it."""
    facts: Mapping[str, Any] = field(default_factory=dict)


def programmes_in_force(day: dt.date) -> list[Programme]:
    """The published versions by which partners are valued on `day`, one per code, with their rules loaded.

    Of each code the newest version that has begun by then. A day before the first version is valued by that one, if it
    has begun by now: so the past can be looked at, and what begins only in the future values nobody.
    """
    published = Programme.objects.filter(
        status=ProgrammeStatus.PUBLISHED, effective_from__lte=max(day, timezone.localdate())
    )
    chosen: dict[str, Programme] = {}
    for programme in published.order_by("effective_from", "version").prefetch_related(
        "kinds", "kpis", "tiers__requirements"
    ):
        if programme.code not in chosen or programme.effective_from <= day:
            chosen[programme.code] = programme
    return list(chosen.values())


def programmes_by_kind(day: dt.date) -> dict[int, Programme]:
    """Which programme values which kind of partner: one for that kind, before one for all."""
    programmes = programmes_in_force(day)
    for_all = next((programme for programme in programmes if not programme.kinds.all()), None)
    by_kind = dict.fromkeys(PartnerKind.objects.values_list("pk", flat=True), for_all)
    by_kind |= {kind.pk: programme for programme in programmes for kind in programme.kinds.all()}
    return {kind: programme for kind, programme in by_kind.items() if programme is not None}


def rules_in_force(day: dt.date) -> dict[int, Rules]:
    """The rules by which each kind of partner is valued on `day`."""
    rules: dict[int, Rules] = {}
    by_kind = programmes_by_kind(day)
    for programme in by_kind.values():
        if programme.pk not in rules:
            rules[programme.pk] = rules_of(programme)
    return {kind: rules[programme.pk] for kind, programme in by_kind.items()}


def programme_for(partner: Partner, day: dt.date) -> Programme | None:
    """The programme that values this partner on `day`."""
    return programmes_by_kind(day).get(partner.kind_id)


def explanation(partner: Partner, *, day: dt.date | None = None) -> Explanation | None:
    """Why the partner has its score: the latest one, or the one of `day`. None while there is none. 7 queries or fewer."""
    scores = Score.objects.filter(partner=partner)
    score = (scores.filter(day=day) if day else scores.order_by("-day")).first()
    if score is None:
        return None
    programme = _with_rules(score.programme_id)
    return _explained(
        partner,
        day=score.day,
        programme=programme,
        reached=score.tier_id,
        score=score.score,
        kpis=score.kpis,
        points=score.points,
        facts=score.facts,
        quantiles=_quantiles(score.day, partner, programme),
    )


def what_if(
    partner: Partner, values: Mapping[str, Decimal | None], *, programme: Programme | None = None
) -> Explanation | None:
    """The explanation if the partner's KPIs were changed to `values` (the others stay), by the same formula (V-5)."""
    score = Score.objects.filter(partner=partner).order_by("-day").first()
    if score is None:
        return None
    programme = _with_rules(programme.pk if programme else score.programme_id)
    if programme is None:
        return None
    kpis = {key: value for key, value in score.kpis.items() if key not in values}
    kpis |= {key: str(value) for key, value in values.items() if value is not None}
    quantiles = _quantiles(score.day, partner, programme)
    with connection.cursor() as cursor:
        cursor.execute(
            SCORED.format(input=GIVEN).as_string(cursor.cursor),
            parameters({partner.kind_id: rules_of(programme)}, quantiles)
            | {"partners": [partner.pk], "kinds": [partner.kind_id], "kpis": [Json(kpis)]},
        )
        _partner, _programme, points_of_all, points, reached, _rank = cursor.fetchone()
    return _explained(
        partner,
        day=score.day,
        programme=programme,
        reached=reached,
        score=points_of_all,
        kpis=kpis,
        points=json.loads(points),  # Django leaves jsonb to its fields
        facts=score.facts,
        quantiles=quantiles,
    )


def grade_history(partner: Partner) -> QuerySet[GradeChange]:
    """The partner's grade changes and warnings, newest first, with tiers and who decided."""
    return (
        GradeChange.objects.filter(partner=partner).select_related("from_tier", "to_tier", "by").order_by("-day", "-pk")
    )


@dataclass(frozen=True)
class ScorePoint:
    """A score of the past, for a line in a chart."""

    day: dt.date
    score: Decimal | None
    tier: Tier | None


def score_history(partner: Partner, *, months: int = 24) -> list[ScorePoint]:
    """The partner's last score of each month, oldest first."""
    since = months_before(timezone.localdate().replace(day=1), months)
    scores = Score.objects.filter(partner=partner, day__gte=since).select_related("tier").order_by("day")
    by_month = {(score.day.year, score.day.month): score for score in scores.defer("kpis", "points", "facts")}
    return [ScorePoint(score.day, score.score, score.tier) for score in by_month.values()]


def grade_runs() -> QuerySet[GradeRun]:
    """All runs, newest day first, with their jobs."""
    return GradeRun.objects.select_related("job").defer("quantiles").order_by("-day")


def latest_run() -> GradeRun | None:
    """The newest complete run of the present."""
    return grade_runs().filter(is_complete=True, is_past=False).first()


def changes_on(day: dt.date, member: Membership) -> QuerySet[GradeChange]:
    """The grade changes of a day that this member may see, with partner and tiers, newest first."""
    changes = GradeChange.objects.filter(day=day).select_related("partner", "from_tier", "to_tier", "by")
    return _seen_by(changes, member).order_by("-pk")


def pending_promotions(member: Membership) -> QuerySet[Any]:
    """Grades whose promotion waits for approval, of the partners that this member may see, longest waiting first.

    `request_pk` is the request that goes along an approval line, nothing for those that are decided here.
    """
    grades = Grade.objects.filter(pending_tier__isnull=False).select_related("partner", "tier", "pending_tier")
    request = open_requests(PROMOTION_SUBJECT).filter(subject_id=OuterRef("pk"))
    grades = grades.annotate(request_pk=Subquery(request.values("pk")[:1]))
    return _seen_by(grades, member).order_by("pending_since", "partner__name", "pk")


@dataclass(frozen=True)
class TierCount:
    """How many partners hold a tier."""

    code: str
    names: dict[str, str]
    colour: str
    rank: int
    count: int


def partners_by_tier(member: Membership) -> list[TierCount]:
    """How many partners hold each tier, over all programmes by the tier's code, highest first."""
    rows = (
        _seen_by(PartnerSummary.objects.exclude(tier_code=""), member)
        .values("tier_code", "tier_names", "tier_colour", "tier_rank")
        .annotate(partners=Count("partner_id"))
        .order_by("-tier_rank", "tier_code")
    )
    counts: dict[str, TierCount] = {}
    for row in rows:
        known = counts.get(row["tier_code"])
        counts[row["tier_code"]] = TierCount(
            code=row["tier_code"],
            names=known.names if known else row["tier_names"],
            colour=known.colour if known else row["tier_colour"],
            rank=known.rank if known else row["tier_rank"],
            count=row["partners"] + (known.count if known else 0),
        )
    return list(counts.values())


def read_quantiles(stored: Mapping[str, Mapping[str, Sequence[str]]]) -> Quantiles:
    """Break points as they are stored with a run, as numbers."""
    return {
        int(kind): {kpi: [Decimal(point) for point in breaks] for kpi, breaks in by_kpi.items()}
        for kind, by_kpi in stored.items()
    }


def _seen_by(rows: Any, member: Membership) -> Any:
    """Those of the partners that a member may see: a partner's people are held back by the database."""
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return rows.filter(partner__channel_manager=member)
    return rows


_published: dict[int, Programme] = {}
PUBLISHED_KEPT = 200


def _with_rules(programme_id: int | None) -> Programme | None:
    """A programme with its rules. The database lets nobody change a published one, so those stay in memory.

    Which id to ask for, a caller knows from a row that its scope let it read.
    """
    if programme_id is None:
        return None
    if (known := _published.get(programme_id)) is not None:
        return known
    programme = Programme.objects.prefetch_related("kpis", "tiers__requirements").get(pk=programme_id)
    if programme.status == ProgrammeStatus.PUBLISHED:
        if len(_published) >= PUBLISHED_KEPT:
            _published.clear()
        _published[programme_id] = programme
    return programme


def _quantiles(day: dt.date, partner: Partner, programme: Programme | None) -> Quantiles:
    """The break points that the partner's score of a day was ranked by."""
    if programme is None or not any(row.method == Method.PERCENTILE for row in programme.kpis.all()):
        return {}
    run = GradeRun.objects.filter(Q(day=day) | Q(day__lt=day, is_complete=True)).order_by("-day").first()
    if run is None:
        return {}
    kind = str(partner.kind_id)
    return read_quantiles({kind: run.quantiles.get(kind, {})})


def _explained(
    partner: Partner,
    *,
    day: dt.date,
    programme: Programme | None,
    reached: int | None,
    score: Decimal | None,
    kpis: Mapping[str, str],
    points: Mapping[str, Any],
    facts: Mapping[str, Any],
    quantiles: Quantiles,
) -> Explanation:
    tiers = sorted(programme.tiers.all(), key=lambda tier: tier.rank) if programme else []
    tier = next((tier for tier in tiers if tier.pk == reached), None)
    grade = Grade.objects.filter(partner=partner).select_related("tier", "pending_tier", "override_by").first()
    held = next((tier for tier in tiers if grade and tier.code == grade.tier.code), grade.tier if grade else None)
    rows = list(programme.kpis.all()) if programme else []
    values = {key: Decimal(value) for key, value in kpis.items()}
    given = {key: Decimal(str(value)) for key, value in points.items()}
    goal = _goal(tiers, tier, held)
    return Explanation(
        partner=partner,
        day=day,
        programme=programme,
        score=score,
        tier=tier,
        held=held,
        grade=grade,
        lines=_lines(rows, values, given),
        goal=goal,
        distance=_distance(goal, rows, values, given, quantiles.get(partner.kind_id, {})) if goal else None,
        grace_end=grace_end(grade.below_since, programme.period, programme.grace_periods)
        if programme and grade and grade.below_since
        else None,
        facts=facts,
    )


def _goal(tiers: Sequence[Tier], reached: Tier | None, held: Tier | None) -> Tier | None:
    """The held tier where the score fell below it, else the next above what is reached."""
    if reached is None:
        return None
    if held in tiers and held is not None and held.rank > reached.rank:
        return held
    return next((tier for tier in tiers if tier.rank > reached.rank), None)


def _lines(rows: Sequence[ProgrammeKpi], values: Mapping[str, Decimal], points: Mapping[str, Decimal]) -> list[KpiLine]:
    weights = sum((row.weight for row in rows if row.kpi in points), Decimal(0))
    lines = []
    for row in rows:
        is_ranked = row.method == Method.PERCENTILE
        given = points.get(row.kpi)
        lines.append(
            KpiLine(
                key=row.kpi,
                kpi=find_kpi(row.kpi),
                value=values.get(row.kpi),
                method=row.method,
                target=None if is_ranked else row.target,
                rank=given if is_ranked and row.kpi in values else None,
                points=given,
                weight=row.weight,
                share=round(row.weight * given / weights, 2) if given is not None and weights else None,
                fills=min(given or Decimal(0), Decimal(100)),
            )
        )
    return lines


def _distance(
    goal: Tier,
    rows: Sequence[ProgrammeKpi],
    values: Mapping[str, Decimal],
    points: Mapping[str, Decimal],
    breaks: Mapping[str, Sequence[Decimal]],
) -> Distance:
    requirements = {row.kpi: row.threshold for row in goal.requirements.all()}
    counted = {row.kpi for row in rows}
    levers = [
        _lever(
            row.kpi,
            values.get(row.kpi),
            points.get(row.kpi),
            row.weight,
            target=row.target if row.method == Method.TARGET else None,
            breaks=breaks.get(row.kpi, ()) if row.method == Method.PERCENTILE else (),
        )
        for row in rows
    ]
    levers += [_lever(key, values.get(key), None, Decimal(0)) for key in requirements if key not in counted]
    return distance(levers, min_score=goal.min_score, requirements=requirements)


def _lever(
    key: str,
    value: Decimal | None,
    points: Decimal | None,
    weight: Decimal,
    *,
    target: Decimal | None = None,
    breaks: Sequence[Decimal] = (),
) -> Lever:
    known = find_kpi(key)
    if known is None:
        return Lever(key, None, points, weight)
    return Lever(
        key,
        value,
        points,
        weight,
        higher_is_better=known.higher_is_better,
        target=target,
        breaks=breaks,
        effort=known.effort,
        step=known.step,
        limit=known.limit,
    )
