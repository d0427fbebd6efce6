"""What may come into the library, as an attacker would try it, and what is drawn of it."""

import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pypdf import PdfWriter
from pypdf.generic import RectangleObject

from campaigns.models import AssetPreview, AssetText, AssetVersion, PreviewState
from campaigns.rendering import check, draw
from campaigns.services import asset_files
from campaigns.services.asset_files import checked_upload, draw_previews
from campaigns.services.assets import add_version, delete_draft, withdraw_version
from campaigns.tasks import assets as tasks
from tenancy.files import MOST_BYTES, UploadHandler
from tenancy.rls import staff_scope
from tests.campaigns.factories import AssetFactory
from tests.campaigns.uploads import HIDDEN, office, pdf, picture
from tests.tenancy.hwp_files import hwp


def taken_in(
    kind: str, *, target: str = "External", at: str = "https://elsewhere.example/t.dotm", code: str = "utf-8"
) -> Any:
    """Slides that say so of a part."""
    relation = (
        f'<Relationships><Relationship Id="rId1" Target="{at}" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" TargetMode="{target}"/></Relationships>'
    )
    return office(more={"ppt/_rels/settings.xml.rels": relation.encode(code)})


WITHIN = '<Default Extension="xlsm" ContentType="application/vnd.ms-excel.sheet.macroEnabled.12"/>'
"""What the contents of slides say that a workbook with macros is put into."""


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "application/pdf"), "cannot be uploaded"),
        (SimpleUploadedFile("logo.svg", b"<svg onload='alert(1)'/>", "image/png"), "cannot be uploaded"),
        (SimpleUploadedFile("run.exe", b"MZ\x90", "application/pdf"), "cannot be uploaded"),
        (SimpleUploadedFile("all.zip", zipfile.ZIP_DEFLATED.to_bytes(4, "big")), "cannot be uploaded"),
        (SimpleUploadedFile("page.pdf", b"<html><script>alert(1)</script>", "application/pdf"), "damaged"),
        (SimpleUploadedFile("mixed.pdf", b"<script>alert(1)</script>%PDF-1.7 no pages", "application/pdf"), "damaged"),
        (SimpleUploadedFile("logo.png", b"<svg onload='alert(1)'/>", "image/png"), "damaged"),
        (SimpleUploadedFile("film.mp4", b"<html>ftyp</html>", "video/mp4"), "damaged"),
        (SimpleUploadedFile("deck.pptx", b"PK\x03\x04 not an archive"), "damaged"),
        (SimpleUploadedFile("empty.pdf", b""), "is empty"),
        (pdf(name="prices.pdf.html"), "cannot be uploaded"),
        (pdf(harm="script"), "holds scripts"),
        (pdf(harm="file"), "holds scripts"),
        (pdf(harm="password"), "has a password"),
        (pdf(name="cat\u202efdp.exe"), "cannot be uploaded"),
        (office(zeros=60 * 1024 * 1024), "damaged"),
        (office(more={"ppt/vbaProject.bin": b"macro"}), "holds macros"),
        (
            office(more={"ppt/data.bin": b"macro"}, told='<Override ContentType="x.ms-office.vbaProject"/>'),
            "holds macros",
        ),
        (office(told=WITHIN), "holds macros"),
        (taken_in("attachedTemplate"), "loads or starts"),
        (taken_in("oleObject", target="&#69;xternal"), "loads or starts"),
        (taken_in("frame", code="utf-16"), "loads or starts"),
        (office(more={"ppt/activeX/activeX1.xml": b"<ax/>"}), "loads or starts"),
        (office(more={"ppt/embeddings/Setup.EXE": b"MZ"}), "loads or starts"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_a_sentence(upload: SimpleUploadedFile, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        checked_upload(upload)
    assert says in refused.value.messages[0]


@pytest.mark.parametrize(
    "upload",
    [
        taken_in("hyperlink"),
        taken_in("image"),
        taken_in("oleObject", target="Internal"),
        taken_in("attachedTemplate", at="file:///C:/Templates/Letter.dotx"),
        office(more={"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": b"PK"}),
    ],
)
def test_links_pictures_and_sheets_in_a_document_are_no_harm(upload: SimpleUploadedFile) -> None:
    assert checked_upload(upload).checked_type.endswith("presentationml.presentation")  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", HIDDEN)
def test_a_script_is_found_wherever_it_hides(place: str, tmp_path) -> None:
    kept = tmp_path / "hidden.pdf"
    kept.write_bytes(pdf(harm=place).read())
    assert check(str(kept)) == "active"


def test_a_script_is_found_on_a_late_page(tmp_path) -> None:
    path = tmp_path / "long.pdf"
    for harm, says in (("", ""), ("late", "active")):
        path.write_bytes(pdf(pages=900, harm=harm).read())
        assert check(str(path)) == says


def test_reading_a_file_ends_in_time_and_keeps_what_was_read(tmp_path, monkeypatch) -> None:
    path = tmp_path / "text.pdf"
    path.write_bytes(pdf("시공 안내 " * 3000).read())
    whole = draw(str(path), "application/pdf", tmp_path)
    assert (whole["pages"], whole["text"].count("시공")) == (6, 3000)
    monkeypatch.setattr("campaigns.rendering.MOST_TEXT", 4000)
    assert draw(str(path), "application/pdf", tmp_path)["text"] == whole["text"][:4000]
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("campaigns.rendering.time.process_time", lambda: next(clock))
    monkeypatch.setattr("campaigns.rendering.MOST_TEXT", 2_000_000)
    part = draw(str(path), "application/pdf", tmp_path)
    assert (part["pages"], len(part["previews"])) == (6, 7)
    assert 1000 < part["text"].count("시공") < 2000  # three pages of six


def test_links_and_an_outline_are_no_harm(tmp_path) -> None:
    writer = PdfWriter()
    writer.append(io.BytesIO(pdf(pages=2).read()))
    writer.add_outline_item(title="Prices", page_number=0)
    writer.add_uri(0, "https://example.com", RectangleObject((0, 0, 9, 9)))
    writer.write(str(tmp_path / "fine.pdf"))
    assert check(str(tmp_path / "fine.pdf")) == ""


def test_a_picture_made_to_fill_the_memory_is_refused() -> None:
    upload = picture(size=(100, 100))
    content = bytearray(upload.read())
    content[16:24] = (60000).to_bytes(4, "big") * 2  # what the header says of width and height
    with pytest.raises(ValidationError):
        checked_upload(SimpleUploadedFile("bomb.png", bytes(content), "image/png"))


def test_a_request_of_two_gigabytes_is_refused_before_it_is_read() -> None:
    unread = io.BytesIO(b"x")
    with pytest.raises(RequestDataTooBig):
        UploadHandler().handle_raw_input(unread, {}, 2 * MOST_BYTES, b"")
    assert unread.tell() == 0


def test_the_scanner_is_asked_with_the_path_and_what_it_refuses_is_refused(settings, tmp_path) -> None:
    scanner = tmp_path / "scan"
    scanner.write_text('#!/bin/sh\ngrep -q EICAR "$1" && exit 1\nexit 0\n')
    scanner.chmod(0o700)
    settings.UPLOAD_SCANNER = str(scanner)
    assert checked_upload(picture()).checked_type == "image/png"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="malware in it"):
        checked_upload(_stored("EICAR"))
    settings.UPLOAD_SCANNER = str(tmp_path / "not-there")
    with pytest.raises(ValidationError, match="could not be checked"):
        checked_upload(picture())


def _stored(text: str) -> SimpleUploadedFile:
    """An Office document that holds a text as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/slides/slide1.xml", f"<a:t>{text}</a:t>")
    return SimpleUploadedFile("a.pptx", out.getvalue())


@pytest.mark.django_db
def test_pages_are_drawn_and_their_text_is_found(manufacturer, owner) -> None:
    asset = AssetFactory(manufacturer=manufacturer, titles={"ko": "가격표"})
    with staff_scope(manufacturer.pk):
        upload = checked_upload(pdf("시공 안내와 価格表 Price", name="../../etc/안내.pdf"))
        version = add_version(asset, language="ko", upload=upload, by=owner)
        assert (version.original_name, version.preview) == ("안내.pdf", PreviewState.WAITING)
        assert version.stored.name.startswith(f"{manufacturer.pk}/library/")
        assert draw_previews(manufacturer_id=manufacturer.pk, version_id=version.pk) == PreviewState.DONE
        assert draw_previews(manufacturer_id=manufacturer.pk, version_id=version.pk) == PreviewState.DONE
        version.refresh_from_db()
        assert (version.pages, version.text) == (1, "시공 안내와 価格表 Price\n· 1 / 1")
        assert list(AssetPreview.objects.values_list("page", flat=True)) == [0, 1]
        preview = AssetPreview.objects.get(page=0)
        with preview.stored.storage.open(preview.stored.name) as drawn:
            assert drawn.read(4) == b"RIFF"
        assert AssetText.objects.get().text == "가격표 catalogue 시공안내와価格表 price · 1 / 1"


@pytest.mark.django_db
def test_a_file_that_breaks_the_reader_stays_without_a_preview(manufacturer, owner, monkeypatch) -> None:
    asset = AssetFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        upload = checked_upload(pdf())
        version = add_version(asset, language="en", upload=upload, by=owner)
        with version.stored.storage.open(version.stored.name, "wb") as kept:
            kept.write(b"%PDF-1.7 broken")
        assert draw_previews(manufacturer_id=manufacturer.pk, version_id=version.pk) == PreviewState.FAILED
        assert not AssetPreview.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("meanwhile", ["nothing", "withdrawn", "deleted"])
def test_no_transaction_is_open_while_a_file_is_drawn(manufacturer, owner, monkeypatch, meanwhile) -> None:
    asset = AssetFactory(manufacturer=manufacturer, titles={"en": "Prices"})
    with staff_scope(manufacturer.pk):
        version = add_version(asset, language="en", upload=checked_upload(pdf("Glue")), by=owner)
    around = len(connection.atomic_blocks)
    ask = asset_files._asked
    open_ones: list[int] = []

    def asked(*arguments: str) -> dict[str, Any] | None:
        open_ones.append(len(connection.atomic_blocks) - around)
        found = ask(*arguments)
        with staff_scope(manufacturer.pk):
            if meanwhile == "withdrawn":
                withdraw_version(version)
            elif meanwhile == "deleted":
                delete_draft(asset)
        return found

    monkeypatch.setattr(asset_files, "_asked", asked)
    state = tasks.draw_previews(manufacturer_id=manufacturer.pk, version_id=version.pk)

    assert open_ones == [0]
    with staff_scope(manufacturer.pk):
        texts = list(AssetText.objects.values_list("language", "text"))
        left = AssetVersion.objects.count(), AssetPreview.objects.count()
    assert (state, left, texts) == {
        "nothing": ("done", (1, 2), [("en", "prices catalogue glue · 1 / 1")]),
        "withdrawn": ("done", (1, 2), [("", "prices catalogue")]),
        "deleted": ("", (0, 0), []),
    }[meanwhile]
    assert tasks.draw_previews(manufacturer_id=manufacturer.pk, version_id=version.pk) == state
    assert open_ones == [0]


def test_words_and_small_picture_of_an_office_document_are_read(tmp_path) -> None:
    thumb = picture(size=(300, 200)).read()
    path = tmp_path / "deck.pptx"
    path.write_bytes(office(text="시공 &amp; 안내", more={"docProps/thumbnail.png": thumb}).read())
    found = draw(str(path), "application/vnd.openxmlformats", tmp_path)
    assert (found["pages"], found["text"]) == (1, "시공 & 안내")
    assert [each["page"] for each in found["previews"]] == [0, 1]


@pytest.mark.django_db
def test_a_document_of_hangul_is_found_by_what_stands_in_it(manufacturer, owner) -> None:
    asset = AssetFactory(manufacturer=manufacturer, titles={"ko": "안내"})
    with staff_scope(manufacturer.pk):
        upload = checked_upload(SimpleUploadedFile("시공.hwp", hwp("바닥재 누수 방지", "끝 문단")))
        version = add_version(asset, language="ko", upload=upload, by=owner)
        assert draw_previews(manufacturer_id=manufacturer.pk, version_id=version.pk) == PreviewState.DONE
        version.refresh_from_db()
        assert (version.content_type, version.text) == ("application/x-hwp", "바닥재 누수 방지\n끝 문단")
        assert AssetText.objects.get().text == "안내 catalogue 바닥재누수방지끝문단"
