"""Learning from the first lesson to the pass, and what nobody may do meanwhile."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from partners.models import Partner, Stage
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ManufacturerFactory, PartnerFactory, PartnerMemberFactory
from tests.training.factories import CourseFactory
from training.models import (
    Course,
    CoursePrerequisite,
    CourseState,
    CourseVersion,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    Lesson,
    LessonContent,
    LessonProgress,
)
from training.services import courses, learning

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(owner: Membership) -> Membership:
    return PartnerMemberFactory(manufacturer=owner.manufacturer)


@pytest.fixture
def course(owner: Membership) -> Course:
    return CourseFactory(manufacturer=owner.manufacturer)


def as_member(member: Membership) -> Any:
    """The partner's scope, as the portal enters it."""
    return partner_scope(member.manufacturer_id, member.partner_id)


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects.filter(version__course=course, version__state="published"))


def test_with_the_last_needed_lesson_the_course_is_passed(learner: Membership, course: Course) -> None:
    with as_member(learner):
        enrolment = learning.enrol(course, learner)
        first, second = lessons_of(course)
        learning.open_lesson(enrolment, first)
        learning.keep_place(enrolment, first, {"at": 3}, seconds=4_000)
        learning.finish_lesson(enrolment, first, score=Decimal(60))
        learning.finish_lesson(enrolment, first, score=Decimal(40))
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.done, enrolment.seconds) == (EnrolmentState.STARTED, 1, 600)
        learning.finish_lesson(enrolment, second, score=Decimal(90))
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.done, enrolment.score) == (EnrolmentState.PASSED, 2, Decimal(75))
        assert enrolment.ended_at is not None
        kept = LessonProgress.objects.get(lesson=first)
        assert (kept.score, kept.place, kept.seconds) == (Decimal(60), {"at": 3}, 600)


def test_lessons_come_in_their_order_unless_the_order_is_free(learner: Membership, course: Course) -> None:
    with as_member(learner):
        enrolment = learning.enrol(course, learner)
        _first, second = lessons_of(course)
        with pytest.raises(learning.LearningError, match="“L0” comes first"):
            learning.open_lesson(enrolment, second)
    with staff_scope(learner.manufacturer_id):
        CourseVersion.objects.update(is_ordered=False)
    with as_member(learner):
        assert learning.open_lesson(enrolment, second).done_at is None


def test_one_needs_what_comes_before(learner: Membership, course: Course, owner: Membership) -> None:
    basics = CourseFactory(manufacturer=owner.manufacturer, titles={"en": "Basics"}, lessons=1)
    with staff_scope(owner.manufacturer_id):
        CoursePrerequisite.objects.create(course=course, needs=basics)
    with as_member(learner):
        enrolment = learning.enrol(course, learner)
        with pytest.raises(learning.LearningError, match="Pass “Basics” first"):
            learning.open_lesson(enrolment, lessons_of(course)[0])
        learning.finish_lesson(learning.enrol(basics, learner), lessons_of(basics)[0])
        assert learning.open_lesson(enrolment, lessons_of(course)[0]).done_at is None


def test_one_takes_a_course_once_at_a_time(learner: Membership, course: Course) -> None:
    with as_member(learner):
        enrolment = learning.enrol(course, learner, due_on=dt.date(2026, 12, 31))
        again = learning.enrol(course, learner, due_on=dt.date(2026, 12, 1), source=EnrolmentSource.STAFF)
        assert (again.pk, again.due_on, again.source) == (enrolment.pk, dt.date(2026, 12, 1), EnrolmentSource.SELF)
        assert learning.enrol(course, learner, due_on=dt.date(2027, 1, 1)).due_on == dt.date(2026, 12, 1)
        learning.end(enrolment, EnrolmentState.EXEMPT, reason="Master fitter")
        assert learning.enrol(course, learner).pk != enrolment.pk


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda learner, course: Course.objects.update(state=CourseState.RETIRED), "is not open at present"),
        (lambda learner, course: Partner.objects.update(stage=Stage.ENDED), "take no courses"),
        (lambda learner, course: Membership.objects.filter(pk=learner.pk).update(is_active=False), "no access"),
    ],
)
def test_who_may_not_enrol_is_told_why(learner: Membership, course: Course, changed: Any, said: str) -> None:
    with staff_scope(learner.manufacturer_id):
        changed(learner, course)
        learner.refresh_from_db()
        with pytest.raises(learning.LearningError, match=said):
            learning.enrol(course, learner)
        assert not Enrolment.objects.exists()


def test_partners_read_outlines_and_learn_only_what_they_are_enrolled_in(learner: Membership, course: Course) -> None:
    colleague = PartnerMemberFactory(manufacturer=learner.manufacturer, partner=learner.partner)
    other = PartnerMemberFactory(
        manufacturer=learner.manufacturer, partner=PartnerFactory(manufacturer=learner.manufacturer)
    )
    stranger = PartnerMemberFactory(manufacturer=ManufacturerFactory())
    with as_member(learner):
        enrolment = learning.enrol(course, learner)
    for member, titles, texts, enrolments in ((colleague, 2, 2, 1), (other, 2, 0, 0), (stranger, 0, 0, 0)):
        with as_member(member):
            assert Lesson.objects.count() == titles
            assert LessonContent.objects.count() == texts
            assert Enrolment.objects.count() == enrolments
    with as_member(learner), pytest.raises(ProgrammingError), transaction.atomic():
        Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.PASSED)


def test_courses_that_are_not_open_are_seen_by_who_takes_them(learner: Membership, course: Course) -> None:
    other = PartnerMemberFactory(
        manufacturer=learner.manufacturer, partner=PartnerFactory(manufacturer=learner.manufacturer)
    )
    with staff_scope(learner.manufacturer_id):
        Course.objects.update(is_open=False)
        learning.enrol(course, learner, source=EnrolmentSource.STAFF)
    for member, seen in ((learner, 1), (other, 0)):
        with as_member(member):
            assert Course.objects.count() == seen


def test_who_has_begun_finishes_the_version_begun(learner: Membership, course: Course, owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        begun = learning.enrol(course, learner)
        draft = courses.draft_of(course)
        assert courses.draft_of(course) == draft
        assert [each.key for each in draft.lessons.all()] == [each.key for each in begun.version.lessons.all()]
        assert [each.contents.get().body for each in draft.lessons.all()] == ["Some words."] * 2
        CourseVersion.objects.filter(pk=begun.version_id).update(state="replaced")
        CourseVersion.objects.filter(pk=draft.pk).update(state="published", published_at=begun.enrolled_at)
    with as_member(learner):
        assert learning.enrol(course, learner).version_id == begun.version_id
        learning.end(begun, EnrolmentState.FAILED)
        assert learning.enrol(course, learner).version_id == draft.pk
        with pytest.raises(learning.LearningError, match="another version"):
            learning.open_lesson(learning.enrol(course, learner), begun.version.lessons.all()[0])
