"""Learning in the portal, page by page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.models import Audience
from tenancy.files import stored_name
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.training.factories import CourseFactory, LessonContentFactory
from training.models import Course, Enrolment, Lesson, LessonContent, LessonProgress
from training.services import learning

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
LEARNING = "/hanbit/portal/learning/"


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects.filter(version__course=course))


def test_a_course_is_taken_gone_through_and_passed(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer, titles={"en": "Walls"})
    client = client_for(rep)
    assert "Walls" in client.get(LEARNING).content.decode()
    page = f"{LEARNING}courses/{course.pk}/"
    assert "Take this course" in client.get(page).content.decode()
    client.post(f"{page}enrol/")
    with staff_scope(owner.manufacturer_id):
        enrolment, (first, second) = Enrolment.objects.get(), lessons_of(course)
    assert "L0" in client.get(LEARNING).content.decode()
    one, two = (f"{LEARNING}{enrolment.pk}/lessons/{each.pk}/" for each in (first, second))
    closed = client.get(two, follow=True)
    assert "“L0” comes first" in closed.content.decode()
    assert "Some words." in client.get(one).content.decode()
    assert client.post(f"{one}place/", {"at": "0.4", "seconds": "20"}).status_code == 204
    assert client.post(f"{one}place/", {"at": "nan", "seconds": "-7"}).status_code == 204
    assert client.post(f"{one}done/")["Location"] == two
    with staff_scope(owner.manufacturer_id):
        kept = LessonProgress.objects.get()
        assert (kept.seconds, kept.place, kept.done_at is None) == (20, {"at": 0}, False)
    passed = client.post(f"{two}done/", follow=True)
    assert "You have passed “Walls”" in passed.content.decode()
    assert "Some words." in client.get(one).content.decode()
    assert "nothing to learn" in client.get(LEARNING).content.decode()


def test_only_who_is_in_the_audience_is_offered_a_course(
    owner: Membership, partner: Any, rep: Membership, sibling_rep: Membership, client_for: SignIn
) -> None:
    with staff_scope(owner.manufacturer_id):
        definition = {"op": "all", "rules": [{"field": "code", "test": "is", "value": partner.code}]}
        audience = Audience.objects.create(name="Seoul", owner=owner, definition=definition)
    course = CourseFactory(manufacturer=owner.manufacturer, titles={"en": "Walls"}, audience=audience)
    page = f"{LEARNING}courses/{course.pk}/"
    inside, outside = client_for(rep), client_for(sibling_rep)
    assert "Walls" in inside.get(LEARNING).content.decode()
    assert "Walls" not in outside.get(LEARNING).content.decode()
    assert outside.get(page).status_code == 404
    assert outside.post(f"{page}enrol/").status_code == 404
    inside.post(f"{page}enrol/")
    with staff_scope(owner.manufacturer_id):
        assert list(Enrolment.objects.values_list("member", flat=True)) == [rep.pk]
        Course.objects.update(is_open=False)
    assert inside.get(page).status_code == 200


def test_what_a_page_leaves_out_is_said(
    owner: Membership, rep: Membership, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.views.portal.learning.OFFERED_SHOWN", 1)
    monkeypatch.setattr("training.selectors.learning.ENDED_SHOWN", 1)
    open_ones = [CourseFactory(manufacturer=owner.manufacturer, titles={"en": f"Open {n}"}) for n in range(2)]
    client = client_for(rep)
    html = client.get(LEARNING).content.decode()
    assert ("The first 1 are shown; search more narrowly" in html, "The latest" in html) == (True, False)
    with staff_scope(owner.manufacturer_id):
        for course in open_ones:
            learning.end(learning.enrol(course, rep), "passed")
    html = client.get(LEARNING).content.decode()
    assert ("The first 1 are shown; search more narrowly" in html, "The latest 1 is shown." in html) == (False, True)


def test_a_lesson_is_only_for_who_takes_the_course(
    owner: Membership, rep: Membership, partner_admin: Membership, client_for: SignIn
) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        enrolment = learning.enrol(course, rep)
        first, second = lessons_of(course)
        for lesson in (first, second):
            LessonContent.objects.filter(lesson=lesson).delete()
            captions = ContentFile(b"WEBVTT\n", name=stored_name(owner.manufacturer_id, "courses", "a.vtt"))
            LessonContentFactory(lesson=lesson, manufacturer=owner.manufacturer, captions=captions)
        contents = [lesson.contents.get().pk for lesson in (first, second)]
        learning.open_lesson(enrolment, first)
    colleague, own = client_for(partner_admin), client_for(rep)
    for client, codes in ((colleague, (404, 404)), (own, (200, 302))):
        got = [client.get(f"{LEARNING}{enrolment.pk}/lessons/{each.pk}/").status_code for each in (first, second)]
        assert tuple(got) == codes
    # What is not open yet cannot be fetched beside its lesson either.
    begun, closed = (own.get(f"{LEARNING}{enrolment.pk}/contents/{pk}/captions/") for pk in contents)
    assert (begun.getvalue(), closed.status_code) == (b"WEBVTT\n", 404)


def test_my_learning_asks_as_much_of_one_course_as_of_many(
    owner: Membership, rep: Membership, client_for: SignIn
) -> None:
    client = client_for(rep)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LEARNING).status_code == 200
        return len(queries)

    def more(count: int) -> None:
        made = [CourseFactory(manufacturer=owner.manufacturer) for _each in range(2 * count)]
        with staff_scope(owner.manufacturer_id):
            for course in made[:count]:
                learning.open_lesson(learning.enrol(course, rep), lessons_of(course)[0])

    more(1)
    asked()
    few = asked()
    more(5)
    assert asked() == few


def test_a_lesson_stays_light_on_a_slow_line(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer, lessons=30)
    with staff_scope(owner.manufacturer_id):
        enrolment, first = learning.enrol(course, rep), lessons_of(course)[0]
        LessonContent.objects.filter(lesson=first).update(body="Words of a long page. " * 500)
    response = client_for(rep).get(f"{LEARNING}{enrolment.pk}/lessons/{first.pk}/")
    assert len(response.content) < 40_000
    assert "media-src 'self'" in response["Content-Security-Policy"]
