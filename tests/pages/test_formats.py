"""Figures, money, dates and names as readers of the three languages write them."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from pages import formats

MOMENT = dt.datetime(2026, 6, 30, 14, 5, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("amount", "currency", "ko", "ja", "en"),
    [
        (1_820_000_000, "KRW", "18.2억 원", "18億2,000万ウォン", "₩1.82B"),
        (182_000_000, "JPY", "1.82억 엔", "1億8,200万円", "¥182M"),
        (1_300_000, "USD", "130만 달러", "130万ドル", "$1.3M"),
        (1_284_000, "EUR", "128만 유로", "128万ユーロ", "€1.28M"),
        (83_100_000, "KRW", "8,310만 원", "8,310万ウォン", "₩83.1M"),
        # the last figure rounds half up, and a rounding up to the next unit takes it
        (1_825_000_000, "KRW", "18.3억 원", "18億3,000万ウォン", "₩1.83B"),
        (99_949_999, "KRW", "9,990만 원", "9,990万ウォン", "₩99.9M"),
        (99_999_999, "KRW", "1억 원", "1億ウォン", "₩100M"),
        (999_500, "USD", "100만 달러", "100万ドル", "$1M"),
        (999_499, "USD", "99.9만 달러", "99.9万ドル", "$999K"),
        (12_345_678_901_234, "JPY", "12.3조 엔", "12兆3,000億円", "¥12.3T"),
        (12_345_678_901_234_567, "KRW", "12,300조 원", "12,300兆ウォン", "₩12,300T"),
        # small amounts in full
        (99_999, "KRW", "99,999원", "₩99,999", "₩100K"),
        (100_000, "KRW", "10만 원", "10万ウォン", "₩100K"),
        (9_999, "USD", "US$9,999", "$9,999", "$9,999"),
        (12.5, "USD", "US$12.50", "$12.50", "$12.50"),
        (0, "KRW", "0원", "₩0", "₩0"),
        (0, "JPY", "JP¥0", "0円", "¥0"),
        (-1_820_000_000, "KRW", "-18.2억 원", "-18億2,000万ウォン", "-₩1.82B"),
        (-182_000_000, "JPY", "-1.82억 엔", "-1億8,200万円", "-¥182M"),
        (-12.5, "EUR", "-€12.50", "-€12.50", "-€12.50"),
        (1_300_000, "SEK", "130만 SEK", "130万 SEK", "SEK 1.3M"),
        (None, "KRW", "–", "–", "–"),
    ],
)
def test_short_money(amount: float | None, currency: str, ko: str, ja: str, en: str) -> None:
    assert [formats.money_short(amount, currency, language) for language in ("ko", "ja", "en")] == [ko, ja, en]


@pytest.mark.parametrize(
    ("amount", "currency", "ko", "ja", "en"),
    [
        (1_820_000_000, "KRW", "1,820,000,000원", "₩1,820,000,000", "₩1,820,000,000"),
        ("182000000.4999", "JPY", "JP¥182,000,000", "182,000,000円", "¥182,000,000"),
        (Decimal("1234.565"), "USD", "US$1,234.57", "$1,234.57", "$1,234.57"),
        (Decimal("-1234.5"), "EUR", "-€1,234.50", "-€1,234.50", "-€1,234.50"),
        (Decimal("-0.4"), "KRW", "0원", "₩0", "₩0"),
        (0, "USD", "US$0.00", "$0.00", "$0.00"),
        ("no number", "USD", "–", "–", "–"),
    ],
)
def test_money_in_full(amount: Decimal | int | str, currency: str, ko: str, ja: str, en: str) -> None:
    assert [formats.money(amount, currency, language) for language in ("ko", "ja", "en")] == [ko, ja, en]


def test_money_in_a_column_has_the_decimals_of_its_currency() -> None:
    assert formats.money_digits(Decimal("1234567.1234"), "KRW") == "1,234,567"
    assert formats.money_digits(Decimal("1234567.1234"), "USD") == "1,234,567.12"
    assert formats.money_digits(Decimal("-0.001"), "USD") == "0.00"
    assert [formats.currency_name("KRW", language) for language in ("ko", "ja", "en")] == ["원", "ウォン", "KRW"]


def test_numbers_and_per_cent() -> None:
    assert formats.number(1234.5) == "1,234.5"
    assert formats.number(1234.5, 0) == "1,235"
    assert formats.number(Decimal("74.60"), 1) == "74.6"
    assert formats.number(-0.0001, 2) == "0.00"
    assert formats.number(float("nan")) == "–"
    assert formats.percent(8.4) == "8.4%"
    assert formats.percent(Decimal("8.04")) == "8%"
    assert [formats.signed(value) for value in (8.44, -3, 0, 0.04, -0.04)] == ["+8.4", "-3", "0", "0", "0"]


@pytest.mark.parametrize(
    ("value", "lower_is_better", "expected"),
    [
        (8.44, False, ("8.4%", "up", True, "▲")),
        (-6, False, ("6%", "down", False, "▼")),
        (-6, True, ("6%", "down", True, "▼")),
        (6, True, ("6%", "up", False, "▲")),
        (0.04, False, ("0%", "same", None, "")),
    ],
)
def test_a_change_has_text_direction_verdict_and_arrow(value: float, lower_is_better: bool, expected: object) -> None:
    change = formats.change(value, lower_is_better=lower_is_better)

    assert change is not None
    assert (change.text, change.direction, change.is_good, change.arrow) == expected


def test_nothing_to_compare_with_is_no_change() -> None:
    assert formats.change(None) is None


def test_labels_of_an_axis_share_one_unit() -> None:
    assert formats.axis_labels([0, 300_000_000, 2_100_000_000], "ko") == ["0", "3억", "21억"]
    assert formats.axis_labels([0, 50_000_000, 150_000_000], "ja") == ["0", "0.5億", "1.5億"]
    assert formats.axis_labels([-500_000, 0, 1_500_000], "en") == ["-0.5M", "0", "1.5M"]
    assert formats.axis_labels([0, 20, 40], "en") == ["0", "20", "40"]


def test_dates_stand_in_the_readers_order() -> None:
    def said(function: object) -> list[str]:
        return [function(DAY, language) for language in ("ko", "ja", "en")]  # type: ignore[operator]

    assert said(formats.date) == ["2026년 6월 30일", "2026年6月30日", "June 30, 2026"]
    assert said(formats.date_short) == ["2026. 6. 30.", "2026/06/30", "Jun 30, 2026"]
    assert said(formats.day) == ["6월 30일", "6月30日", "Jun 30"]
    assert said(formats.month) == ["6월", "6月", "Jun"]
    assert said(formats.month_year) == ["2026년 6월", "2026年6月", "June 2026"]
    assert formats.date_time(MOMENT, "ko") == "2026. 6. 30. 14:05"
    assert formats.date_time(MOMENT, "ko", dt.timezone(dt.timedelta(hours=9))) == "2026. 6. 30. 23:05"
    assert formats.date(None) == formats.date_time(None) == "–"


@pytest.mark.parametrize(
    ("ahead", "ko", "ja", "en"),
    [
        (dt.timedelta(hours=1, minutes=40), "1시간 40분 남음", "残り1時間40分", "1 h 40 min left"),
        (dt.timedelta(hours=2), "2시간 남음", "残り2時間", "2 h left"),
        (dt.timedelta(days=1, hours=3, minutes=9), "1일 3시간 남음", "残り1日3時間", "1 d 3 h left"),
        (dt.timedelta(days=9, hours=3), "9일 남음", "残り9日", "9 d left"),
        (dt.timedelta(seconds=30), "1분 미만 남음", "残り1分未満", "under 1 min left"),
        (dt.timedelta(hours=-2), "2시간 지남", "2時間超過", "2 h late"),
    ],
)
def test_time_left(ahead: dt.timedelta, ko: str, ja: str, en: str) -> None:
    assert [formats.time_left(MOMENT + ahead, MOMENT, language) for language in ("ko", "ja", "en")] == [ko, ja, en]


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (dt.timedelta(minutes=-5), "5분 지남"),
        (dt.timedelta(hours=2, minutes=10), "2시간"),
        (dt.timedelta(hours=9), "오늘"),
        (dt.timedelta(hours=20), "내일"),
        (dt.timedelta(days=3), "7월 3일"),
    ],
)
def test_when_something_is_due(ahead: dt.timedelta, expected: str) -> None:
    assert formats.due(MOMENT + ahead, MOMENT, "ko") == expected


def test_how_long_ago() -> None:
    later = MOMENT + dt.timedelta(hours=3)
    assert [formats.ago(MOMENT, later, language) for language in ("ko", "ja", "en")] == [
        "3시간 전",
        "3時間前",
        "3 hours ago",
    ]


def test_names_keep_the_order_of_their_script() -> None:
    assert formats.person_name("민수", "김") == "김민수"
    assert formats.person_name("太郎", "山田") == "山田 太郎"
    assert formats.person_name("Ingrid", "Berg") == "Ingrid Berg"
    assert formats.person_name("", "Berg") == "Berg"
    assert [formats.initial(name) for name in ("한빛건재", "hanbit", "(주)서울", "")] == ["한", "H", "주", "·"]


def test_other_languages_read_english() -> None:
    assert formats.date(DAY, "ko-kr") == "2026년 6월 30일"
    assert formats.date(DAY, "fr") == formats.date(DAY, None) == "June 30, 2026"


@pytest.mark.parametrize(
    ("zone", "day", "language", "name"),
    [
        ("Asia/Seoul", 1, "ko", "대한민국 표준시"),
        ("Asia/Tokyo", 1, "ja", "日本標準時"),
        ("Europe/Oslo", 1, "en", "Central European Standard Time"),
        ("Europe/Oslo", 181, "en", "Central European Summer Time"),
        ("Asia/Ho_Chi_Minh", 1, "en", "GMT+07:00"),
    ],
)
def test_a_time_zone_has_the_name_that_people_use(zone: str, day: int, language: str, name: str) -> None:
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=ZoneInfo(zone)) + dt.timedelta(days=day)
    assert formats.zone_name(moment, language) == name
