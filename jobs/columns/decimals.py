"""Numbers as people write them, read exactly: no float in between, and no guessing what a mark means.

`1,234` is a thousand and more in one country and one and a bit in another. Where no other cell of the column decides
it, `decimal_mark` says so and the person is asked.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

import polars as pl

from jobs.columns.cells import CellError, Parsed, once_per_distinct

Mark = Literal[".", ","]

SIGNS = "₩￦¥￥$€£฿₫₹元円원"
GROUPS = "' \u00a0\u202f\u2009’_"
PLAIN = r"^[+-]?\d+(?:\.\d+)?$"
GROUPED = r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$"
SCIENTIFIC = re.compile(r"^[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}$")
# What a binary number of 64 bits carries: digits beyond are noise that programs print with it.
RELIABLE_DIGITS = 15


@dataclass(frozen=True)
class MarkEvidence:
    """Which decimal marks the cells of a column can only mean, and a cell that could mean two things."""

    marks: frozenset[Mark]
    doubtful: str | None


def evidence(cells: pl.Series, *, never_grouped: bool = False) -> MarkEvidence:
    """What the cells of a column tell about its decimal mark. `never_grouped`: its numbers stay below a thousand."""
    distinct = cells.unique().drop_nulls()
    marked = distinct.filter(distinct.str.contains(r"[.,．，､、]"))
    if not len(marked):
        return MarkEvidence(frozenset(), None)
    frame = (
        marked.to_frame("cell")
        .with_columns(
            pl.col("cell").str.normalize("NFKC").str.replace_all(r"[^0-9.,]", "").alias("bare"),
            pl.col("cell").str.contains(r"\d[eE][+-]?\d").alias("scientific"),
        )
        .with_columns(
            pl.col("bare").str.count_matches(".", literal=True).alias("points"),
            pl.col("bare").str.count_matches(",", literal=True).alias("commas"),
            (
                pl.col("bare").str.contains(r"^[1-9]\d{0,2}[.,]\d{3}$")
                & ~pl.col("scientific")
                & pl.lit(not never_grouped)
            ).alias("doubtful"),
            pl.col("bare").str.contains(r",[^.]*\.\d*$").alias("point_last"),
            pl.col("bare").str.contains(r"\.[^,]*,\d*$").alias("comma_last"),
        )
    )
    certain = frame.filter(~pl.col("doubtful") & ~pl.col("scientific") & (pl.col("points") + pl.col("commas") > 0))
    both = (pl.col("points") > 0) & (pl.col("commas") > 0)
    points = (
        (both & pl.col("point_last"))
        | ((pl.col("commas") == 0) & (pl.col("points") == 1))
        | ((pl.col("points") == 0) & (pl.col("commas") > 1))
    )
    commas = (
        (both & pl.col("comma_last"))
        | ((pl.col("points") == 0) & (pl.col("commas") == 1))
        | ((pl.col("commas") == 0) & (pl.col("points") > 1))
    )
    marks: set[Mark] = set()
    if certain.select(points.any()).item():
        marks.add(".")
    if certain.select(commas.any()).item():
        marks.add(",")
    doubtful = frame.filter("doubtful")["cell"]
    return MarkEvidence(frozenset(marks), doubtful.sort()[0] if len(doubtful) else None)


def together(parts: Iterable[MarkEvidence]) -> MarkEvidence:
    """The evidence of several parts of a column."""
    parts = list(parts)
    doubtful = next((part.doubtful for part in parts if part.doubtful), None)
    return MarkEvidence(frozenset().union(*(part.marks for part in parts)), doubtful)


def parse_decimals(cells: pl.Series, mark: Mark = ".", *, places: int, rounds: bool = False) -> Parsed:
    """Trimmed cells as exact decimals in canonical text: `-1234.5`, no leading or trailing zeros, no exponent.

    More decimals than `places` are refused, or rounded away where the column `rounds`.
    """
    return once_per_distinct(cells, lambda distinct: _parse(distinct, mark, places, rounds))


def _parse(cells: pl.Series, mark: Mark, places: int, rounds: bool) -> Parsed:
    frame = cells.to_frame("cell")
    pointed = pl.col("cell") if mark == "." else pl.col("cell").str.replace_many([".", ","], [",", "."])
    frame = frame.with_columns(pointed.alias("pointed"))
    if mark == ",":  # a point groups by three or is wrong
        frame = frame.with_columns(
            pl.when(pl.col("pointed").str.contains(PLAIN) | pl.col("pointed").str.contains(GROUPED))
            .then("pointed")
            .alias("usual")
        )
    else:
        frame = frame.with_columns(
            pl.when(pl.col("cell").str.contains(PLAIN) | pl.col("cell").str.contains(GROUPED))
            .then("cell")
            .alias("usual")
        )
    frame = frame.with_columns(_canonical(pl.col("usual").str.replace_all(",", "", literal=True)).alias("value"))
    decimals = pl.col("value").str.extract(r"\.(\d+)$").str.len_chars().fill_null(0)
    odd = frame.filter(pl.col("cell").is_not_null() & (pl.col("usual").is_null() | (decimals > places)))
    if not odd.height:
        return Parsed(frame["value"])
    values: dict[str, str | None] = {}
    codes: dict[str, str] = {}
    for cell in odd["cell"].unique():
        values[cell] = None
        try:
            values[cell] = read_decimal(cell, mark, places=places, rounds=rounds)
        except CellError as error:
            codes[cell] = error.code
    frame = frame.with_columns(
        pl.col("cell")
        .replace_strict(list(values), list(values.values()), default=pl.col("value"), return_dtype=pl.String)
        .alias("value")
    )
    code = pl.col("cell").replace_strict(list(codes), list(codes.values()), default=None, return_dtype=pl.String)
    return Parsed(frame["value"], frame.select(code.alias("code"))["code"] if codes else None)


def _canonical(text: pl.Expr) -> pl.Expr:
    text = text.str.strip_chars_start("+").str.replace(r"^(-?)0+(\d)", "${1}${2}")
    fraction = pl.when(text.str.contains(".", literal=True)).then(
        text.str.strip_chars_end("0").str.strip_chars_end(".")
    )
    text = fraction.otherwise(text)
    return pl.when(text == "-0").then(pl.lit("0")).otherwise(text)


def read_decimal(cell: str, mark: Mark = ".", *, places: int, rounds: bool = False) -> str:
    """One cell in any usual form: signs of money, full-width digits, (123), 123-, △123, 1.2E-05."""
    text = unicodedata.normalize("NFKC", cell).strip()
    text = text.replace("−", "-").replace("–", "-").replace("﹣", "-")
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    text, sign = _take_sign(_without_money(text))
    text = _without_money(text)
    if sign and negative:
        raise CellError("not_a_number")
    negative = negative or sign == "-"
    if mark == "," and not SCIENTIFIC.match(text):
        text = text.translate(str.maketrans(",.", ".,"))
    number = _number(text)
    if negative:
        number = -number
    return _fitted(number, places, rounds=rounds)


def _without_money(text: str) -> str:
    text = text.strip().strip(SIGNS).strip()
    return re.sub(r"^[A-Z]{3}(?![A-Za-z])\s*|\s*(?<![A-Za-z])[A-Z]{3}$", "", text, count=1).strip()


def _take_sign(text: str) -> tuple[str, str]:
    for minus in ("-", "△", "▲"):
        if text.startswith(minus):
            return text[1:].strip(), "-"
    if text.endswith("-"):
        return text[:-1].strip(), "-"
    return (text[1:].strip(), "+") if text.startswith("+") else (text, "")


def _number(text: str) -> Decimal:
    if SCIENTIFIC.match(text):
        return Decimal(text)
    whole, point, fraction = text.partition(".")
    if not (whole or fraction) or (fraction and not fraction.isdecimal()):
        raise CellError("not_a_number")
    separators = {character for character in whole if not character.isdecimal()}
    if separators:
        # One kind of separator only, and three digits in each group but the first.
        groups = re.split(r"[^0-9]", whole)
        if len(separators) > 1 or not separators <= {",", *GROUPS} or not 1 <= len(groups[0]) <= 3:
            raise CellError("not_a_number")
        if any(len(group) != 3 for group in groups[1:]):
            raise CellError("not_a_number")
    digits = "".join(character for character in whole if character.isdecimal())
    try:
        return Decimal(f"{digits or 0}{point}{fraction}" if fraction else digits or "0")
    except InvalidOperation:
        raise CellError("not_a_number") from None


def _fitted(number: Decimal, places: int, *, rounds: bool) -> str:
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        number = round(number, places) if rounds else _without_noise(number, places)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _without_noise(number: Decimal, places: int) -> Decimal:
    """0.30000000000000004 is 0.3 printed by a program; 0.12345 has a decimal too many."""
    if len(number.as_tuple().digits) > RELIABLE_DIGITS - 2:
        rounded = number.quantize(Decimal(1).scaleb(-places))
        if abs(number - rounded) <= abs(number).scaleb(2 - RELIABLE_DIGITS):
            return rounded
    raise CellError("too_many_decimals")
