"""What a lesson shows in a reader's language; what a language lacks comes from another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from pages.markdown import as_html
from training.models import Course, Lesson, LessonContent, LessonKind
from training.services.pdf_pages import page_sizes

FileAddress = Callable[[LessonContent, str], str]
PictureAddress = Callable[[str], str]


@dataclass(frozen=True)
class Addresses:
    """Where this reader gets files (of a content: `file`, `captions`, or a page as `page-3`) and pictures (by name)."""

    file: FileAddress
    picture: PictureAddress


@dataclass(frozen=True)
class Track:
    """Captions of a video in one language."""

    language: str
    name: str
    url: str


@dataclass(frozen=True)
class Page:
    """A page of a PDF, drawn."""

    number: int
    width: int
    height: int
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
    pages: list[Page] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Whose page the link leads to."""
        return (urlsplit(self.link).hostname or "").removeprefix("www.")


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
        chapters=next((each.chapters for each in contents if each.chapters), []),
        pages=_pages(source, addresses) if source is not None and lesson.kind == LessonKind.PDF else [],
    )


def _pages(source: LessonContent, addresses: Addresses) -> list[Page]:
    return [
        Page(number, width, height, f"{addresses.file(source, f'page-{number}')}?v={source.sha256[:8]}")
        for number, (width, height) in enumerate(page_sizes(source), 1)
    ]


def _html(lesson: Lesson, body: str, addresses: Addresses) -> SafeString:
    pictures: Callable[[str], str] | None = None
    if "![" in body:
        names = set(Course.objects.filter(versions=lesson.version_id).values_list("pictures__name", flat=True))
        pictures = lambda name: addresses.picture(name) if name in names else ""  # noqa: E731
    return mark_safe(as_html(body, pictures=pictures, top=2))  # noqa: S308 (cleaned there)
