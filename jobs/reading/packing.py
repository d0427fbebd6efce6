"""What a file is on the outside: plain, gzipped, a workbook, or something else; and how big it gets when unpacked."""

import codecs
import gzip
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from jobs.reading.errors import FileError

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = (
    b"%PDF",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"PAR1",
    b"SQLite",
    b"BZh",
    b"\xfd7zXZ",
)
CHUNK = 1 << 20


def starts_with(path: Path, size: int = 8) -> bytes:
    """The first bytes of a file, by which its kind is known."""
    with path.open("rb") as stream:
        return stream.read(size)


def open_plain(path: Path, *, gzipped: bool) -> BinaryIO:
    """The bytes of a file, unpacked where it is gzipped."""
    return gzip.open(path, "rb") if gzipped else path.open("rb")  # type: ignore[return-value]


@dataclass(frozen=True)
class Unpacked:
    """What one pass through a text file tells."""

    size: int
    is_utf8: bool


def look_through(path: Path, *, gzipped: bool, limit: int) -> Unpacked:
    """Read the file once from end to end. Refuses what unpacks to more than `limit`, is broken, or is no text."""
    size = 0
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8 = True
    try:
        with open_plain(path, gzipped=gzipped) as stream:
            while chunk := stream.read(CHUNK):
                if not size:
                    refuse_binary(chunk)
                size += len(chunk)
                if size > limit:
                    raise FileError("too_large_unpacked", limit=limit)
                is_utf8 = is_utf8 and _goes_on(decoder, chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError("broken_gzip") from error
    return Unpacked(size, is_utf8 and _goes_on(decoder, b"", final=True))


def _goes_on(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def refuse_binary(start: bytes) -> None:
    """Refuse what is plainly no text: known formats, and zero bytes outside UTF-16."""
    if start.startswith((GZIP, ZIP, OLE, *OTHERS)):
        raise FileError("not_a_table")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    if b"\0" in start:
        raise FileError("not_a_table")


def refuse_bad_workbook(path: Path, *, limit: int) -> None:
    """Refuse a workbook that is encrypted, broken, of another kind, or unpacks to more than `limit` bytes."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise FileError("xlsb" if "xl/workbook.bin" in names else "not_a_workbook")
            if sum(member.file_size for member in archive.infolist()) > limit:
                raise FileError("workbook_too_large", limit=limit)
            size = 0
            for member in archive.infolist():
                # The archive's own figures may lie: what counts is what comes out.
                size += _inflated_size(path, member, already=size, limit=limit)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError) as error:
        raise FileError("broken_workbook") from error


def _inflated_size(path: Path, member: zipfile.ZipInfo, *, already: int, limit: int) -> int:
    if member.compress_type != zipfile.ZIP_DEFLATED:
        return member.compress_size
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        name_length, extra_length = struct.unpack("<26xHH", stream.read(30))
        stream.seek(name_length + extra_length, 1)
        left = member.compress_size
        while left and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            while chunk:
                size += len(inflater.decompress(chunk, CHUNK))
                chunk = inflater.unconsumed_tail
                if already + size > limit:
                    raise FileError("workbook_too_large", limit=limit)
    return size


def refuse_compound_document(path: Path) -> None:
    """Old Office formats share their first bytes; an encrypted workbook is one that holds `EncryptedPackage`."""
    mark = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if mark in tail + chunk:
                raise FileError("encrypted_workbook")
            tail = chunk[-len(mark) :]
    raise FileError("old_workbook")
