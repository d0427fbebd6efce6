"""What tests of the analysis of learning share: enrolments as they would have come about."""

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from tenancy.models import Membership
from tenancy.rls import staff_scope
from training.models import Course, CourseVersion, Enrolment, Lesson, LessonProgress

ENDED = {"passed", "failed", "exempt", "withdrawn"}


def took(course: Course, member: Membership, state: str = "enrolled", *, ago: int = 20, **fields: Any) -> Enrolment:
    """An enrolment of some days ago; what has ended did so ten days later, unless told."""
    at = timezone.now() - dt.timedelta(days=ago)
    with staff_scope(member.manufacturer_id):
        values = {
            "version": CourseVersion.objects.get(course=course, state="published"),
            "partner_id": member.partner_id,
            "enrolled_at": at,
            "started_at": None if state in ("enrolled", "exempt") else at + dt.timedelta(days=1),
            "ended_at": at + dt.timedelta(days=10) if state in ENDED else None,
        }
        return Enrolment.objects.create(course=course, member=member, state=state, **values | fields)


def did(enrolment: Enrolment, place: int, *, after: float = 1, done: bool = True, **fields: Any) -> LessonProgress:
    """The lesson at this place, begun so many days after enrolling, and done at once unless it is not."""
    at = enrolment.enrolled_at + dt.timedelta(days=after)
    with staff_scope(enrolment.manufacturer_id or 0):
        lesson = list(Lesson.objects.filter(version=enrolment.version_id))[place]
        return LessonProgress.objects.create(
            enrolment=enrolment,
            lesson=lesson,
            partner_id=enrolment.partner_id,
            started_at=at,
            seen_at=at,
            done_at=at if done else None,
            **fields,
        )


def sold(manufacturer: int, rows: list[tuple[int, dt.date, float]]) -> None:
    """Sell-in of partners by days."""
    with staff_scope(manufacturer), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commerce_salesday (partner_id, date, amount_base, returns_base, orders, lines, return_lines)"
            " SELECT partner, day, amount, 0, 1, 1, 0 FROM unnest(%s::bigint[], %s::date[], %s::numeric[]) t (partner, day, amount)",
            [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]],
        )
