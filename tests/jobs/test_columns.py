import datetime as dt
from decimal import Decimal as Exact

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobs.columns import Choice, Date, Decimal, Email, Integer, Pattern, Reading, Text, dates, decimals, trim
from jobs.reading import FileError


def column(*cells):
    return trim(pl.Series(cells, dtype=pl.String))


def parsed(kind, *cells, **reading):
    result = kind.parse(column(*cells), Reading(**reading))
    return result.values.to_list(), result.codes.to_list()


def number(cell, mark=".", places=4):
    values, codes = parsed(Decimal("amount", places=places), cell, decimal_mark=mark)
    return values[0] if codes[0] is None else codes[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("007", "7"),
        ("12.50", "12.5"),
        ("1234567.8901", "1234567.8901"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1 234.56", "1234.56"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1'234.5", "1234.5"),
        ("１，２３４．５", "1234.5"),
        ("₩1,000", "1000"),
        ("￦ 1,000", "1000"),
        ("1,000원", "1000"),
        ("¥500", "500"),
        ("500円", "500"),
        ("€ 12.30", "12.3"),
        ("-$12.30", "-12.3"),
        ("$-12.30", "-12.3"),
        ("USD 12.30", "12.3"),
        ("12.30 EUR", "12.3"),
        ("(123)", "-123"),
        ("(1,234.50)", "-1234.5"),
        ("(₩1,000)", "-1000"),
        ("123-", "-123"),
        ("-123", "-123"),
        ("−123", "-123"),
        ("△1,234", "-1234"),
        ("▲ 1,234", "-1234"),
        ("1.2E+05", "120000"),
        ("1.5e-3", "0.0015"),
        ("0.30000000000000004", "0.3"),
        ("123456789.120000005", "123456789.12"),
        ("12345678901234.5678", "12345678901234.5678"),
        ("0.12345", "too_many_decimals"),
        ("123456789012345", "too_many_digits"),
        ("1,23", "not_a_number"),
        ("1,2345", "not_a_number"),
        ("1,234 567", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("--1", "not_a_number"),
        ("(-1)", "not_a_number"),
        ("abc", "not_a_number"),
        ("12 pcs", "not_a_number"),
        ("1e999", "too_many_digits"),
        ("-", "not_a_number"),
        ("₩", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
    ],
)
def test_numbers_in_usual_forms(cell, expected):
    assert number(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.234,56", "1234.56"),
        ("1234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1.234", "1234"),
        ("-1.234,50 €", "-1234.5"),
        ("1 234,50", "1234.5"),
        ("1.5E-03", "0.0015"),
        ("1.23", "not_a_number"),
        ("1,234,567", "not_a_number"),
    ],
)
def test_numbers_with_a_decimal_comma(cell, expected):
    assert number(cell, ",") == expected


@pytest.mark.parametrize(
    ("cells", "marks", "doubtful"),
    [
        (["1", "-20", "300"], set(), None),
        (["1,234", "5,678"], set(), "1,234"),
        (["1.234"], set(), "1.234"),
        (["1,234", "12.5"], {"."}, "1,234"),
        (["1,234,567", "1,234"], {"."}, "1,234"),
        (["1.234,5"], {","}, None),
        (["1.234.567"], {","}, None),
        (["0,125"], {","}, None),
        (["0.125", "1234.567"], {"."}, None),
        (["12,5", "12.5"], {",", "."}, None),
        (["₩1,234,000"], {"."}, None),
        (["１，２３４"], set(), "１，２３４"),
        (["1.5E-05"], set(), None),
    ],
)
def test_what_a_column_tells_about_its_decimal_mark(cells, marks, doubtful):
    assert decimals.evidence(column(*cells)) == decimals.MarkEvidence(frozenset(marks), doubtful)


MONEY = st.decimals(min_value=-(10**13), max_value=10**13, places=4, allow_nan=False, allow_infinity=False)


