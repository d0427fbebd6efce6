"""Documents of Hangul (HWP 5): compound files with a stream for each section of their text. Knows no Django.

What such a file may bring along is refused where it comes in (`tenancy.files`): scripts that run when it is opened, objects of
other programs, PostScript. Every document has a stream for scripts, which names two functions and lets them do nothing.
"""

import io
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import olefile

SIGNATURE = b"HWP Document File"
OLDER = b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05"
COMPRESSED, PASSWORD, DISTRIBUTED = 1, 2, 4
PARA_TEXT = 67
"""The kind of a record that holds the signs of a paragraph."""
LONE = frozenset((0, 10, 13, *range(24, 32)))
"""Control signs that stand alone; of all others the next seven belong to them."""
INSTEAD = {9: " ", 10: "\n", 13: "\n", 24: "-", 30: " ", 31: " "}
MOST_UNPACKED = 20 * 1024 * 1024
"""Of one stream, in bytes."""
MOST_SCRIPT = 16 * 1024
"""In bytes; what every document has takes some hundred."""
MOST_STREAMS = 4096
PICTURES = ("bmp", "emf", "gif", "jpeg", "jpg", "pcx", "png", "tif", "tiff", "wmf")
PROGRAMS = (b"%!PS", b"MZ", b"\xd0\xcf\x11\xe0", b"\xc5\xd0\xd3\xc6")
"""How PostScript, programs and objects begin, by whatever name they come."""
FOREIGN = re.compile(r"vba|macros|objectpool|package|ole10native", re.IGNORECASE)
COMMENTS = re.compile(r"//[^\r\n]*|/\*.*?(\*/|\Z)", re.DOTALL)
DEFAULTS = re.compile(
    r"\bvar\s+\w+\s*=\s*(?:XHwpDocuments|Documents\.Active_XHwpDocument)\s*;?"
    r"|\bfunction\s+OnDocument_\w+\s*\(\s*\)\s*\{\s*\}"
)


class UnreadableError(ValueError):
    """No document of this kind, or a damaged one."""


@dataclass
class Document:
    """A document that is open for reading."""

    file: Any
    flags: int

    def streams(self) -> Iterator[tuple[str, ...]]:
        for path in self.file.listdir():
            yield tuple(path)

    def read(self, *path: str, most: int = MOST_UNPACKED, is_packed: bool | None = None) -> bytes:
        """A stream as it is meant, never more of it than `most`."""
        raw = self.file.openstream(list(path)).read()
        if is_packed is None:
            is_packed = bool(self.flags & COMPRESSED)
        if not is_packed:
            return bytes(raw[:most])
        try:
            return zlib.decompressobj(-15).decompress(raw, most)
        except zlib.error as error:
            raise UnreadableError(str(error)) from error


def is_document(file: BinaryIO) -> bool:
    """Whether this is a document of Hangul, and no other compound file that has taken its name."""
    if file.read(len(OLDER)) == OLDER:
        return True
    file.seek(0)
    try:
        _opened(file)
    except UnreadableError:
        return False
    return True


def brings_along(file: BinaryIO) -> bool:
    """Whether it holds scripts that do something or objects of other programs, or hides from being looked into."""
    file.seek(0)
    if file.read(len(OLDER)) == OLDER:
        return False
    file.seek(0)
    try:
        document = _opened(file)
        if document.flags & (PASSWORD | DISTRIBUTED):
            return True
        return any(_is_foreign(document, path) for path in document.streams())
    except Exception:  # whatever a stream made to break its reader lets through
        return True


def text_of(file: BinaryIO, most: int) -> str:
    """What stands in it; of one that is locked the first words, which it shows to everybody."""
    try:
        document = _opened(file)
        sections = sorted((path for path in document.streams() if path[0] == "BodyText"), key=_in_order)
        if not sections or document.flags & (PASSWORD | DISTRIBUTED):
            return document.read("PrvText", is_packed=False).decode("utf-16-le", "replace")[:most]
        texts: list[str] = []
        for path in sections:
            if sum(map(len, texts)) < most:
                texts.append("\n".join(_paragraphs(document.read(*path))))
        return "\n".join(texts)[:most]
    except Exception:  # as above: there is nothing to be found in it then
        return ""


