"""Quizzes and packages of a course in its file: out and in again the same, and what is refused."""

import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.training.factories import QuestionBankFactory
from tests.training.scorm_packages import package, upload
from training.models import Course, Lesson, Question, QuestionBank, Quiz, QuizPart, ScormActivity, ScormPackage
from training.services import content, courses, scorm
from training.services.course_files import CourseFileError, read_course, write_course
from training.services.question_banks import save_quiz

pytestmark = pytest.mark.django_db

SINGLE = {"kind": "single", "options": [{"key": "a1", "texts": {"en": "Yes"}}, {"key": "b2", "texts": {"en": "No"}}]}
QUESTIONS: list[dict[str, Any]] = [
    SINGLE | {"solution": {"keys": ["a1"]}, "tags": ["dry"], "difficulty": 2, "points": Decimal("1.50")},
    {"kind": "true", "solution": {"is_true": False}, "feedback": {"en": "Never"}},
    {"kind": "number", "solution": {"ranges": [[4.0, 4.5]]}},
    {"kind": "text", "solution": {"accepted": ["so*t"]}, "gives_part": False},
    {"kind": "order", "options": SINGLE["options"], "solution": {"keys": ["b2", "a1"]}},
    {
        "kind": "match",
        "options": [
            {"key": "a1", "texts": {"en": "One"}, "side": "left"},
            {"key": "a2", "texts": {"en": "Two"}, "side": "left"},
            {"key": "b1", "texts": {"en": "1"}, "side": "right"},
            {"key": "b2", "texts": {"en": "2"}, "side": "right"},
        ],
        "solution": {"pairs": {"a1": "b1", "a2": "b2"}},
    },
    {"kind": "hotspot", "solution": {"areas": [[0.1, 0.1, 0.2, 0.2]]}, "picture": True},
]
TOLD = ("kind", "texts", "options", "solution", "feedback", "tags", "difficulty", "points", "gives_part")


@pytest.fixture
def course(owner: Membership, settings: Any, tmp_path: Path, picture: bytes) -> Any:
    """Two quizzes that draw from one bank of every kind of question, and a package."""
    settings.MEDIA_ROOT = tmp_path
    bank = QuestionBankFactory(manufacturer=owner.manufacturer, name="Floors")
    with staff_scope(owner.manufacturer_id):
        for number, told in enumerate(QUESTIONS):
            question = Question(bank=bank, texts={"en": f"Question {number}?"}, **(told | {"picture": ""}))
            if told.get("picture"):
                question.picture.save("floor.png", SimpleUploadedFile("floor.png", picture), save=False)
            question.save()
        Question.objects.create(bank=bank, kind="true", texts={"en": "Old"}, is_retired=True)
        made = courses.create_course(Course(code="floor", titles={"en": "Floor"}))
        version = made.versions.get()
        for title in ("First", "Second"):
            lesson = Lesson(version=version, module=version.modules.get(), kind="quiz", titles={"en": title})
            content.save_lesson(lesson)
            quiz = Quiz.objects.get(lesson=lesson)
            quiz.pass_mark, quiz.attempts, quiz.reveals = 70, 3, "always"
            save_quiz(quiz, [QuizPart(bank=bank, tag="dry", easiest=2, hardest=4, count=1)])
        lesson = Lesson(version=version, module=version.modules.get(), kind="scorm", titles={"en": "Box"})
        content.save_lesson(lesson)
        scorm.keep_package(lesson, upload(package("2004", 2)), by=owner)
        yield made


@pytest.fixture
def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(drawn, "PNG")
    return drawn.getvalue()


def written(course: Course) -> io.BytesIO:
    target = io.BytesIO()
    write_course(course.versions.get(), target)
    return target


