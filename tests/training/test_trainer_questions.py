"""Questions to the trainer: answered to all without telling others who asked; and points for learning."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from notices.models import Notice
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerMemberFactory
from tests.training.factories import CourseFactory
from training.models import Course, Enrolment, LearningPoints, Lesson, LessonQuestion, PointRules
from training.selectors.points import leaderboard, point_rules
from training.selectors.trainer_questions import talks_of
from training.services import learning, points, trainer_questions
from training.services.trainer_questions import AskingError

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def course(owner: Membership) -> Course:
    return CourseFactory(manufacturer=owner.manufacturer, owner=owner)


def lesson_of(course: Course) -> Lesson:
    with staff_scope(course.manufacturer_id):
        return Lesson.objects.select_related("module").filter(version__course=course).earliest("order")


def learner_of(course: Course, member: Membership) -> Enrolment:
    with staff_scope(course.manufacturer_id):
        return learning.enrol(course, member)


def ask(enrolment: Enrolment, lesson: Lesson, text: str) -> LessonQuestion:
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        return trainer_questions.ask(enrolment, lesson, text)


def read(enrolment: Enrolment, **which: Any) -> list[tuple[str, str, str]]:
    """Text, asker and answer of what somebody reads."""
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        return [(each.text, each.asker, each.answer) for each in talks_of(enrolment, **which)]


def test_an_answer_to_all_names_the_asker_to_colleagues_only(
    owner: Membership, course: Course, rep: Membership, partner_admin: Membership, sibling_rep: Membership
) -> None:
    lesson = lesson_of(course)
    asker, colleague, other = (learner_of(course, each) for each in (rep, partner_admin, sibling_rep))
    question = ask(asker, lesson, "Does it suit the Lotte site?")
    assert ask(asker, lesson, "Does it suit the Lotte site?").pk == question.pk  # a double click
    assert [len(read(each)) for each in (asker, colleague, other)] == [1, 0, 0]
    with staff_scope(owner.manufacturer_id):
        trainer_questions.answer(
            question, text="Yes, dry.", is_public=True, shown_text="Does it suit a big site?", by=owner
        )
    assert read(asker, lesson=lesson) == [("Does it suit the Lotte site?", rep.name, "Yes, dry.")]
    assert read(colleague, lesson=lesson) == [("Does it suit a big site?", partner_admin and rep.name, "Yes, dry.")]
    assert read(other, lesson=lesson) == [("Does it suit a big site?", "", "Yes, dry.")]
    assert read(other, words="lotte") == []
    assert len(read(asker, words="lotte DRY")) == len(read(other, words="big dry")) == 1
    with staff_scope(owner.manufacturer_id):
        trainer_questions.answer(LessonQuestion.objects.get(), text="Only you", is_public=False, by=owner)
    assert [len(read(each)) for each in (asker, colleague, other)] == [1, 0, 0]
    with staff_scope(owner.manufacturer_id):
        told = Notice.objects.filter(recipient=rep, kind="training.answered").order_by("pk")
        assert [each.facts["answer"] for each in told] == ["Yes, dry.", "Only you"]
        assert Notice.objects.filter(recipient=owner, kind="training.asked").count() == 1


def test_two_trainers_at_once_and_too_many_questions_are_refused(
    owner: Membership, manager: Membership, course: Course, rep: Membership
) -> None:
    lesson, enrolment = lesson_of(course), learner_of(course, rep)
    question = ask(enrolment, lesson, "Why?")
    with staff_scope(owner.manufacturer_id):
        stale = LessonQuestion.objects.get()
        trainer_questions.answer(question, text="So.", is_public=True, by=owner)
        with pytest.raises(AskingError, match="Somebody else has answered"):
            trainer_questions.answer(stale, text="Otherwise.", is_public=True, by=manager)
        with pytest.raises(AskingError, match="Only an open question"):
            trainer_questions.close(question)
        with pytest.raises(AskingError, match="as all may read it"):
            trainer_questions.answer(
                LessonQuestion.objects.get(), text="Blank.", is_public=True, shown_text=" ", by=owner
            )
    for number in range(trainer_questions.MOST_OPEN):
        ask(enrolment, lesson, f"Question {number}")
    with pytest.raises(AskingError, match="not answered yet"):
        ask(enrolment, lesson, "One more")
    with pytest.raises(AskingError, match="Write what"):
        ask(enrolment, lesson, "  ")


def test_asked_on_the_phone_answered_on_the_desk(
    owner: Membership, course: Course, rep: Membership, sibling_rep: Membership, client_for: SignIn
) -> None:
    lesson, enrolment, other = lesson_of(course), learner_of(course, rep), learner_of(course, sibling_rep)
    slug, client, desk = owner.manufacturer.slug, client_for(rep), client_for(owner)
    page = f"/{slug}/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/"
    assert client.post(f"{page}ask/", {"text": "How <u>long</u>?"})["Location"] == f"{page}#questions"
    with staff_scope(owner.manufacturer_id):
        question = LessonQuestion.objects.get()
    assert "1 question waits for an answer" in desk.get(f"/{slug}/training/questions/").content.decode()
    one = f"/{slug}/training/asked/{question.pk}/"
    assert "How &lt;u&gt;long&lt;/u&gt;?" in desk.get(one).content.decode()
    given = {"answer": "48 hours", "audience": "all", "shown_text": question.text, "read_at": ""}
    assert "Write the question as all may read it" in desk.post(one, given | {"shown_text": " "}).content.decode()
    assert desk.post(one, given)["Location"] == f"/{slug}/training/questions/"
    assert "Somebody else has answered it" in desk.post(one, given).content.decode()
    theirs = client_for(sibling_rep).get(f"/{slug}/portal/learning/{other.pk}/lessons/{lesson.pk}/").content.decode()
    assert "48 hours" in theirs
    assert rep.name not in theirs
    assert str(rep.partner) not in theirs
    with staff_scope(owner.manufacturer_id):
        assert LessonQuestion.objects.get().shown_text == question.text
    found = client_for(sibling_rep).get(f"/{slug}/portal/learning/{other.pk}/questions/?q=48").content.decode()
    assert "48 hours" in found


@pytest.mark.parametrize("size", [1, 4])
def test_questions_under_a_lesson_are_two_queries(
    owner: Membership, course: Course, rep: Membership, size: int, django_assert_num_queries: Any
) -> None:
    lesson, enrolment = lesson_of(course), learner_of(course, rep)
    for number in range(size):
        ask(enrolment, lesson, f"Question {number}")
    with staff_scope(owner.manufacturer_id), django_assert_num_queries(1):
        assert len(talks_of(enrolment, lesson=lesson)) == size


def test_a_question_that_is_refused_stays_in_its_field_and_a_search_for_no_text_finds_all(
    owner: Membership, course: Course, rep: Membership, client_for: SignIn
) -> None:
    lesson, enrolment, client = lesson_of(course), learner_of(course, rep), client_for(rep)
    home = f"/{owner.manufacturer.slug}/portal/learning/"
    shown = client.post(
        f"{home}{enrolment.pk}/lessons/{lesson.pk}/ask/", {"text": "How <u>long</u>?\x00"}
    ).content.decode()
    assert "Null characters are not allowed" in shown
    assert "How &lt;u&gt;long&lt;/u&gt;?</textarea>" in shown
    ask(enrolment, lesson, "How long?")
    assert "How long?" in client.get(f"{home}{enrolment.pk}/questions/?q=").content.decode()
    assert client.get(f"{home}?q=").status_code == 200


def done(course: Course, member: Membership, lessons: int, score: int | None = None) -> None:
    with staff_scope(course.manufacturer_id):
        enrolment = learning.enrol(course, member)
        for lesson in (
            Lesson.objects.select_related("module").filter(version=enrolment.version).order_by("order")[:lessons]
        ):
            learning.finish_lesson(enrolment, lesson, score=None if score is None else Decimal(score))


def rows_of_points() -> dict[int, str]:
    """Where each person's points stand in the table: another place once they are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT member_id, ctid::text FROM training_learningpoints")
        return dict(cursor.fetchall())


