"""Lessons that are a video, a PDF or a file: what their pages show, and when they count as done."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from tenancy.files import stored_name
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.campaigns.uploads import pdf
from tests.training.factories import LessonContentFactory, lesson_of_kind
from training.models import Enrolment, Lesson, LessonContent, LessonProgress
from training.services import learning, pdf_pages

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
LEARNING = "/hanbit/portal/learning/"


def begun(lesson: Lesson, member: Membership) -> tuple[Enrolment, str]:
    """Somebody who takes the lesson, and its address."""
    with staff_scope(member.manufacturer_id):
        enrolment = learning.enrol(lesson.version.course, member)
        learning.open_lesson(enrolment, lesson)
    return enrolment, f"{LEARNING}{enrolment.pk}/lessons/{lesson.pk}/"


def with_file(lesson: Lesson, name: str, content: bytes, content_type: str, **fields: Any) -> LessonContent:
    """The lesson with this file in English."""
    with staff_scope(lesson.manufacturer_id or 0):
        LessonContent.objects.filter(lesson=lesson, language=fields.get("language", "en")).delete()
        return LessonContentFactory(
            lesson=lesson,
            manufacturer=lesson.manufacturer,
            file=ContentFile(content, name=stored_name(lesson.manufacturer_id or 0, "courses", name)),
            original_name=name,
            content_type=content_type,
            size=len(content),
            sha256="ab" * 32,
            **fields,
        )


def test_a_file_counts_as_done_once_it_was_downloaded(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "download")
    content = with_file(lesson, "list.csv", b"a;b\n", "text/csv")
    enrolment, page = begun(lesson, rep)
    client = client_for(rep)
    assert "Download the file, then this lesson is done." in client.get(page).content.decode()
    refused = client.post(f"{page}done/", follow=True)
    assert refused.redirect_chain == [(page, 302)]
    with staff_scope(owner.manufacturer_id):
        assert LessonProgress.objects.get().done_at is None

    file = f"{LEARNING}{enrolment.pk}/contents/{content.pk}/file/"
    asked_about = client.head(file)
    assert (asked_about.status_code, asked_about["Content-Length"], asked_about.getvalue()) == (200, "4", b"")
    with staff_scope(owner.manufacturer_id):
        assert LessonProgress.objects.get().place == {}
    got = client.get(file)
    assert got.getvalue() == b"a;b\n"
    client.post(f"{page}place/", {"at": "0.5", "seconds": "20"})
    assert "Download the file, then" not in client.get(page).content.decode()
    client.post(f"{page}done/")
    with staff_scope(owner.manufacturer_id):
        kept = LessonProgress.objects.get()
        assert (set(kept.place), kept.place["at"], kept.seconds) == ({"at", "file"}, 0.5, 20)
        assert (kept.done_at is None, Enrolment.objects.get().state) == (False, "passed")


def test_a_lesson_without_its_file_can_be_ticked_off(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "download")
    _enrolment, page = begun(lesson, rep)
    client_for(rep).post(f"{page}done/")
    with staff_scope(owner.manufacturer_id):
        assert Enrolment.objects.get().state == "passed"


def test_a_video_comes_in_pieces_and_goes_on_where_it_was_left(
    owner: Membership, rep: Membership, client_for: SignIn
) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "video")
    content = with_file(lesson, "a.webm", b"film", "video/webm")
    enrolment, page = begun(lesson, rep)
    client = client_for(rep)
    piece = client.get(f"{LEARNING}{enrolment.pk}/contents/{content.pk}/file/", headers={"Range": "bytes=1-2"})
    assert (piece.status_code, piece.getvalue()) == (206, b"il")
    client.post(f"{page}place/", {"at": "33.5", "seconds": "10"})
    assert 'data-at="33.5"' in client.get(page).content.decode()
    with staff_scope(owner.manufacturer_id):
        assert LessonProgress.objects.get().place == {"at": 33.5}


def test_a_pdf_is_shown_page_by_page(
    owner: Membership, rep: Membership, partner_admin: Membership, client_for: SignIn
) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "pdf")
    content = with_file(lesson, "guide.pdf", pdf(pages=3).read(), "application/pdf")
    enrolment, page = begun(lesson, rep)
    client = client_for(rep)
    html = client.get(page).content.decode()
    address = f"{LEARNING}{enrolment.pk}/contents/{content.pk}/page-"
    assert [html.count(f'src="{address}{number}/?v=abababab"') for number in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert "Page 3 of 3" in html
    for _drawn_then_kept in range(2):
        picture = client.get(f"{address}2/")
        content_of = picture.getvalue()
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
        width, height = Image.open(io.BytesIO(content_of)).size
        assert f'width="{width}"' in html
        assert f'height="{height}"' in html
        assert width == 1200
    assert client.get(f"{address}4/").status_code == 404
    assert client.get(f"{address}0/").status_code == 404
    assert client_for(partner_admin).get(f"{address}2/").status_code == 404
    assert client_for(owner).get(f"/hanbit/training/contents/{content.pk}/page-2/").getvalue() == content_of


def test_a_pdf_that_cannot_be_drawn_can_still_be_downloaded(
    owner: Membership, rep: Membership, client_for: SignIn
) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "pdf")
    content = with_file(lesson, "guide.pdf", b"%PDF-1.7 broken", "application/pdf")
    enrolment, page = begun(lesson, rep)
    client = client_for(rep)
    html = client.get(page).content.decode()
    assert "pdf-pages" not in html
    assert "guide.pdf" in html
    assert client.get(f"{LEARNING}{enrolment.pk}/contents/{content.pk}/page-1/").status_code == 404
    client.post(f"{page}done/")
    with staff_scope(owner.manufacturer_id):
        assert Enrolment.objects.get().state == "passed"


def test_a_page_that_cannot_be_drawn_is_not_tried_again_at_each_look(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_file(lesson_of_kind(owner.manufacturer, "pdf"), "a.pdf", pdf(pages=2).read(), "application/pdf")
    asked, answers = [], {"measure": b"[[1200, 900], [1200, 900]]", "page": None}

    def asked_for(_content: LessonContent, _folder: Path, what: str, *more: str) -> bytes | None:
        asked.append((what, *more[:1]))
        return answers[what]

    monkeypatch.setattr(pdf_pages, "_asked", asked_for)
    assert [pdf_pages.page_picture(content, number) for number in (1, 1, 2, 1, 2)] == [None] * 5
    assert asked == [("measure",), ("page", "1"), ("page", "2")]
    cache.delete(f"pdf-page-broken:{content.file.name}.1.webp")  # as its time does
    assert pdf_pages.page_picture(content, 1) is None
    assert asked[3:] == [("page", "1")]


def test_a_page_is_drawn_by_one_while_others_wait_for_it(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    content = with_file(lesson_of_kind(owner.manufacturer, "pdf"), "a.pdf", pdf(pages=1).read(), "application/pdf")
    storage, name = content.file.storage, f"{content.file.name}.1.webp"
    lock = f"pdf-page-drawn:{name}"
    cache.set(lock, True, 60)  # another draws it
    monkeypatch.setattr(pdf_pages, "WAITING", 0)
    assert pdf_pages.page_picture(content, 1) is None
    assert not storage.exists(name)

    monkeypatch.setattr(pdf_pages, "WAITING", 600)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(pdf_pages.time, "sleep", lambda _seconds: storage.save(name, ContentFile(b"of another")))
        with pdf_pages.page_picture(content, 1) as kept:
            assert kept.read() == b"of another"

    cache.delete(lock)
    storage.delete(name)
    assert Image.open(pdf_pages.page_picture(content, 1)).size[0] == 1200
    assert (storage.exists(name), cache.get(lock)) == (True, None)


def test_a_page_that_another_kept_meanwhile_is_not_kept_twice(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_file(lesson_of_kind(owner.manufacturer, "pdf"), "a.pdf", pdf(pages=1).read(), "application/pdf")
    storage, name, draw = content.file.storage, f"{content.file.name}.1.webp", pdf_pages._asked

    def overtaken(content: LessonContent, folder: Path, what: str, *more: str) -> bytes | None:
        if what == "page":
            storage.save(name, ContentFile(b"of another"))
        return draw(content, folder, what, *more)

    monkeypatch.setattr(pdf_pages, "_asked", overtaken)
    assert Image.open(pdf_pages.page_picture(content, 1)).size[0] == 1200
    folder, _, file = content.file.name.rpartition("/")
    stem = file.removesuffix(".pdf")
    assert sorted(each for each in storage.listdir(folder)[1] if each.startswith(stem)) == [file, f"{file}.1.webp"]


def test_a_link_to_a_video_says_where_it_leads(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "video")
    with staff_scope(owner.manufacturer_id):
        lesson.contents.update(link="https://www.video.example/watch?v=1")
    _enrolment, page = begun(lesson, rep)
    html = client_for(rep).get(page).content.decode()
    assert '<span class="muted">video.example</span>' in html


def test_chapters_are_in_the_language_that_is_asked_for(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "video")
    with_file(lesson, "a.webm", b"film", "video/webm", language="ko", chapters=[{"second": 0, "title": "처음"}])
    client = client_for(rep)
    _enrolment, page = begun(lesson, rep)
    assert "처음" in client.get(page).content.decode()
    with staff_scope(owner.manufacturer_id):
        lesson.contents.filter(language="en").update(chapters=[{"second": 0, "title": "The start"}])
    html = client.get(page).content.decode()
    assert "The start" in html
    assert "처음" not in html


def test_the_form_says_what_may_be_uploaded_and_what_is_there(owner: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "pdf")
    with staff_scope(owner.manufacturer_id):
        lesson.version.state = "draft"
        lesson.version.save(update_fields=["state"])
    page = f"/hanbit/training/lessons/{lesson.pk}/"
    client = client_for(owner)
    assert "PDF, at most 50.0\xa0MB." in client.get(page).content.decode()
    with_file(lesson, "guide.pdf", b"%PDF-1.7", "application/pdf")
    assert "guide.pdf, 8\xa0bytes" in client.get(page).content.decode()
