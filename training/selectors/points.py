"""The leaderboard as one person sees it: colleagues by name, others by points alone."""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils import timezone

from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import LeaderboardLeaver, LearningPoints, PointRules

NEIGHBOURS = 2
COLLEAGUES_SHOWN = 50
MONTH = dt.timedelta(days=30.4375)
# A lesson counts once, in whichever version and however often it was learned, with its best score; so does a course.
POINTS = """
WITH done AS (
    SELECT e.member_id, l.key, max(p.score) AS score
    FROM training_lessonprogress p
    JOIN training_enrolment e ON e.id = p.enrolment_id
    JOIN training_lesson l ON l.id = p.lesson_id
    WHERE p.done_at >= %(since)s AND e.state <> 'withdrawn' {of_partner}
    GROUP BY 1, 2
),
earned AS (
    SELECT member_id, %(lesson)s + round(coalesce(score, 0) * %(quiz)s / 100) AS points FROM done
    UNION ALL
    SELECT e.member_id, count(DISTINCT e.course_id) * %(course)s FROM training_enrolment e
    WHERE e.state = 'passed' AND e.ended_at >= %(since)s {of_partner}
    GROUP BY 1
)
SELECT m.id AS member_id, m.partner_id, m.manufacturer_id, sum(earned.points)::int AS points
FROM earned JOIN tenancy_membership m ON m.id = earned.member_id
WHERE m.is_active AND m.partner_id IS NOT NULL
GROUP BY 1, 2, 3
HAVING sum(earned.points) > 0
"""


@dataclass(frozen=True)
class Place:
    """Somebody's place among colleagues; equal points are the same place."""

    rank: int
    name: str
    points: int
    is_me: bool


@dataclass(frozen=True)
class Board:
    """own: the points of the reader. places: the first of the company's people who have some and are shown, and the reader;
    ranked: how many of them there are. rank, of, above, below: among all
    partners' people as counted last; above and below are the points of the nearest, counted those of the reader then.
    """

    own: int
    is_hidden: bool
    places: list[Place]
    ranked: int = 0
    rank: int | None = None
    of: int = 0
    counted: int = 0
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)


def point_rules() -> PointRules:
    """The manufacturer's rules; as proposed where it has set none. One query."""
    return PointRules.objects.first() or PointRules()


def points_at(partner_id: int, rules: PointRules) -> dict[int, int]:
    """The points of a partner's people by person, as of now. One query. In the house's scope, or in the partner's own."""
    with connection.cursor() as cursor:
        sql = POINTS.format(of_partner="AND e.partner_id = %(partner)s")
        cursor.execute(sql, values_of(rules) | {"partner": partner_id})
        return {row[0]: row[3] for row in cursor.fetchall()}


def values_of(rules: PointRules) -> dict[str, Any]:
    """What `POINTS` takes of the rules."""
    return {
        "since": timezone.now() - rules.months * MONTH,
        "lesson": rules.lesson_points,
        "quiz": rules.quiz_points,
        "course": rules.course_points,
    }


def leaderboard(member: Membership, rules: PointRules) -> Board:
    """The leaderboard for somebody of a partner. Three queries, and five more for the rank among all."""
    with house_scope():
        points = points_at(member.partner_id or 0, rules)
        people = Membership.objects.filter(partner=member.partner_id, is_active=True)
        people = people.exclude(pk__in=LeaderboardLeaver.objects.values("member"))
        names = dict(people.values_list("pk", "name"))
        is_hidden = member.pk not in names
        shown = sorted(
            ((points[pk], name, pk) for pk, name in names.items() if pk in points), key=lambda each: (-each[0], each[1])
        )
        board = Board(
            own=points.get(member.pk, 0), is_hidden=is_hidden, places=_places(shown, member), ranked=len(shown)
        )
        return board if is_hidden or not rules.across_partners else _with_rank(board, member)


def _places(ranked: list[tuple[int, str, int]], member: Membership) -> list[Place]:
    """The first places, and the reader's own where it comes after them."""
    found: list[Place] = []
    rank, before = 0, -1
    for number, (count, name, pk) in enumerate(ranked, 1):
        rank, before = (rank, before) if count == before else (number, count)
        if number <= COLLEAGUES_SHOWN or pk == member.pk:
            found.append(Place(rank, name, count, pk == member.pk))
    return found


def _with_rank(board: Board, member: Membership) -> Board:
    rows = LearningPoints.objects.exclude(member__in=LeaderboardLeaver.objects.values("member"))
    mine = rows.filter(member=member).values_list("points", flat=True).first()
    if mine is None:
        return board
    better, others = rows.filter(points__gt=mine), rows.filter(points__lte=mine).exclude(member=member)
    return replace(
        board,
        rank=better.count() + 1,
        of=rows.count(),
        counted=mine,
        above=list(better.order_by("points").values_list("points", flat=True)[:NEIGHBOURS])[::-1],
        below=list(others.order_by("-points").values_list("points", flat=True)[:NEIGHBOURS]),
    )
