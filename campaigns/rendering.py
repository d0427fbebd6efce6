"""Looks into files that came from outside: whether they may be kept, how their pages look, what stands in them.

    python -m campaigns.rendering check file.pdf
    python -m campaigns.rendering draw file.pdf application/pdf folder

Knows no Django and no database. It runs as a process of its own, with limits on memory, time and what it writes: a file
made to break a reader of PDFs or pictures breaks that process alone. The answer is JSON on the standard output; pictures are
drawn anew as WebP, so that nothing of the original but its look is left in them.
"""

import json
import re
import resource
import sys
import time
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tenancy import hwp

MOST_PAGES_DRAWN = 12
MOST_PAGES_READ = 2_000
MOST_TEXT = 2_000_000
"""In signs: a manual of 500 full pages."""
READING_SECONDS = 30
"""Of the processor, after which no further page is read: what was read until then is kept."""
MOST_MEMBER = 20 * 1024 * 1024
"""Of one part of an Office document, in bytes after unpacking."""
PAGE_SIZE, THUMB_SIZE = (1200, 1600), (480, 640)
MEMORY = 3 * 1024**3
SECONDS = 50
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
HARMFUL = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE")
LADEN = ("/FileAttachment", "/RichMedia")
"""Notes on a page that bring a file or a program along."""
MOST_ACTIONS = 20_000
"""Of the outline, of a form, and in a row: a document with more is not looked through, and refused."""
OFFICE_PARTS = re.compile(
    r"word/(?:document|header\d*|footer\d*)\.xml|ppt/(?:slides|notesSlides)/[^/]+\.xml|xl/sharedStrings\.xml"
    r"|xl/worksheets/[^/]+\.xml|Contents/section\d+\.xml"
)
WORDS = re.compile(r"<(?:w:t|a:t|t|hp:t)(?:\s[^>]*)?>([^<]*)</|(</(?:w:p|a:p|si|hp:p)>)")


def check(path: str) -> str:
    """What speaks against keeping a PDF: "damaged", "encrypted", "active" (it would run or start something), or nothing."""
    import pypdfium2
    from pypdf import PdfReader

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return "encrypted" if "password" in str(error).lower() else "damaged"
    try:
        if not len(document):
            return "damaged"
        if document.count_attachments():
            return "active"
    finally:
        document.close()
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            return "encrypted"
        return "active" if _is_active(reader) else ""
    except Exception:  # beside its own, pypdf lets nearly any through when a file is broken
        return "damaged"


def _is_active(reader: Any) -> bool:
    root = reader.trailer["/Root"].get_object()
    names = _found(root.get("/Names"))
    form = _found(root.get("/AcroForm"))
    if "/JavaScript" in names or "/XFA" in form:
        return True
    if _does_harm(root.get("/OpenAction")) or _has_harm(root.get("/AA")):
        return True
    if len(reader.pages) > MOST_ACTIONS:
        raise ValueError("There are too many pages to be looked through.")
    for page in reader.pages:
        if _has_harm(page.get("/AA")):
            return True
        if any(_note_harms(note) for note in _resolved(page.get("/Annots")) or ()):
            return True
    return any(
        _note_harms(each)
        for each in (*_below(_found(root.get("/Outlines")).get("/First"), "/First", "/Next"), *_fields(form))
    )


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _found(value: Any) -> dict[str, Any]:
    """What stands there where it is a dictionary, else an empty one."""
    found = _resolved(value)
    return found if isinstance(found, dict) else {}


def _below(first: Any, *keys: str) -> Iterator[dict[str, Any]]:
    """An entry and all that it leads to by these keys, each once."""
    waiting = [first]
    seen: dict[int, Any] = {}
    while waiting:
        entry = _found(waiting.pop())
        if not entry or id(entry) in seen:
            continue
        seen[id(entry)] = entry
        if len(seen) > MOST_ACTIONS:
            raise ValueError("There are too many to be looked through.")
        yield entry
        for key in keys:
            value = _resolved(entry.get(key))
            waiting += value if isinstance(value, list) else [value]


