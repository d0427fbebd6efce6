"""Files as somebody would upload them, good ones and bad ones."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, create_string_object

from pages.pdf import render_pdf


def pdf(text: str = "", *, pages: int = 1, name: str = "prices.pdf", harm: str = "") -> SimpleUploadedFile:
    """A PDF with a text, or of empty pages; `harm`: "script", "file", "password", or where a script is hidden: "after" a
    harmless action, in the "outline", in a field of a "form", as "xfa"; "pinned": a file on a page."""
    if text:
        runs = [{"text": text, "bold": False, "italic": False}]
        data = {"title": "T", "language": "ko", "parties": "", "page": "", "facts": [], "acceptance": ""}
        return SimpleUploadedFile(
            name,
            render_pdf("agreement.typ", data | {"blocks": [{"kind": "paragraph", "runs": runs}]}),
            "application/pdf",
        )
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    if harm == "script":
        action = {"/S": "/JavaScript", "/JS": "app.alert('hello')"}
        names = {
            NameObject(key): NameObject(value) if key == "/S" else create_string_object(value)
            for key, value in action.items()
        }
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(names)
    if harm in HIDDEN:
        HIDDEN[harm](writer)
    if harm == "late":
        writer.pages[-1][NameObject("/AA")] = _made({"/O": SCRIPT})
    if harm == "file":
        writer.add_attachment("bad.exe", b"MZ")
    if harm == "password":
        writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def _made(value: Any) -> Any:
    """As it stands in a PDF: words that begin with a slash are names."""
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): _made(each) for key, each in value.items()})
    if isinstance(value, list):
        return ArrayObject(_made(each) for each in value)
    if isinstance(value, str):
        return NameObject(value) if value.startswith("/") else create_string_object(value)
    return value


SCRIPT = {"/S": "/JavaScript", "/JS": "app.alert('hello')"}
LINK = {"/S": "/URI", "/URI": "https://example.com"}


def _after(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = _made(LINK | {"/Next": [LINK, LINK | {"/Next": SCRIPT}]})


def _outline(writer: PdfWriter) -> None:
    entry = writer._add_object(_made({"/Title": "Prices", "/First": {"/Title": "More", "/A": SCRIPT}}))
    entry.get_object()[NameObject("/Next")] = entry  # leads in a circle
    writer.root_object[NameObject("/Outlines")] = DictionaryObject({NameObject("/First"): entry})


def _form(writer: PdfWriter) -> None:
    field = {"/T": "a", "/Kids": [{"/T": "b", "/AA": {"/C": SCRIPT}}]}
    writer.root_object[NameObject("/AcroForm")] = _made({"/Fields": [field]})


def _xfa(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = _made({"/Fields": [], "/XFA": "<xdp/>"})


def _pinned(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Annots")] = _made([{"/Type": "/Annot", "/Subtype": "/FileAttachment"}])


HIDDEN = {"after": _after, "outline": _outline, "form": _form, "xfa": _xfa, "pinned": _pinned}


def picture(name: str = "photo.png", size: tuple[int, int] = (1600, 1200)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def office(
    name: str = "slides.pptx",
    *,
    text: str = "시공 안내",
    zeros: int = 0,
    more: dict[str, bytes] | None = None,
    told: str = "",
) -> Any:
    """An Office document; with `zeros` it unpacks to that many bytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"<Types>{told}</Types>")
        archive.writestr("ppt/slides/slide1.xml", f"<p:sld><a:p><a:t>{text}</a:t></a:p></p:sld>")
        for own, content in (more or {}).items():
            archive.writestr(own, content)
        if zeros:
            archive.writestr("ppt/media/bomb.bin", b"\0" * zeros)
    return SimpleUploadedFile(name, out.getvalue())
