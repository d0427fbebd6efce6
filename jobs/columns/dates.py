"""Dates as people write them, and no guessing which of 03/04 is the month.

Year first is clear in any form; where the year stands last, a number above 12 decides for the whole column. Where none
does, or years have two digits, the person is asked for the order.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from jobs.columns.cells import CellError, Parsed, cell_by_cell, once_per_distinct
from jobs.reading.errors import FileError

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2099, 12, 31)
EXCEL_EPOCH = dt.date(1899, 12, 30)
CENTURY_TURNS = 69  # 68 is 2068, 69 is 1969

TIME = r"(?:[T\s]|오전|오후|午前|午後)\s*(?:오전|오후|午前|午後)?\s*\d{1,2}\s*[:시時].*$|T\d{6}.*$"
TIME_AFTER = re.compile(TIME)
ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:.*)?$"
YEAR_FIRST = re.compile(
    r"^(\d{4})\s*[-/.년年]\s*(\d{1,2})\s*[-/.월月]\s*(\d{1,2})\s*[일日.]?(?:\s*\(?[월화수목금토일月火水木金土日]\)?)?$"
)
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?$")
YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})$")
SHORT_YEAR = re.compile(
    r"^(\d{1,2})\s*[-/. 년年]\s*(\d{1,2})\s*[-/. 월月]\s*(\d{2})\s*[일日.]?$|^'(\d{2})[./-](\d{1,2})[./-](\d{1,2})$"
)
NAMED_MONTH = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[\s./-]*([A-Za-z]{3,9})\.?,?[\s./-]*(\d{4})$")
NAMED_MONTH_FIRST = re.compile(r"^([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4})$")
WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+", re.IGNORECASE)
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
]
ERA = re.compile(r"^(令和|平成|昭和)\s*(元|\d{1,2})年\s*(\d{1,2})月\s*(\d{1,2})日?$")
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
NEEDED_DIRECTIVES = ({"%Y", "%y"}, {"%m", "%b", "%B"}, {"%d", "%e"})
TIME_DIRECTIVES = {"%H", "%I", "%M", "%S", "%p", "%z"}
KNOWN_DIRECTIVES = set.union(*NEEDED_DIRECTIVES, TIME_DIRECTIVES, {"%a", "%A", "%%"})


@dataclass(frozen=True)
class OrderEvidence:
    """Which orders of day and month the cells of a column can only mean, and a cell that could mean two things."""

    orders: frozenset[Order]
    doubtful: str | None
    has_short_years: bool = False


def evidence(cells: pl.Series) -> OrderEvidence:
    """What the cells of a column tell about the order of day, month and year."""
    distinct = cells.unique().drop_nulls()
    orders: set[Order] = set()
    doubtful = None
    short = False
    for cell in distinct.filter(~distinct.str.contains(ISO)).sort():
        text = _plain(cell)
        if SHORT_YEAR.match(text):
            short, doubtful = True, doubtful or cell
        elif match := YEAR_LAST.match(text):
            first, second = int(match[1]), int(match[2])
            if first > 12:
                orders.add("dmy")
            elif second > 12:
                orders.add("mdy")
            elif first != second:
                doubtful = doubtful or cell
    return OrderEvidence(frozenset(orders), doubtful, short)


def together(parts: Iterable[OrderEvidence]) -> OrderEvidence:
    """The evidence of several parts of a column."""
    parts = list(parts)
    return OrderEvidence(
        frozenset().union(*(part.orders for part in parts)),
        next((part.doubtful for part in parts if part.doubtful), None),
        any(part.has_short_years for part in parts),
    )


def check_format(date_format: str) -> str:
    """An order (`dmy`, `mdy`, `ymd`) or a pattern with year, month and day; refuses anything else."""
    if date_format in ORDERS:
        return date_format
    found = set(re.findall(r"%.?", date_format))
    if not found <= KNOWN_DIRECTIVES or not all(found & needed for needed in NEEDED_DIRECTIVES):
        raise FileError("bad_date_format", format=date_format)
    return date_format


def parse_dates(cells: pl.Series, date_format: str | None = None, *, serials: bool = False) -> Parsed:
    """Trimmed cells as dates; times of day are left out. `serials`: a bare number may be a workbook's day count."""
    if date_format is None or date_format in ORDERS:
        order = date_format
        parsed = _iso(cells) or once_per_distinct(
            cells,
            lambda distinct: cell_by_cell(distinct, lambda cell: read_date(cell, order, serials=serials), pl.Date),
        )
    else:
        parsed = once_per_distinct(cells, lambda distinct: _by_pattern(distinct, date_format, serials=serials))
    return parsed.refuse((parsed.values < FIRST) | (parsed.values > LAST), "implausible_date")


