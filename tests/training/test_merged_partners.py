"""Two records of one company are made one: what its people have learned goes along."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from partners import merging
from partners.models import Partner, Qualification, QualificationType
from partners.services.merging import merge_partners, undo_merge
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory
from tests.training.factories import CourseFactory, QuizFactory, programme_of
from training.models import Course, Enrolment, EnrolmentState, Lesson
from training.selectors.learning import going
from training.services import quizzes
from training.services.exemptions import exempt_from
from training.services.points import count_points
from training.services.programme_assignment import assign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]
MOVED = {
    "training.Attempt", "training.AttemptQuestion", "training.Certificate", "training.Enrolment", "training.Exemption",
    "training.LearningPoints", "training.LessonProgress", "training.ProgrammePerson",
}  # fmt: skip


def belonging(partner: Any) -> dict[str, int]:
    """How many rows of training are a partner's, by table."""
    keys = [key for key in merging.partner_keys() if key.model._meta.app_label == "training"]
    counts = {key.model._meta.label: key.model._base_manager.filter(**{key.field: partner.pk}).count() for key in keys}
    return {name: count for name, count in counts.items() if count}


def test_learning_follows_the_record_that_stays_and_comes_back(
    owner: Membership, partner: Partner, rep: Membership, first: Course, second: Course
) -> None:
    twin = PartnerFactory(manufacturer=owner.manufacturer, kind=partner.kind, stage="active")
    colleague = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=twin)
    programme = programme_of(owner, [first, second])
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        assign(programme, day=timezone.localdate())
        for member in (rep, colleague):
            pass_first(member, first)
        exempt_from(second, colleague, reason="Trade school", by=owner)
        count_points()
        before = {each.pk: belonging(each) for each in (partner, twin)}
        assert set(before[twin.pk]) == MOVED
        merge = merge_partners(partner, twin, by=owner)
        assert belonging(twin) == {}
        assert belonging(partner) == {
            name: count + before[twin.pk].get(name, 0) for name, count in before[partner.pk].items()
        } | {name: count for name, count in before[twin.pk].items() if name not in before[partner.pk]}
        held = Qualification.objects.filter(member=None, ended_on=None)
        assert list(held.values_list("partner", flat=True)) == [partner.pk]
        assign(programme, day=timezone.localdate() + dt.timedelta(days=1))
        assert set(programme.people.values_list("member", "partner", "state")) == {
            (rep.pk, partner.pk, "open"),
            (colleague.pk, partner.pk, "done"),
        }
    with partner_scope(owner.manufacturer_id, partner.pk):
        assert [each.enrolment.course_id for each in going(Membership.objects.get(pk=rep.pk))] == [second.pk]
        assert Enrolment.objects.filter(member=colleague).count() == 2
    with staff_scope(owner.manufacturer_id):
        undo_merge(merge, by=owner)
        assert {each.pk: belonging(each) for each in (partner, twin)} == before


def pass_first(member: Membership, course: Course) -> None:
    """Read, and answer the quiz rightly."""
    enrolment = Enrolment.objects.get(member=member, course=course)
    lesson = Lesson.objects.select_related("module", "quiz").get(version=enrolment.version_id)
    attempt = quizzes.start(enrolment, lesson)
    for row in attempt.questions.select_related("question"):
        quizzes.save_answer(attempt, row.order, row.question.solution["keys"][0])
    quizzes.submit(attempt)
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.PASSED


@pytest.fixture
def first(owner: Membership) -> Course:
    """A quiz that makes who passes it a fitter."""
    quiz = QuizFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        course = Course.objects.get(versions__lessons=quiz.lesson)
        course.qualification = QualificationType.objects.create(code="fitter", names={"en": "Fitter"})
        course.save(update_fields=["qualification"])
        return course


@pytest.fixture
def second(owner: Membership) -> Course:
    return CourseFactory(manufacturer=owner.manufacturer, lessons=1)
