"""Courses, who took them and what came of each lesson, brought in from sheets of another system."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory, ProductCategoryFactory
from tests.importing import bad, bring, counts
from tests.training.factories import CourseFactory
from tests.training.learners import took
from training.models import Course, CourseVersion, Enrolment, Lesson, LessonProgress, Module
from training.selectors import analysis
from training.services import learning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]

COURSES = (
    "과정코드,과정명,단원,차시,분\n"
    "INST,시공 기초,준비,점검,5\n"
    "INST,시공 기초,준비,보관,\n"
    "INST,시공 기초,시공,첫 줄,7\n"
    "SAFE,안전,,수칙,4\n"
)
ENROLMENTS = (
    "course,email,enrolled_on,due_on,state,ended_on,score,reason\n"
    "INST,KIM@seoul.example,2025-03-03,2025-04-30,수료,2025-04-11,86,\n"
    "SAFE,kim@seoul.example,2025-03-03,,미이수,2025-04-11,,모집 종료\n"
    "INST,lee@seoul.example,2025-03-03,2025-04-30,,,,\n"
)
RESULTS = (
    "course,email,lesson,done_on,score,minutes\n"
    "INST,kim@seoul.example,점검,2025-03-10,80,6\n"
    "INST,kim@seoul.example,보관,2025-03-12,,4\n"
    "SAFE,kim@seoul.example,수칙,2025-03-12,30,3\n"
    "INST,lee@seoul.example,점검,2025-03-20,55,5\n"
)


@pytest.fixture
def people(manufacturer: Manufacturer, partner: object, sibling: object) -> Manufacturer:
    for name in ("kim", "lee"):
        PartnerMemberFactory(
            manufacturer=manufacturer, partner=partner, user__email=f"{name}@seoul.example", user__name=name
        )
    return manufacturer


def test_all_three_come_in_once_and_make_a_history(people: Manufacturer, owner: Membership, tmp_path: Path) -> None:
    for _time in range(2):
        for kind, sheet, rows in (("courses", COURSES, 4), ("enrolments", ENROLMENTS, 3), ("results", RESULTS, 4)):
            new = rows if _time == 0 else 0
            assert counts(bring(people, kind, sheet, tmp_path)) == (new, 0, rows - new, 0), kind
    with staff_scope(people.pk):
        course = Course.objects.get(code="INST")
        version = course.versions.get()
        assert (course.titles, course.is_open, course.state) == ({"en": "시공 기초"}, False, "published")
        assert (version.lesson_count, version.minutes, version.state) == (3, 17, "published")
        assert [(each.titles["en"], each.minutes) for each in version.lessons.all()] == [
            ("점검", 5),
            ("보관", 5),
            ("첫 줄", 7),
        ]
        assert [each.titles["en"] for each in Module.objects.filter(version=version)] == ["준비", "시공"]
        kim, failed, lee = Enrolment.objects.order_by("pk")
        assert (kim.state, kim.source, kim.score, kim.done, kim.seconds) == ("passed", "import", 86, 2, 600)
        assert (kim.due_on, kim.ended_at and kim.ended_at.date()) == (dt.date(2025, 4, 30), dt.date(2025, 4, 11))
        assert (failed.state, failed.reason, failed.score, failed.done) == ("failed", "모집 종료", 30, 1)
        assert (lee.state, lee.done, lee.score) == ("started", 1, None)
        assert lee.started_at is not None
        assert lee.started_at.date() == dt.date(2025, 3, 20)
        (inst, safe) = sorted(analysis.course_progress(owner), key=lambda each: each.code)
        assert [(each.taken, each.learning, each.passed, each.failed) for each in (inst, safe)] == [
            (2, 1, 1, 0),
            (1, 0, 0, 1),
        ]


def test_a_mended_file_changes_what_it_says_and_leaves_the_rest(people: Manufacturer, tmp_path: Path) -> None:
    for kind, sheet in (("courses", COURSES), ("enrolments", ENROLMENTS), ("results", RESULTS)):
        bring(people, kind, sheet, tmp_path)
    titles = "course,title,lesson,minutes\nSAFE,안전 기본,수칙,6\n"
    assert counts(bring(people, "courses", titles, tmp_path)) == (0, 1, 0, 0)
    assert counts(bring(people, "courses", titles, tmp_path)) == (0, 0, 1, 0)
    ended = "course,email,enrolled_on,state,ended_on\nINST,lee@seoul.example,2025-03-03,passed,2025-05-02\n"
    assert counts(bring(people, "enrolments", ended, tmp_path)) == (0, 1, 0, 0)
    again = "course,email,lesson,done_on,score\nINST,lee@seoul.example,점검,2025-03-20,75\n"
    assert counts(bring(people, "results", again, tmp_path)) == (0, 1, 0, 0)
    with staff_scope(people.pk):
        lee = Enrolment.objects.get(member__email="lee@seoul.example")
        assert (lee.state, lee.due_on, lee.score, lee.seconds) == ("passed", dt.date(2025, 4, 30), 75, 300)
        assert LessonProgress.objects.get(enrolment=lee).score == Decimal(75)
        assert CourseVersion.objects.get(course__code="SAFE").minutes == 6
        assert Course.objects.get(code="SAFE").titles == {"en": "안전 기본"}


def test_a_plain_list_of_courses_makes_each_one_lesson(people: Manufacturer, tmp_path: Path) -> None:
    plain = "course,title,minutes\nA,Alpha,40\nB,Beta,\nA,Alpha,40\n"
    assert counts(bring(people, "courses", plain, tmp_path)) == (2, 0, 1, 0)
    assert counts(bring(people, "courses", plain, tmp_path)) == (0, 0, 3, 0)
    assert counts(bring(people, "courses", "course,title\nA,Alpha 2\n", tmp_path)) == (0, 1, 0, 0)
    with staff_scope(people.pk):
        lessons = Lesson.objects.order_by("pk").values_list("titles__en", "minutes", "version__course__titles__en")
        assert list(lessons) == [("Alpha", 40, "Alpha 2"), ("Beta", 5, "Beta")]


def test_a_course_is_about_the_product_lines_that_its_rows_say(people: Manufacturer, tmp_path: Path) -> None:
    for code, name in (("floor", "Floors"), ("wall", "Walls"), ("door", "Doors")):
        ProductCategoryFactory(manufacturer=people, code=code, names={"en": name})
    sheet = "course,title,lesson,product_lines\nA,Alpha,One,Floors; wall\nA,Alpha,Two,wall;floor\nB,Beta,,\n"
    assert counts(bring(people, "courses", sheet, tmp_path)) == (3, 0, 0, 0)
    assert counts(bring(people, "courses", sheet, tmp_path)) == (0, 0, 3, 0)

    def about() -> list[list[str]]:
        with staff_scope(people.pk):
            return [sorted(each.product_lines) for each in Course.objects.order_by("code")]

    assert about() == [["floor", "wall"], []]
    assert counts(bring(people, "courses", "course,title,lesson\nA,Alpha,One\n", tmp_path)) == (0, 0, 1, 0)
    assert about() == [["floor", "wall"], []]
    assert counts(bring(people, "courses", sheet.replace("wall", "door"), tmp_path)) == (0, 2, 1, 0)
    assert about() == [["door", "floor"], []]
    wrong = "course,title,lesson,product_lines\nA,Alpha,One,roof\nA,Alpha,One,door\nA,Alpha,Two,floor\n"
    assert bad(bring(people, "courses", wrong, tmp_path)) == [
        (2, "product_lines", "unknown_line", "roof"),
        (4, "product_lines", "other_lines", '["floor"]'),
    ]


def test_a_plain_row_of_a_course_with_several_lessons_is_asked_which_one_it_is(
    people: Manufacturer, tmp_path: Path
) -> None:
    bring(people, "courses", COURSES, tmp_path)
    for sheet, code in (
        ("course,title\nINST,시공 기본\n", "has_several"),
        ("course,title,lesson\nINST,시공 기본,시공 기본\n", "is_there"),
        ("course,title,lesson\nSAFE,안전,점검\n", "is_there"),
    ):
        outcome = bring(people, "courses", sheet, tmp_path)
        assert [(row, column, found) for row, column, found, _value in bad(outcome)] == [(2, "lesson", code)]


def test_a_lesson_named_in_several_ways_is_one(people: Manufacturer, tmp_path: Path) -> None:
    # Plainly and by its title, which is the course's: a new course, and the same file again.
    both = "course,title,lesson,minutes\nA,Alpha,,40\nA,Alpha,Alpha,40\n"
    assert counts(bring(people, "courses", both, tmp_path)) == (1, 0, 1, 0)
    assert counts(bring(people, "courses", both, tmp_path)) == (0, 0, 2, 0)
    with staff_scope(people.pk):
        assert [each.titles for each in Lesson.objects.all()] == [{"en": "Alpha"}]
        Lesson.objects.update(titles={"en": "First steps", "ko": "첫걸음"})
    # Plainly, by its title and by its title in another language, once it has one of its own.
    known = "course,title,lesson,minutes\nA,Alpha,,45\nA,Alpha,First steps,45\nA,Alpha,첫걸음,45\n"
    assert counts(bring(people, "courses", known, tmp_path)) == (0, 1, 2, 0)
    other = "course,title,lesson,minutes\nA,Alpha,,45\nA,Alpha,첫걸음,50\n"
    assert bad(bring(people, "courses", other, tmp_path)) == [(3, "lesson", "repeated", "2")]
    enrolled = (
        "course,email,partner_code,enrolled_on\nA,kim@seoul.example,,2025-03-03\nA,kim@seoul.example,A1,2025-03-03\n"
    )
    assert counts(bring(people, "enrolments", enrolled, tmp_path)) == (1, 0, 1, 0)
    results = (
        "course,email,partner_code,lesson,done_on,score\nA,kim@seoul.example,,First steps,2025-03-10,80\n"
        "A,kim@seoul.example,A1,첫걸음,2025-03-10,80\nA,kim@seoul.example,,첫걸음,2025-03-10,90\n"
    )
    outcome = bring(people, "results", results, tmp_path, only_good=True)
    assert counts(outcome) == (1, 0, 1, 1)
    assert bad(outcome) == [(4, "lesson", "repeated", "2")]


def test_what_cannot_be_is_said_row_by_row(people: Manufacturer, rep: Membership, tmp_path: Path) -> None:
    bring(people, "courses", COURSES, tmp_path)
    ours = CourseFactory(manufacturer=people, code="ours")
    enrolment = took(ours, rep, "passed", ago=30)
    day = enrolment.enrolled_at.astimezone(dt.timezone(dt.timedelta(hours=9))).date()
    CourseFactory(manufacturer=people, code="draft")
    with staff_scope(people.pk):
        CourseVersion.objects.filter(course__code="draft").update(state="draft")
    sheet = (
        "course,email,partner_code,enrolled_on,due_on,started_on,state,ended_on,score\n"
        "NONE,kim@seoul.example,,2025-03-03,,,,,\n"
        "draft,kim@seoul.example,,2025-03-03,,,,,\n"
        "INST,nobody@seoul.example,,2025-03-03,,,,,\n"
        "INST,kim@seoul.example,B1,2025-03-03,,,,,\n"
        "INST,kim@seoul.example,,2025-03-03,,,passed,,\n"
        "INST,kim@seoul.example,,2025-03-03,,,,2025-04-01,\n"
        "INST,kim@seoul.example,,2025-03-03,2025-03-01,,,,\n"
        "INST,kim@seoul.example,,2025-03-03,,,failed,2025-03-01,\n"
        "INST,kim@seoul.example,,2099-03-03,,,,,\n"
        "INST,kim@seoul.example,,2025-03-03,,,failed,2025-04-01,101\n"
        "INST,kim@seoul.example,,2025-03-04,,,,,\n"
        "INST,kim@seoul.example,,2025-03-05,,,,,\n"
        f"ours,{rep.email},,{day},,,,,\n"
        "INST,kim@seoul.example,,2025-03-04,2025-05-05,,,,\n"
    )
    outcome = bring(people, "enrolments", sheet, tmp_path, only_good=True)
    assert counts(outcome) == (1, 0, 0, 13)
    assert {(row, column, code) for row, column, code, _value in bad(outcome)} == {
        (2, "course", "unknown_course"),
        (3, "course", "not_out"),
        (4, "email", "unknown_person"),
        (5, "email", "unknown_person"),
        (6, "ended_on", "no_end"),
        (7, "state", "no_state"),
        (8, "due_on", "too_early"),
        (9, "ended_on", "too_early"),
        (10, "enrolled_on", "to_come"),
        (11, "score", "too_big"),
        (13, "email", "open_already"),
        (14, "email", "made_here"),
        (15, "email", "repeated"),
    }
    results = (
        "course,email,lesson,done_on,score\n"
        "INST,kim@seoul.example,점검,2025-03-01,50\n"
        "INST,kim@seoul.example,없는 차시,2025-03-09,50\n"
        f"ours,{rep.email},L0,{day},50\n"
        "INST,kim@seoul.example,점검,2025-03-09,50\n"
        "INST,kim@seoul.example,점검,2025-03-10,60\n"
    )
    outcome = bring(people, "results", results, tmp_path, only_good=True)
    assert counts(outcome) == (1, 0, 0, 4)
    assert {(row, column, code) for row, column, code, _value in bad(outcome)} == {
        (2, "email", "not_enrolled"),
        (3, "lesson", "unknown_lesson"),
        (4, "email", "made_here"),
        (6, "lesson", "repeated"),
    }
    courses = "course,title,lesson\nINST,시공 기초,새 차시\nNEW,One,First\nNEW,Other,Second\nNEW,One,First\n"
    outcome = bring(people, "courses", courses, tmp_path, only_good=True)
    assert counts(outcome) == (1, 0, 1, 2)
    assert {(row, column, code) for row, column, code, _value in bad(outcome)} == {
        (2, "lesson", "is_there"),
        (4, "title", "other_title"),
    }


def test_a_place_at_each_partner_needs_its_code(people: Manufacturer, sibling: object, tmp_path: Path) -> None:
    bring(people, "courses", COURSES, tmp_path)
    with staff_scope(people.pk):
        before = Membership.objects.get(email="kim@seoul.example")
        Membership.objects.filter(pk=before.pk).update(is_active=False)
    now = PartnerMemberFactory(manufacturer=people, partner=sibling, user=before.user)
    sheet = "course,email,partner_code,enrolled_on\nINST,kim@seoul.example,{code},2025-03-03\n"
    assert bad(bring(people, "enrolments", sheet.format(code=""), tmp_path))[0][1:3] == ("email", "several_places")
    assert counts(bring(people, "enrolments", sheet.format(code="A1"), tmp_path)) == (1, 0, 0, 0)
    assert counts(bring(people, "enrolments", sheet.format(code="B1"), tmp_path)) == (1, 0, 0, 0)
    with staff_scope(people.pk):
        assert list(Enrolment.objects.order_by("pk").values_list("member", flat=True)) == [before.pk, now.pk]


def test_an_imported_pass_counts_before_other_courses(people: Manufacturer, tmp_path: Path) -> None:
    bring(people, "courses", COURSES, tmp_path)
    bring(people, "enrolments", ENROLMENTS, tmp_path)
    with staff_scope(people.pk):
        kim, lee = (Membership.objects.get(email=f"{name}@seoul.example") for name in ("kim", "lee"))
        next_one = Course.objects.create(code="NEXT", titles={"en": "Next"})
        next_one.prerequisites.create(needs=Course.objects.get(code="INST"))
        assert learning.missing_courses(next_one, kim) == []
        assert [each.code for each in learning.missing_courses(next_one, lee)] == ["INST"]
        assert Lesson.objects.filter(version__course__code="INST").count() == 3


def test_what_was_gone_on_with_here_no_file_changes(people: Manufacturer, tmp_path: Path) -> None:
    CourseFactory(manufacturer=people, code="ONE", lessons=1)
    sheet = "course,email,enrolled_on,state,ended_on\nONE,lee@seoul.example,2025-03-03,started,\n"
    results = "course,email,lesson,done_on,score\nONE,lee@seoul.example,{},2025-03-09,50\n"
    bring(people, "enrolments", sheet, tmp_path)
    with staff_scope(people.pk):
        enrolment = Enrolment.objects.get()
        lesson = Lesson.objects.get(version=enrolment.version_id)
        learning.open_lesson(enrolment, lesson)
    ended = sheet.replace("started,", "failed,2025-04-01")
    outcome = bring(people, "enrolments", ended, tmp_path, only_good=True)
    assert {code for _row, _column, code, _value in bad(outcome)} == {"made_here"}
    with staff_scope(people.pk):
        learning.finish_lesson(enrolment, lesson)
    for kind, text in (("enrolments", sheet), ("enrolments", ended), ("results", results.format(lesson.titles["en"]))):
        outcome = bring(people, kind, text, tmp_path, only_good=True)
        assert {code for _row, _column, code, _value in bad(outcome)} == {"made_here"}, kind
    with staff_scope(people.pk):
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.done, enrolment.ended_at is not None) == ("passed", 1, True)
        assert LessonProgress.objects.get().score is None
