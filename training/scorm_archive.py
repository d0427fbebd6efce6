"""A SCORM package as the ZIP it comes in. Pure: no Django, no database.

A package is never unpacked onto a disk: it stays the ZIP that it was, and an index says where in it each file begins. So a
name in it is a key of the index and never a path of ours; what it holds is read through once, counted as it comes, before
anything is kept.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath
from typing import BinaryIO

from tenancy.unpacking import BROKEN
from training.scorm_manifest import MOST_BYTES as MOST_MANIFEST
from training.scorm_manifest import NAME as MANIFEST
from training.scorm_manifest import Flaw, FlawError, Manifest, read_manifest

MEGABYTE = 1024 * 1024
MOST_PACKAGE, MOST_UNPACKED, MOST_FILES = 200 * MEGABYTE, 600 * MEGABYTE, 5_000
MOST_DIRECTORY = 8 * MEGABYTE
"""Of the list of files at the end of a ZIP: it is read into memory before the files can be counted."""
MOST_RATIO, RATIO_FROM = 100, 20 * MEGABYTE
LONGEST_PATH, MOST_FLAWS, CHUNK = 300, 5, 1 << 16
END, END_64, LOCAL = b"PK\x05\x06", b"PK\x06\x07", b"PK\x03\x04"
ENCODINGS = ("utf-8", "cp949", "cp932")
"""Of names that do not say theirs: as Windows writes them in Korea and Japan."""
PROGRAMS = frozenset(
    [
        "apk",
        "appimage",
        "asp",
        "aspx",
        "bat",
        "cgi",
        "cmd",
        "com",
        "cpl",
        "deb",
        "dll",
        "dmg",
        "exe",
        "hta",
        "jar",
        "jse",
        "jsp",
        "lnk",
        "msc",
        "msi",
        "msp",
        "php",
        "phtml",
        "pif",
        "pkg",
        "ps1",
        "psm1",
        "reg",
        "rpm",
        "scr",
        "sh",
        "so",
        "sys",
        "vb",
        "vbe",
        "vbs",
        "wsf",
        "wsh",
    ]
)
STARTS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf")
"""How programs of Windows, Linux and macOS begin, whatever their name ends with."""
TYPES = {
    "htm": "text/html", "html": "text/html", "xhtml": "application/xhtml+xml", "css": "text/css",
    "js": "text/javascript", "mjs": "text/javascript", "json": "application/json", "map": "application/json",
    "xml": "application/xml", "xsd": "application/xml", "dtd": "application/xml-dtd", "xsl": "application/xslt+xml",
    "txt": "text/plain", "csv": "text/csv", "vtt": "text/vtt", "srt": "text/plain", "md": "text/plain",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml", "ico": "image/x-icon", "bmp": "image/bmp", "avif": "image/avif", "cur": "image/x-icon",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "mov": "video/quicktime",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "wav": "audio/wav",
    "aac": "audio/aac", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject", "pdf": "application/pdf", "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
}  # fmt: skip
OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class Entry:
    """A file of a package: where its bytes begin in the ZIP, and how many they are, packed and unpacked."""

    path: str
    offset: int
    packed: int
    size: int
    is_deflated: bool
    content_type: str


@dataclass(frozen=True)
class Package:
    """What a package holds. unpacked: in bytes."""

    manifest: Manifest
    entries: tuple[Entry, ...]
    unpacked: int


def read_package(file: BinaryIO) -> Package:
    """What a ZIP holds, once all of it has been read and nothing is wrong with it; else FlawError."""
    _must_be_small(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return _Reading(archive, file).package()
    except BROKEN as error:
        raise FlawError(Flaw("damaged")) from error


def pieces(file: BinaryIO, entry: Entry, first: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file of a package from `first` on, at most `length` of them, out of the ZIP."""
    left = entry.size - first if length is None else length
    if not entry.is_deflated:
        file.seek(entry.offset + first)
        while left > 0 and (piece := file.read(min(left, CHUNK))):
            left -= len(piece)
            yield piece
        return
    file.seek(entry.offset)
    for piece in _inflated(file, entry.packed):
        kept = piece[first : first + left]
        first = max(0, first - len(piece))
        if kept:
            left -= len(kept)
            yield kept
        if left <= 0:
            return


def _inflated(file: BinaryIO, packed: int) -> Iterator[bytes]:
    opened = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed > 0 and (read := file.read(min(packed, CHUNK))):
        packed -= len(read)
        waiting = read
        while waiting:
            yield opened.decompress(waiting, CHUNK)
            waiting = opened.unconsumed_tail
    yield opened.flush()


def _must_be_small(file: BinaryIO) -> None:
    """Look at the end of a ZIP, before its list of files is read into memory: how long does it say that the list is?"""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22:
        raise FlawError(Flaw("damaged"))
    count, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if END_64 in tail[:at] or count > MOST_FILES or directory > MOST_DIRECTORY:
        raise FlawError(Flaw("many_files", {"most": MOST_FILES}))


