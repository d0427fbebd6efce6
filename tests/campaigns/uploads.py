"""Files as somebody would upload them, good ones and bad ones."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, create_string_object

from pages.pdf import render_pdf


def pdf(text: str = "", *, pages: int = 1, name: str = "prices.pdf", harm: str = "") -> SimpleUploadedFile:
    """A PDF with a text, or of empty pages; `harm`: "script", "file" or "password"."""
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
    if harm == "file":
        writer.add_attachment("bad.exe", b"MZ")
    if harm == "password":
        writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def picture(name: str = "photo.png", size: tuple[int, int] = (1600, 1200)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def office(
    name: str = "slides.pptx", *, text: str = "시공 안내", zeros: int = 0, more: dict[str, bytes] | None = None
) -> Any:
    """An Office document; with `zeros` it unpacks to that many bytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/slides/slide1.xml", f"<p:sld><a:p><a:t>{text}</a:t></a:p></p:sld>")
        for own, content in (more or {}).items():
            archive.writestr(own, content)
        if zeros:
            archive.writestr("ppt/media/bomb.bin", b"\0" * zeros)
    return SimpleUploadedFile(name, out.getvalue())
