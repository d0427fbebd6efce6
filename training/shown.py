"""What a lesson shows in a reader's language; what a language lacks comes from another."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from pages.markdown import as_html
from training.models import Course, Lesson, LessonContent

FileAddress = Callable[[LessonContent, str], str]
PictureAddress = Callable[[str], str]


@dataclass(frozen=True)
class Addresses:
    """Where this reader gets files (of a content: `file` or `captions`) and pictures (by name)."""

    file: FileAddress
    picture: PictureAddress


@dataclass(frozen=True)
class Track:
    """Captions of a video in one language."""

    language: str
    name: str
    url: str


@dataclass(frozen=True)
class ShownLesson:
    """A lesson as its page shows it. `source`: the content whose file or link is played; `language`: of
    the text; `asked`: of the reader."""

    html: SafeString
    source: LessonContent | None
    file_url: str
    link: str
    language: str
    asked: str
    tracks: list[Track] = field(default_factory=list)
    chapters: list[dict[str, object]] = field(default_factory=list)


def shown(lesson: Lesson, addresses: Addresses, *, language: str = "") -> ShownLesson:
    """The lesson in this language, else in the reader's. One query for its contents, one more where it has pictures."""
    asked = language or (get_language() or "en").split("-")[0]
    contents = sorted(
        lesson.contents.all(), key=lambda each: (each.language != asked, each.language != "en", each.language)
    )
    text = next((each for each in contents if each.body), None)
    source = next((each for each in contents if each.file or each.link), None)
    return ShownLesson(
        html=_html(lesson, text.body if text else "", addresses),
        source=source,
        file_url=addresses.file(source, "file") if source is not None and source.file else "",
        link=source.link if source is not None and not source.file else "",
        language=text.language if text else asked,
        asked=asked,
        tracks=[
            Track(each.language, str(each.get_language_display()), addresses.file(each, "captions"))
            for each in contents
            if each.captions
        ],
        chapters=source.chapters if source is not None else [],
    )


def _html(lesson: Lesson, body: str, addresses: Addresses) -> SafeString:
    pictures: Callable[[str], str] | None = None
    if "![" in body:
        names = set(Course.objects.filter(versions=lesson.version_id).values_list("pictures__name", flat=True))
        pictures = lambda name: addresses.picture(name) if name in names else ""  # noqa: E731
    return mark_safe(as_html(body, pictures=pictures, top=2))  # noqa: S308 (cleaned there)
