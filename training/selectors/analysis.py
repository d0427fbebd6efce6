"""How learning goes: by course, by partner, by person, and lesson by lesson where people stop."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    Avg,
    Count,
    F,
    FilteredRelation,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.models import OPEN_ENROLMENTS, Course, CourseVersion, Enrolment, EnrolmentRisk, EnrolmentState, Lesson
from training.selectors.courses import seen_enrolments

SILENT = dt.timedelta(days=30)
"""Who has not learned for so long has stopped where it was."""
NEWEST = 5_000
"""So many learners of a course are followed lesson by lesson, those who enrolled last."""
MARKED = (EnrolmentState.PASSED, EnrolmentState.FAILED)
AT_RISK = Q(needs_help=True, enrolment__state__in=OPEN_ENROLMENTS, enrolment__member__is_active=True)
COUNTED = ("taken", "waiting", "learning", "late", "passed", "failed", "exempt")


def figures(path: str = "") -> dict[str, Any]:
    """What is counted of enrolments that stand at `path`: those taken back are in none of it, and who has left neither
    learns nor is late. `share`: passed, in per cent
    of those who had to learn; `mean_score` of 100 and `mean_minutes`: of who has passed or failed."""

    def state(*states: str) -> Q:
        return Q(**{f"{path}state__in": states})

    there = Q(**{f"{path}member__is_active": True})
    late = there & state(*OPEN_ENROLMENTS) & Q(**{f"{path}due_on__lt": timezone.localdate()})
    had_to = ~state(EnrolmentState.WITHDRAWN, EnrolmentState.EXEMPT)
    pk = f"{path}pk"
    passed = Count(pk, filter=state(EnrolmentState.PASSED))
    return {
        "taken": Count(pk, filter=~state(EnrolmentState.WITHDRAWN)),
        "waiting": Count(pk, filter=there & state(EnrolmentState.ENROLLED)),
        "learning": Count(pk, filter=there & state(EnrolmentState.STARTED)),
        "late": Count(pk, filter=late),
        "passed": passed,
        "failed": Count(pk, filter=state(EnrolmentState.FAILED)),
        "exempt": Count(pk, filter=state(EnrolmentState.EXEMPT)),
        "share": Value(100.0) * passed / NullIf(Count(pk, filter=had_to), Value(0)),
        "mean_score": Avg(Cast(f"{path}score", FloatField()), filter=state(*MARKED)),
        "mean_minutes": Avg(Cast(f"{path}seconds", FloatField()), filter=state(*MARKED)) / Value(60.0),
    }


def totals(enrolments: QuerySet[Enrolment]) -> dict[str, Any]:
    """All of it in one row. One query."""
    return enrolments.order_by().aggregate(**figures())


def course_progress(member: Membership) -> QuerySet[Any]:
    """The courses that somebody takes or has taken, with their figures as far as the member sees them: one pass over the
    enrolments, whatever is counted and sorted by. One query for who sees its own partners alone: a relation that is
    filtered takes no other."""
    rows, path = Course.objects.all(), "enrolments__"
    if not member.can(Right.PARTNERS_VIEW_ALL):
        seen = Q(enrolments__partner__in=list(partners_for(member).order_by().values_list("pk", flat=True)))
        rows, path = rows.annotate(seen=FilteredRelation("enrolments", condition=seen)), "seen__"
    counted: QuerySet[Any] = rows.annotate(**figures(path))
    return counted.filter(taken__gt=0).select_related("owner")


def own_course_progress(partner_id: int) -> list[dict[str, Any]]:
    """A partner's courses with the figures of its own people, what most take first. One query."""
    own = Enrolment.objects.filter(partner=partner_id)
    rows: Any = own.values("course", "course__titles", "course__code").annotate(**figures())
    return list(rows.filter(taken__gt=0).order_by("-taken", "course"))


def partner_progress(member: Membership) -> QuerySet[Any]:
    """The partners that the member sees and that learn or have learned, with their figures: each counted for the rows that
    are shown alone, so that the length of the list costs nothing."""
    learns = Enrolment.objects.exclude(state=EnrolmentState.WITHDRAWN)
    rows = partners_for(member).filter(pk__in=learns.order_by().values("partner"))
    return rows.annotate(**_each(Enrolment.objects.all(), "partner"))


def person_progress(member: Membership) -> QuerySet[Any]:
    """The people of partners who may learn, of the partners that the member sees, with their figures: counted as above."""
    people = members_with(Right.PORTAL_TRAINING).filter(partner__isnull=False).select_related("partner")
    if not member.can(Right.PARTNERS_VIEW_ALL):
        people = people.filter(partner__in=partners_for(member).order_by().values("pk"))
    return people.annotate(**_each(Enrolment.objects.all(), "member"))


def own_people(partner_id: int) -> QuerySet[Any]:
    """A partner's people who may learn, with their figures."""
    people = members_with(Right.PORTAL_TRAINING).filter(partner=partner_id)
    return people.annotate(**_each(Enrolment.objects.filter(partner=partner_id), "member"))


