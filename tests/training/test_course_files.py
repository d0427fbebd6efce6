"""A course copied, and as one file: out and in again the same, and what is refused."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenancy.models import Membership
from tenancy.rls import staff_scope
from training.lesson_kinds import playable_kinds, player_of
from training.models import Course, CourseVersion, Lesson, LessonKind
from training.services import content, course_files, courses
from training.services.content import FILE_KINDS
from training.services.course_files import CourseFileError, copy_course, read_course, write_course

pytestmark = pytest.mark.django_db
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64
MANIFEST: dict[str, Any] = {"format": "course/1", "code": "x", "titles": {"en": "X"}, "modules": [], "pictures": []}


def upload(name: str, data: bytes, content_type: str) -> Any:
    made: Any = SimpleUploadedFile(name, data)
    made.checked_type = content_type
    return made


def picture() -> Any:
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(drawn, "PNG")
    return upload("cut.png", drawn.getvalue(), "image/png")


@pytest.fixture
def course(owner: Membership) -> Any:
    """A page with a picture and a video with captions and chapters, in two languages; written only."""
    with staff_scope(owner.manufacturer_id):
        made = courses.create_course(
            Course(code="wall", titles={"en": "Wall", "ko": "벽"}, summaries={"en": "Walls"}, tags=["wall"])
        )
        version = made.versions.get()
        module = version.modules.get()
        content.add_pictures(made, [picture(), picture()])
        page = Lesson(version=version, module=module, titles={"en": "Read"}, minutes=7, is_required=False)
        content.save_written(page, {"en": {"body": "![Cut](cut.png)"}, "ko": {"body": "단면"}})
        video = Lesson(version=version, module=module, titles={"en": "See"}, kind=LessonKind.VIDEO)
        chapters = [{"second": 90, "title": "Tools"}]
        files = {"file": upload("a.mp4", MP4, "video/mp4"), "captions": upload("a.vtt", VTT, "text/vtt")}
        content.save_written(video, {"en": {"chapters": chapters, **files}})
        yield made


def packed(members: dict[str, bytes | str]) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def read(file: Any) -> bytes:
    if not file:
        return b""
    with file.open("rb") as opened:
        return bytes(opened.read())


def told(version: CourseVersion) -> list[Any]:
    """All that a version says."""
    return [
        (
            module.titles,
            lesson.titles,
            lesson.kind,
            lesson.minutes,
            lesson.is_required,
            [
                (
                    each.language,
                    each.body,
                    each.chapters,
                    each.original_name,
                    each.content_type,
                    read(each.file),
                    read(each.captions),
                )
                for each in lesson.contents.order_by("language")
            ],
        )
        for module in version.modules.all()
        for lesson in module.lessons.all()
    ]


def test_what_goes_out_comes_in_again_the_same(course: Course, owner: Membership) -> None:
    target = io.BytesIO()
    write_course(course.versions.get(), target)
    assert sorted(zipfile.ZipFile(target).namelist())[-1].startswith("pictures/")
    again = read_course(target, by=owner)
    assert (again.code, again.titles, again.summaries, again.tags) == (
        "wall-2",
        course.titles,
        course.summaries,
        ["wall"],
    )
    assert (again.state, again.owner) == ("draft", owner)
    assert told(again.versions.get()) == told(course.versions.get())
    assert list(again.pictures.values_list("name", flat=True)) == ["cut.png"]


def test_a_copy_is_a_course_of_its_own(course: Course, owner: Membership) -> None:
    copied = copy_course(course, by=owner)
    assert (copied.code, copied.pictures.count()) == ("wall-copy", 2)
    assert told(copied.versions.get()) == told(course.versions.get())
    keys = [set(each.versions.get().lessons.values_list("key", flat=True)) for each in (course, copied)]
    assert keys[0].isdisjoint(keys[1])
    assert copy_course(course, by=owner).code == "wall-copy-2"


def lesson(**more: Any) -> dict[str, Any]:
    return {"kind": "page", "titles": {"en": "L"}, "contents": []} | more


def with_lesson(**more: Any) -> str:
    return json.dumps(MANIFEST | {"modules": [{"titles": {"en": "M"}, "lessons": [lesson(**more)]}]})


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"other.txt": "x"}, "“course.json” is missing"),
        ({"course.json": "{"}, "cannot be read"),
        ({"course.json": "[" * 5000}, "cannot be read"),
        ({"course.json": json.dumps(MANIFEST | {"format": "course/9"})}, "not of the kind"),
        ({"course.json": json.dumps(MANIFEST | {"titles": {"en": 3}})}, "no title in any language"),
        ({"course.json": json.dumps(MANIFEST | {"code": "x" * 41})}, "The code of the course"),
        ({"course.json": json.dumps(MANIFEST | {"modules": [3]})}, "“modules” is no list"),
        ({"course.json": json.dumps(MANIFEST | {"tags": ["a\x00"]})}, "The tags: a text is too long or no text"),
        ({"course.json": json.dumps(MANIFEST | {"titles": {"en": "\ud800"}})}, "a text is too long or no text"),
        ({"course.json": with_lesson(kind="\ud800")}, "lessons of kind “\\?”"),
        (
            {
                "course.json": with_lesson(
                    contents=[{"language": "en", "chapters": [{"second": 1, "title": "\udfff"}]}],
                )
            },
            "a text is too long or no text",
        ),
        ({"course.json": with_lesson(kind="tape")}, "Module 1, lesson 1: lessons of kind “tape”"),
        ({"course.json": with_lesson(minutes=-1)}, "Module 1, lesson 1: the minutes"),
        ({"course.json": with_lesson(contents=[{"language": "xx"}])}, "the language “xx” is not known"),
        ({"course.json": with_lesson(contents=[{"language": "en", "link": "javascript:x"}])}, "the link is no address"),
        (
            {"course.json": with_lesson(kind="video", contents=[{"language": "en", "chapters": [{"second": "1"}]}])},
            "a chapter needs its second",
        ),
        (
            {"course.json": with_lesson(kind="pdf", contents=[{"language": "en", "file": "../../etc/passwd"}])},
            "its file is missing",
        ),
        (
            {
                "course.json": with_lesson(kind="pdf", contents=[{"language": "en", "file": "f", "name": "a.pdf"}]),
                "f": "<script>",
            },
            "damaged, or not what its ending says",
        ),
        (
            {
                "course.json": with_lesson(
                    kind="download", contents=[{"language": "en", "file": "f", "name": "a.svg"}]
                ),
                "f": "<svg/>",
            },
            "cannot be uploaded",
        ),
    ],
)
def test_a_file_that_is_wrong_is_named_and_nothing_kept(members: dict[str, Any], said: str, owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        with pytest.raises(CourseFileError, match=said):
            read_course(packed(members), by=owner)
        assert not Course.objects.exists()


def test_what_unpacks_to_too_much_or_is_no_archive_is_refused(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_files, "MOST_UNPACKED", 200_000)
    bomb = with_lesson(kind="download", contents=[{"language": "en", "file": "f", "name": "a.txt"}])
    with staff_scope(owner.manufacturer_id):
        with pytest.raises(CourseFileError, match="larger than it may be"):
            read_course(packed({"course.json": bomb, "f": b"0" * 300_000}), by=owner)
        with pytest.raises(CourseFileError, match="larger than it may be"):
            monkeypatch.setattr(course_files, "MOST_MANIFEST", 10)
            read_course(packed({"course.json": bomb}), by=owner)
        monkeypatch.setattr(course_files, "MOST_MEMBERS", 1)
        with pytest.raises(CourseFileError, match="At most 1 files"):
            read_course(packed({"course.json": "{}", "more": "x"}), by=owner)
        whole = packed({"course.json": json.dumps(MANIFEST)}).getvalue()
        for broken in (b"", b"PK\x05\x06", whole[:-30]):
            with pytest.raises(CourseFileError, match="cannot be unpacked"):
                read_course(io.BytesIO(broken), by=owner)
        assert not Course.objects.exists()


def test_every_kind_of_lesson_that_is_put_together_goes_into_a_file_and_comes_out_of_it() -> None:
    by_file = {LessonKind.PAGE, LessonKind.LIVE, *FILE_KINDS}
    for kind in playable_kinds():
        player = player_of(kind)
        assert (kind, bool(player.pack), bool(player.unpack)) == (kind, kind not in by_file, kind not in by_file)
