"""Files of lessons as both sides get them."""

import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from pages.sheets import CONTENT_TYPES, write_csv
from tenancy.files import attachment_response, ranged_response
from training.models import Certificate, CoursePicture, LessonContent, Question
from training.selectors.certificates import template
from training.services.certificate_files import certificate_pdf
from training.services.pdf_pages import page_picture

PLAYED = {"media-src": [SELF]} | ({"frame-src": [settings.SCORM_ORIGIN]} if settings.SCORM_ORIGIN else {})
"""What the page of a lesson shows beside words: videos, and packages in a frame of their own origin."""
PICTURE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}


def content_response(request: HttpRequest, content: LessonContent, what: str) -> HttpResponseBase:
    """The file of a content or its captions, in pieces where a player asks for them; or a page of it, drawn."""
    if what == "captions":
        return ranged_response(request, content.captions, name=f"{content.language}.vtt", content_type="text/vtt")
    if what.startswith("page-"):
        return page_response(content, int(what.removeprefix("page-")))
    return ranged_response(request, content.file, name=content.original_name, content_type=content.content_type)


def page_response(content: LessonContent, number: int) -> HttpResponseBase:
    """A page of a PDF as a picture, which the reader's browser may keep for a day."""
    picture = page_picture(content, number)
    if picture is None:
        raise Http404
    response: Any = attachment_response(picture, name=f"{number}.webp", content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def picture_response(request: HttpRequest, picture: CoursePicture) -> HttpResponseBase:
    """A picture, which the reader's browser may keep: it never changes."""
    response: Any = ranged_response(request, picture.file, name=picture.name, content_type=picture.content_type)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def question_picture_response(request: HttpRequest, question: Question) -> HttpResponseBase:
    """The picture of a question; 404 where it has none."""
    picture = question.picture
    ending = str(picture.name).rpartition(".")[2].lower() if picture else ""
    return ranged_response(request, picture, name="picture", content_type=PICTURE_TYPES.get(ending, ""))


def csv_response(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Rows as a CSV file to download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_csv(file, heads, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES["csv"])


def pdf_response(certificate: Certificate, *, language: str) -> HttpResponseBase:
    """A certificate as a PDF in a language, as a download."""
    content = certificate_pdf(certificate, template(), language=language)
    name = f"{certificate.number}.pdf"
    return attachment_response(io.BytesIO(content), name=name, content_type="application/pdf")
