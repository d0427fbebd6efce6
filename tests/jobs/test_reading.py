import gzip
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.reading import ROW, TOO_LONG, FileError, Limits, delimited, open_source

KOREAN = "거래처코드,거래처명,금액\nA-001,서울건재 주식회사,1000\nA-002,㈜부산유통,-250\n"
JAPANESE = "取引先コード,取引先名,金額\nA-001,株式会社ムサシ商会,1000\nA-002,大阪ﾀｲﾔ販売（株）,-250\n"


@pytest.fixture
def file(tmp_path):
    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def rows(source):
    """(row number, cells) of every row, and whether it had too many cells."""
    found = []
    for frame, _read in source.batches():
        for record in frame.rows(named=True):
            cells = tuple(record[header] for header in source.headers)
            found.append((record[ROW], *cells, *(["too long"] if record[TOO_LONG] else [])))
    return found


def refused(path, **options):
    with pytest.raises(FileError) as error:
        list(open_source(path, **options).batches())
    return error.value.code, error.value.params


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(file, delimiter):
    source = open_source(file(delimiter.join("abc") + "\n" + delimiter.join("123") + "\n"))

    assert source.delimiter == delimiter
    assert rows(source) == [(2, "1", "2", "3")]


def test_decimal_commas_do_not_pass_for_delimiters(file):
    source = open_source(file("code;price\nA;1,50\nB;2,75\n"))

    assert (source.delimiter, rows(source)) == (";", [(2, "A", "1,50"), (3, "B", "2,75")])


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "utf-8-sig", "utf-8-sig"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "cp949", "cp949"),
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "utf-16", "utf-16"),
        ("Kunde,Straße\n1,Käthe Größe\n2,Crème brûlée\n", "cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_are_found_and_read(file, text, encoding, found, packed):
    content = text.encode(encoding)
    source = open_source(file(gzip.compress(content, mtime=0) if packed else content))

    lines = [line.split(",") for line in text.strip().split("\n")]
    assert (source.encoding, source.headers, source.is_gzip) == (found, lines[0], packed)
    assert rows(source) == [(number, *cells) for number, cells in enumerate(lines[1:], start=2)]


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("서울", "cp949"), ("대리점", "cp949"), ("㈜한빛", "cp949"), ("東京", "cp932"), ("サイクル", "cp932"),
        ("商会", "cp932"), ("（株）ムサシ", "cp932"), ("名古屋販売", "cp932"), ("取引先", "cp932"), ("Größe", "cp1252"),
        ("café", "cp1252"), ("Señor", "cp1252"), ("Åse Bjørn", "cp1252"),
    ],
)  # fmt: skip
def test_one_word_tells_the_encoding(file, word, encoding):
    assert open_source(file(f"a,b\n1,{word}\n".encode(encoding))).encoding == encoding


def test_an_encoding_told_is_used_and_a_wrong_one_refused(file):
    path = file(KOREAN.encode("cp949"))

    assert open_source(path, encoding="EUC-KR").headers[0] == "거래처코드"
    assert refused(path, encoding="utf-8") == ("wrong_encoding", {"encoding": "utf-8"})
    assert refused(path, encoding="klingon") == ("unknown_encoding", {"encoding": "klingon"})


def test_rows_keep_the_numbers_a_spreadsheet_shows(file):
    source = open_source(file('\n;;\ncode,name\n1,a\n\n,,\n2,"two\nlines"\n"",\n3,c'))

    assert source.header_row == 3
    assert rows(source) == [(4, "1", "a"), (7, "2", "two\nlines"), (9, "3", "c")]


def test_a_first_line_that_names_the_delimiter_for_excel_is_understood(file):
    source = open_source(file("sep=;\r\na;b\r\n1,5;2\r\n"))

    assert (source.headers, rows(source)) == (["a", "b"], [(2, "1,5", "2")])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(file, end):
    assert rows(open_source(file(end.join(["a,b", "1,2", "", "3,4", ""])))) == [(2, "1", "2"), (4, "3", "4")]


def test_leading_zeros_blanks_and_long_numbers_stay_as_written(file):
    source = open_source(file('a,b\n007, x \n12345678901234567890,"1,5"\n'))

    assert rows(source) == [(2, "007", " x "), (3, "12345678901234567890", "1,5")]


