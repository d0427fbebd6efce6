"""Spreadsheets out: readable, exact, and nothing in them runs."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import polars as pl

from pages.sheets import write_csv, write_xlsx

HEADS = ["파트너", "출하 (원)", "최근"]
ROWS: list[list[Any]] = [
    ["=HYPERLINK(1)", Decimal("1234567.1234"), dt.date(2026, 6, 30)],
    ["@서울", Decimal("-5"), None],
    ["+82 2", 0, dt.date(2026, 1, 2)],
    ['따옴표 " 와, 쉼표', None, None],
]


def test_csv_opens_in_excel_and_runs_nothing() -> None:
    file = io.BytesIO()

    assert write_csv(file, HEADS, ROWS) == 4
    assert file.getvalue().decode("utf-8-sig").splitlines() == [
        "파트너,출하 (원),최근",
        "'=HYPERLINK(1),1234567.1234,2026-06-30",
        "'@서울,-5,",
        "'+82 2,0,2026-01-02",
        '"따옴표 "" 와, 쉼표",,',
    ]
    assert file.getvalue().startswith(b"\xef\xbb\xbf")


def test_xlsx_keeps_numbers_and_dates_and_texts_as_they_are() -> None:
    file = io.BytesIO()

    assert write_xlsx(file, HEADS, ROWS) == 4
    sheet = pl.read_excel(file)
    assert sheet.columns == HEADS
    assert sheet["파트너"].to_list() == ["=HYPERLINK(1)", "@서울", "+82 2", '따옴표 " 와, 쉼표']
    assert sheet["출하 (원)"].to_list() == [1234567.1234, -5, 0, None]
    assert sheet["최근"].to_list() == [dt.date(2026, 6, 30), None, dt.date(2026, 1, 2), None]


def test_an_empty_list_is_a_sheet_with_its_head() -> None:
    for write in (write_csv, write_xlsx):
        assert write(io.BytesIO(), HEADS, []) == 0
