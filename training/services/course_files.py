"""A course as one file: a ZIP of `course.json` and the files that it names. And a copy of it, which is the same without a file.

An import believes nothing: sizes are counted as they are unpacked, paths are names out of the manifest alone, every file is
checked as an upload is, and all is kept or nothing.
"""

import json
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from pages.markdown import pictures_in
from tenancy.files import PICTURES, check_upload, clean_name
from tenancy.models import Language, Membership
from tenancy.unpacking import BROKEN
from training.lesson_kinds import playable_kinds, player_of
from training.models import Course, CoursePicture, CourseVersion, Lesson, LessonContent, LessonKind, Module
from training.services.content import (
    FILE_KINDS,
    MOST_CAPTIONS,
    MOST_FILE,
    MOST_LESSONS,
    MOST_MODULES,
    MOST_PICTURE,
    MOST_PICTURES,
    MOST_VIDEO,
    add_pictures,
    save_content,
    save_lesson,
    save_module,
)
from training.services.courses import CourseError, copy_content, create_course

FORMAT = "course/1"
MANIFEST = "course.json"
MEGABYTE = 1024 * 1024
MOST_MANIFEST, MOST_UNPACKED, MOST_MEMBERS = 5 * MEGABYTE, 1024 * MEGABYTE, 2000
MOST_MISTAKES = 20
LONGEST = {
    "code": 40, "title": 200, "summary": 300, "body": 100_000, "link": 500, "tag": 40, "chapter": 100,
    "question": 4_000, "option": 500, "bank": 120,
}  # fmt: skip


# --- Copy -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def copy_course(course: Course, *, by: Membership) -> Course:
    """A course of its own with the same content, as a draft, under a code that is free."""
    source = course.versions.first()
    if source is None:
        raise CourseError(_("There is nothing to copy."))
    made = Course(
        code=free_code(f"{course.code}-copy"),
        titles=course.titles,
        summaries=course.summaries,
        tags=course.tags,
        product_lines=course.product_lines,
        owner=by,
        is_open=course.is_open,
        audience=course.audience,
        qualification=course.qualification,
        valid_months=course.valid_months,
    )
    draft = _empty_draft(made, is_ordered=source.is_ordered)
    for lesson in copy_content(source, draft).values():
        lesson.key = uuid.uuid4()
        lesson.save(update_fields=["key"])
    pictures = list(course.pictures.all())
    for picture in pictures:
        picture.pk, picture.course = None, made
        picture._state.adding = True
    CoursePicture.objects.bulk_create(pictures)
    return made


def free_code(wanted: str) -> str:
    """The code, with a number behind it where another course has it."""
    taken = set(Course.objects.values_list("code", flat=True))
    tried, number = wanted[:40], 2
    while tried in taken:
        end = f"-{number}"
        tried, number = wanted[: 40 - len(end)] + end, number + 1
    return tried


def _empty_draft(course: Course, *, is_ordered: bool) -> CourseVersion:
    create_course(course)
    draft = course.versions.get()
    draft.modules.all().delete()
    draft.is_ordered = is_ordered
    draft.save(update_fields=["is_ordered"])
    return draft


# --- Export -----------------------------------------------------------------------------------------------------------


def write_course(version: CourseVersion, target: IO[bytes]) -> None:
    """Write a version with its files as a ZIP. CourseError where a lesson is of a kind that has no place in it."""
    course = version.course
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        packer = _Packer(archive)
        modules = []
        for module in version.modules.prefetch_related("lessons__contents"):
            lessons = [_lesson_out(lesson, packer) for lesson in module.lessons.all()]
            modules.append({"titles": module.titles, "lessons": lessons})
        used = {
            name
            for content in LessonContent.objects.filter(lesson__version=version)
            for name in pictures_in(content.body)
        }
        pictures = [
            {"name": picture.name, "file": packer.file(f"pictures/{picture.pk}", picture.file)}
            for picture in course.pictures.filter(name__in=used)
        ]
        manifest = {
            "format": FORMAT,
            "code": course.code,
            "titles": course.titles,
            "summaries": course.summaries,
            "tags": course.tags,
            "is_ordered": version.is_ordered,
            "modules": modules,
            "pictures": pictures,
        } | packer.lists()
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


