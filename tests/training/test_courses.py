"""Courses as they are written: modules and lessons in their order, what comes before, and how a lesson is shown."""

import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Audience, QualificationType
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.isolation.training_world import picture_upload
from tests.tenancy.helpers import at_once
from tests.training.factories import CourseFactory, LessonContentFactory
from training.forms.courses import CourseForm
from training.models import Course, CoursePrerequisite, CourseState, CourseVersion, Lesson, Module
from training.services import content, courses
from training.services.courses import CourseError
from training.shown import Addresses, shown

pytestmark = pytest.mark.django_db
HERE = Addresses(file=lambda content, what: f"/{content.language}/{what}", picture=lambda name: f"/pictures/{name}")


@pytest.fixture
def draft(owner: Membership) -> Any:
    """Two modules: one with three lessons, A, B and C, and one with D."""
    with staff_scope(owner.manufacturer_id):
        course = courses.create_course(Course(code="wall", titles={"en": "Wall"}))
        version = course.versions.get()
        first, second = version.modules.get(), content.save_module(Module(version=version, titles={"en": "More"}))
        for module, name in ((first, "A"), (first, "B"), (first, "C"), (second, "D")):
            content.save_lesson(Lesson(version=version, module=module, titles={"en": name}))
        yield version


def row(version: CourseVersion) -> str:
    """The lessons in their order, the modules divided."""
    return "|".join(
        "".join(each.titles["en"] for each in module.lessons.order_by("order")) for module in version.modules.all()
    )


def lesson(version: CourseVersion, name: str) -> Lesson:
    return version.lessons.get(titles__en=name)


def test_lessons_move_by_steps_and_over_the_borders_of_modules(draft: CourseVersion) -> None:
    for name, up, becomes in (
        ("A", True, "ABC|D"),
        ("B", True, "BAC|D"),
        ("A", False, "BCA|D"),
        ("A", False, "BC|AD"),
        ("D", True, "BC|DA"),
        ("D", True, "BCD|A"),
        ("A", False, "BCD|A"),
    ):
        content.move_lesson(lesson(draft, name), up=up)
        assert row(draft) == becomes
    content.move_module(draft.modules.all()[1], up=True)
    assert row(draft) == "A|BCD"


def test_lessons_are_put_where_they_are_dragged(draft: CourseVersion) -> None:
    first, second = draft.modules.all()
    content.place_lesson(lesson(draft, "A"), second, before=lesson(draft, "D").pk)
    assert row(draft) == "BC|AD"
    content.place_lesson(lesson(draft, "D"), first, before=None)
    assert row(draft) == "BCD|A"
    content.place_lesson(lesson(draft, "D"), first, before=lesson(draft, "B").pk)
    assert row(draft) == "DBC|A"
    with pytest.raises(CourseError, match="still has lessons"):
        content.remove_module(second)
    other = courses.create_course(Course(code="roof", titles={"en": "Roof"})).versions.get().modules.get()
    with pytest.raises(CourseError, match="another version"):
        content.place_lesson(lesson(draft, "D"), other, before=None)


def test_what_is_out_is_not_changed(draft: CourseVersion, owner: Membership) -> None:
    a = lesson(draft, "A")
    with pytest.raises(CourseError, match="A: nothing is written yet"):
        courses.publish(draft.course, by=owner)
    for each in draft.lessons.all():
        content.save_content(each, "en", {"body": "Words"})
    courses.publish(draft.course, by=owner)
    for change in (
        lambda: content.save_written(a, {"en": {"body": "Others"}}),
        lambda: content.move_lesson(a, up=False),
        lambda: content.remove_lesson(a),
        lambda: content.save_module(Module(version=draft, titles={"en": "New"})),
    ):
        with pytest.raises(CourseError, match="This version is out"):
            change()
    assert row(draft) == "ABC|D"


def test_a_course_published_since_it_was_read_stays_out(owner: Membership) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer, state="retired")
    with staff_scope(owner.manufacturer_id):
        read_before = Course.objects.get(pk=course.pk)
        Course.objects.filter(pk=course.pk).update(state="published")
        read_before.code = "NEW-CODE"
        courses.save_course(read_before, [])
        assert list(Course.objects.values_list("code", "state")) == [("NEW-CODE", "published")]


