"""What is wrong with a file, a column or a cell, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.columns import Column
from jobs.reading import FileError

FILE: Mapping[str, Any] = {
    "empty_file": gettext_lazy("The file is empty."),
    "no_rows": gettext_lazy("The file has a first row with column names, but no rows below it."),
    "no_header": gettext_lazy("The first row must hold the names of the columns."),
    "empty_header": gettext_lazy("Column %(position)s has no name: the first row must name each column."),
    "duplicate_header": gettext_lazy(
        "Columns %(first)s and %(second)s are both called “%(header)s”. Rename one of them."
    ),
    "too_many_columns": gettext_lazy("The file has %(count)s columns; at most %(limit)s can be read."),
    "too_large": gettext_lazy("The file is larger than %(limit)s. Split it and bring in the parts."),
    "too_large_unpacked": gettext_lazy("Unpacked, the file is larger than %(limit)s. Split it and bring in the parts."),
    "workbook_too_large": gettext_lazy(
        "Unpacked, the workbook is larger than %(limit)s. Save the sheet as CSV and bring that in."
    ),
    "not_a_table": gettext_lazy("This is not a table: bring a CSV or XLSX file."),
    "not_a_workbook": gettext_lazy("This is not an Excel workbook: bring a CSV or XLSX file."),
    "xlsb": gettext_lazy("This is a binary workbook (.xlsb). Save it as .xlsx and bring that in."),
    "old_workbook": gettext_lazy("This is an old Office file (.xls). Save it as .xlsx and bring that in."),
    "encrypted_workbook": gettext_lazy(
        "The workbook is protected by a password. Save it without one and bring that in."
    ),
    "broken_workbook": gettext_lazy("The workbook is damaged and cannot be read."),
    "broken_gzip": gettext_lazy("The packed file is damaged or incomplete."),
    "unknown_text": gettext_lazy("The text of the file cannot be read. Save it as CSV in UTF-8."),
    "unknown_encoding": gettext_lazy("“%(encoding)s” is not an encoding that can be read."),
    "wrong_encoding": gettext_lazy("The file is not in %(encoding)s."),
    "open_quote": gettext_lazy("From row %(row)s on, a quotation mark is opened and never closed."),
    "no_such_sheet": gettext_lazy("The workbook has no sheet “%(sheet)s”."),
    "bad_date_format": gettext_lazy(
        "“%(format)s” is not a date format: use dmy, mdy, ymd, or a pattern such as %%Y-%%m-%%d."
    ),
}

CELL: Mapping[str, Any] = {
    "missing": gettext_lazy("is empty"),
    "too_many_cells": gettext_lazy("The row has more cells than there are columns."),
    "too_long": gettext_lazy("“%(value)s” is longer than %(max_length)s characters"),
    "wrong_form": gettext_lazy("“%(value)s” does not have the right form"),
    "not_email": gettext_lazy("“%(value)s” is not an e-mail address"),
    "not_a_number": gettext_lazy("“%(value)s” is not a number"),
    "not_an_integer": gettext_lazy("“%(value)s” is not a whole number"),
    "too_many_decimals": gettext_lazy("“%(value)s” has more than %(places)s decimals"),
    "too_many_digits": gettext_lazy("“%(value)s” has too many digits"),
    "too_small": gettext_lazy("“%(value)s” is less than %(minimum)s"),
    "too_big": gettext_lazy("“%(value)s” is more than %(maximum)s"),
    "not_a_date": gettext_lazy("“%(value)s” is not a date"),
    "implausible_date": gettext_lazy("“%(value)s” is not between 1900 and 2099"),
    "unknown_choice": gettext_lazy("“%(value)s” is not among the choices: %(choices)s"),
    "unknown": gettext_lazy("“%(value)s” is not known"),
    "repeated": gettext_lazy("says something else than row %(value)s, which has the same %(key)s"),
}


def file_sentence(error: FileError) -> str:
    """What is wrong with a file, in the reader's language."""
    params: dict[str, Any] = dict(error.params)
    if "size" in error.code or "large" in error.code:
        params["limit"] = filesizeformat(params["limit"])
    return str(FILE[error.code]) % params


def cell_sentence(code: str, value: str | None, column: Column | None, own: Mapping[str, Any]) -> str:
    """What is wrong with a cell, in the reader's language. `own` are sentences of the kind of import."""
    text = own.get(code) or CELL[code]
    params = {"value": value or "", "key": _("key")} | (column.params() if column else {})
    try:
        return str(text) % params
    except KeyError:  # an own field that is gone, and with it the limit that the sentence tells
        return str(CELL["wrong_form"]) % params


@dataclass(frozen=True)
class BadCell:
    """A cell that is wrong: where it stands in the file, and why, for the reader."""

    row: int
    column: str
    sentence: str


def told_cells(
    cells: Iterable[Mapping[str, Any]], columns: Sequence[Column], own: Mapping[str, Any], headers: Mapping[str, str]
) -> list[BadCell]:
    """The bad cells of an outcome in words. `headers`: what the file calls each column."""
    by_name = {column.name: column for column in columns}
    return [
        BadCell(
            cell["row"],
            headers.get(cell["column"], cell["column"]),
            cell_sentence(cell["code"], cell["value"], by_name.get(cell["column"]), own),
        )
        for cell in cells
    ]