def _iso(cells: pl.Series) -> Parsed | None:
    """The usual machine form at once, where the whole column has it."""
    if not cells.drop_nulls().str.contains(ISO).all():
        return None
    values = cells.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return Parsed(values).refuse(values.is_null() & cells.is_not_null(), "not_a_date")


def _by_pattern(cells: pl.Series, pattern: str, *, serials: bool) -> Parsed:
    text = cells
    if not any(directive in pattern for directive in TIME_DIRECTIVES):
        text = text.str.replace(TIME, "").str.strip_chars()
        values = text.str.to_date(pattern, strict=False)
    else:
        values = text.str.to_datetime(pattern, strict=False).dt.date()
    if serials:
        # Real dates of a workbook are no matter of pattern; only texts are.
        real = cells.str.contains(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$")
        dates = cells.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        frame = pl.DataFrame({"values": values, "real": real, "dates": dates})
        values = frame.select(pl.when("real").then("dates").otherwise("values").alias("values"))["values"]
    return Parsed(values).refuse(values.is_null() & cells.is_not_null(), "not_a_date")


def read_date(cell: str, order: Order | None = None, *, serials: bool = False) -> dt.date:
    """One cell in any usual form."""
    text = _plain(cell)
    if match := YEAR_FIRST.match(text) or COMPACT.match(text):
        return _date(match[1], match[2], match[3])
    if match := YEAR_LAST.match(text):
        first, second, year = match[1], match[2], match[3]
        if first == second:
            return _date(year, first, second)
        if order not in {"dmy", "mdy"}:
            raise CellError("not_a_date")
        return _date(year, second, first) if order == "dmy" else _date(year, first, second)
    if match := SHORT_YEAR.match(text):
        parts = [part for part in match.groups() if part is not None]
        return _short(parts, "ymd" if match[4] else order)
    if serials and (match := SERIAL.match(text)):
        return EXCEL_EPOCH + dt.timedelta(days=int(match[1]))
    return _named(text)


def _plain(cell: str) -> str:
    text = WEEKDAY.sub("", unicodedata.normalize("NFKC", cell).strip())
    return TIME_AFTER.sub("", text).strip()


def _named(text: str) -> dt.date:
    if match := NAMED_MONTH.match(text):
        return _date(match[3], _month(match[2]), match[1])
    if match := NAMED_MONTH_FIRST.match(text):
        return _date(match[3], _month(match[1]), match[2])
    if match := ERA.match(text):
        year = 1 if match[2] == "元" else int(match[2])
        return _date(ERAS[match[1]] + year, match[3], match[4])
    raise CellError("not_a_date")


def _month(name: str) -> int:
    name = name.lower()
    if name not in MONTHS and name not in MONTH_NAMES:
        raise CellError("not_a_date")
    return MONTHS[name[:3]]


def _short(parts: list[str], order: Order | None) -> dt.date:
    if order is None:
        raise CellError("not_a_date")
    by_letter = dict(zip(order, parts, strict=True))
    year = int(by_letter["y"])
    return _date(year + (2000 if year < CENTURY_TURNS else 1900), by_letter["m"], by_letter["d"])


def _date(year: str | int, month: str | int, day: str | int) -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise CellError("not_a_date") from None