def _lesson_out(lesson: Lesson, packer: "_Packer") -> dict[str, Any]:
    player = player_of(lesson.kind)
    if player.editor and not player.pack:
        raise CourseError(
            _("“%(lesson)s” is a %(kind)s and cannot be put into a file. Take it out of a copy first.")
            % {"lesson": lesson, "kind": lesson.get_kind_display()}
        )
    contents = []
    for content in lesson.contents.all():
        out: dict[str, Any] = {"language": content.language, "body": content.body, "link": content.link}
        if content.file:
            out["file"] = packer.file(f"files/{content.pk}", content.file)
            out["name"] = content.original_name
        if content.captions:
            out["captions"] = packer.file(f"captions/{content.pk}.vtt", content.captions)
        contents.append(out | {"chapters": content.chapters})
    return {
        "kind": lesson.kind,
        "titles": lesson.titles,
        "minutes": lesson.minutes,
        "is_required": lesson.is_required,
        "contents": contents,
    } | ({"plays": player.pack(lesson, packer)} if player.pack else {})


class _Packer:
    """A file as it is written: files once each, and lists of what several lessons go by."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.shared: dict[str, dict[int, dict[str, Any]]] = {}

    def file(self, path: str, file: Any) -> str:
        """Put a kept file in, where it is not yet; returns its path."""
        if path in self.archive.namelist():
            return path
        try:
            with file.open("rb") as source, self.archive.open(path, "w", force_zip64=True) as target:
                for chunk in source.chunks():
                    target.write(chunk)
        except FileNotFoundError as error:
            raise CourseError(_("A file of the course is gone; replace it first.")) from error
        return path

    def index(self, key: str, pk: int, make: Callable[[], dict[str, Any]]) -> int:
        """The place of something in a list of the manifest, made when it is first named."""
        rows = self.shared.setdefault(key, {})
        if pk not in rows:
            rows[pk] = make()
        return list(rows).index(pk)

    def lists(self) -> dict[str, list[dict[str, Any]]]:
        return {key: list(rows.values()) for key, rows in self.shared.items()}


# --- Import -----------------------------------------------------------------------------------------------------------


class CourseFileError(CourseError):
    """What is wrong with a course's file: a sentence for each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


def read_course(upload: IO[bytes], *, by: Membership) -> Course:
    """Take in a course's file as a draft. CourseFileError names all that is wrong; then nothing is kept."""
    with ExitStack() as copies:
        try:
            reading = _Reading(copies.enter_context(zipfile.ZipFile(upload)), by, copies)
            reading.check()
        except BROKEN as error:
            raise CourseFileError([_("This is no file of a course: it cannot be unpacked.")]) from error
        return reading.keep()


