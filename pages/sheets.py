"""Spreadsheets out: CSV and XLSX, row by row, in constant memory. Pure: no Django.

What a spreadsheet program would run as a formula is made plain text first: a partner's name may begin with `=`.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def neutral(value: Any) -> Any:
    """The value with its sting drawn: a text that a spreadsheet would run gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(file: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write UTF-8 with a byte order mark, which Excel needs to read Korean and Japanese; returns the rows written."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([neutral(head) for head in heads])
    count = 0
    for row in rows:
        writer.writerow([_csv_text(value) for value in row])
        count += 1
    text.detach()
    return count


def write_xlsx(file: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write one sheet: numbers as numbers, dates as dates, the head frozen; returns the rows written."""
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    sheet = book.add_worksheet()
    bold, day, moment = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, max(12, min(40, len(head) + 4)))
        sheet.write_string(0, column, head, bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(count, column, value)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(count, column, float(value))
            elif isinstance(value, dt.datetime):
                sheet.write_datetime(count, column, value, moment)
            elif isinstance(value, dt.date):
                sheet.write_datetime(count, column, value, day)
            else:
                sheet.write_string(count, column, str(value))
    book.close()
    return count


def _csv_text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date | int | float):
        return value
    return neutral(str(value))


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