def test_rows_with_too_many_cells_are_marked_and_short_ones_filled(file):
    source = open_source(file("a,b\n1,2,3\n4\n5,6,\n7,8,,9\n"))

    assert rows(source) == [(2, "1", "2", "too long"), (3, "4", None), (4, "5", "6"), (5, "7", "8", "too long")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n5" pipe,1\n6" pipe,2\nplain,3\n', [(2, '5" pipe', "1"), (3, '6" pipe', "2"), (4, "plain", "3")]),
        ('a,b\r\n5" pipe,1\r\n\r\nplain,3\r\n', [(2, '5" pipe', "1"), (4, "plain", "3")]),
        ('a,b\n"said ""no""",1\n', [(2, 'said "no"', "1")]),
        ('a,b\n5" x 3",1\nplain,2\n', [(2, '5" x 3"', "1"), (3, "plain", "2")]),
        ('a,b\nplain,1\n7" last,2', [(2, "plain", "1"), (3, '7" last', "2")]),
    ],
)
def test_loose_quotation_marks_lose_no_row(file, text, expected):
    assert rows(open_source(file(text))) == expected


def test_loose_quotation_marks_far_from_each_other_lose_no_row(file, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 4000)
    monkeypatch.setattr(delimited, "LARGEST_ROW", 8000)
    body = "".join(f"{number}{'″' if number % 900 else chr(34)} pipe,{number}\n" for number in range(1, 5000))
    found = rows(open_source(file("a,b\n" + body)))

    assert [row for row, *_ in found] == list(range(2, 5001))
    assert [cells[1] for _, *cells in found] == [str(number) for number in range(1, 5000)]


def test_a_quotation_mark_that_never_closes_is_named(file, monkeypatch):
    monkeypatch.setattr(delimited, "LARGEST_CELL", 1000)
    assert refused(file('a,b\n1,2\n"open,3\n' + "x,y\n" * 2000)) == ("open_quote", {"row": 3})


@pytest.mark.parametrize("block", [7, 64])
def test_batches_hold_only_whole_rows(file, monkeypatch, block):
    monkeypatch.setattr(delimited, "BLOCK", block)
    body = "".join(f'{number},"line {number}\nand more"\n' for number in range(200))
    source = open_source(file("number,text\n" + body))

    assert rows(source) == [(number + 2, str(number), f"line {number}\nand more") for number in range(200)]
    assert len(list(source.batches())) > 50


def test_progress_ends_at_the_size_of_the_text(file):
    source = open_source(file(gzip.compress(b"a,b\n" + b"1,2\n" * 1000, mtime=0)))

    assert [read for _frame, read in source.batches()][-1] == source.size == 4004


def pack(content):
    return gzip.compress(content if isinstance(content, bytes) else content.encode(), mtime=0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("empty_file", {})),
        (b"\n\n  \n", ("empty_file", {})),
        (pack(b""), ("empty_file", {})),
        ("a,b\n", ("no_rows", {})),
        ("a,b\n\n \n", ("no_rows", {})),
        ("1,2\n3,4\n", ("no_header", {})),
        ("a,,c\n1,2,3\n", ("empty_header", {"position": 2})),
        ("a,b,a\n1,2,3\n", ("duplicate_header", {"header": "a", "first": 1, "second": 3})),
        (b"\x00\x01\x02\x03" * 100, ("not_a_table", {})),
        (b"%PDF-1.7\n...", ("not_a_table", {})),
        (b"\x89PNG\r\n\x1a\n....", ("not_a_table", {})),
        (pack(b"a,b\n1,2\n")[:-9], ("broken_gzip", {})),
        (b"\x1f\x8bnothing of the kind", ("broken_gzip", {})),
        (b"PK\x03\x04nothing of the kind", ("broken_workbook", {})),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ("old_workbook", {})),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            ("encrypted_workbook", {}),
        ),
        (b"a,b\n\x81\x00,\xff\xfe\n", ("not_a_table", {})),
        ("\n".join([",".join(f"c{n}" for n in range(1001))] * 2), ("too_many_columns", {"count": 1001, "limit": 1000})),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(file, content, expected):
    assert refused(file(content)) == expected


def test_zero_bytes_anywhere_make_it_no_table(file):
    assert refused(file(b"a,b\n" + b"1,2\n" * 400_000 + b"1,\x00\n")) == ("not_a_table", {})