class _Reading:
    """A file as it is read: first all of it is checked, then it is kept."""

    def __init__(self, archive: zipfile.ZipFile, by: Membership, copies: ExitStack) -> None:
        self.archive, self.by, self.copies = archive, by, copies
        self.mistakes: list[str] = []
        self.told: dict[str, Any] = {}
        self.shared: dict[str, Any] = {}
        self.unpacked = 0
        self.members = {entry.filename: entry for entry in archive.infolist()}

    def check(self) -> None:
        """Read all of it; CourseFileError names what is wrong."""
        if len(self.archive.infolist()) > MOST_MEMBERS:
            raise CourseFileError([_("At most %(most)s files can be in it.") % {"most": MOST_MEMBERS}])
        told = self.told = self._manifest()
        self.modules = [
            self._module(number, each) for number, each in enumerate(self.rows(told, "modules", MOST_MODULES), 1)
        ]
        self.pictures = [self._picture(each) for each in self.rows(told, "pictures", MOST_PICTURES)]
        self.titles = self.texts(told.get("titles"), _("The title of the course"), "title", required=True)
        self.summaries = self.texts(told.get("summaries"), _("The summary of the course"), "summary")
        self.is_ordered = told.get("is_ordered") is not False
        self.code = self.text(told.get("code", ""), _("The code of the course"), "code").strip()
        if not self.code:
            self.wrong(_("The code of the course is missing."))
        tags = told.get("tags", [])
        is_list = isinstance(tags, list) and len(tags) <= 20
        self.tags = [self.text(each, _("The tags"), "tag") for each in tags] if is_list else []
        if not is_list or not all(self.tags):
            self.wrong(_("The tags are not a list of at most 20 short words."))
        if sum(len(lessons) for _titles, lessons in self.modules) > MOST_LESSONS:
            self.wrong(_("A course has at most %(most)s lessons.") % {"most": MOST_LESSONS})
        if self.mistakes:
            raise CourseFileError(self.mistakes[:MOST_MISTAKES])

    @transaction.atomic
    def keep(self) -> Course:
        """Make the course of what was read."""
        course = Course(
            code=free_code(self.code), titles=self.titles, summaries=self.summaries, tags=self.tags, owner=self.by
        )
        draft = _empty_draft(course, is_ordered=self.is_ordered)
        add_pictures(course, self.pictures)
        for titles, lessons in self.modules:
            module = save_module(Module(version=draft, titles=titles))
            for facts, contents, plays in lessons:
                lesson = save_lesson(Lesson(version=draft, module=module, **facts))
                for language, content in contents.items():
                    save_content(lesson, language, content)
                if plays is not None:
                    plays(lesson)
        return course

    def _manifest(self) -> dict[str, Any]:
        entry = self.members.get(MANIFEST)
        if entry is None:
            raise CourseFileError([_("“%(name)s” is missing in it.") % {"name": MANIFEST}])
        try:
            told = json.loads(b"".join(self._pieces(entry, MOST_MANIFEST)))
        except (ValueError, RecursionError) as error:
            raise CourseFileError([_("“%(name)s” in it cannot be read.") % {"name": MANIFEST}]) from error
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise CourseFileError([_("It is not of the kind “%(format)s”.") % {"format": FORMAT}])
        return told

    def _module(self, number: int, told: dict[str, Any]) -> tuple[dict[str, str], list[Any]]:
        where = _("Module %(number)s") % {"number": number}
        titles = self.texts(told.get("titles"), where, "title", required=True)
        lessons = [
            self._lesson(_("Module %(number)s, lesson %(place)s") % {"number": number, "place": place}, each)
            for place, each in enumerate(self.rows(told, "lessons", MOST_LESSONS), 1)
        ]
        return titles, lessons

    def _lesson(
        self, where: str, told: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]], Callable[[Lesson], None] | None]:
        kind = told.get("kind")
        unpack = player_of(kind).unpack if isinstance(kind, str) and kind in playable_kinds() else None
        if kind not in (LessonKind.PAGE, LessonKind.LIVE, *FILE_KINDS) and unpack is None:
            self.wrong(
                _("%(where)s: lessons of kind “%(kind)s” cannot come by a file.") % {"where": where, "kind": kind}
            )
            kind = LessonKind.PAGE
        minutes = told.get("minutes", 5)
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 <= minutes <= 1440:
            self.wrong(_("%(where)s: the minutes are no number from 0 to 1,440.") % {"where": where})
        facts = {
            "kind": kind,
            "titles": self.texts(told.get("titles"), where, "title", required=True),
            "minutes": minutes,
            "is_required": told.get("is_required") is not False,
        }
        contents = {}
        for each in self.rows(told, "contents", len(Language.values)):
            language = each.get("language")
            if language not in Language.values:
                self.wrong(_("%(where)s: the language “%(code)s” is not known.") % {"where": where, "code": language})
                continue
            contents[str(language)] = self._content(f"{where} ({language})", str(kind), each)
        plays = told.get("plays")
        return facts, contents, unpack(where, plays if isinstance(plays, dict) else {}, self) if unpack else None

    def _content(self, where: str, kind: str, told: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {
            "body": self.text(told.get("body", ""), where, "body"),
            "link": self.text(told.get("link", ""), where, "link"),
            "chapters": self._chapters(where, told.get("chapters") or []),
        }
        if found["link"]:
            try:
                URLValidator(schemes=["http", "https"])(found["link"])
            except ValidationError:
                self.wrong(_("%(where)s: the link is no address of a page.") % {"where": where})
        if "file" in told and kind in FILE_KINDS:
            most = MOST_VIDEO if kind == LessonKind.VIDEO else MOST_FILE
            kinds = FILE_KINDS[kind]
            found["file"] = self.file(where, told["file"], told.get("name"), most, kinds)
        if "captions" in told and kind == LessonKind.VIDEO:
            found["captions"] = self.file(where, told["captions"], "captions.vtt", MOST_CAPTIONS, ("vtt",))
        return found

    def _chapters(self, where: str, told: Any) -> list[dict[str, Any]]:
        is_right = isinstance(told, list) and len(told) <= 100
        chapters = []
        for each in told if is_right else []:
            second, title = (each.get("second"), each.get("title")) if isinstance(each, dict) else (None, None)
            is_number = isinstance(second, int) and not isinstance(second, bool) and 0 <= second < 100_000
            chapters.append({"second": second, "title": self.text(title, where, "chapter")})
            is_right = is_right and is_number and bool(chapters[-1]["title"])
        if not is_right:
            self.wrong(_("%(where)s: a chapter needs its second and its title.") % {"where": where})
            return []
        return chapters

    def _picture(self, told: dict[str, Any]) -> Any:
        where = _("Picture “%(name)s”") % {"name": str(told.get("name"))[:60]}
        return self.file(where, told.get("file"), told.get("name"), MOST_PICTURE, PICTURES)

    def file(self, where: str, path: Any, name: Any, most: int, kinds: Any) -> Any:
        entry = self.members.get(path) if isinstance(path, str) else None
        pure = PurePosixPath(path if isinstance(path, str) else "")
        if entry is None or entry.is_dir() or pure.is_absolute() or ".." in pure.parts or "\\" in str(path):
            self.wrong(_("%(where)s: its file is missing.") % {"where": where})
            return None
        copy = self.copies.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
        for piece in self._pieces(entry, most):
            copy.write(piece)
        size = copy.tell()
        copy.seek(0)
        upload: Any = UploadedFile(File(copy), name=clean_name(str(name or "")), size=size)
        try:
            upload.checked_type = check_upload(upload, max_bytes=most, kinds=kinds)
        except ValidationError as error:
            self.wrong(f"{where}: {' '.join(error.messages)}")
            return None
        return upload

    def _pieces(self, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
        """The content, counted as it comes: what a file says of its own size is not believed."""
        read = 0
        with self.archive.open(entry) as source:
            while piece := source.read(1 << 16):
                read += len(piece)
                self.unpacked += len(piece)
                if read > most or self.unpacked > MOST_UNPACKED:
                    raise CourseFileError(
                        [_("“%(name)s” is larger than it may be.") % {"name": clean_name(entry.filename)}]
                    )
                yield piece

    def rows(self, told: dict[str, Any], key: str, most: int) -> list[dict[str, Any]]:
        rows = told.get(key, [])
        if not isinstance(rows, list) or len(rows) > most or not all(isinstance(each, dict) for each in rows):
            self.wrong(_("“%(key)s” is no list of at most %(most)s entries.") % {"key": key, "most": most})
            return []
        return rows

    def texts(self, told: Any, where: str, what: str, *, required: bool = False) -> dict[str, str]:
        if not isinstance(told, dict):
            told = {}
        texts = {code: self.text(text, where, what) for code, text in told.items() if code in Language.values}
        texts = {code: text for code, text in texts.items() if text}
        if required and not texts:
            self.wrong(_("%(where)s: there is no title in any language.") % {"where": where})
        return texts

    def text(self, told: Any, where: str, what: str) -> str:
        if not isinstance(told, str) or len(told) > LONGEST[what] or "\x00" in told or not _is_unicode(told):
            self.wrong(_("%(where)s: a text is too long or no text.") % {"where": where})
            return ""
        return told

    def wrong(self, sentence: str) -> None:
        self.mistakes.append(sentence.encode(errors="replace").decode())


def _is_unicode(text: str) -> bool:
    """JSON can spell half a character, which neither the database nor a page can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