@settings(max_examples=300, deadline=None)
@given(value=MONEY, style=st.sampled_from(["plain", "comma", "space", "german", "parens", "trailing", "wide", "won"]))
@example(value=Exact("-0.0001"), style="parens")
def test_every_number_is_read_back_exactly(value, style):
    size = abs(value)
    sign = "-" if value < 0 else ""
    cell, mark = {
        "plain": (f"{value:f}", "."),
        "comma": (f"{value:,f}", "."),
        "space": (f"{value:,f}".replace(",", " "), "."),
        "german": (f"{value:,f}".translate(str.maketrans(",.", ".,")), ","),
        "parens": (f"({size:,f})" if value < 0 else f"{size:,f}", "."),
        "trailing": (f"{size:f}{sign}", "."),
        "wide": (f"{value:f}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．")), "."),
        "won": (f"{sign}₩{size:,f}", "."),
    }[style]

    assert Exact(number(cell, mark)) == value
    assert number(number(cell, mark)) == number(cell, mark)  # canonical text stays as it is


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(st.text(alphabet="0123456789.,-+()₩ eE△'", max_size=9), min_size=1, max_size=40))
def test_a_column_reads_like_its_cells_one_by_one(cells):
    kind = Decimal("amount")
    together, codes = parsed(kind, *cells)

    assert [(value, code) for value, code in zip(together, codes, strict=True)] == [
        (parsed(kind, cell)[0][0], parsed(kind, cell)[1][0]) for cell in cells
    ]


@settings(max_examples=200, deadline=None)
@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False).map(lambda value: round(value, 4)))
def test_what_programs_print_of_binary_numbers_is_the_number_meant(value):
    noisy = f"{value:.17g}"

    assert Exact(number(noisy)) == Exact(str(round(value, 4))) + 0


def test_limits_of_numbers():
    share = Decimal("share", minimum="0", maximum="100", places=2)

    assert parsed(share, "0", "100.00", "-0.01", "100.01") == (
        ["0", "100", None, None],
        [None, None, "too_small", "too_big"],
    )
    assert parsed(Integer("employees", minimum="0"), "12", "1,200", "1.5", "-1", "x") == (
        ["12", "1200", None, None, None],
        [None, None, "not_an_integer", "too_small", "not_a_number"],
    )


def day(cell, date_format=None, *, serials=False):
    values, codes = parsed(Date("date"), cell, date_format=date_format, serials=serials)
    return values[0] or codes[0]


FIRST_OF_MARCH = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-01", "2024-3-1", "2024/03/01", "2024/3/1", "2024.03.01", "2024.3.1.", "2024. 3. 1.", "20240301",
        "2024년 3월 1일", "2024년03월01일", "2024年3月1日", "２０２４／０３／０１", "令和6年3月1日",
        "2024-03-01 10:20:30", "2024-03-01T10:20:30Z", "2024-03-01T10:20:30.123+09:00", "2024/3/1 9:05",
        "2024-03-01 오후 3:15", "2024. 3. 1. 오전 9:00:00", "2024/03/01 午後 3:15", "20240301102030", "20240301T102030",
        "2024년 3월 1일 15시 30분", "2024-03-01 (금)", "2024年3月1日(金)", "1 Mar 2024", "01-MAR-2024", "1 March 2024",
        "Mar 1, 2024", "March 1st, 2024", "Fri, 1 Mar 2024",
    ],
)  # fmt: skip
def test_clear_dates_in_usual_forms(cell):
    assert day(cell) == FIRST_OF_MARCH


@pytest.mark.parametrize(
    ("cell", "date_format", "expected"),
    [
        ("03/04/2024", "dmy", dt.date(2024, 4, 3)),
        ("03/04/2024", "mdy", dt.date(2024, 3, 4)),
        ("3.4.2024", "dmy", dt.date(2024, 4, 3)),
        ("05/05/2024", None, dt.date(2024, 5, 5)),
        ("03/04/2024", None, "not_a_date"),
        ("13/04/2024", "mdy", "not_a_date"),
        ("24-03-01", "ymd", FIRST_OF_MARCH),
        ("01.03.24", "dmy", FIRST_OF_MARCH),
        ("01.03.99", "dmy", dt.date(1999, 3, 1)),
        ("24-03-01", None, "not_a_date"),
        ("03/04/2024 10:00", "%d/%m/%Y", dt.date(2024, 4, 3)),
        ("2024-03-01 08:26:00", "%Y-%m-%d", FIRST_OF_MARCH),
        ("2024-25-03", "%Y-%d-%m", dt.date(2024, 3, 25)),
        ("2024-03-25", "%Y-%d-%m", "not_a_date"),
        ("03/04/2024 22:15", "%m/%d/%Y %H:%M", dt.date(2024, 3, 4)),
        ("2024-03-01", "%d/%m/%Y", "not_a_date"),
        ("1 Mär 2024", None, "not_a_date"),
        ("2024-02-30", None, "not_a_date"),
        ("2024-13-01", None, "not_a_date"),
        ("1850-01-01", None, "implausible_date"),
        ("45352", None, "not_a_date"),
        ("tomorrow", None, "not_a_date"),
        ("2024", None, "not_a_date"),
    ],
)
def test_dates_that_need_to_be_told(cell, date_format, expected):
    assert day(cell, date_format) == expected