def _opened(file: BinaryIO) -> Document:
    try:
        opened = olefile.OleFileIO(io.BytesIO(file.read()))
        header = opened.openstream("FileHeader").read(256)
        kept = [entry for entry in opened.direntries if entry is not None and entry.entry_type == olefile.STGTY_STREAM]
        if len(kept) > MOST_STREAMS or sum(entry.size for entry in kept) > file.tell():
            # Entries may all name the same sectors: to look into each would take a small file hours.
            raise UnreadableError("It has more streams than it can hold.")
        paths = {path[0] for path in opened.listdir()}
    except Exception as error:  # beside its own, olefile lets nearly any through when a file is broken
        raise UnreadableError(str(error)) from error
    if not header.startswith(SIGNATURE) or len(header) < 40 or "DocInfo" not in paths:
        raise UnreadableError("It is another compound file.")
    if not {"BodyText", "ViewText"} & paths:
        raise UnreadableError("It has no text.")
    return Document(opened, struct.unpack_from("<I", header, 36)[0])


def _is_foreign(document: Document, path: tuple[str, ...]) -> bool:
    if any(FOREIGN.search(name) for name in path):
        return True
    if path[0] == "Scripts":
        return path[-1] != "JScriptVersion" and _does_something(document.read(*path, most=MOST_SCRIPT))
    if path[0] != "BinData":
        return False
    if len(path) != 2 or path[1].rpartition(".")[2].lower() not in PICTURES:
        return True
    heads = (document.read(*path, most=64, is_packed=False), _unpacked_head(document, path))
    return any(head.startswith(PROGRAMS) for head in heads)


def _unpacked_head(document: Document, path: tuple[str, ...]) -> bytes:
    try:
        return document.read(*path, most=64, is_packed=True)
    except UnreadableError:
        return b""  # a picture may be kept as it is


def _does_something(stream: bytes) -> bool:
    """Whether a stream of scripts holds more than what every document has: four texts, each after its length."""
    if len(stream) >= MOST_SCRIPT:
        return True
    rest, texts = stream, list[str]()
    while len(rest) >= 4 and len(texts) < 4:
        (length,) = struct.unpack_from("<I", rest)
        if 4 + 2 * length > len(rest):
            return True
        texts.append(rest[4 : 4 + 2 * length].decode("utf-16-le", "replace"))
        rest = rest[4 + 2 * length :]
    if rest.strip(b"\xff\0"):
        return True
    return any(DEFAULTS.sub("", COMMENTS.sub(_unless_open, text)).strip(" \t\r\n\0") for text in texts)


def _unless_open(comment: re.Match[str]) -> str:
    """Nothing in place of a comment; one that does not end stays."""
    return comment[0] if comment[1] == "" else ""


def _paragraphs(section: bytes) -> Iterator[str]:
    at = 0
    while at + 4 <= len(section):
        (head,) = struct.unpack_from("<I", section, at)
        at, kind, size = at + 4, head & 0x3FF, head >> 20
        if size == 0xFFF:
            if at + 4 > len(section):
                return
            (size,) = struct.unpack_from("<I", section, at)
            at += 4
        if kind == PARA_TEXT:
            yield _signs(section[at : at + size])
        at += size


def _signs(content: bytes) -> str:
    units = array("H", content[: len(content) // 2 * 2])
    if sys.byteorder == "big":
        units.byteswap()
    kept, at = [], 0
    while at < len(units):
        unit = units[at]
        if unit >= 32:
            kept.append(unit)
        elif unit in INSTEAD:
            kept.append(ord(INSTEAD[unit]))
        at += 1 if unit >= 32 or unit in LONE else 8
    return array("H", kept).tobytes().decode(f"utf-16-{sys.byteorder[0]}e", "replace")


def _in_order(path: tuple[str, ...]) -> int:
    found = re.search(r"\d+$", path[-1])
    return int(found[0]) if found else 0
