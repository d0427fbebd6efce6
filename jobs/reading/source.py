"""A table in a file: what it is, its headers, and its rows in bounded frames of text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from jobs.reading import delimited, encodings, packing, workbook
from jobs.reading.errors import FileError
from jobs.reading.headers import ROW, TOO_LONG, check_headers

__all__ = ["ROW", "TOO_LONG", "Limits", "Source", "open_source"]

GIGABYTE = 1 << 30


@dataclass(frozen=True)
class Limits:
    """How big a file may be, as brought and when unpacked."""

    size: int = GIGABYTE
    unpacked: int = 4 * GIGABYTE
    workbook: int = 400 << 20


@dataclass(frozen=True)
class Source:
    """A table in a file. Rows carry the number they have in a spreadsheet: the header is row 1."""

    path: Path
    form: str
    headers: list[str]
    header_row: int
    size: int
    encoding: str = ""
    delimiter: str = ""
    is_gzip: bool = False
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    number_columns: frozenset[str] = frozenset()
    """Headers of a workbook's columns that hold numbers, whose mark is no question."""

    def batches(self) -> Iterator[tuple[pl.DataFrame, int]]:
        """The rows, in order and without blank ones, as frames of text, each with the bytes read so far.

        Columns are the headers, `ROW` (the row's number) and `TOO_LONG` (it has more cells than the header).
        """
        if self.form == "xlsx":
            yield from workbook.batches(self.path, self.sheet, self.headers, self.size)
        else:
            text = delimited.Text(self.path, self.is_gzip, self.encoding)
            yield from delimited.batches(text, self.delimiter, self.headers)


def open_source(
    path: Path,
    *,
    limits: Limits | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Source:
    """Look at a file and say how to read it; what is not told is found out. Raises FileError with what is wrong."""
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise FileError("empty_file")
    if size > limits.size:
        raise FileError("too_large", limit=limits.size)
    start = packing.starts_with(path)
    if start.startswith(packing.OLE):
        packing.refuse_compound_document(path)
    if start.startswith(packing.ZIP):
        return _open_workbook(path, limits, sheet)
    return _open_text(path, limits, encoding, delimiter, gzipped=start.startswith(packing.GZIP))


def _open_workbook(path: Path, limits: Limits, sheet: str | None) -> Source:
    packing.refuse_bad_workbook(path, limit=limits.workbook)
    found = workbook.look(path, sheet)
    check_headers(found.headers)
    if found.rows == 0:
        raise FileError("no_rows")
    return Source(
        path=path,
        form="xlsx",
        headers=found.headers,
        header_row=found.header_row,
        size=found.rows,
        sheet=found.sheet,
        sheets=found.sheets,
        number_columns=found.number_columns,
    )


def _open_text(path: Path, limits: Limits, encoding: str | None, delimiter: str | None, *, gzipped: bool) -> Source:
    unpacked = packing.look_through(path, gzipped=gzipped, limit=limits.unpacked)
    if unpacked.size == 0:
        raise FileError("empty_file")
    open_bytes = partial(packing.open_plain, path, gzipped=gzipped)
    if encoding:
        encoding = encodings.check_encoding(open_bytes, encoding)
    else:
        encoding = encodings.detect_encoding(open_bytes, is_utf8=unpacked.is_utf8)
    text = delimited.Text(path, gzipped, encoding)
    found = delimited.look(text, delimiter)
    check_headers(found.headers)
    if not found.has_rows:
        raise FileError("no_rows")
    return Source(
        path=path,
        form="csv",
        headers=found.headers,
        header_row=found.header_row,
        size=unpacked.size,
        encoding=encoding,
        delimiter=found.delimiter,
        is_gzip=gzipped,
    )