class _Reading:
    """A ZIP as it is read through."""

    def __init__(self, archive: zipfile.ZipFile, file: BinaryIO) -> None:
        self.archive, self.file = archive, file
        self.unpacked = 0

    def package(self) -> Package:
        infos = [info for info in self.archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_FILES:
            raise FlawError(Flaw("many_files", {"most": MOST_FILES}))
        named = self.named(infos)
        if MANIFEST not in named:
            self.say_where_it_is(named)
        manifest = read_manifest(self.manifest(named[MANIFEST]), named)
        entries = tuple(self.entry(path, info) for path, info in named.items())
        return Package(manifest, entries, self.unpacked)

    def named(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """The files by their plain paths; what must not be in a package is refused, what systems leave behind left out."""
        flaws: list[Flaw] = []
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            told = _name(info)
            if told.endswith("\\") and not info.file_size:
                continue  # a folder, as some programs of Windows write it
            path = _plain(told)
            shown = {"file": "".join(sign if sign.isprintable() else "?" for sign in told)[:120]}
            if not path or len(path) > LONGEST_PATH:
                flaws.append(Flaw("bad_name", shown))
            elif info.external_attr >> 28 == 0o12:
                flaws.append(Flaw("link", shown))
            elif info.flag_bits & 1:
                flaws.append(Flaw("locked", shown))
            elif path in found:
                flaws.append(Flaw("twice", shown))
            elif _is_left_behind(path):
                continue
            elif _ending(path) in PROGRAMS:
                flaws.append(Flaw("program", shown))
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                flaws.append(Flaw("method", shown))
            else:
                found[path] = info
        if flaws:
            raise FlawError(*flaws[:MOST_FLAWS])
        told_size, packed = (sum(getattr(each, what) for each in infos) for what in ("file_size", "compress_size"))
        if told_size > MOST_UNPACKED or (told_size > RATIO_FROM and told_size > MOST_RATIO * packed):
            raise FlawError(Flaw("bomb", {"most": MOST_UNPACKED // MEGABYTE}))
        return found

    def say_where_it_is(self, named: dict[str, zipfile.ZipInfo]) -> None:
        """There is no manifest where it belongs: why?"""
        below = next((path for path in named if path.endswith(f"/{MANIFEST}")), "")
        if below:
            raise FlawError(Flaw("in_folder", {"folder": below.rpartition("/")[0][:120]}))
        others = {"tincan.xml": "xAPI", "cmi5.xml": "cmi5"}
        other = next((kind for name, kind in others.items() if name in named), "")
        raise FlawError(Flaw("other_kind", {"kind": other}) if other else Flaw("no_manifest"))

    def manifest(self, info: zipfile.ZipInfo) -> bytes:
        if info.file_size > MOST_MANIFEST:
            raise FlawError(Flaw("large_manifest"))
        with self.archive.open(info) as source:
            return source.read(MOST_MANIFEST)

    def entry(self, path: str, info: zipfile.ZipInfo) -> Entry:
        """Read a file to its end, as what a ZIP says of its sizes is not believed, and note where it lies."""
        size = 0
        with self.archive.open(info) as source:
            while piece := source.read(CHUNK):
                if not size and piece.startswith(STARTS) and b"\0" in piece[:64]:
                    raise FlawError(Flaw("program", {"file": path[:120]}))
                size += len(piece)
                self.unpacked += len(piece)
                packed = max(1, info.compress_size)
                if self.unpacked > MOST_UNPACKED or (size > RATIO_FROM and size > MOST_RATIO * packed):
                    raise FlawError(Flaw("bomb", {"most": MOST_UNPACKED // MEGABYTE}))
        return Entry(
            path=path,
            offset=self.begins(info),
            packed=info.compress_size,
            size=size,
            is_deflated=info.compress_type == zipfile.ZIP_DEFLATED,
            content_type=TYPES.get(_ending(path), OCTETS),
        )

    def begins(self, info: zipfile.ZipInfo) -> int:
        """Where the bytes of a file begin: behind its own head, whose length stands in it."""
        self.file.seek(info.header_offset)
        head = self.file.read(30)
        if not head.startswith(LOCAL):
            raise FlawError(Flaw("damaged"))
        name, extra = struct.unpack("<HH", head[26:30])
        return info.header_offset + 30 + int(name) + int(extra)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a file. Where it does not say its encoding, the first is taken that fits."""
    told = info.orig_filename
    if info.flag_bits & 0x800 or told.isascii():
        return told
    raw = told.encode("cp437", errors="replace")
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return told


def _plain(name: str) -> str:
    """A path below the package in its one form; empty for one that leads out, is absolute, or hides signs."""
    path = unicodedata.normalize("NFC", name.replace("\\", "/"))
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or not all(_is_visible(sign) for sign in path):
        return ""
    parts = path.split("/")
    if ".." in parts:
        return ""
    plain = normpath(path)
    return "" if plain == "." else plain


def _is_visible(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _is_left_behind(path: str) -> bool:
    """What macOS, Windows and version control put beside files."""
    parts = path.split("/")
    return (
        parts[0] == "__MACOSX"
        or parts[-1].lower() in ("thumbs.db", "desktop.ini")
        or any(part.startswith(".") for part in parts)
    )


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
