"""Factories of courses and learning. Each makes its row in the staff scope of its manufacturer."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from tenancy.rls import staff_scope
from tests.factories import OwnedFactory, own
from training.grading import new_key
from training.models import (
    Course,
    CourseState,
    CourseVersion,
    LearningProgramme,
    Lesson,
    LessonContent,
    LiveSession,
    Module,
    ProgrammeAudience,
    ProgrammeCourse,
    Question,
    QuestionBank,
    Quiz,
    QuizPart,
    SurveyQuestion,
)
from training.services.practice import make_task
from training.services.surveys import make_survey


class CourseFactory(OwnedFactory):
    """Published, with one version of `lessons` pages to read (two unless told), open to everybody's people."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"course-{n}")
    titles = factory.LazyAttribute(lambda row: {"en": f"Course {row.code}"})
    state = CourseState.PUBLISHED

    @factory.post_generation
    def lessons(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        version = VersionFactory(course=self, manufacturer=self.manufacturer)
        module = ModuleFactory(version=version, manufacturer=self.manufacturer)
        for place in range(2 if extracted is None else extracted):
            LessonFactory(
                version=version, module=module, manufacturer=self.manufacturer, order=place, titles={"en": f"L{place}"}
            )


class VersionFactory(OwnedFactory):
    class Meta:
        model = CourseVersion

    state = CourseVersion.State.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)


class ModuleFactory(OwnedFactory):
    class Meta:
        model = Module

    version = own(VersionFactory)
    titles = {"en": "Basics"}


class LessonFactory(OwnedFactory):
    """A page to read."""

    class Meta:
        model = Lesson
        skip_postgeneration_save = True

    titles = {"en": "Lesson"}

    @factory.post_generation
    def body(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        LessonContentFactory(lesson=self, manufacturer=self.manufacturer, body=extracted or "Some words.")


class LessonContentFactory(OwnedFactory):
    class Meta:
        model = LessonContent

    language = "en"


class QuestionBankFactory(OwnedFactory):
    class Meta:
        model = QuestionBank

    name = factory.Sequence(lambda n: f"Bank {n}")


class QuestionFactory(OwnedFactory):
    """One of three, of which the first is right."""

    class Meta:
        model = Question

    bank = own(QuestionBankFactory)
    texts = factory.Sequence(lambda n: {"en": f"Question {n}?"})
    options = factory.LazyFunction(
        lambda: [{"key": new_key(), "texts": {"en": text}} for text in ("Yes", "No", "Never")]
    )
    solution = factory.LazyAttribute(lambda row: {"keys": [row.options[0]["key"]]} if row.options else {})


class QuizFactory(OwnedFactory):
    """A quiz as the last lesson of a published course, that draws two of `bank`."""

    class Meta:
        model = Quiz
        skip_postgeneration_save = True

    @factory.lazy_attribute
    def lesson(self: Any) -> Lesson:
        course = CourseFactory(manufacturer=self.manufacturer, lessons=0)
        with staff_scope(self.manufacturer.pk):
            module = Module.objects.select_related("version").get(version__course=course)
        return LessonFactory(
            version=module.version, module=module, manufacturer=self.manufacturer, kind="quiz", titles={"en": "Quiz"}
        )

    @factory.post_generation
    def bank(self: Any, create: bool, extracted: QuestionBank | None, **kwargs: Any) -> None:
        bank = extracted or QuestionBankFactory(manufacturer=self.manufacturer)
        if extracted is None:
            QuestionFactory.create_batch(2, bank=bank, manufacturer=self.manufacturer)
        with staff_scope(self.manufacturer.pk):
            QuizPart.objects.create(quiz=self, bank=bank, count=2)


def lesson_of_kind(manufacturer: Any, kind: str, **fields: Any) -> Lesson:
    """A lesson of a kind as the only one of a published course of its own, with the rules that a new one has."""
    course = CourseFactory(manufacturer=manufacturer, lessons=0)
    with staff_scope(manufacturer.pk):
        module = Module.objects.select_related("version").get(version__course=course)
    given = {"titles": {"en": kind.title()}} | fields
    lesson = LessonFactory(version=module.version, module=module, manufacturer=manufacturer, kind=kind, **given)
    with staff_scope(manufacturer.pk):
        for name, make in (("survey", make_survey), ("task", make_task)):
            if kind == name:
                make(lesson)
        return Lesson.objects.select_related("module", "version__course").get(pk=lesson.pk)


class LiveSessionFactory(OwnedFactory):
    """A session of `lesson` in three days, of an hour, with one seat."""

    class Meta:
        model = LiveSession
        exclude = ["lesson"]

    lesson: Any = None
    course = factory.SelfAttribute("lesson.version.course")
    lesson_key = factory.SelfAttribute("lesson.key")
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(microsecond=0) + dt.timedelta(days=3))
    ends_at = factory.LazyAttribute(lambda row: row.starts_at + dt.timedelta(hours=1))
    zone = "Asia/Seoul"
    place = "Room 1"
    link = "https://meet.example/secret"
    seats = 1


class SurveyQuestionFactory(OwnedFactory):
    class Meta:
        model = SurveyQuestion

    texts = {"en": "How was it?"}


def programme_of(owner: Any, courses: Any, *, days: int = 30, audiences: Any = (), **options: Any) -> LearningProgramme:
    """A learning programme of these courses that runs, unless told otherwise; for all partners where no audience is given."""
    with staff_scope(owner.manufacturer_id):
        number = LearningProgramme.objects.count() + 1
        told = {"code": f"LP-{number}", "titles": {"en": f"Programme {number}"}, "state": "running"} | options
        started = None if told["state"] == "draft" else timezone.now()
        programme = LearningProgramme.objects.create(owner=owner, started_at=started, **told)
        for place, course in enumerate(courses):
            ProgrammeCourse.objects.create(programme=programme, course=course, order=place, days=days)
        for audience in audiences:
            ProgrammeAudience.objects.create(programme=programme, audience=audience)
    return programme