def changed(course: Course, change: Callable[[dict[str, Any]], None]) -> io.BytesIO:
    """The file of a course, with something else in its manifest."""
    target = io.BytesIO()
    with zipfile.ZipFile(written(course)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "course.json":
                told = json.loads(data)
                change(told)
                data = json.dumps(told).encode()
            archive.writestr(name, data)
    return target


def test_quizzes_with_their_bank_and_packages_come_in_again_the_same(
    course: Course, owner: Membership, picture: bytes
) -> None:
    again = read_course(written(course), by=owner)
    first, second, box = again.versions.get().lessons.all()
    bank = QuestionBank.objects.get(name="Floors (2)")
    for lesson in (first, second):
        quiz = lesson.quiz
        assert (quiz.pass_mark, quiz.attempts, quiz.reveals, quiz.is_shuffled) == (70, 3, "always", True)
        assert list(quiz.parts.values_list("bank", "tag", "easiest", "hardest", "count")) == [(bank.pk, "dry", 2, 4, 1)]
    there = Question.objects.filter(bank__name="Floors", is_retired=False).order_by("pk")
    assert list(bank.questions.order_by("pk").values_list(*TOLD)) == list(there.values_list(*TOLD))
    pointed = bank.questions.get(kind="hotspot")
    with pointed.picture.open("rb") as file:
        assert file.read() == picture
    old, new = ScormPackage.objects.order_by("pk")
    assert (new.sha256, new.title, new.version, new.lessons.get().lesson) == (old.sha256, old.title, "2004", box)
    assert ScormActivity.objects.filter(package=new).count() == 2
    assert read_course(written(again), by=owner).code == "floor-2-2"


def spoil(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Put a value into a manifest where a path such as `banks.0.name` leads."""

    def change(told: Any) -> None:
        *steps, last = (int(step) if step.isdecimal() else step for step in path.split("."))
        for step in steps:
            told = told[step]
        told[last] = value

    return change


QUIZ, QUESTION = "modules.0.lessons.0.plays", "banks.0.questions"
BROKEN = "Question bank “Floors”: question {} is not complete, or cannot be read."


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (f"{QUIZ}.rules.pass_mark", 0, "Module 1, lesson 1: the rules of the quiz cannot be read."),
        (f"{QUIZ}.rules.reveals", "all", "Module 1, lesson 1: the rules of the quiz cannot be read."),
        (f"{QUIZ}.rules", [], "Module 1, lesson 1: the rules of the quiz cannot be read."),
        (f"{QUIZ}.parts.0.bank", 1, "Module 1, lesson 1: a part of the quiz cannot be read."),
        (f"{QUIZ}.parts.0.count", True, "Module 1, lesson 1: a part of the quiz cannot be read."),
        (f"{QUIZ}.parts.0.easiest", 5, "Module 1, lesson 1: a part of the quiz cannot be read."),
        ("banks.0.name", "", "A question bank has no name."),
        (f"{QUESTION}.0.kind", "essay", BROKEN.format(1)),
        (f"{QUESTION}.0.solution", {"keys": ["zz"]}, BROKEN.format(1)),
        (f"{QUESTION}.0.solution", {"keys": [["a1"]]}, BROKEN.format(1)),
        (f"{QUESTION}.0.options.1.key", "a1", BROKEN.format(1)),
        (f"{QUESTION}.0.options.1.key", "<b>", BROKEN.format(1)),
        (f"{QUESTION}.0.points", "NaN", BROKEN.format(1)),
        (f"{QUESTION}.0.difficulty", 9, BROKEN.format(1)),
        (f"{QUESTION}.1.solution.is_true", "no", BROKEN.format(2)),
        (f"{QUESTION}.2.solution.ranges", [[1, 2, 3]], BROKEN.format(3)),
        (f"{QUESTION}.2.solution.ranges", [["a", "b"]], BROKEN.format(3)),
        (f"{QUESTION}.3.solution.accepted", ["x" * 501], BROKEN.format(4)),
        (f"{QUESTION}.5.options.0.side", "top", BROKEN.format(6)),
        (f"{QUESTION}.5.solution.pairs", {"a1": ["b1"]}, BROKEN.format(6)),
        (f"{QUESTION}.6.solution.areas", [[0, 0, 2, 2]], BROKEN.format(7)),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(
    course: Course, owner: Membership, path: str, value: Any, said: str
) -> None:
    with pytest.raises(CourseFileError) as caught:
        read_course(changed(course, spoil(path, value)), by=owner)
    assert said in caught.value.mistakes
    assert (Course.objects.count(), QuestionBank.objects.count(), ScormPackage.objects.count()) == (1, 1, 1)


def test_a_package_in_a_course_is_looked_through_as_any_other(
    course: Course, owner: Membership, tmp_path: Path
) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(written(course)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            is_package = name.startswith("packages/")
            archive.writestr(name, upload(package(**{"run.exe": "x"})).read() if is_package else source.read(name))
    before = sorted(tmp_path.rglob("*.zip"))
    with pytest.raises(CourseFileError) as caught:
        read_course(target, by=owner)
    assert caught.value.mistakes == [
        "Module 1, lesson 3: “run.exe” is a program. Packages are shown in a browser: take it out."
    ]
    assert sorted(tmp_path.rglob("*.zip")) == before
