"""XLSX: the sheet with the table, every cell as text."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from jobs.reading.errors import FileError
from jobs.reading.headers import ROW, TOO_LONG, tidy_headers

ROWS_AT_A_TIME = 100_000
RELATION = re.compile(rb'<Relationship\b[^>]*?\bTarget="(?P<target>[^"]+)"[^>]*>')
FIRST_FILLED_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="[A-Z]+(\d+)"[^>]*(?<!/)>')
HEAD = 1 << 20


@dataclass(frozen=True)
class Look:
    """What the sheet with the table tells."""

    sheets: list[str]
    sheet: str
    headers: list[str]
    header_row: int
    rows: int
    number_columns: frozenset[str]


def look(path: Path, sheet: str | None) -> Look:
    """Find the sheet to read, if none is told the first that is not empty, and its headers."""
    try:
        book = fastexcel.read_excel(path)
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise FileError("no_such_sheet", sheet=sheet)
        for name in [sheet] if sheet else names:
            table = _load(book, name)
            if table.height:
                headers = tidy_headers(table.row(0))
                return Look(
                    sheets=names,
                    sheet=name,
                    headers=headers,
                    header_row=_first_row(path, names.index(name)),
                    rows=table.height - 1,
                    number_columns=_number_columns(book, name, headers),
                )
    except fastexcel.FastExcelError as error:
        raise FileError("broken_workbook") from error
    raise FileError("empty_file")


def _number_columns(book: fastexcel.ExcelReader, sheet: str, headers: Sequence[str]) -> frozenset[str]:
    if not headers or len(set(headers)) < len(headers):
        return frozenset()
    columns = book.load_sheet(sheet, header_row=0, schema_sample_rows=None).available_columns()
    return frozenset(
        header for header, column in zip(headers, columns, strict=False) if column.dtype in {"int", "float"}
    )


def _load(book: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    return book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()


def _first_row(path: Path, index: int) -> int:
    """The row in which a sheet's cells begin: the reader leaves out the empty rows above."""
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
        key = re.findall(rb'<(?:\w+:)?sheet\b[^>]*?\b\w+:id="([^"]+)"', book)[index]
        target = next(
            match["target"].decode() for match in RELATION.finditer(relations) if b'Id="%s"' % key in match[0]
        )
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        with archive.open(name) as stream:
            found = FIRST_FILLED_CELL.search(stream.read(HEAD))
    return int(found[1]) if found else 1


def batches(path: Path, sheet: str, headers: Sequence[str], rows: int) -> Iterator[tuple[pl.DataFrame, int]]:
    """The rows below the header. A workbook is unpacked as a whole, hence its own limit of size."""
    try:
        book = fastexcel.read_excel(path)
        table = _load(book, sheet)
        first = _first_row(path, book.sheet_names.index(sheet))
    except fastexcel.FastExcelError as error:
        raise FileError("broken_workbook") from error
    width = len(headers)
    beyond = table.columns[width:]
    table = table.with_columns(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW),
        pl.any_horizontal(pl.col(beyond).is_not_null()).alias(TOO_LONG) if beyond else pl.lit(False).alias(TOO_LONG),
    ).rename(dict(zip(table.columns, headers, strict=False)))
    blank = pl.all_horizontal(pl.col([*headers, *beyond]).is_null())
    for start in range(1, table.height, ROWS_AT_A_TIME):
        part = table.slice(start, ROWS_AT_A_TIME)
        yield part.filter(~blank).select(*headers, ROW, TOO_LONG), min(start + ROWS_AT_A_TIME - 1, rows)
