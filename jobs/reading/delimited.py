"""Delimited text in bounded memory: blocks that end where a row ends, each read at once by polars.

polars reads a clean block in a few milliseconds but loses rows where a quotation mark stands loose. So the rows of each
block are counted another way, and a block that does not add up is read by Python's slower, forgiving reader.
"""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from jobs.reading import encodings, packing
from jobs.reading.errors import FileError
from jobs.reading.headers import ROW, TOO_LONG, tidy_headers

BLOCK = 8 << 20
LARGEST_ROW = 4 << 20
LARGEST_CELL = 1 << 20
SAMPLE = 1 << 16
ROWS_AT_A_TIME = 50_000
DELIMITERS = ",;\t"
QUOTE = b'"'
BLANK = b" ,;\t\r\n"
"""What a row without a value may hold."""
# Two columns beyond the header: a lone delimiter at the end of a row is forgiven, a further cell is not.
BEYOND = ("\0beyond1", "\0beyond2")


@dataclass(frozen=True)
class Text:
    """A text file, read as UTF-8 with \\n between rows whatever it is on disk."""

    path: Path
    is_gzip: bool
    encoding: str

    def open_bytes(self) -> BinaryIO:
        return packing.open_plain(self.path, gzipped=self.is_gzip)

    def chunks(self) -> Iterator[tuple[bytes, int]]:
        """UTF-8 piece by piece, each with the bytes of the file's text read so far."""
        read = 0
        old_mac: bool | None = None
        for chunk, length in self._utf8():
            if b"\0" in chunk:
                raise FileError("not_a_table")
            if old_mac is None:
                old_mac = b"\r" in chunk and b"\n" not in chunk
            read += length
            yield (chunk.replace(b"\r", b"\n") if old_mac else chunk), read

    def _utf8(self) -> Iterator[tuple[bytes, int]]:
        if self.encoding in {"utf-8", "utf-8-sig"}:
            with self.open_bytes() as stream:
                first = stream.read(BLOCK)
                yield first.removeprefix(b"\xef\xbb\xbf"), len(first)
                while chunk := stream.read(BLOCK):
                    yield chunk, len(chunk)
            return
        for text in encodings.decoded(self.open_bytes, self.encoding):
            yield text.encode(), encodings.CHUNK


@dataclass(frozen=True)
class Look:
    """What the beginning of a text tells."""

    delimiter: str
    headers: list[str]
    header_row: int
    has_rows: bool


def look(text: Text, delimiter: str | None = None) -> Look:
    """Find delimiter and headers from the first rows."""
    start = b""
    for chunk, _read in text.chunks():
        start += chunk
        if len(start) >= SAMPLE:
            break
    blank_rows, told, body = _skip_to_header(start)
    if not body.strip():
        raise FileError("empty_file")
    delimiter = delimiter or told or _sniff(body[:SAMPLE])
    header, rest = _first_row(body)
    cells = next(csv.reader(io.StringIO(header.decode("utf-8", "replace"), newline=""), delimiter=delimiter))
    has_rows = bool(rest.strip(BLANK)) or any(
        chunk.strip(BLANK) for chunk, _ in itertools.islice(text.chunks(), 1, None)
    )
    return Look(delimiter, tidy_headers(cells), blank_rows + 1, has_rows)


def _skip_to_header(start: bytes) -> tuple[int, str | None, bytes]:
    """Blank rows above the header, the delimiter if Excel's first line `sep=;` names it, and the text from the header."""
    told = None
    if start[:4].lower() == b"sep=" and start[5:6] in {b"\r", b"\n"}:
        told = chr(start[4])
        start = start[5:].removeprefix(b"\r").removeprefix(b"\n")
    blank_rows = 0
    while (end := start.find(b"\n")) >= 0 and not start[:end].strip(BLANK):
        blank_rows += 1
        start = start[end + 1 :]
    return blank_rows, told, start


def _first_row(body: bytes) -> tuple[bytes, bytes]:
    end = body.find(b"\n")
    while end >= 0 and body[:end].count(QUOTE) % 2:
        end = body.find(b"\n", end + 1)
    if end < 0:  # one row, or a quotation mark that never closes: then the first line
        end = body.find(b"\n") if body.count(QUOTE) % 2 else -1
    return (body, b"") if end < 0 else (body[: end + 1], body[end + 1 :])


def _sniff(sample: bytes) -> str:
    """The delimiter that splits the first rows into the most columns, alike in most rows."""
    text = sample.decode("utf-8", "ignore")
    complete = text if len(sample) < SAMPLE else text[: text.rfind("\n") + 1] or text
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(complete, newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in itertools.islice(rows, 200) if row]
        except csv.Error:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        score = (widths[0] - 1) * alike
        if score > best_score:
            best, best_score = delimiter, score
    return best


