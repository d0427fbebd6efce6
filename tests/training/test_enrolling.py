"""Who takes a course: enrolled by others, exempt, taken back, moved on; and where it is told and found."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners.audiences.fields import Catalogue
from partners.selectors.audiences import ReadAudience
from partners.timeline import Before
from tenancy.access import member_scope
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory
from tests.training.factories import CourseFactory, QuizFactory
from training.models import Course, Enrolment, EnrolmentState, Exemption, Lesson, LessonProgress
from training.search_sources.courses import find_courses, find_learning
from training.selectors.learning import offered
from training.services import content, courses, enrolling, learning, quizzes
from training.services.learning import LearningError
from training.timeline_sources.courses import passed
from training.waiting.courses import late_colleagues, late_learners, next_lessons

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
SOON, GONE = timezone.localdate() + dt.timedelta(days=5), timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture
def course(owner: Membership) -> Course:
    return CourseFactory(manufacturer=owner.manufacturer, code="walls", titles={"en": "Walls"})


def told(member: Membership) -> list[str]:
    return [kind.split(".")[1] for kind in Notice.objects.filter(recipient=member).values_list("kind", flat=True)]


def finish(enrolment: Enrolment, count: int) -> None:
    for lesson in list(Lesson.objects.filter(version=enrolment.version_id))[:count]:
        learning.finish_lesson(enrolment, lesson)


def test_staff_enrol_people_once_and_tell_them(
    owner: Membership, rep: Membership, sibling_rep: Membership, course: Course
) -> None:
    with staff_scope(owner.manufacturer_id):
        own = enrolling.enrol_self(course, sibling_rep)
        made, refused = enrolling.enrol_people(course, [rep, sibling_rep, owner], by=owner, due_on=SOON)
        assert [(each.member_id, each.due_on) for each in made] == [(rep.pk, SOON), (sibling_rep.pk, SOON)]
        assert made[1].pk == own.pk
        assert refused == ["Owner Kim: Courses are for people of partners."]
        enrolling.enrol_people(course, [rep], by=owner)
        assert (told(rep), told(sibling_rep)) == (["enrolled"], [])


def test_an_admin_enrols_own_people_in_what_is_open_to_them(
    partner_admin: Membership, rep: Membership, sibling_rep: Membership, course: Course, client_for: SignIn
) -> None:
    client = client_for(partner_admin)
    page = "/hanbit/portal/learning/team/enrol/"
    client.post(page, {"course": course.pk, "people": [rep.pk, sibling_rep.pk], "due_on": SOON.isoformat()})
    with staff_scope(rep.manufacturer_id):
        assert not Enrolment.objects.exists()
    client.post(page, {"course": course.pk, "people": [rep.pk], "due_on": SOON.isoformat()})
    with staff_scope(rep.manufacturer_id):
        enrolment = Enrolment.objects.get()
        assert (enrolment.member_id, enrolment.source, enrolment.by_id) == (rep.pk, "partner", partner_admin.pk)
        Course.objects.update(is_open=False)
    assert rep.name in client.get("/hanbit/portal/learning/team/").content.decode()
    with member_scope(partner_admin, partner_admin.user), pytest.raises(LearningError, match="not open to your"):
        enrolling.enrol_colleagues(course, [rep], by=partner_admin)


def test_an_admin_of_many_people_looks_for_them_by_name(
    partner_admin: Membership, rep: Membership, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, page = client_for(partner_admin), "/hanbit/portal/learning/team/enrol/"
    assert 'name="q"' not in client.get(page).content.decode()
    monkeypatch.setattr("training.views.portal.team.COLLEAGUES_SHOWN", 2)
    assert 'name="q"' not in client.get(page).content.decode()
    monkeypatch.setattr("training.views.portal.team.COLLEAGUES_SHOWN", 1)
    first = client.get(page).content.decode()
    assert ('name="q"' in first, first.count('name="people"')) == (True, 1)
    assert 'data-choose-all="people"' in first
    found = client.get(page, {"q": rep.name}).content.decode()
    assert re.findall(r'name="people" value="(\d+)"', found) == [str(rep.pk)]


def test_who_is_exempt_may_begin_what_comes_after_and_a_taken_back_course_is_gone(
    owner: Membership, rep: Membership, course: Course, client_for: SignIn
) -> None:
    after = CourseFactory(manufacturer=owner.manufacturer, lessons=1)
    with staff_scope(owner.manufacturer_id):
        courses.save_course(after, [course])
        first, second = learning.enrol(course, rep), learning.enrol(after, rep)
        (lesson,) = Lesson.objects.filter(version__course=after)
        with pytest.raises(LearningError, match="Say why"):
            enrolling.exempt(first, reason=" ")
        enrolling.exempt(first, reason="Master fitter")
        assert learning.open_lesson(second, lesson).pk
        enrolling.take_back(second)
        for step in (enrolling.take_back, lambda each: enrolling.set_due(each, None)):
            with pytest.raises(LearningError, match="ended already"):
                step(second)
    client = client_for(rep)
    assert client.get(f"/hanbit/portal/learning/{second.pk}/lessons/{lesson.pk}/").status_code == 404


def test_who_is_moved_on_keeps_what_is_in_both_versions(
    owner: Membership, rep: Membership, sibling_rep: Membership, course: Course
) -> None:
    with staff_scope(owner.manufacturer_id):
        one, other = learning.enrol(course, rep), learning.enrol(course, sibling_rep)
        finish(one, 1)
        draft = courses.draft_of(course)
        kept, dropped = draft.lessons.all()
        content.remove_lesson(dropped)
        courses.publish(course, by=owner, note="Shorter")
        assert enrolling.move_on(course, Enrolment.objects.all()) == 2
        assert enrolling.move_on(course, Enrolment.objects.all()) == 0
        for enrolment in (one, other):
            enrolment.refresh_from_db()
        assert (one.version_id, one.state, one.done) == (draft.pk, EnrolmentState.PASSED, 1)
        assert (other.version_id, other.state, other.done) == (draft.pk, EnrolmentState.ENROLLED, 0)
        assert list(LessonProgress.objects.values_list("lesson", flat=True)) == [kept.pk]
        assert (sorted(told(rep)), told(sibling_rep)) == (["moved", "passed"], ["moved"])


def test_an_open_quiz_is_submitted_before_its_learner_is_moved_on(owner: Membership, rep: Membership) -> None:
    quiz = QuizFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        course = Course.objects.get()
        attempt = quizzes.start(learning.enrol(course, rep), quiz.lesson)
        courses.draft_of(course)
        courses.publish(course, by=owner)
        assert enrolling.move_on(course, Enrolment.objects.all()) == 1
        attempt.refresh_from_db()
        assert (attempt.is_passed, attempt.score) == (False, 0)


def test_moving_many_on_asks_as_much_as_moving_one(owner: Membership, partner: Any, course: Course) -> None:
    def asked(count: int) -> int:
        people = [PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner) for _each in range(count)]
        with staff_scope(owner.manufacturer_id):
            for person in people:
                finish(learning.enrol(course, person), 1)
            courses.draft_of(course)
            courses.publish(course, by=owner)
            with CaptureQueriesContext(connection) as queries:
                assert enrolling.move_on(course, Enrolment.objects.filter(member__in=people)) == count
            moved = Enrolment.objects.filter(member__in=people)
            assert set(moved.values_list("done", "state")) == {(1, EnrolmentState.STARTED)}
        return len(queries)

    assert asked(1) == asked(5)


def test_who_has_failed_is_let_in_again_by_others_only(
    owner: Membership, partner_admin: Membership, rep: Membership, course: Course, client_for: SignIn
) -> None:
    with staff_scope(owner.manufacturer_id):
        learning.end(learning.enrol(course, rep), EnrolmentState.FAILED)
    with member_scope(rep, rep.user):
        assert course not in offered(rep)
        with pytest.raises(LearningError, match="to enrol you again"):
            enrolling.enrol_self(course, rep)
    page = client_for(rep).get(f"/hanbit/portal/learning/courses/{course.pk}/").content.decode()
    assert "Take it again" not in page
    with member_scope(partner_admin, partner_admin.user):
        made, _refused = enrolling.enrol_colleagues(course, [rep], by=partner_admin)
        assert len(made) == 1


def test_what_is_done_of_a_lesson_that_is_new_does_not_count(
    owner: Membership, rep: Membership, course: Course
) -> None:
    with staff_scope(owner.manufacturer_id):
        enrolment = learning.enrol(course, rep)
        finish(enrolment, 1)
        draft = courses.draft_of(course)
        content.save_written(
            Lesson(version=draft, module=draft.modules.get(), titles={"en": "New"}), {"en": {"body": "More"}}
        )
        courses.publish(course, by=owner)
        enrolling.move_on(course, Enrolment.objects.all())
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.done, enrolment.version.lesson_count) == ("started", 1, 3)


def test_home_pages_say_what_comes_next_and_who_is_late(
    owner: Membership, partner_admin: Membership, rep: Membership, sibling_rep: Membership, course: Course
) -> None:
    with staff_scope(owner.manufacturer_id):
        enrolling.enrol_people(course, [rep], by=owner, due_on=SOON)
        assert late_learners(owner) == []
        Enrolment.objects.update(due_on=GONE)
        assert [item.title for item in late_learners(owner)] == ["1 person is late with a course"]
    for member, own, others in ((rep, ["L0"], 0), (partner_admin, [], 1), (sibling_rep, [], 0)):
        with member_scope(member, member.user):
            assert [item.title for item in next_lessons(member)] == own
            assert len(late_colleagues(member)) == others


def test_passed_courses_are_told_found_and_asked_for(
    owner: Membership, partner: Any, sibling: Any, rep: Membership, course: Course
) -> None:
    with staff_scope(owner.manufacturer_id):
        finish(learning.enrol(course, rep), 2)
        assert [entry.title for entry in passed(partner.pk, Before(), 5)] == [f"{rep.name} has passed “Walls”"]
        assert passed(sibling.pk, Before(), 5) == []
        assert [found.title for found in find_courses(owner, "wal", 5)] == ["Walls"]
        rule = {"field": "courses_passed", "test": "any_of", "value": [str(course.pk)]}
        asked = ReadAudience({"op": "all", "rules": [rule]}, Catalogue(owner))
        assert list(asked.partners) == [partner]
        Course.objects.update(is_open=False)
    with member_scope(rep, rep.user):
        assert [found.title for found in find_learning(rep, "walls", 5)] == ["Walls"]
        assert find_learning(rep, "roof", 5) == []


def test_earlier_learning_is_recognised_for_many_at_once(
    owner: Membership, rep: Membership, sibling_rep: Membership, course: Course, client_for: SignIn
) -> None:
    with staff_scope(owner.manufacturer_id):
        enrolling.enrol_people(course, [rep, sibling_rep], by=owner)
        done = Enrolment.objects.get(member=sibling_rep)
        learning.end(done, EnrolmentState.PASSED)
    chosen = {"do": "recognise", "everything": "1", "confirmed": "1"}
    page, client = f"/hanbit/training/courses/{course.pk}/people/", client_for(owner)
    assert "This field is required" in client.post(page, chosen | {"reason": ""}).content.decode()
    given = chosen | {"reason": "Trade school", "learned_on": "2025-03-01"}
    said = client.post(page, given, follow=True).content.decode()
    assert "1 person is changed." in said
    assert "1 stays: It has ended already." in said
    with staff_scope(owner.manufacturer_id):
        made = Exemption.objects.get()
        assert (made.enrolment.member_id, made.kind, made.by_id) == (rep.pk, Exemption.Kind.RECOGNISED, owner.pk)
        assert (made.reason, made.learned_on) == ("Trade school", dt.date(2025, 3, 1))
        assert Enrolment.objects.get(member=rep).state == EnrolmentState.EXEMPT


def test_lists_of_learners_ask_as_much_for_few_as_for_many(
    owner: Membership, partner: Any, partner_admin: Membership, course: Course, client_for: SignIn
) -> None:
    pages = (
        (client_for(owner), f"/hanbit/training/courses/{course.pk}/people/"),
        (client_for(owner), "/hanbit/training/"),
        (client_for(partner_admin), "/hanbit/portal/learning/team/"),
    )

    def asked() -> list[int]:
        counts = []
        for client, url in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    def more(count: int) -> None:
        CourseFactory(manufacturer=owner.manufacturer)
        people = [PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner) for _each in range(count)]
        with staff_scope(owner.manufacturer_id):
            enrolling.enrol_people(course, people, by=owner)

    more(1)
    asked()
    few = asked()
    more(6)
    assert asked() == few


def test_a_manager_of_some_partners_sees_and_moves_only_their_learners(
    owner: Membership, manager: Membership, rep: Membership, sibling: Any, sibling_rep: Membership, course: Course,
    client_for: SignIn,
) -> None:  # fmt: skip
    with staff_scope(owner.manufacturer_id):
        type(manager).objects.filter(pk=manager.pk).update(assigned_only=True)
        type(sibling).objects.filter(pk=sibling.pk).update(channel_manager=manager)
        mine, others = learning.enrol(course, sibling_rep), learning.enrol(course, rep)
        courses.draft_of(course)
        courses.publish(course, by=owner)
    client = client_for(manager)
    assert client.get(f"/hanbit/training/enrolments/{mine.pk}/").status_code == 200
    assert client.get(f"/hanbit/training/enrolments/{others.pk}/").status_code == 404
    listed = client.get(f"/hanbit/training/courses/{course.pk}/people/").content.decode()
    assert (sibling_rep.name in listed, rep.name in listed) == (True, False)
    client.post(f"/hanbit/training/courses/{course.pk}/move/")
    with staff_scope(owner.manufacturer_id):
        mine.refresh_from_db()
        others.refresh_from_db()
        assert (mine.version.number, others.version.number) == (2, 1)
