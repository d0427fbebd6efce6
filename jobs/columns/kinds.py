"""The kinds of columns an import can declare; each reads a whole column of trimmed cells at once."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import polars as pl

from jobs.columns import dates, decimals
from jobs.columns.cells import CellError, Parsed, cell_by_cell, on_one_line, once_per_distinct

EMAIL = r"(?i)^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$"


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are to be read: what the column itself, the file or a person decided."""

    decimal_mark: decimals.Mark = "."
    date_format: str | None = None
    serials: bool = False


@dataclass(frozen=True)
class Column:
    """A column of an import: our name for it, how people call it, and what its cells may hold.

    `guesses`: headers by which it is recognised. `must_map`: a file without it cannot be imported.
    """

    name: str
    label: Any = ""
    guesses: Sequence[str] = ()
    required: bool = False
    must_map: bool = False
    help: Any = ""
    example: str = ""

    sql_type: ClassVar[str] = "text"

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        raise NotImplementedError

    def params(self) -> dict[str, object]:
        """What sentences about bad cells of this column may mention."""
        return {}


@dataclass(frozen=True)
class Text(Column):
    """Text on one line, without blanks around."""

    max_length: int = 200
    upper: bool = False

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        cells = on_one_line(cells)
        values = cells.str.to_uppercase() if self.upper else cells
        if (cells.str.len_bytes().max() or 0) <= self.max_length:  # type: ignore[operator]
            return Parsed(values)
        return Parsed(values).refuse(cells.str.len_chars() > self.max_length, "too_long")

    def params(self) -> dict[str, object]:
        return {"max_length": self.max_length}


@dataclass(frozen=True)
class Pattern(Text):
    """Text of a given form."""

    pattern: str = ""
    code: str = "wrong_form"

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        parsed = super().parse(cells, reading)
        return parsed.refuse(~parsed.values.str.contains(self.pattern), self.code)


@dataclass(frozen=True)
class Email(Text):
    """An e-mail address, in lower case."""

    max_length: int = 254

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        return super().parse(cells.str.to_lowercase(), reading).refuse(~cells.str.contains(EMAIL), "not_email")


@dataclass(frozen=True)
class Decimal(Column):
    """An exact number, as canonical text."""

    places: int = 4
    digits: int = 18
    minimum: str | None = None
    maximum: str | None = None
    rounds: bool = False

    sql_type: ClassVar[str] = "numeric"

    @property
    def is_never_grouped(self) -> bool:
        """Whether its numbers stay below a thousand, so that a mark in them is a decimal mark."""
        return all(limit is not None and abs(float(limit)) < 1000 for limit in (self.minimum, self.maximum))

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        return once_per_distinct(cells, lambda distinct: self._parse(distinct, reading))

    def _parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        parsed = decimals.parse_decimals(cells, reading.decimal_mark, places=self.places, rounds=self.rounds)
        whole_digits = parsed.values.str.extract(r"^-?(\d+)").str.len_chars()
        parsed = parsed.refuse(whole_digits > self.digits - self.places, "too_many_digits")
        if self.minimum is None and self.maximum is None:
            return parsed
        exact = parsed.values.cast(pl.Decimal(38, 12))
        if self.minimum is not None:
            parsed = parsed.refuse(exact < _decimal(self.minimum), "too_small")
        if self.maximum is not None:
            parsed = parsed.refuse(exact > _decimal(self.maximum), "too_big")
        return parsed

    def params(self) -> dict[str, object]:
        return {
            "places": self.places,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "whole_digits": self.digits - self.places,
        }


def _decimal(text: str) -> pl.Series:
    return pl.Series([text]).cast(pl.Decimal(38, 12))


@dataclass(frozen=True)
class Integer(Decimal):
    """A whole number."""

    places: int = 0
    digits: int = 9

    sql_type: ClassVar[str] = "bigint"

    def _parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        # Whole numbers have no decimal mark: what stands before three digits groups them.
        grouped = cells.str.contains(r"^[+-]?[1-9]\d{0,2}(?:([.,])\d{3})+$")
        if grouped.any():
            plain = cells.str.replace_all(r"[.,]", "")
            cells = pl.select(pl.when(grouped).then(plain).otherwise(cells).alias("cells"))["cells"]
        parsed = super()._parse(cells, Reading())
        codes = parsed.codes.replace("too_many_decimals", "not_an_integer")
        return Parsed(parsed.values, codes)


@dataclass(frozen=True)
class Date(Column):
    """A day."""

    sql_type: ClassVar[str] = "date"

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        return dates.parse_dates(cells, reading.date_format, serials=reading.serials)


@dataclass(frozen=True)
class Choice(Column):
    """One of a list, named by its key or by any of its labels. `several`: any number of them, as a JSON list."""

    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    several: bool = False

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        known = {fold(name): key for key, names in self.choices.items() for name in (*names, key)}

        def read(cell: str) -> str:
            parts = [part for part in re.split(r"[;,|\n]", cell) if part.strip()] if self.several else [cell]
            keys = [known.get(fold(part)) for part in parts]
            if None in keys:
                raise CellError("unknown_choice")
            return json.dumps(keys, ensure_ascii=False) if self.several else str(keys[0])

        return cell_by_cell(cells, read)

    def params(self) -> dict[str, object]:
        return {"choices": ", ".join(self.choices)}


@dataclass(frozen=True)
class Read(Column):
    """Whatever a function makes of a cell's text; it raises CellError for a bad one."""

    read: Callable[[str], str] = str

    def parse(self, cells: pl.Series, reading: Reading) -> Parsed:
        return cell_by_cell(cells, self.read)


@dataclass(frozen=True)
class Lookup(Text):
    """A code of another table's row; `find` answers which of the given codes are known, and their ids.

    `into`: the name of the staged id. `creatable`: unknown ones can be made as drafts when the user says so.
    """

    find: Callable[[Sequence[str]], Mapping[str, int]] = dict.fromkeys  # type: ignore[assignment]
    into: str = ""
    creatable: bool = False
    unknown: str = "unknown"

    sql_type: ClassVar[str] = "bigint"


def fold(text: str) -> str:
    """Text for comparing names: letters' case and blanks do not count."""
    return "".join(text.casefold().split())
