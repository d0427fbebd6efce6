"""A quiz from the draw to the mark: once, in time, and without ever telling what is right."""

import datetime as dt
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once
from tests.training.factories import LessonFactory, QuestionBankFactory, QuestionFactory, QuizFactory, VersionFactory
from training.models import (
    Attempt,
    AttemptQuestion,
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentState,
    LessonProgress,
    Question,
    QuestionBank,
    Quiz,
    QuizPart,
)
from training.services import learning, quizzes

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(owner: Membership) -> Membership:
    return PartnerMemberFactory(manufacturer=owner.manufacturer)


@pytest.fixture
def quiz(owner: Membership) -> Quiz:
    return QuizFactory(manufacturer=owner.manufacturer)


def as_member(member: Membership) -> Any:
    return partner_scope(member.manufacturer_id, member.partner_id)


def enrolled(quiz: Quiz, learner: Membership) -> Enrolment:
    with as_member(learner):
        return learning.enrol(Course.objects.get(pk=quiz.lesson.version.course_id), learner)


def answer(attempt: Attempt, *, right: int) -> None:
    """So many right answers, the rest wrong."""
    with staff_scope(attempt.manufacturer_id):
        rows = list(AttemptQuestion.objects.filter(attempt=attempt).select_related("question"))
    for place, row in enumerate(rows):
        keys = [each["key"] for each in row.shown["options"]]
        chosen = row.question.solution["keys"][0]
        wrong = next(key for key in keys if key != chosen)
        quizzes.save_answer(attempt, row.order, chosen if place < right else wrong)


def test_who_answers_enough_passes(quiz: Quiz, learner: Membership) -> None:
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        assert quizzes.start(enrolment, quiz.lesson) == attempt
        answer(attempt, right=1)
        attempt = quizzes.submit(attempt)
        assert (attempt.score, attempt.is_passed) == (Decimal(50), False)
        again = quizzes.start(enrolment, quiz.lesson)
        answer(again, right=2)
        assert quizzes.submit(again).score == 100
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.score, again.number) == (EnrolmentState.PASSED, Decimal(100), 2)
        assert LessonProgress.objects.get().score == 100
        with pytest.raises(quizzes.QuizError, match="has ended"):
            quizzes.start(enrolment, quiz.lesson)


def test_an_attempt_is_marked_once(quiz: Quiz, learner: Membership) -> None:
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        first = quizzes.submit(attempt)
        with pytest.raises(quizzes.QuizError, match="time is over, or the attempt is submitted"):
            answer(attempt, right=2)
        second = quizzes.submit(attempt)
        assert (second.score, second.submitted_at) == (Decimal(0), first.submitted_at)


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_meets_the_submission_counts_or_is_refused(quiz: Quiz, learner: Membership) -> None:
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
    with staff_scope(learner.manufacturer_id):
        row = AttemptQuestion.objects.filter(attempt=attempt).select_related("question").first()
        assert row is not None
    right = row.question.solution["keys"][0]

    def answered() -> Any:
        with as_member(learner):
            return quizzes.save_answer(attempt, row.order, right)

    def submitted() -> Any:
        with as_member(learner):
            return quizzes.submit(attempt).score

    kept, score = at_once(answered, submitted)
    with staff_scope(learner.manufacturer_id):
        row.refresh_from_db()
    is_kept = isinstance(kept, dt.datetime)
    assert is_kept or isinstance(kept, quizzes.QuizError)
    assert (row.given, row.points, score) == ((right, 1, 50) if is_kept else (None, 0, 0))