def test_day_counts_of_workbooks():
    assert day("45352", serials=True) == FIRST_OF_MARCH
    assert day("45352.75", serials=True) == FIRST_OF_MARCH
    assert day("2024-03-01 00:00:00", "%d/%m/%Y", serials=True) == FIRST_OF_MARCH


@pytest.mark.parametrize(
    ("cells", "orders", "doubtful", "short"),
    [
        (["2024-03-04", "2024/03/05"], set(), None, False),
        (["03/04/2024"], set(), "03/04/2024", False),
        (["03/04/2024", "25/04/2024"], {"dmy"}, "03/04/2024", False),
        (["03/04/2024", "03/25/2024"], {"mdy"}, "03/04/2024", False),
        (["25/04/2024", "03/25/2024"], {"dmy", "mdy"}, None, False),
        (["05/05/2024"], set(), None, False),
        (["24-03-01"], set(), "24-03-01", True),
    ],
)
def test_what_a_column_tells_about_the_order_of_its_dates(cells, orders, doubtful, short):
    assert dates.evidence(column(*cells)) == dates.OrderEvidence(frozenset(orders), doubtful, short)


@settings(max_examples=300, deadline=None)
@given(
    value=st.dates(min_value=dates.FIRST, max_value=dates.LAST),
    pattern=st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y년 %m월 %d일", "%Y年%m月%d日", "%d %b %Y", "%B %d, %Y"]
    ),
    time=st.sampled_from(["", " 10:11", " 23:59:59"]),
)
def test_every_clear_date_is_read_back(value, pattern, time):
    assert day(value.strftime(pattern) + time) == value


@settings(max_examples=200, deadline=None)
@given(
    value=st.dates(min_value=dates.FIRST, max_value=dates.LAST),
    order=st.sampled_from([("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y"), ("dmy", "%d.%m.%Y"), ("mdy", "%m-%d-%Y")]),
)
def test_every_date_with_the_year_last_is_read_back_once_the_order_is_known(value, order):
    name, pattern = order

    assert day(value.strftime(pattern), name) == value
    assert day(value.strftime(pattern), pattern) == value


@pytest.mark.parametrize("date_format", ["dmy", "mdy", "ymd", "%d.%m.%Y", "%Y%m%d", "%d %b %y", "%Y-%m-%dT%H:%M:%S"])
def test_date_formats_that_are_understood(date_format):
    assert dates.check_format(date_format) == date_format


@pytest.mark.parametrize("date_format", ["", "yyyy-mm-dd", "%Y-%m", "%d/%m", "%Q-%Y-%m-%d", "%%Y"])
def test_date_formats_that_are_not(date_format):
    with pytest.raises(FileError) as error:
        dates.check_format(date_format)
    assert error.value.code == "bad_date_format"


def test_texts_are_trimmed_and_limited():
    assert parsed(Text("name", max_length=3), " abc ", "\u3000한국어\u00a0", "abcd", "", " \t ", None) == (
        ["abc", "한국어", None, None, None, None],
        [None, None, "too_long", None, None, None],
    )
    assert parsed(Text("code", upper=True), "ab1") == (["AB1"], [None])


def test_e_mails_and_patterns():
    assert parsed(Email("email"), "Kim@Example.COM", "kim@example", "kim at example.com", "a@b.co") == (
        ["kim@example.com", None, None, "a@b.co"],
        [None, "not_email", "not_email", None],
    )
    currency = Pattern("currency", pattern="^[A-Z]{3}$", upper=True, code="not_a_currency")
    assert parsed(currency, "usd", "US") == (["USD", None], [None, "not_a_currency"])


def test_choices_are_known_by_key_and_by_name_in_any_case():
    size = Choice("size", choices={"s": ["Small", "소형"], "l": ["Large", "대형"]})

    assert parsed(size, "S", "small", "대 형", "XL", None) == (
        ["s", "s", "l", None, None],
        [None, None, None, "unknown_choice", None],
    )