def test_prerequisites_never_go_round_in_a_circle(owner: Membership) -> None:
    one, two, three = (CourseFactory(manufacturer=owner.manufacturer, lessons=0) for _each in range(3))
    with staff_scope(owner.manufacturer_id):
        courses.save_course(two, [one])
        courses.save_course(three, [two])
        for needed in (two, three):
            with pytest.raises(CourseError, match="itself needs this course"):
                courses.save_course(one, [needed])
        courses.save_course(three, [one])
        courses.save_course(two, [one, three])
        assert set(two.prerequisites.values_list("needs", flat=True)) == {one.pk, three.pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_courses_saved_at_once_only_one_needs_the_other(owner: Membership, monkeypatch: Any) -> None:
    one, two = (CourseFactory(manufacturer=owner.manufacturer, code=code, lessons=0) for code in "AB")
    before = courses._all_before

    def slowly(pk: int, graph: dict[int, set[int]]) -> set[int]:
        time.sleep(0.3)
        return before(pk, graph)

    monkeypatch.setattr(courses, "_all_before", slowly)

    def saving(course: Course, needed: Course) -> Any:
        def work() -> str:
            with staff_scope(owner.manufacturer_id):
                return courses.save_course(course, [needed]).code

        return work

    answers = at_once(saving(one, two), saving(two, one))
    assert sorted(type(answer).__name__ for answer in answers) == ["CourseError", "str"]
    with staff_scope(owner.manufacturer_id):
        assert CoursePrerequisite.objects.count() == 1


def test_a_course_that_was_deleted_while_somebody_wrote_is_not_saved(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        course = courses.create_course(Course(code="GONE", titles={"en": "Gone"}))
        courses.delete_course(Course.objects.get(pk=course.pk))
        with pytest.raises(CourseError, match="deleted this course meanwhile"):
            courses.save_course(course, [])


def test_a_course_is_retired_opened_again_and_deleted_only_while_it_never_was_out(owner: Membership) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        with pytest.raises(CourseError, match="retire it instead"):
            courses.delete_course(course)
        assert courses.retire(course).state == CourseState.RETIRED
        assert courses.bring_back(course).state == CourseState.PUBLISHED
        courses.draft_of(course)
        courses.drop_draft(course)
        assert [each.state for each in course.versions.all()] == ["published"]
        fresh = courses.create_course(Course(code="new", titles={"en": "New"}))
        with pytest.raises(CourseError, match="delete the whole course"):
            courses.drop_draft(fresh)
        courses.delete_course(fresh)
        assert not Course.objects.filter(code="new").exists()


def test_what_a_language_lacks_comes_from_another(owner: Membership) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer, lessons=1)
    with staff_scope(owner.manufacturer_id):
        (one,) = Lesson.objects.filter(version__course=course)
        content.add_pictures(
            course, [picture_upload("Cut 1.PNG"), picture_upload("cut-1.png"), picture_upload("절단.png")]
        )
        assert list(course.pictures.values_list("name", flat=True)) == ["Cut-1.png", "cut-1.png", "절단.png"]
        one.contents.update(body="![A cut](절단.png) ![Gone](gone.png)")
        LessonContentFactory(
            lesson=one, manufacturer=owner.manufacturer, language="ko", link="https://v.example/1", captions="x.vtt"
        )
        in_korean = shown(one, HERE, language="ko")
        assert (in_korean.language, in_korean.link) == ("en", "https://v.example/1")
        assert in_korean.html == '<p><img src="/pictures/절단.png" alt="A cut" loading="lazy"> Gone</p>\n'
        assert [(track.language, track.url) for track in in_korean.tracks] == [("ko", "/ko/captions")]


def test_publishing_holds_the_version_before_it_looks_for_what_is_missing(
    draft: CourseVersion, owner: Membership
) -> None:
    with CaptureQueriesContext(connection) as queries, pytest.raises(CourseError):
        courses.publish(draft.course, by=owner)
    asked = [each["sql"] for each in queries]
    held = next(at for at, sql in enumerate(asked) if 'FROM "training_courseversion"' in sql and "NO KEY" in sql)
    assert held < next(at for at, sql in enumerate(asked) if 'FROM "training_lesson"' in sql)


def test_saving_a_course_keeps_the_audience_and_qualification_that_are_not_offered_any_more(
    owner: Membership, manager: Membership
) -> None:
    course = CourseFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        course.audience = Audience.objects.create(name="Own", owner=manager, definition={"op": "all", "rules": []})
        course.qualification = QualificationType.objects.create(code="old", names={"en": "Old"}, is_retired=True)
        course.save()
        form = CourseForm(instance=course, member=owner)
        given = {name: form[name].value() for name in ("code", "audience", "qualification", "valid_months")}
        form = CourseForm({**given, "titles_en": "Walls", "is_open": "on"}, instance=course, member=owner)
        assert form.is_valid(), form.errors
        assert (form.cleaned_data["audience"], form.cleaned_data["qualification"]) == (
            course.audience,
            course.qualification,
        )
        offered = CourseForm(member=owner).fields["audience"].queryset
        assert course.audience not in offered


def test_a_file_stays_until_it_is_replaced_or_taken_out(draft: CourseVersion) -> None:
    one = lesson(draft, "A")
    for given, name in (
        ({"file": uploaded("a.pdf")}, "a.pdf"),
        ({"body": "See the file", "file": None}, "a.pdf"),
        ({"body": "See the file", "file": uploaded("b.pdf")}, "b.pdf"),
        ({"body": "See the file", "file": False}, ""),
    ):
        content.save_content(one, "en", given)
        assert one.contents.get().original_name == name
    content.save_content(one, "en", {"body": ""})
    assert not one.contents.exists()


def uploaded(name: str) -> Any:
    upload: Any = SimpleUploadedFile(name, b"%PDF-1.4")
    upload.checked_type = "application/pdf"
    return upload
