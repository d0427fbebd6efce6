"""What a course teaches: the modules and lessons of its draft, in their order, with texts, files and pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.files import VIDEOS, clean_name, digest, stored_name
from training.lesson_kinds import player_of
from training.models import Course, CoursePicture, CourseVersion, Lesson, LessonContent, LessonKind, Module
from training.services.courses import CourseError
from training.services.scorm_unused import drop_unused

FOLDER = "courses"
MEGABYTE = 1024 * 1024
MOST_PICTURE, MOST_VIDEO, MOST_FILE, MOST_CAPTIONS = 5 * MEGABYTE, 500 * MEGABYTE, 50 * MEGABYTE, MEGABYTE
MOST_MODULES, MOST_LESSONS, MOST_PICTURES = 100, 500, 300
FILE_KINDS: dict[str, tuple[str, ...] | None] = {
    LessonKind.VIDEO: VIDEOS,
    LessonKind.PDF: ("pdf",),
    LessonKind.DOWNLOAD: None,
}
"""The kinds of lesson that are a file, and what it may be; None: what may be uploaded anywhere."""


def locked_draft(version_id: int) -> CourseVersion:
    """The draft, kept for this transaction; CourseError once it is out."""
    version = CourseVersion.objects.select_for_update(no_key=True, of=("self",)).get(pk=version_id)
    if version.state != CourseVersion.State.DRAFT:
        raise CourseError(_("This version is out and stays as it is. Begin a new one to change it."))
    return version


@transaction.atomic
def save_module(module: Module) -> Module:
    """Keep a module; a new one comes last."""
    version = locked_draft(module.version_id)
    if module._state.adding:
        if version.modules.count() >= MOST_MODULES:
            raise CourseError(_("A course has at most %(most)s modules.") % {"most": MOST_MODULES})
        module.order = _last(version.modules) + 1
    module.save()
    return module


@transaction.atomic
def remove_module(module: Module) -> None:
    """Take out a module that is empty."""
    locked_draft(module.version_id)
    if module.lessons.exists():
        raise CourseError(_("“%(module)s” still has lessons: move or delete them first.") % {"module": module})
    module.delete()


@transaction.atomic
def move_module(module: Module, *, up: bool) -> None:
    """One place up or down; at the end of the row nothing changes."""
    version = locked_draft(module.version_id)
    rows = list(version.modules.all())
    at = rows.index(module)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    _number(Module, rows)


@transaction.atomic
def save_lesson(lesson: Lesson) -> Lesson:
    """Keep a lesson; a new one comes last in its module."""
    version = locked_draft(lesson.version_id)
    is_new = lesson._state.adding
    if is_new:
        if version.lessons.count() >= MOST_LESSONS:
            raise CourseError(_("A course has at most %(most)s lessons.") % {"most": MOST_LESSONS})
        lesson.order = _last(lesson.module.lessons) + 1
    lesson.save()
    if is_new and (make := player_of(lesson.kind).make):
        make(lesson)
    return lesson


@transaction.atomic
def save_written(lesson: Lesson, given: Mapping[str, Mapping[str, Any]]) -> Lesson:
    """Keep a lesson with what it shows in each language, as `save_content` takes it."""
    save_lesson(lesson)
    for language, content in given.items():
        save_content(lesson, language, content)
    return lesson


@transaction.atomic
def remove_lesson(lesson: Lesson) -> None:
    """Take a lesson out of the draft."""
    locked_draft(lesson.version_id)
    lesson.delete()
    drop_unused()


@transaction.atomic
def move_lesson(lesson: Lesson, *, up: bool) -> None:
    """One place up or down, over the border of its module where it stands there."""
    version = locked_draft(lesson.version_id)
    modules = list(version.modules.all())
    rows = list(lesson.module.lessons.all())
    at, home = rows.index(lesson), modules.index(lesson.module)
    if up and at:
        _place(rows, lesson, lesson.module, before=rows[at - 1])
    elif not up and at + 1 < len(rows):
        _place(rows, lesson, lesson.module, before=rows[at + 2] if at + 2 < len(rows) else None)
    elif 0 <= (other := home - 1 if up else home + 1) < len(modules):
        there = list(modules[other].lessons.all())
        _place(there, lesson, modules[other], before=None if up or not there else there[0])


@transaction.atomic
def place_lesson(lesson: Lesson, module: Module, *, before: int | None) -> None:
    """Put a lesson into a module of its version: before another there, or last."""
    version = locked_draft(lesson.version_id)
    if module.version_id != version.pk:
        raise CourseError(_("This module is of another version."))
    rows = list(module.lessons.all())
    _place(rows, lesson, module, before=next((row for row in rows if row.pk == before), None))


@transaction.atomic
def save_content(lesson: Lesson, language: str, given: Mapping[str, Any]) -> None:
    """What a lesson shows in one language: `body`, `link`, `chapters`, and of `file` and `captions` a new upload, None to
    leave what is there, or False to take it out. Nothing at all takes the language out. Uploads have been checked.
    """
    locked_draft(lesson.version_id)
    content = lesson.contents.filter(language=language).first() or LessonContent(lesson=lesson, language=language)
    content.body, content.link = given.get("body", ""), given.get("link", "")
    content.chapters = given.get("chapters") or []
    if (file := given.get("file")) is not None:
        _keep_file(content, file)
    if (captions := given.get("captions")) is not None:
        content.captions = ""
        if captions:
            content.captions.save(_stored(content, captions), captions, save=False)
    content.updated_at = timezone.now()
    if content.body or content.link or content.file or content.captions:
        content.save()
    elif content.pk:
        content.delete()


@transaction.atomic
def add_pictures(course: Course, uploads: Sequence[Any]) -> list[CoursePicture]:
    """Keep pictures of a course; a name that is taken gets a number. The uploads have been checked."""
    course = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
    taken = set(course.pictures.values_list("name", flat=True))
    if len(taken) + len(uploads) > MOST_PICTURES:
        raise CourseError(_("A course has at most %(most)s pictures.") % {"most": MOST_PICTURES})
    made = []
    for upload in uploads:
        picture = CoursePicture(
            course=course, name=free_name(upload.name, taken), content_type=upload.checked_type, size=upload.size
        )
        picture.file.save(stored_name(course.manufacturer_id, FOLDER, picture.name), upload, save=False)
        picture.save(force_insert=True)
        taken.add(picture.name)
        made.append(picture)
    return made


def free_name(name: str, taken: set[str]) -> str:
    """A name for a picture that can stand in Markdown, and that none of the others has."""
    stem, _dot, ending = clean_name(name).rpartition(".")
    stem = "-".join("".join(sign if sign.isalnum() or sign in "-_." else " " for sign in stem).split())[:100]
    tried = f"{stem or 'picture'}.{ending.lower()}"
    number = 2
    while tried in taken:
        tried = f"{stem or 'picture'}-{number}.{ending.lower()}"
        number += 1
    return tried


def _keep_file(content: LessonContent, file: Any) -> None:
    content.file, content.original_name, content.content_type, content.size, content.sha256 = "", "", "", 0, ""
    if not file:
        return
    content.original_name, content.content_type = clean_name(file.name or ""), file.checked_type
    content.size, content.sha256 = file.size, digest(file)
    content.file.save(_stored(content, file), file, save=False)


def _stored(content: LessonContent, file: UploadedFile) -> str:
    return stored_name(content.lesson.manufacturer_id, FOLDER, clean_name(file.name or ""))


def _place(rows: list[Lesson], lesson: Lesson, module: Module, *, before: Lesson | None) -> None:
    rest = [row for row in rows if row.pk != lesson.pk]
    rest.insert(len(rest) if before is None or before not in rest else rest.index(before), lesson)
    Lesson.objects.filter(pk=lesson.pk).exclude(module=module).update(module=module)
    _number(Lesson, rest)


def _number(model: Any, rows: Sequence[Any]) -> None:
    for number, row in enumerate(rows):
        if row.order != number:
            model.objects.filter(pk=row.pk).update(order=number)


def _last(rows: Any) -> int:
    return max(rows.values_list("order", flat=True), default=-1)
