"""What partners' people learn: courses of some minutes, and learners at all stages of them."""

import datetime as dt
from itertools import cycle
from typing import Any

from django.utils import timezone

from prm_portal.demo_stories.learning_programmes import tell_learning_programmes
from prm_portal.demo_stories.packages import add_package, tell_visits
from prm_portal.demo_stories.quizzes import add_quiz, tell_attempts
from prm_portal.demo_stories.training_texts import COURSES
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right, Role
from tenancy.selectors import members_with
from training.models import (
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    Lesson,
    LessonContent,
    LessonProgress,
    Module,
)
from training.services.courses import publish, save_course

LEARNERS = 60
# How far learners are, in turn: the share of lessons that is done, days since it began, days until it is due.
STAGES: tuple[tuple[float, int, int | None], ...] = (
    (0.5, 9, 6),
    (1, 40, None),
    (0, 4, 12),
    (1, 21, None),
    (0.3, 26, -3),
    (1, 65, None),
    (0.7, 12, None),
    (0, 30, -8),
    (1, 14, None),
)


def tell_training(manufacturer: Manufacturer, day: dt.date) -> None:
    """Some courses, one of them still written, taken by people of partners from the first lesson to the pass."""
    if Course.objects.exists() or manufacturer.slug not in COURSES:
        return
    staff = Membership.objects.filter(partner=None, is_active=True)
    trainer = staff.filter(role=Role.TRAINER).order_by("pk").first() or staff.filter(role=Role.OWNER).first()
    if trainer is None:
        return
    made: dict[str, Course] = {}
    for told in COURSES[manufacturer.slug]:
        course = Course(
            code=told["code"],
            titles=told["titles"],
            summaries=told["summaries"],
            tags=told["tags"],
            product_lines=told.get("lines", []),
            owner=trainer,
            is_open=told.get("is_open", True),
        )
        made[course.code] = save_course(course, [made[code] for code in told.get("needs", [])])
        _write(course.versions.get(), told["modules"])
        add_quiz(course.versions.get(), trainer)
        add_package(course.versions.get(), trainer)
        if not told.get("is_draft"):
            publish(course, by=trainer)
    published = list(CourseVersion.objects.filter(state=CourseVersion.State.PUBLISHED).order_by("pk"))
    long_ago = timezone.now() - dt.timedelta(days=500)
    CourseVersion.objects.filter(pk__in=[each.pk for each in published]).update(published_at=long_ago)
    _learn(published, trainer)
    tell_learning_programmes(manufacturer)
    tell_attempts()
    tell_visits()


def _write(version: CourseVersion, modules: list[Any]) -> None:
    version.modules.all().delete()
    for number, (titles, lessons) in enumerate(modules):
        module = Module.objects.create(version=version, titles=titles, order=number)
        for place, (minutes, names, texts) in enumerate(lessons):
            lesson = Lesson.objects.create(version=version, module=module, titles=names, minutes=minutes, order=place)
            LessonContent.objects.bulk_create(
                [LessonContent(lesson=lesson, language=code, body=body) for code, body in texts.items()]
            )


def _learn(versions: list[CourseVersion], trainer: Membership) -> None:
    """Enrolments and progress in the past, as services would have written them, without a notice for each."""
    people = list(
        members_with(Right.PORTAL_TRAINING)
        .filter(partner__stage="active")
        .select_related("partner")
        .order_by("pk")[:LEARNERS]
    )
    stages = cycle(STAGES)
    begun = [version for version in versions if not version.course.prerequisites.exists()]
    enrolments = [
        _enrolment(begun[(number + each) % len(begun)], person, trainer, *next(stages))
        for number, person in enumerate(people)
        for each in range(min(len(begun), 3 if number < 6 else 1 + number % 2))
    ]
    Enrolment.objects.bulk_create(enrolments)
    lessons = {version.pk: list(version.lessons.all()) for version in begun}
    progress: list[LessonProgress] = []
    for enrolment in enrolments:
        began = enrolment.started_at
        for place, lesson in enumerate(
            lessons[enrolment.version_id][: enrolment.done + (1 if enrolment.is_open else 0)]
        ):
            if began is None:
                break
            at = began + dt.timedelta(hours=20 * place)
            progress.append(
                LessonProgress(
                    enrolment=enrolment,
                    lesson=lesson,
                    partner_id=enrolment.partner_id,
                    started_at=at,
                    seen_at=at + dt.timedelta(minutes=lesson.minutes),
                    done_at=at + dt.timedelta(minutes=lesson.minutes) if place < enrolment.done else None,
                    seconds=60 * lesson.minutes,
                )
            )
    LessonProgress.objects.bulk_create(progress)


def _enrolment(
    version: CourseVersion, person: Membership, trainer: Membership, share: float, ago: int, due: int | None
) -> Enrolment:
    now = timezone.now()
    done = round(share * version.lesson_count)
    enrolled = now - dt.timedelta(days=ago, hours=3)
    is_passed, has_begun = share == 1, share > 0
    return Enrolment(
        course_id=version.course_id,
        version=version,
        partner=person.partner,
        member=person,
        state=EnrolmentState.PASSED if is_passed else EnrolmentState.STARTED if has_begun else EnrolmentState.ENROLLED,
        source=EnrolmentSource.SELF if due is None else EnrolmentSource.STAFF,
        by=None if due is None else trainer,
        enrolled_at=enrolled,
        due_on=None if due is None else timezone.localdate() + dt.timedelta(days=due),
        started_at=enrolled + dt.timedelta(hours=2) if has_begun else None,
        seen_at=now - dt.timedelta(days=max(1, ago // 2)) if has_begun else None,
        ended_at=now - dt.timedelta(days=max(1, ago // 2)) if is_passed else None,
        done=done,
        seconds=240 * done,
    )