def _fields(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for field in _resolved(form.get("/Fields")) or ():
        yield from _below(field, "/Kids")


def _note_harms(note: Any) -> bool:
    found = _found(note)
    return found.get("/Subtype") in LADEN or _does_harm(found.get("/A")) or _has_harm(found.get("/AA"))


def _has_harm(actions: Any) -> bool:
    return any(_does_harm(each) for each in _found(actions).values())


def _does_harm(action: Any) -> bool:
    """Whether an action, or one that follows it, runs or starts something."""
    return any(each.get("/S") in HARMFUL or "/JS" in each for each in _below(action, "/Next"))


def draw(path: str, content_type: str, folder: Path) -> dict[str, Any]:
    """Previews of a file in `folder`, how many pages it has, and its text: as much of each as the kind of file gives."""
    if content_type == "application/pdf":
        return _draw_pdf(path, folder)
    if content_type.startswith("image/"):
        return {"pages": 1, "text": "", "previews": _draw_picture(path, folder)}
    if content_type == "application/x-hwp":
        with Path(path).open("rb") as document:
            return {"pages": None, "text": tidy(hwp.text_of(document, MOST_TEXT)), "previews": []}
    if zipfile.is_zipfile(path):
        return _read_office(path, folder)
    return {"pages": None, "text": "", "previews": []}


def _draw_pdf(path: str, folder: Path) -> dict[str, Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    previews, texts, length = [], [], 0
    ends = time.process_time() + READING_SECONDS
    for number in range(min(len(document), MOST_PAGES_READ)):
        page = document[number]
        if number < MOST_PAGES_DRAWN:
            width, height = page.get_size()
            scale = min(PAGE_SIZE[0] / max(width, 1), PAGE_SIZE[1] / max(height, 1), 4)
            picture = page.render(scale=scale).to_pil()
            if number == 0:
                previews.append(_keep(picture, folder, 0, THUMB_SIZE))
            previews.append(_keep(picture, folder, number + 1, PAGE_SIZE))
        if length < MOST_TEXT and time.process_time() < ends:
            text = page.get_textpage().get_text_bounded()
            texts.append(text)
            length += len(text)
        page.close()
    return {"pages": len(document), "text": tidy("\n".join(texts)), "previews": previews}


def _draw_picture(path: Any, folder: Path) -> list[dict[str, Any]]:
    from PIL import Image, ImageOps

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(path, formats=["PNG", "JPEG", "WEBP"]) as original:
        original.draft("RGB", PAGE_SIZE)
        picture = ImageOps.exif_transpose(original)
        return [_keep(picture, folder, 0, THUMB_SIZE), _keep(picture, folder, 1, PAGE_SIZE)]


def _keep(picture: Any, folder: Path, page: int, size: tuple[int, int]) -> dict[str, Any]:
    copy = picture.convert("RGBA" if picture.mode in ("RGBA", "LA", "P") else "RGB")
    copy.thumbnail(size)
    name = f"{page}.webp"
    copy.save(folder / name, "WEBP", quality=82, method=4)
    return {"page": page, "file": name, "width": copy.width, "height": copy.height}


def _read_office(path: str, folder: Path) -> dict[str, Any]:
    """The words of an Office document, and the small picture that it brings along."""
    previews: list[dict[str, Any]] = []
    texts: list[str] = []
    slides = 0
    ends = time.process_time() + READING_SECONDS
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in sorted(names, key=_in_order):
            if OFFICE_PARTS.fullmatch(name) and sum(map(len, texts)) < MOST_TEXT and time.process_time() < ends:
                texts.append("".join(_words(_member(archive, name).decode("utf-8", "replace"))))
            slides += bool(re.fullmatch(r"ppt/slides/slide\d+\.xml", name))
        thumb = next((name for name in names if re.fullmatch(r"docProps/thumbnail\.(?:jpe?g|png)", name)), "")
        if thumb:
            import io

            try:
                previews = _draw_picture(io.BytesIO(_member(archive, thumb)), folder)
            except (OSError, ValueError, Warning):
                previews = []
    return {"pages": slides or None, "text": tidy("\n".join(texts)), "previews": previews}


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of an archive, never more than a document would hold, whatever the archive says of its size."""
    with archive.open(name) as part:
        return part.read(MOST_MEMBER)


def _in_order(name: str) -> tuple[str, int]:
    number = re.search(r"(\d+)\.xml$", name)
    return re.sub(r"\d+\.xml$", "", name), int(number[1]) if number else 0


def _words(xml: str) -> Iterator[str]:
    from html import unescape

    for found in WORDS.finditer(xml):
        yield unescape(found[1]) if found[1] is not None else "\n"


def tidy(text: str) -> str:
    """Text fit to be kept: no control signs, not too long."""
    text = UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in text.encode("utf-8", "replace").decode().split("\n"))
    return "\n".join(line for line in lines if line)[:MOST_TEXT]


def limit() -> None:
    """Give this process no more than drawing one document takes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_MEMBER, MOST_MEMBER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> None:
    limit()
    if arguments[0] == "check":
        answer: dict[str, Any] = {"problem": check(arguments[1])}
    else:
        answer = draw(arguments[1], arguments[2], Path(arguments[3]))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