def test_points_by_the_rules_and_the_rank_without_names(
    owner: Membership, course: Course, rep: Membership, partner_admin: Membership, sibling_rep: Membership
) -> None:
    done(course, rep, 2, score=80)  # two lessons, four fifths of the score twice, and the course
    done(course, partner_admin, 1)
    done(course, sibling_rep, 1, score=50)
    with staff_scope(owner.manufacturer_id):
        assert points.count_points() == 3
        LearningPoints.objects.filter(member=rep).update(points=1)
        before = rows_of_points()
        assert points.count_points() == 3
        after = rows_of_points()
        assert {member for member in before if before[member] != after[member]} == {rep.pk}
        rules = PointRules(lesson_points=10)
        points.save_rules(rules)
        points.save_rules(PointRules(lesson_points=10))  # of somebody who opened the page before there were any
        assert PointRules.objects.get().pk == rules.pk
        assert dict(LearningPoints.objects.values_list("member", "points")) == {
            rep.pk: 2 * (10 + 40) + 100,
            partner_admin.pk: 10,
            sibling_rep.pk: 10 + 25,
        }
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        board = leaderboard(partner_admin, point_rules())
    assert [(each.rank, each.name, each.points, each.is_me) for each in board.places] == [
        (1, rep.name, 200, False),
        (2, partner_admin.name, 10, True),
    ]
    assert (board.own, board.rank, board.of, board.above, board.below) == (10, 3, 3, [200, 35], [])
    assert board.counted == 10
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        points.show_on_leaderboard(rep, is_shown=False)
        left = leaderboard(partner_admin, point_rules())
        own = leaderboard(rep, point_rules())
    assert [each.name for each in left.places] == [partner_admin.name]
    assert (left.rank, left.above) == (2, [35])
    assert (own.is_hidden, own.own, own.rank) == (True, 200, None)


