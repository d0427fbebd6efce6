"""Files from outside: what may come in, where it is kept, and how it goes out again.

    content_type = check_upload(upload)                            # or a form's UploadField, which does the same
    row.file.save(stored_name(manufacturer_id, "cabinet", upload.name), upload, save=False)
    ...
    return attachment_response(row.file, name=row.original_name, content_type=row.content_type)

A file is never shown by the portal's own origin: it goes out as a download, with a type from the list below, so that
nothing in it can act as one of our pages.
"""

import hashlib
import io
import logging
import re
import shlex
import shutil
import subprocess
import tempfile
import unicodedata
import uuid
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import Any, BinaryIO

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, UnidentifiedImageError

from tenancy import hwp
from tenancy.unpacking import BROKEN, parsed

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
MOST_BYTES = 1024**3
"""Of a whole request: the largest file of sales that an import takes. More is refused before any of it is read."""
MOST_UNPACKED, MOST_RATIO = 1024**3, 100
"""What a document that is a ZIP may unpack to: an archive made to fill a disk says far more."""
MOST_LISTED = 16 * 1024 * 1024
"""Bytes of the list of files in an archive."""
MOST_TOLD = 4 * 1024 * 1024
"""Bytes of what an Office document says of its parts."""
TAKEN_IN = frozenset({"attachedtemplate", "oleobject", "subdocument", "frame", "afchunk"})
"""Parts that Office fetches by itself, from wherever a document says, and some of which it runs."""
FROM_THE_WEB = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:")
"""The template that a house keeps among its files is named by many honest documents, and harms nobody."""
PROGRAMS = (
    ".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".lnk", ".msi", ".jar",
)  # fmt: skip
"""Endings of what Windows runs."""
LONGEST_NAME = 150
LONGEST_STORED = 120
"""In bytes: file systems count these, and a Korean letter takes three."""
SCAN_SECONDS = 120
TEXT_ENCODINGS = ("utf-8", "cp949", "cp932")
OCTETS = "application/octet-stream"
OF_OFFICE = ("utf-8", "utf-8-sig", "utf-16")
"""Encodings of what an Office document says of its parts: it may use no other."""
OFFICE = "application/vnd.openxmlformats-officedocument."


class UploadHandler(TemporaryFileUploadHandler):
    """Streams uploads to disk; a request that says it is far too large is refused before it is read."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 (Django's)
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > MOST_BYTES:
            raise RequestDataTooBig("The upload is larger than any file that can be taken in.")


@dataclass(frozen=True)
class FileKind:
    """A kind of file that may come in: what it is served as, how its name may end, and how its content is known."""

    key: str
    content_type: str
    endings: tuple[str, ...]
    is_this: Callable[[BinaryIO], bool]


def check_upload(upload: UploadedFile, *, max_bytes: int = MAX_BYTES, kinds: Iterable[str] | None = None) -> str:
    """The content type of a file that may be kept; ValidationError with a sentence for one that may not.

    kinds: keys of KINDS; without them all but videos, captions and questions. Both the ending and the content must be of one of them. What the
    malware scanner refuses (`UPLOAD_SCANNER`) is refused here.
    """
    allowed = [KINDS[key] for key in (kinds if kinds is not None else EVERYDAY)]
    name, size = clean_name(upload.name or ""), upload.size or 0
    if not size:
        raise ValidationError(_("“%(name)s” is empty. Choose another file.") % {"name": name})
    if size > max_bytes:
        raise ValidationError(
            _("“%(name)s” has %(size)s, and at most %(most)s can be uploaded. Make it smaller or divide it.")
            % {"name": name, "size": filesizeformat(size), "most": filesizeformat(max_bytes)}
        )
    ending = _ending(name)
    kind = next((kind for kind in allowed if ending in kind.endings), None)
    if kind is None:
        raise ValidationError(
            _("“%(name)s” cannot be uploaded. What can: %(kinds)s.") % {"name": name, "kinds": endings_of(allowed)}
        )
    upload.seek(0)
    is_what_it_says = kind.is_this(upload)  # type: ignore[arg-type]
    upload.seek(0)
    if not is_what_it_says and ending in OFFICE_ENDINGS and _says_macros(upload):  # type: ignore[arg-type]
        raise ValidationError(_("“%(name)s” holds macros. Save it without them and upload that.") % {"name": name})
    if not is_what_it_says:
        raise ValidationError(
            _("“%(name)s” is damaged, or not what its ending says. Save it anew as %(ending)s and upload that.")
            % {"name": name, "ending": ending.upper()}
        )
    if kind.key == "hwp" and hwp.brings_along(upload):  # type: ignore[arg-type]
        raise ValidationError(
            _(
                "“%(name)s” holds scripts or objects of other programs, or is locked. Save it without these, or as a PDF."
            )
            % {"name": name}
        )
    if ending in OFFICE_ENDINGS and _reaches_out(upload):  # type: ignore[arg-type]
        raise ValidationError(
            _("“%(name)s” loads or starts something when it is opened. Save it without that, or as a PDF.")
            % {"name": name}
        )
    upload.seek(0)
    _scan(upload, name)
    return kind.content_type


def endings_of(kinds: Iterable[FileKind]) -> str:
    """The endings of these kinds, for a sentence."""
    return ", ".join(kind.endings[0] for kind in kinds)


def accept(kinds: Iterable[str] | None = None) -> str:
    """What a file control's `accept` says, so that a phone offers its camera where pictures are asked for."""
    allowed = [KINDS[key] for key in (kinds if kinds is not None else EVERYDAY)]
    return ",".join(f".{ending}" for kind in allowed for ending in kind.endings)


