"""What all kinds of columns share: trimming, and doing work once per distinct cell instead of once per row."""

import string
from collections.abc import Callable
from typing import Any

import polars as pl

BLANKS = string.whitespace + "\u00a0\u3000\u200b\u2060\ufeff"
# Above this share of distinct cells, looking them up again costs more than it saves.
WORTHWHILE = 0.5


class CellError(Exception):
    """A cell that cannot be read, as a code; `jobs.imports.sentences` puts it into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Parsed:
    """The values of a column, null where a cell is empty or bad, and a code for each bad cell."""

    def __init__(self, values: pl.Series, codes: pl.Series | None = None) -> None:
        self.values = values
        self.codes = pl.repeat(None, len(values), dtype=pl.String, eager=True) if codes is None else codes

    def refuse(self, bad: pl.Series, code: str) -> "Parsed":
        """Mark cells as bad that are not yet, and forget their values."""
        bad = bad.fill_null(value=False) & self.codes.is_null()
        if not bad.any():
            return self
        frame = pl.DataFrame({"values": self.values, "codes": self.codes, "bad": bad})
        frame = frame.with_columns(
            pl.when("bad").then(None).otherwise("values").alias("values"),
            pl.when("bad").then(pl.lit(code)).otherwise("codes").alias("codes"),
        )
        return Parsed(frame["values"], frame["codes"])


def trim(cells: pl.Series) -> pl.Series:
    """Cells without blanks around; empty ones become null.

    An apostrophe before what a spreadsheet would run is not part of the cell: our own files put it there.
    """
    trimmed = cells.str.strip_chars(BLANKS)
    if trimmed.str.starts_with("'").any():
        trimmed = trimmed.str.replace(r"^'([=+\-@])", "${1}")
    return trimmed.set(trimmed == "", None) if (trimmed == "").any() else trimmed


def on_one_line(cells: pl.Series) -> pl.Series:
    """Cells without line ends within: people press Alt+Enter in names and addresses."""
    return cells.str.replace_all(r"\s*[\r\n]+\s*", " ") if cells.str.contains(r"[\r\n]").any() else cells


def once_per_distinct(cells: pl.Series, parse: Callable[[pl.Series], Parsed]) -> Parsed:
    """Parse each distinct cell once, where that saves work."""
    distinct = cells.unique().drop_nulls()
    if len(distinct) > WORTHWHILE * len(cells):
        return parse(cells)
    if not len(distinct):
        return parse(cells)
    parsed = parse(distinct)
    values = cells.replace_strict(distinct, parsed.values, default=None, return_dtype=parsed.values.dtype)
    if not parsed.codes.is_not_null().any():
        return Parsed(values)
    return Parsed(values, cells.replace_strict(distinct, parsed.codes, default=None, return_dtype=pl.String))


def cell_by_cell(cells: pl.Series, read: Callable[[str], Any], dtype: Any = pl.String) -> Parsed:
    """Read each distinct cell with a function that returns its value or raises CellError."""
    values: dict[str, Any] = {}
    codes: dict[str, str] = {}
    for cell in cells.unique().drop_nulls():
        try:
            values[cell] = read(cell)
        except CellError as error:
            codes[cell] = error.code
    return Parsed(_translate(cells, values, dtype), _translate(cells, codes, pl.String) if codes else None)


def _translate(cells: pl.Series, table: dict[str, Any], dtype: Any) -> pl.Series:
    if not table:
        return pl.repeat(None, len(cells), dtype=dtype, eager=True)
    keys = pl.Series(list(table), dtype=pl.String)
    return cells.replace_strict(keys, pl.Series(list(table.values()), dtype=dtype), default=None, return_dtype=dtype)
