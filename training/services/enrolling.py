"""Who takes a course: by themselves, by the partner's admin, by staff; exempt, or moved on to a newer version."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from notices.services import tell_from
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import (
    OPEN_ENROLMENTS,
    Attempt,
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    Lesson,
    LessonProgress,
    PersonState,
    ProgrammePerson,
    ProgrammeState,
)
from training.notice_kinds.courses import ENROLLED, MOVED
from training.selectors.learning import courses_open_to, own_enrolments
from training.services import quizzes
from training.services.learning import LearningError, end, enrol, locked_enrolment, settle
from training.services.programme_assignment import follow

MOST_AT_ONCE = 500
# What was done in the old version counts in the new one for the lessons that are in both; of others nothing is left.
CARRY_OVER = """
UPDATE training_lessonprogress p SET lesson_id = n.id
FROM training_lesson o JOIN training_lesson n ON n.key = o.key
WHERE p.lesson_id = o.id AND n.version_id = %(version)s AND o.version_id <> n.version_id
AND p.enrolment_id = ANY (%(enrolments)s)
"""
# After it all that is left is of the new version.
COUNT_DONE = """
UPDATE training_enrolment e SET done = c.done
FROM (
    SELECT o.id, count(p.id) FILTER (WHERE p.done_at IS NOT NULL) AS done
    FROM training_enrolment o LEFT JOIN training_lessonprogress p ON p.enrolment_id = o.id
    WHERE o.id = ANY (%(enrolments)s) GROUP BY o.id
) c
WHERE e.id = c.id
"""


def enrol_self(course: Course, member: Membership) -> Enrolment:
    """Somebody takes up a course that is open to its partner's people. Who has failed it is let in again by others only:
    else its quizzes would have as many attempts as one likes.
    """
    if not courses_open_to(member).filter(pk=course.pk).exists():
        raise LearningError(_("“%(course)s” is not open to you. Ask your company's admin.") % {"course": course})
    with transaction.atomic(), house_scope():
        mine = own_enrolments(member).filter(course=course).order_by("-enrolled_at", "-pk")
        last = mine.select_for_update(no_key=True, of=("self",)).first()
        if last is not None and last.state == EnrolmentState.FAILED:
            raise LearningError(
                _("You have failed “%(course)s”: ask your trainer or your company's admin to enrol you again.")
                % {"course": course}
            )
        return enrol(course, member)


def enrol_people(
    course: Course,
    people: Iterable[Membership],
    *,
    by: Membership,
    due_on: dt.date | None = None,
    source: str = EnrolmentSource.STAFF,
) -> tuple[list[Enrolment], list[str]]:
    """Enrol people by hand and tell them; who cannot be enrolled is named with the reason. Who takes it already stays as
    it is, with the earlier of the two days.
    """
    made, refused = [], []
    with transaction.atomic(), house_scope():
        for person in people:
            try:
                made.append(enrol(course, person, source=source, by=by, due_on=due_on))
            except LearningError as error:
                refused.append(f"{person.name}: {error}")
        tell_from(
            [
                (
                    each.member_id,
                    f"course-enrolled-{each.pk}",
                    {"course": course.pk, "title": course.titles, "by": by.name, "due_on": each.due_on},
                )
                for each in made
                if each.by_id == by.pk and each.state == EnrolmentState.ENROLLED
            ],
            ENROLLED,
        )
    return made, refused


def enrol_colleagues(
    course: Course, people: Iterable[Membership], *, by: Membership, due_on: dt.date | None = None
) -> tuple[list[Enrolment], list[str]]:
    """The partner's admin enrols its own people in a course that is open to them."""
    if not courses_open_to(by).filter(pk=course.pk).exists():
        raise LearningError(_("“%(course)s” is not open to your company's people.") % {"course": course})
    own = [person for person in people if person.partner_id == by.partner_id]
    return enrol_people(course, own, by=by, due_on=due_on, source=EnrolmentSource.PARTNER)


def take_back(enrolment: Enrolment, *, reason: str = "") -> Enrolment:
    """Somebody need not learn it any more: what is not finished yet is gone for them."""
    _must_be_open(enrolment)
    return end(enrolment, EnrolmentState.WITHDRAWN, reason=reason)


def exempt(enrolment: Enrolment, *, reason: str) -> Enrolment:
    """Somebody need not learn it because they can do it already: it counts as passed before other courses."""
    _must_be_open(enrolment)
    if not reason.strip():
        raise LearningError(_("Say why: the reason stays with the exemption."))
    return end(enrolment, EnrolmentState.EXEMPT, reason=reason.strip())


@transaction.atomic
def set_due(enrolment: Enrolment, due_on: dt.date | None) -> None:
    """Another day until which it is due, or none; learning programmes go by it too. LearningError where one gives it its day:
    it would have the next one at once."""
    if due_on is None:
        asked = ProgrammePerson.objects.filter(
            member=enrolment.member_id,
            state=PersonState.OPEN,
            programme__state=ProgrammeState.RUNNING,
            programme__courses__course=enrolment.course_id,
        )
        if found := asked.select_related("programme").order_by("pk").first():
            raise LearningError(
                _("“%(programme)s” has days for it: choose another day, or exempt them from the programme.")
                % {"programme": found.programme}
            )
    if not Enrolment.objects.filter(pk=enrolment.pk, state__in=OPEN_ENROLMENTS).update(due_on=due_on):
        raise LearningError(_("It has ended already."))
    follow(enrolment)


@transaction.atomic
def move_on(course: Course, enrolments: QuerySet[Enrolment]) -> int:
    """Take who learns by an older version over to the one that is out: what they have done counts, where nothing is missing
    the course is passed, and each is told. A quiz that is open is submitted as it is before; who ends by that stays. Returns
    how many were moved.
    """
    version = course.versions.filter(state=CourseVersion.State.PUBLISHED).first()
    if version is None:
        raise LearningError(_("No version of it is out."))
    rows = enrolments.filter(course=course, state__in=OPEN_ENROLMENTS).exclude(version=version)
    locked = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
    found = [each.pk for each in locked]
    for attempt in Attempt.objects.filter(enrolment__in=found, submitted_at=None).order_by("pk"):
        quizzes.submit(attempt)
    moved = list(Enrolment.objects.filter(pk__in=found, state__in=OPEN_ENROLMENTS).order_by("pk"))
    keys = [each.pk for each in moved]
    Enrolment.objects.filter(pk__in=keys).update(version=version)
    with connection.cursor() as cursor:
        cursor.execute(CARRY_OVER, {"version": version.pk, "enrolments": keys})
    LessonProgress.objects.filter(enrolment__in=keys).exclude(lesson__version=version).delete()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DONE, {"enrolments": keys})
    tell_from(
        [
            (
                each.member_id,
                f"course-moved-{each.pk}-{version.pk}",
                {"course": course.pk, "title": course.titles, "note": version.note},
            )
            for each in moved
        ],
        MOVED,
    )
    if needed := Lesson.objects.filter(version=version, is_required=True).count():
        done = Count("progress", filter=Q(progress__lesson__is_required=True, progress__done_at__isnull=False))
        for each in Enrolment.objects.filter(pk__in=keys).annotate(needed=done).filter(needed=needed).order_by("pk"):
            settle(each)
    return len(moved)


def _must_be_open(enrolment: Enrolment) -> None:
    with house_scope():
        if not locked_enrolment(enrolment.pk).is_open:
            raise LearningError(_("It has ended already."))