def test_nothing_a_partner_reads_tells_what_is_right(quiz: Quiz, learner: Membership) -> None:
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        for row in AttemptQuestion.objects.all():
            assert set(row.shown) == {"kind", "texts", "options"}
            assert all(set(each) == {"key", "texts"} for each in row.shown["options"])
            assert "solution" not in json.dumps(row.shown)
        for model in (Question, QuestionBank, QuizPart):
            with pytest.raises(ProgrammingError), transaction.atomic():
                model.objects.count()
        with pytest.raises(ProgrammingError), transaction.atomic():
            AttemptQuestion.objects.update(points=1)
    other = PartnerMemberFactory(
        manufacturer=learner.manufacturer, partner=PartnerFactory(manufacturer=learner.manufacturer)
    )
    with as_member(other):
        assert not Attempt.objects.exists()
        with pytest.raises(quizzes.QuizError, match="not part of the attempt"):
            quizzes.save_answer(attempt, 0, "a")


def test_the_time_limit_is_kept_by_the_server(quiz: Quiz, learner: Membership) -> None:
    with staff_scope(learner.manufacturer_id):
        Quiz.objects.update(minutes=10, attempts=2)
        quiz.refresh_from_db()
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        assert attempt.ends_at == attempt.started_at + dt.timedelta(minutes=10)
        answer(attempt, right=2)
    with staff_scope(learner.manufacturer_id):
        Attempt.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=5))
        assert quizzes.submit_late(timezone.now()) == 0
    with as_member(learner):
        answer(attempt, right=1)
    with staff_scope(learner.manufacturer_id):
        Attempt.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=11))
    with as_member(learner), pytest.raises(quizzes.QuizError, match="time is over"):
        answer(attempt, right=2)
    with staff_scope(learner.manufacturer_id):
        assert (quizzes.submit_late(timezone.now()), quizzes.submit_late(timezone.now())) == (1, 0)
        attempt.refresh_from_db()
        assert (attempt.score, attempt.is_passed) == (Decimal(50), False)


def test_attempts_run_out_and_the_course_has_failed(quiz: Quiz, learner: Membership) -> None:
    with staff_scope(learner.manufacturer_id):
        Quiz.objects.update(attempts=2, wait_hours=24)
        quiz.refresh_from_db()
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        quizzes.submit(quizzes.start(enrolment, quiz.lesson))
        where = quizzes.standing(quiz, enrolment)
        assert (where.left, where.may_start, where.is_passed) == (1, False, False)
        with pytest.raises(quizzes.QuizError, match="next attempt opens on"):
            quizzes.start(enrolment, quiz.lesson)
    with staff_scope(learner.manufacturer_id):
        Attempt.objects.update(submitted_at=timezone.now() - dt.timedelta(hours=25))
    with as_member(learner):
        quizzes.submit(quizzes.start(enrolment, quiz.lesson))
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.reason) == (EnrolmentState.FAILED, "No attempt is left at “Quiz”.")


def test_a_part_draws_by_tag_and_difficulty_and_nothing_twice(owner: Membership) -> None:
    bank = QuestionBankFactory(manufacturer=owner.manufacturer)
    for place in range(6):
        QuestionFactory(
            bank=bank,
            manufacturer=owner.manufacturer,
            tags=["tools"] if place < 4 else ["floor"],
            difficulty=1 + place % 4,
        )
    quiz = QuizFactory(manufacturer=owner.manufacturer, bank=bank)
    with staff_scope(owner.manufacturer_id):
        QuizPart.objects.filter(quiz=quiz).update(tag="tools", easiest=2, hardest=4, count=3)
        QuizPart.objects.create(quiz=quiz, bank=bank, count=2, order=1)
        for _time in range(10):
            drawn = quizzes.draw_questions(quiz.parts.all(), random.SystemRandom())
            assert len({each.pk for each in drawn}) == 5
            assert [each.tags for each in drawn[:3]] == [["tools"]] * 3
            assert all(each.difficulty > 1 for each in drawn[:3])
        QuizPart.objects.filter(quiz=quiz, order=1).update(count=7)
        assert quizzes.missing_in(quiz.lesson) == [f"“{bank}” has 6 questions for a part that draws 7."]