def clean_name(name: str) -> str:
    """A file's own name, fit to be shown and given back: no folders, no invisible signs, not too long."""
    own = PureWindowsPath(PurePath(unicodedata.normalize("NFC", name)).name).name
    shown = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in own if _is_visible(sign))
    shown = " ".join(shown.split()).strip(". ")
    if not shown:
        return "file"
    if len(shown) > LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        tail = f"{dot}{ending}" if stem and len(ending) < 10 else ""
        shown = shown[: LONGEST_NAME - len(tail)].rstrip(". ") + tail
    return shown


def stored_name(manufacturer_id: int, folder: str, name: str) -> str:
    """Where a file of a manufacturer is kept: nobody can guess it, and its own name comes last."""
    own = get_valid_filename(clean_name(name)).encode()[-LONGEST_STORED:].decode(errors="ignore")
    return f"{manufacturer_id}/{folder}/{uuid.uuid4().hex}/{own}"


def digest(file: Any) -> str:
    """The SHA-256 of a file's content, which is left at its beginning."""
    file.seek(0)
    found = hashlib.sha256()
    while chunk := file.read(1 << 20):
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def attachment_response(file: Any, *, name: str, content_type: str = OCTETS) -> FileResponse:
    """A kept file as a download under the name it came with; 404 where it is gone.

    file: a model's file field, or an open file. A content type that is none of ours goes out as mere bytes.
    """
    if isinstance(file, FieldFile):
        try:
            file = file.storage.open(file.name, "rb") if file.name else None
        except FileNotFoundError:
            file = None
    if file is None:
        raise Http404
    served = content_type if content_type in {kind.content_type for kind in KINDS.values()} else OCTETS
    return FileResponse(
        file,
        as_attachment=True,
        filename=clean_name(name),
        content_type=served,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def ranged_response(request: HttpRequest, file: Any, *, name: str, content_type: str = OCTETS) -> HttpResponseBase:
    """As `attachment_response`, and in pieces for who asks for a range, as players of video do (RFC 9110, one range)."""
    response = attachment_response(file, name=name, content_type=content_type)
    response.headers["Accept-Ranges"] = "bytes"
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not (asked[1] or asked[2]):
        return response
    opened: Any = response.file_to_stream
    size = int(response.headers["Content-Length"])
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first >= size or (asked[1] and asked[2] and int(asked[2]) < first) or (not asked[1] and not int(asked[2])):
        opened.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    opened.seek(first)
    response.streaming_content = _piece(opened, last - first + 1)
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


def _piece(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (chunk := file.read(min(length, 1 << 16))):
        length -= len(chunk)
        yield chunk


class UploadField(forms.FileField):
    """A form's field for one file, checked as `check_upload` does. The cleaned file has `checked_type`."""

    default_error_messages = {"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty.")}

    def __init__(self, *, max_bytes: int = MAX_BYTES, kinds: Iterable[str] | None = None, **options: Any) -> None:
        self.max_bytes = max_bytes
        self.kinds = tuple(kinds) if kinds is not None else None
        super().__init__(**options)
        self.widget.attrs.setdefault("accept", accept(self.kinds))

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            upload.checked_type = check_upload(  # type: ignore[attr-defined]
                upload, max_bytes=self.max_bytes, kinds=self.kinds
            )
        return upload


def _scan(upload: UploadedFile, name: str) -> None:
    """Refuse what the malware scanner refuses, and what it could not look at. Without one nothing is scanned."""
    if not settings.UPLOAD_SCANNER:
        return
    try:
        is_clean = _is_clean(upload)
    except (OSError, subprocess.SubprocessError, ImportError) as error:
        logger.exception("The malware scanner failed.")
        raise ValidationError(
            _("“%(name)s” could not be checked for malware just now. Try again in a few minutes.") % {"name": name}
        ) from error
    if not is_clean:
        logger.warning("The malware scanner refused an upload.")
        raise ValidationError(
            _("“%(name)s” was refused: the scanner found malware in it. Check your computer.") % {"name": name}
        )


def _is_clean(upload: UploadedFile) -> bool:
    """Asks the scanner with the path of the file: a command by its exit code (0 clean, 1 not), a function by its answer."""
    with tempfile.NamedTemporaryFile() as copy:
        path = getattr(upload, "temporary_file_path", str)()
        if not path:
            upload.seek(0)
            shutil.copyfileobj(upload, copy)
            upload.seek(0)
            copy.flush()
            path = copy.name
        if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", settings.UPLOAD_SCANNER):
            return bool(import_string(settings.UPLOAD_SCANNER)(path))
        asked = [*shlex.split(settings.UPLOAD_SCANNER), path]
        answer = subprocess.run(asked, capture_output=True, timeout=SCAN_SECONDS, check=False)  # noqa: S603 (the operator's)
    if answer.returncode not in (0, 1):
        raise subprocess.SubprocessError(f"The scanner ended with {answer.returncode}: {answer.stderr[-500:]!r}")
    return answer.returncode == 0


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_visible(sign: str) -> bool:
    """Not a control sign, nor one that turns the direction of writing: it would make `exe.pdf` out of `fdp.exe`."""
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


# --- What a file is, by its content -----------------------------------------------------------------------------------


def _is_pdf(file: BinaryIO) -> bool:
    return b"%PDF-" in file.read(1024)


def _is_picture(image_format: str) -> Callable[[BinaryIO], bool]:
    def is_this(file: BinaryIO) -> bool:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(_keeps_open(file), formats=[image_format]) as picture:
                    picture.verify()
        except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            return False
        except (OSError, SyntaxError, ValueError, EOFError):
            return False
        return True

    return is_this


def _is_zip_with(*wanted: str, mimetype: str = "") -> Callable[[BinaryIO], bool]:
    """A ZIP that holds all of these members, or begins with this type."""

    def is_this(file: BinaryIO) -> bool:
        if _is_crowded(file):
            return False
        try:
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
                if (wanted or mimetype) and _is_bomb(archive):
                    return False
                if mimetype:
                    with archive.open("mimetype") as told:
                        return told.read(100).strip() == mimetype.encode()
                if wanted and _has_macros(archive):
                    return False
                return all(any(name.startswith(each) for name in names) for each in wanted)
        except (*BROKEN, KeyError):
            return False

    return is_this


def _has_macros(archive: zipfile.ZipFile) -> bool:
    """Whether an Office document brings programs along, by whatever name: its list of contents says what each part is. One
    too long to be read may say so."""
    return _names_macros(archive) is not False


def _names_macros(archive: zipfile.ZipFile) -> bool | None:
    """Whether an Office document names programs among its parts; None where its list of contents is too long to be read."""
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        return True
    with archive.open("[Content_Types].xml") as contents:
        told = contents.read(MOST_TOLD + 1).replace(b"\0", b"").lower()  # it may be in UTF-16
    return None if len(told) > MOST_TOLD else b"vbaproject" in told or b"macroenabled" in told


def _says_macros(file: BinaryIO) -> bool:
    """Whether what was refused as an Office document can be said to hold macros, its own or those of one within it."""
    if _is_crowded(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return not _is_bomb(archive) and _names_macros(archive) is True
    except (*BROKEN, KeyError):
        return False


def _reaches_out(file: BinaryIO) -> bool:
    """Whether an Office document brings controls or programs along, or takes a part of itself from elsewhere when it is opened.
    What it links to, and what is shown in it, is no harm. Relations that cannot be read, or are too long to be, may say so.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _names_something(archive)
    except (*BROKEN, KeyError):
        return True


def _names_something(archive: zipfile.ZipFile) -> bool:
    left = MOST_TOLD
    for entry in archive.infolist():
        own = entry.filename.lower()
        if "/activex/" in own or own.endswith(PROGRAMS):
            return True
        if not own.endswith(".rels"):
            continue
        with archive.open(entry) as relations:
            told = relations.read(left + 1)
        left -= len(told)
        if left < 0 or parsed(told, encodings=OF_OFFICE, target=_Relations()):
            return True
    return False


class _Relations:
    """Is handed the relations of an Office document one by one, so that none is kept; in the end whether one takes a part in."""

    def __init__(self) -> None:
        self.takes_in = False

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        self.takes_in = self.takes_in or _is_taken_in(attributes)

    def end(self, _name: str) -> None:
        """Nothing is to be done."""

    def data(self, _text: str) -> None:
        """What stands between relations says nothing."""

    def close(self) -> bool:
        return self.takes_in


def _is_taken_in(relation: dict[str, str]) -> bool:
    told: dict[str, list[str]] = {}
    for name, value in relation.items():
        told.setdefault(name.rpartition("}")[2].lower(), []).append("".join(value.split()).lower())
    return (
        "external" in told.get("targetmode", ())
        and any(kind.rpartition("/")[2] in TAKEN_IN for kind in told.get("type", ()))
        and any(FROM_THE_WEB.match(target) for target in told.get("target", ()))
    )


def _is_crowded(file: BinaryIO) -> bool:
    """Whether the list of an archive's files is longer than any honest one: it is read into memory as a whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    return at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_LISTED and size > MOST_LISTED


def _is_bomb(archive: zipfile.ZipFile) -> bool:
    """Whether an archive says that it unpacks to far more than a document does."""
    unpacked = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    return unpacked > MOST_UNPACKED or (unpacked > MAX_BYTES and unpacked > MOST_RATIO * packed)


def _is_mp4(file: BinaryIO) -> bool:
    head = file.read(12)
    return head[4:8] == b"ftyp" and not head.startswith(b"<")


def _is_webm(file: BinaryIO) -> bool:
    return file.read(64).startswith(b"\x1a\x45\xdf\xa3")


def _is_text(file: BinaryIO) -> bool:
    content = file.read()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(content, "utf-16")
    return b"\x00" not in content and any(_decodes(content, encoding) for encoding in TEXT_ENCODINGS)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_captions(file: BinaryIO) -> bool:
    head = file.read(16).removeprefix(b"\xef\xbb\xbf")
    file.seek(0)
    return re.match(rb"WEBVTT(\s|$)", head) is not None and _decodes(file.read(), "utf-8")


def _is_mail(file: BinaryIO) -> bool:
    """Headers of a mail at the beginning: who sent it, and when or about what."""
    head = file.read(65536).replace(b"\r\n", b"\n").split(b"\n\n")[0].lower()
    names = {line.split(b":")[0] for line in head.split(b"\n") if b":" in line}
    return b"from" in names and bool(names & {b"date", b"subject", b"received", b"message-id"})


def _keeps_open(file: BinaryIO) -> BinaryIO:
    """A copy to read from: Pillow closes what it has verified, and the upload is still needed."""
    return io.BytesIO(file.read())


KINDS = {
    kind.key: kind
    for kind in (
        FileKind("pdf", "application/pdf", ("pdf",), _is_pdf),
        FileKind("png", "image/png", ("png",), _is_picture("PNG")),
        FileKind("jpeg", "image/jpeg", ("jpg", "jpeg"), _is_picture("JPEG")),
        FileKind("webp", "image/webp", ("webp",), _is_picture("WEBP")),
        FileKind("docx", f"{OFFICE}wordprocessingml.document", ("docx",), _is_zip_with("[Content_Types].xml", "word/")),
        FileKind("xlsx", f"{OFFICE}spreadsheetml.sheet", ("xlsx",), _is_zip_with("[Content_Types].xml", "xl/")),
        FileKind(
            "pptx", f"{OFFICE}presentationml.presentation", ("pptx",), _is_zip_with("[Content_Types].xml", "ppt/")
        ),
        FileKind("hwp", "application/x-hwp", ("hwp",), hwp.is_document),
        FileKind("hwpx", "application/hwp+zip", ("hwpx",), _is_zip_with(mimetype="application/hwp+zip")),
        FileKind("txt", "text/plain", ("txt",), _is_text),
        FileKind("csv", "text/csv", ("csv",), _is_text),
        FileKind("gift", "text/plain", ("gift",), _is_text),
        FileKind("eml", "message/rfc822", ("eml",), _is_mail),
        FileKind("zip", "application/zip", ("zip",), _is_zip_with()),
        FileKind("mp4", "video/mp4", ("mp4",), _is_mp4),
        FileKind("webm", "video/webm", ("webm",), _is_webm),
        FileKind("vtt", "text/vtt", ("vtt",), _is_captions),
    )
}
PICTURES = ("png", "jpeg", "webp")
OFFICE_ENDINGS = ("docx", "xlsx", "pptx")
DOCUMENTS = ("pdf", *PICTURES)
OFFICE_FILES = ("docx", "xlsx", "pptx", "hwp", "hwpx")
VIDEOS = ("mp4", "webm")
EVERYDAY = tuple(key for key in KINDS if key not in (*VIDEOS, "vtt", "gift"))
