"""Factories of courses and learning. Each makes its row in the staff scope of its manufacturer."""

from typing import Any

import factory
from django.utils import timezone

from tests.factories import OwnedFactory, own
from training.models import Course, CourseState, CourseVersion, Lesson, LessonContent, Module


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