def test_what_is_no_answer_is_refused_and_leaves_the_one_before(quiz: Quiz, learner: Membership) -> None:
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        answer(attempt, right=2)
        with pytest.raises(quizzes.QuizError, match="no answer to the question"):
            quizzes.save_answer(attempt, 0, "<script>")
        assert quizzes.submit(attempt).score == 100


def test_who_has_passed_does_not_fail_by_trying_again(quiz: Quiz, learner: Membership) -> None:
    with staff_scope(learner.manufacturer_id):
        Quiz.objects.update(attempts=2)
        quiz.refresh_from_db()
        LessonFactory(
            version=quiz.lesson.version, module=quiz.lesson.module, manufacturer=learner.manufacturer, order=9
        )
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        answer(attempt, right=2)
        quizzes.submit(attempt)
        assert quizzes.submit(quizzes.start(enrolment, quiz.lesson)).is_passed is False
        enrolment.refresh_from_db()
        assert enrolment.state == EnrolmentState.STARTED
        assert LessonProgress.objects.get(lesson=quiz.lesson).score == 100


def test_an_attempt_of_a_version_left_is_marked_and_changes_nothing_else(quiz: Quiz, learner: Membership) -> None:
    with staff_scope(learner.manufacturer_id):
        Quiz.objects.update(minutes=10, attempts=1)
        quiz.refresh_from_db()
    enrolment = enrolled(quiz, learner)
    other = PartnerMemberFactory(manufacturer=learner.manufacturer, partner=learner.partner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
        second = quizzes.start(enrolled(quiz, other), quiz.lesson)
        answer(attempt, right=2)
    with staff_scope(learner.manufacturer_id):
        course = Course.objects.select_related("manufacturer").get(versions=quiz.lesson.version_id)
        CourseVersion.objects.update(state="replaced")
        newer = VersionFactory(course=course, manufacturer=learner.manufacturer, number=2)
        Enrolment.objects.filter(pk=enrolment.pk).update(version=newer)
        Attempt.objects.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
        assert quizzes.submit_late(timezone.now()) == 2
        for each, score in ((attempt, 100), (second, 0)):
            each.refresh_from_db()
            assert each.score == score
        enrolment.refresh_from_db()
        assert enrolment.state == EnrolmentState.STARTED


def test_one_that_cannot_be_submitted_keeps_no_other_from_it(
    quiz: Quiz, learner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staff_scope(learner.manufacturer_id):
        Quiz.objects.update(minutes=10)
        quiz.refresh_from_db()
    other = PartnerMemberFactory(manufacturer=learner.manufacturer, partner=learner.partner)
    with as_member(learner):
        broken = quizzes.start(enrolled(quiz, learner), quiz.lesson)
        whole = quizzes.start(enrolled(quiz, other), quiz.lesson)
    submit = quizzes.submit

    def breaking(attempt: Attempt) -> Attempt:
        if attempt.pk == broken.pk:
            raise ValueError("Broken")
        return submit(attempt)

    monkeypatch.setattr(quizzes, "submit", breaking)
    with staff_scope(learner.manufacturer_id):
        Attempt.objects.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
        assert quizzes.submit_late(timezone.now()) == 1
        whole.refresh_from_db()
        assert whole.submitted_at is not None


def test_going_on_after_the_time_submits_what_there_was(quiz: Quiz, learner: Membership) -> None:
    with staff_scope(learner.manufacturer_id):
        Quiz.objects.update(minutes=10, attempts=1)
        quiz.refresh_from_db()
    enrolment = enrolled(quiz, learner)
    with as_member(learner):
        attempt = quizzes.start(enrolment, quiz.lesson)
    with staff_scope(learner.manufacturer_id):
        Attempt.objects.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
    with as_member(learner):
        with pytest.raises(quizzes.QuizError, match="has ended"):
            quizzes.start(enrolment, quiz.lesson)
        attempt.refresh_from_db()
        assert attempt.submitted_at is not None
        enrolment.refresh_from_db()
        assert enrolment.state == EnrolmentState.FAILED
