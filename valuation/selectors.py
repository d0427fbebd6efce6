"""What is read about programmes, grades and scores."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from partners.models import Partner
from tenancy.models import Membership
from valuation.models import Grade, GradeChange, GradeRun, Programme, Tier
from valuation.registry import Kpi
from valuation.steps import Distance


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
    """The published versions by which partners are valued on `day`, one per code."""
    raise NotImplementedError


def programme_for(partner: Partner, day: dt.date) -> Programme | None:
    """The programme that values this partner on `day`."""
    raise NotImplementedError


def explanation(partner: Partner, *, day: dt.date | None = None) -> Explanation | None:
    """Why the partner has its score: the latest one, or the one of `day`. None while there is none. 6 queries or fewer."""
    raise NotImplementedError


def what_if(
    partner: Partner, values: Mapping[str, Decimal | None], *, programme: Programme | None = None
) -> Explanation | None:
    """The explanation if the partner's KPIs were changed to `values` (the others stay), by the same formula (V-5)."""
    raise NotImplementedError


def grade_history(partner: Partner) -> QuerySet[GradeChange]:
    """The partner's grade changes and warnings, newest first, with tiers and who decided."""
    raise NotImplementedError


@dataclass(frozen=True)
class ScorePoint:
    """A score of the past, for a line in a chart."""

    day: dt.date
    score: Decimal | None
    tier: Tier | None


def score_history(partner: Partner, *, months: int = 24) -> list[ScorePoint]:
    """The partner's last score of each month, oldest first."""
    raise NotImplementedError


def grade_runs() -> QuerySet[GradeRun]:
    """All runs, newest day first, with their jobs."""
    raise NotImplementedError


def latest_run() -> GradeRun | None:
    """The newest complete run of the present."""
    raise NotImplementedError


def changes_on(day: dt.date, member: Membership) -> QuerySet[GradeChange]:
    """The grade changes of a day that this member may see, with partner and tiers, newest first."""
    raise NotImplementedError


def pending_promotions(member: Membership) -> QuerySet[Grade]:
    """Grades whose promotion waits for approval, of the partners that this member may see."""
    raise NotImplementedError


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
    raise NotImplementedError