def test_limits_hold_for_what_is_brought_and_for_what_it_unpacks_to(file):
    bomb = gzip.compress(b"a,b\n" + b"0" * 5_000_000, mtime=0)

    assert refused(file("a,b\n1,2\n"), limits=Limits(size=4)) == ("too_large", {"limit": 4})
    assert refused(file(bomb), limits=Limits(unpacked=1_000_000)) == ("too_large_unpacked", {"limit": 1_000_000})


def workbook(tmp_path, cells, *, sheets=("Data",), name="file.xlsx"):
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet)
        for (row, column), value in cells.items():
            if hasattr(value, "isoformat"):
                page.write_datetime(row, column, value, date)
            elif isinstance(value, str):
                page.write_string(row, column, value)
            else:
                page.write(row, column, value)
    return path


def test_a_workbook_is_read_as_text_with_its_row_numbers(tmp_path):
    from datetime import date

    cells = {
        (2, 1): "code", (2, 2): "date", (2, 3): "amount", (2, 4): "zip",
        (3, 1): 17850, (3, 2): date(2024, 3, 1), (3, 3): 0.1 + 0.2, (3, 4): "00501",
        (6, 1): "A", (6, 2): "2024.3.1", (6, 3): -1234.5, (6, 5): "beyond",
    }  # fmt: skip
    source = open_source(workbook(tmp_path, cells, sheets=("Empty", "Data")))

    assert (source.form, source.sheet, source.sheets, source.header_row) == ("xlsx", "Data", ["Empty", "Data"], 3)
    assert rows(source) == [
        (4, "17850", "2024-03-01 00:00:00", "0.3", "00501"),
        (7, "A", "2024.3.1", "-1234.5", None, "too long"),
    ]


def test_a_sheet_can_be_named(tmp_path):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, cell in (("First", "1"), ("Zweites Blatt", "2")):
            book.add_worksheet(name).write_column(0, 0, ["code", cell])

    assert rows(open_source(path)) == [(2, "1")]
    assert rows(open_source(path, sheet="Zweites Blatt")) == [(2, "2")]
    assert refused(path, sheet="Third") == ("no_such_sheet", {"sheet": "Third"})


def test_bad_workbooks_are_refused(tmp_path, file):
    good = workbook(tmp_path, {(0, 0): "a", (1, 0): "1"})
    assert refused(workbook(tmp_path, {}, name="empty.xlsx")) == ("empty_file", {})
    assert refused(workbook(tmp_path, {(0, 0): "a"}, name="head.xlsx")) == ("no_rows", {})
    assert refused(good, limits=Limits(workbook=100)) == ("workbook_too_large", {"limit": 100})
    assert refused(file(good.read_bytes()[:-200], "cut.xlsx")) == ("broken_workbook", {})
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(other) == ("not_a_workbook", {})


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path):
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = bomb.compress(b"0" * 3_000_000) + bomb.flush()
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    content = bytearray(path.read_bytes())
    # Both the local header and the directory claim 10 bytes.
    size = struct.pack("<I", 3_000_000)
    path.write_bytes(bytes(content).replace(size, struct.pack("<I", 10)))

    assert len(packed) < 10_000
    assert refused(path, limits=Limits(workbook=1_000_000)) == ("workbook_too_large", {"limit": 1_000_000})


CELL = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=150, deadline=None)
@given(table=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20), delimiter=st.sampled_from(",;\t"))
def test_whatever_python_writes_is_read_back(tmp_path_factory, table, delimiter):
    import csv

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["first", "second", "third"])
    writer.writerows(table)
    path = Path(os.fspath(tmp_path_factory.getbasetemp())) / "any.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    filled = [(number, row) for number, row in enumerate(table, start=2) if any(row)]

    if not any("".join(row).strip() for row in table):
        return
    found = rows(open_source(path, delimiter=delimiter))

    assert [(row, tuple(cell or "" for cell in cells)) for row, *cells in found] == filled


def test_frames_hold_nothing_but_text(file):
    frame, _read = next(open_source(file("a,b\n1,2024-01-01\n")).batches())

    assert frame.schema == {"a": pl.String, "b": pl.String, ROW: pl.Int64, TOO_LONG: pl.Boolean}