def test_the_own_place_is_shown_behind_the_first(
    owner: Membership,
    course: Course,
    rep: Membership,
    partner_admin: Membership,
    client_for: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training.selectors.points.COLLEAGUES_SHOWN", 2)
    done(course, partner_admin, 2)
    for _each in range(2):
        done(course, PartnerMemberFactory(manufacturer=owner.manufacturer, partner=rep.partner), 1, score=50)
    done(course, rep, 1)
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        board = leaderboard(rep, point_rules())
    assert [(each.rank, each.points, each.is_me) for each in board.places] == [
        (1, 120, False),
        (2, 35, False),
        (4, 10, True),
    ]
    html = client_for(rep).get(f"/{owner.manufacturer.slug}/portal/learning/points/").content.decode()
    assert "3 of 4 are shown: the first, and you." in html


def test_the_leaderboard_is_switched_off_and_asks_a_fixed_number_of_queries(
    owner: Membership, course: Course, rep: Membership, client_for: SignIn, django_assert_num_queries: Any
) -> None:
    slug, client = owner.manufacturer.slug, client_for(rep)
    for more in (1, 3):
        for _each in range(more):
            done(course, PartnerMemberFactory(manufacturer=owner.manufacturer, partner=rep.partner), 1)
        with staff_scope(owner.manufacturer_id):
            points.count_points()
            with django_assert_num_queries(3):
                assert leaderboard(rep, PointRules()).rank is None
    assert "You have 0 points" in client.get(f"/{slug}/portal/learning/points/").content.decode()
    rules = {"lesson_points": "10", "quiz_points": "50", "course_points": "100", "months": "12"}
    assert client_for(owner).post(f"/{slug}/training/points/", rules)["Location"] == f"/{slug}/training/points/"
    assert client.get(f"/{slug}/portal/learning/points/").status_code == 404
    assert "learning/points/" not in client.get(f"/{slug}/portal/learning/").content.decode()
    with staff_scope(owner.manufacturer_id):
        assert not LearningPoints.objects.exists()
