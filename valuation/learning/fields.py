"""The fields of cases as a score reads them: how, and when each becomes known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl

from valuation.learning.measures import Numbers

Rows = Sequence[Mapping[str, Any]] | pl.DataFrame


class FieldType(StrEnum):
    """How a field's values are read."""

    NUMBER = "number"
    CATEGORY = "category"
    SEVERAL = "several"
    """Any number of values at once, such as the products asked for."""


class Known(StrEnum):
    """When what a field says becomes known: with the case, while it is worked on, or only with its outcome."""

    ARRIVAL = "arrival"
    WORK = "work"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class ScoreField:
    """A field of cases as a score may use it. Whoever declares it says when its values become known."""

    key: str
    type: FieldType
    known: Known = Known.ARRIVAL


class Columns(dict[str, Sequence[Any]]):
    """Columns by name, which may stand for rows: their number is the number of cases."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], count: int) -> None:
        super().__init__(columns)
        self.count = count

    def __len__(self) -> int:
        return self.count


def column_of(rows: Any, key: str) -> Sequence[Any]:
    """The values of one field; None where a row has none."""
    if isinstance(rows, Columns):
        return rows[key]
    if isinstance(rows, pl.DataFrame):
        return rows[key].to_list() if key in rows.columns else [None] * len(rows)
    return [row.get(key) for row in rows]


def as_numbers(column: Sequence[Any]) -> Numbers:
    """Values as floats; what is no finite number counts as missing."""
    return np.array([_number(value) for value in column], dtype=float)


def _number(value: Any) -> float:
    if value is None or value == "":
        return float("nan")
    try:
        number = float(value) if isinstance(value, int | float | Decimal | str | np.generic) else float("nan")
    except (ValueError, OverflowError):
        return float("nan")
    return number if np.isfinite(number) else float("nan")


def as_text(value: Any) -> str | None:
    """A category's name; None where there is none."""
    if value is None or (isinstance(value, Decimal) and value.is_nan()) or value != value:
        return None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value).strip()[:200] or None


def as_texts(value: Any) -> list[str]:
    """The different values of a field of several, in their order."""
    if value is None:
        return []
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    texts = [as_text(each) for each in values]
    return list(dict.fromkeys(text for text in texts if text is not None))
