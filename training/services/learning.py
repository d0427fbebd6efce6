"""Learning: enrolled, begun, gone through lesson by lesson, passed. The only writer of enrolments and of progress.

Partners' people call it in their own scope; what is proved is written in the house's, so that no partner's login could
write a pass for itself.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Avg, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Activity
from partners.selectors.permissions import may
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import (
    OPEN_ENROLMENTS,
    Course,
    CourseState,
    CourseVersion,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    Lesson,
    LessonProgress,
)
from training.outcomes import follow_up

LONGEST_STRETCH = 600
"""Seconds of one visit that count as learning; who stays longer has gone for coffee."""


class LearningError(DomainError):
    """A step of learning that cannot be taken now."""


def locked_enrolment(pk: int) -> Enrolment:
    """The enrolment with its course, version, partner and person, kept for this transaction. Whoever takes a step of learning
    holds it first, in the house's scope, so that no two wait for each other."""
    rows = Enrolment.objects.select_related("course", "version", "partner", "member")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def enrol(
    course: Course,
    member: Membership,
    *,
    source: str = EnrolmentSource.SELF,
    by: Membership | None = None,
    due_on: dt.date | None = None,
) -> Enrolment:
    """The open enrolment of somebody of a partner in the published version of a course; the one there is stays, with the
    earlier of the two days by which it is due. LearningError says why it cannot be.
    """
    if member.partner is None:
        raise LearningError(_("Courses are for people of partners."))
    with transaction.atomic(), house_scope():
        course = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        if not member.is_active:
            raise LearningError(_("%(name)s has no access any more.") % {"name": member.name})
        if course.state != CourseState.PUBLISHED:
            raise LearningError(_("“%(course)s” is not open at present.") % {"course": course})
        if not may(member.partner, Activity.TRAINING):
            raise LearningError(_("The partner's people take no courses at present."))
        running = Enrolment.objects.filter(course=course, member=member, state__in=OPEN_ENROLMENTS).first()
        if running is not None:
            if due_on is not None and (running.due_on is None or due_on < running.due_on):
                running.due_on = due_on
                running.save(update_fields=["due_on"])
            return running
        return Enrolment.objects.create(
            course=course,
            version=course.versions.get(state=CourseVersion.State.PUBLISHED),
            partner=member.partner,
            member=member,
            source=source,
            by=by,
            due_on=due_on,
        )


def open_lesson(enrolment: Enrolment, lesson: Lesson) -> LessonProgress:
    """Begin a lesson, or go on with it. LearningError where others come before one that is not begun."""
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        if lesson.version_id != enrolment.version_id:
            raise LearningError(_("This lesson is of another version of the course."))
        now = timezone.now()
        if enrolment.is_open:
            if not LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson).exists():
                _must_be_its_turn(enrolment, lesson)
            if enrolment.state == EnrolmentState.ENROLLED:
                enrolment.state, enrolment.started_at = EnrolmentState.STARTED, now
            enrolment.seen_at = now
            enrolment.save(update_fields=["state", "started_at", "seen_at"])
        progress, _is_new = LessonProgress.objects.get_or_create(
            enrolment=enrolment, lesson=lesson, defaults={"partner_id": enrolment.partner_id}
        )
        return progress


def got_file(enrolment: Enrolment, lesson: Lesson) -> None:
    """The learner has fetched the file of a lesson."""
    _keep(enrolment, lesson, {"file": timezone.now().isoformat()}, spent=0)


def keep_place(enrolment: Enrolment, lesson: Lesson, place: dict[str, object], *, seconds: int = 0) -> None:
    """Where a lesson goes on next time, and how long this visit was; a lesson not begun keeps nothing."""
    _keep(enrolment, lesson, place, spent=max(0, min(seconds, LONGEST_STRETCH)))


def _keep(enrolment: Enrolment, lesson: Lesson, place: dict[str, object], *, spent: int) -> None:
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        progress = LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson).first()
        if progress is None:
            return
        LessonProgress.objects.filter(pk=progress.pk).update(
            place=progress.place | place, seen_at=timezone.now(), seconds=F("seconds") + spent
        )
        if enrolment.is_open:
            Enrolment.objects.filter(pk=enrolment.pk).update(seen_at=timezone.now(), seconds=F("seconds") + spent)


def finish_lesson(enrolment: Enrolment, lesson: Lesson, *, score: Decimal | None = None) -> Enrolment:
    """A lesson is done, with its score in per cent where it has one; of several the best stays. With the last one that is
    needed the course is passed, at the mean score of its lessons that have one.
    """
    with transaction.atomic(), house_scope():
        progress = open_lesson(enrolment, lesson)
        enrolment = locked_enrolment(enrolment.pk)
        if not enrolment.is_open:
            return enrolment
        best = max((each for each in (progress.score, score) if each is not None), default=None)
        now = timezone.now()
        LessonProgress.objects.filter(pk=progress.pk).update(done_at=progress.done_at or now, score=best, seen_at=now)
        return settle(enrolment)


def settle(enrolment: Enrolment) -> Enrolment:
    """Count what is done of an open enrolment, and pass it once nothing is missing. It is locked, in the house's scope."""
    done = LessonProgress.objects.filter(enrolment=enrolment, lesson__version=enrolment.version_id).exclude(
        done_at=None
    )
    enrolment.done = done.count()
    enrolment.save(update_fields=["done"])
    needed = Lesson.objects.filter(version=enrolment.version_id, is_required=True)
    if needed.exclude(pk__in=done.values("lesson")).exists():
        return enrolment
    score = done.aggregate(mean=Avg("score"))["mean"]
    return end(enrolment, EnrolmentState.PASSED, score=None if score is None else round(score, 2))


def end(enrolment: Enrolment, state: str, *, score: Decimal | None = None, reason: str = "") -> Enrolment:
    """End an open enrolment as passed, failed, exempt or taken back, and let what hangs on it follow. Ended, it stays."""
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        if not enrolment.is_open:
            return enrolment
        enrolment.state, enrolment.ended_at, enrolment.score, enrolment.reason = state, timezone.now(), score, reason
        enrolment.save(update_fields=["state", "ended_at", "score", "reason"])
        follow_up(enrolment)
        return enrolment


def _must_be_its_turn(enrolment: Enrolment, lesson: Lesson) -> None:
    missing = missing_courses(enrolment.course, enrolment.member)
    if missing:
        raise LearningError(_("Pass “%(course)s” first.") % {"course": missing[0]})
    if not enrolment.version.is_ordered:
        return
    open_ones = Lesson.objects.filter(version=enrolment.version_id, is_required=True).exclude(
        progress__in=LessonProgress.objects.filter(enrolment=enrolment).exclude(done_at=None)
    )
    before = open_ones.filter(
        Q(module__order__lt=lesson.module.order)
        | Q(module__order=lesson.module.order, module__lt=lesson.module_id)
        | Q(module=lesson.module_id, order__lt=lesson.order)
        | Q(module=lesson.module_id, order=lesson.order, pk__lt=lesson.pk)
    ).first()
    if before is not None:
        raise LearningError(_("“%(lesson)s” comes first.") % {"lesson": before})


def missing_courses(course: Course, member: Membership) -> list[Course]:
    """What somebody has to pass before this course is begun."""
    passed = Enrolment.objects.filter(member=member, state__in=[EnrolmentState.PASSED, EnrolmentState.EXEMPT])
    return list(
        Course.objects.filter(pk__in=course.prerequisites.values("needs"))
        .exclude(pk__in=passed.values("course"))
        .order_by("pk")
    )