def batches(text: Text, delimiter: str, headers: Sequence[str]) -> Iterator[tuple[pl.DataFrame, int]]:
    """The rows below the header, block by block."""
    reader = _Reader(delimiter, headers)
    pending = b""
    chunks = text.chunks()
    in_body = False
    read = 0
    for chunk, read in chunks:
        pending += chunk
        if not in_body:
            blank_rows, _told, body = _skip_to_header(pending)
            if not _end_of_rows(body) and len(body) < LARGEST_ROW:
                continue  # the header goes on
            _header, pending = _first_row(body)
            reader.row = blank_rows + 1
            in_body = True
        end = _end_of_rows(pending)
        if end == 0 and len(pending) > LARGEST_ROW:
            # Quotation marks do not pair up from here on: only the forgiving reader knows where rows end.
            yield from reader.forgiving(_lines(pending, chunks), read)
            return
        if end:
            yield from reader.block(pending[:end], read)
            pending = pending[end:]
    if not in_body:  # a quotation mark in the header is never closed
        blank_rows, _told, body = _skip_to_header(pending)
        _header, pending = _first_row(body)
        reader.row = blank_rows + 1
    if pending:
        yield from reader.block(pending if pending.endswith(b"\n") else pending + b"\n", read)


def _end_of_rows(block: bytes) -> int:
    """Where the last complete row of a block ends: a line end with an even number of quotation marks before it."""
    end = block.rfind(b"\n") + 1
    if not end or QUOTE not in block:
        return end
    odd = block.count(QUOTE, 0, end) % 2
    while end and odd:
        previous = block.rfind(b"\n", 0, end - 1) + 1
        odd ^= block.count(QUOTE, previous, end) % 2
        end = previous
    return end


def _lines(pending: bytes, chunks: Iterator[tuple[bytes, int]]) -> Iterator[str]:
    for chunk, _read in itertools.chain([(b"", 0)], chunks):
        pending += chunk
        end = pending.rfind(b"\n") + 1
        yield from io.StringIO(pending[:end].decode(), newline="")
        pending = pending[end:]
    if pending:
        yield pending.decode()


class _Reader:
    def __init__(self, delimiter: str, headers: Sequence[str]) -> None:
        self.delimiter = delimiter
        self.headers = list(headers)
        self.names = [*headers, *BEYOND]
        self.row = 0  # the number of the last row read

    def block(self, block: bytes, read: int) -> Iterator[tuple[pl.DataFrame, int]]:
        frame = self._quick(block)
        if frame is None:
            yield from self.forgiving(io.StringIO(block.decode(), newline=""), read)
            return
        yield self._finish(frame), read

    def _quick(self, block: bytes) -> pl.DataFrame | None:
        """The block as polars reads it, or None where its rows do not add up."""
        try:
            frame = pl.read_csv(
                block,
                has_header=False,
                schema=dict.fromkeys(self.names, pl.String),
                separator=self.delimiter,
                truncate_ragged_lines=True,
                missing_columns="insert",
            )
        except pl.exceptions.PolarsError:
            return None
        inside = 0
        lines = block.count(b"\n")
        if frame.height != lines and QUOTE in block:
            texts = frame.select(pl.all().str.count_matches("\n", literal=True).sum())
            inside = sum(texts.row(0)) if frame.height else 0
        return frame if frame.height + inside == lines else None

    def forgiving(self, lines: Iterator[str] | io.StringIO, read: int) -> Iterator[tuple[pl.DataFrame, int]]:
        """The rows as Python's own reader sees them: a quotation mark counts at the beginning of a cell only."""
        csv.field_size_limit(LARGEST_CELL)
        rows = csv.reader(lines, delimiter=self.delimiter)
        width = len(self.names)
        done = False
        while not done:
            cells: list[list[str | None]] = []
            try:
                for row in itertools.islice(rows, ROWS_AT_A_TIME):
                    padded: list[str | None] = [*(cell or None for cell in row[:width])]
                    cells.append(padded + [None] * (width - len(padded)))
            except csv.Error as error:
                raise FileError("open_quote", row=self.row + len(cells) + 1) from error
            done = len(cells) < ROWS_AT_A_TIME
            yield self._finish(pl.DataFrame(cells, schema=dict.fromkeys(self.names, pl.String), orient="row")), read

    def _finish(self, frame: pl.DataFrame) -> pl.DataFrame:
        first = self.row + 1
        self.row += frame.height
        blank = pl.all_horizontal(pl.col(self.names).is_null() | (pl.col(self.names) == ""))
        return (
            frame.select(
                *self.headers,
                pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW),
                pl.any_horizontal(pl.col(name).is_not_null() for name in BEYOND).alias(TOO_LONG),
                blank.alias("\0blank"),
            )
            .filter(~pl.col("\0blank"))
            .drop("\0blank")
        )