def _each(enrolments: QuerySet[Enrolment], key: str) -> dict[str, Any]:
    own = enrolments.filter(**{key: OuterRef("pk")}).order_by().values(key)
    found = {}
    for name, figure in figures().items():
        kind = IntegerField() if name in COUNTED else FloatField()
        value = Subquery(own.annotate(figure=figure).values("figure"), output_field=kind)
        found[name] = Coalesce(value, Value(0)) if name in COUNTED else value
    return found


def people_learning(enrolments: QuerySet[Enrolment]) -> int:
    """How many people who are there have something to learn."""
    return (
        enrolments.filter(state__in=OPEN_ENROLMENTS, member__is_active=True)
        .order_by()
        .values("member")
        .distinct()
        .count()
    )


# --- Lesson by lesson -------------------------------------------------------------------------------------------------

WAY = """
WITH chosen AS MATERIALIZED (
    SELECT id, state, state = 'failed' OR state = 'withdrawn' OR state = 'started' AND seen_at < %(silent)s AS has_stopped
    FROM training_enrolment
    WHERE course_id = %(course)s AND started_at IS NOT NULL AND state <> 'exempt' {seen}
    ORDER BY enrolled_at DESC, id DESC LIMIT %(newest)s
), way AS MATERIALIZED (
    SELECT p.lesson_id, p.done_at IS NOT NULL AS is_done, p.score, p.seconds,
        c.has_stopped AND row_number() OVER (PARTITION BY p.enrolment_id ORDER BY p.started_at DESC, p.id DESC) = 1 AS is_end
    FROM chosen c JOIN training_lessonprogress p ON p.enrolment_id = c.id
)
SELECT l.key, count(*), count(*) FILTER (WHERE w.is_done), count(*) FILTER (WHERE w.is_end), avg(w.score)::float,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY w.seconds) FILTER (WHERE w.is_done), (SELECT count(*) FROM chosen),
    (SELECT count(*) FROM chosen WHERE has_stopped)
FROM way w JOIN training_lesson l ON l.id = w.lesson_id
GROUP BY l.key
"""


@dataclass(frozen=True)
class LessonFigures:
    """A lesson over all versions of its course: who began and who finished it, and who went no further."""

    lesson: Lesson
    begun: int = 0
    done: int = 0
    stopped: int = 0
    score: float | None = None
    minutes: float | None = None
    """Spent by half of those who have done it, or less."""


@dataclass(frozen=True)
class Way:
    """How people go through a course: its present lessons in their order. learners: who began the course, at most the newest
    5,000. stopped: who of them has failed, given up or not learned for 30 days."""

    lessons: Sequence[LessonFigures]
    learners: int = 0
    stopped: int = 0

    @property
    def worst(self) -> LessonFigures | None:
        """Where most stop, if anybody does."""
        most = max(self.lessons, key=lambda each: each.stopped, default=None)
        return most if most is not None and most.stopped else None


def way_through(course: Course, member: Membership, *, now: dt.datetime | None = None) -> Way:
    """How the people that a member sees go through a course. Two queries."""
    versions = course.versions.exclude(state=CourseVersion.State.DRAFT).order_by("-number")
    lessons = list(Lesson.objects.filter(version__in=versions[:1].values("pk")))
    seen, params = "", dict[str, Any]()
    if not member.can(Right.PARTNERS_VIEW_ALL):
        seen = "AND partner_id = ANY (%(seen)s)"
        params["seen"] = list(partners_for(member).order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            WAY.format(seen=seen),
            params | {"course": course.pk, "silent": (now or timezone.now()) - SILENT, "newest": NEWEST},
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    found = []
    for lesson in lessons:
        begun, done, stopped, score, seconds, *_all = rows.get(lesson.key, (0, 0, 0, None, None))
        found.append(LessonFigures(lesson, begun, done, stopped, score, None if seconds is None else seconds / 60))
    learners, stopped = next(((row[5], row[6]) for row in rows.values()), (0, 0))
    return Way(found, learners, stopped)


# --- Who may not finish -----------------------------------------------------------------------------------------------


def risks_seen(member: Membership) -> QuerySet[EnrolmentRisk]:
    """Open enrolments that may not be finished in time, of the partners that the member sees."""
    rows = EnrolmentRisk.objects.filter(AT_RISK)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        rows = rows.filter(partner__in=partners_for(member).order_by().values("pk"))
    return rows.select_related("enrolment__course", "enrolment__member", "partner")


def own_risks(partner_id: int) -> QuerySet[EnrolmentRisk]:
    """A partner's own, what is due first on top."""
    rows = EnrolmentRisk.objects.filter(AT_RISK, partner=partner_id)
    due_first = F("enrolment__due_on").asc(nulls_last=True)
    return rows.select_related("enrolment__course", "enrolment__member").order_by(due_first, "pk")


def seen_totals(member: Membership) -> dict[str, Any]:
    """The totals over all enrolments that a member sees. One query."""
    return totals(seen_enrolments(member))
