"""Numbers, money, dates and names in the reader's form. Pure: no Django, no database.

Every function takes the language (`ko`, `ja` or `en`; a tag such as `ko-kr` will do). Templates use the tag library
`formats`, which fills it in. Korean, Japanese and English group digits alike (1,234.5), so numbers are formatted by
Python itself: a table of fifty rows costs well under a millisecond. Dates and currencies come from Babel.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_timedelta, get_timezone_location, get_timezone_name
from babel.numbers import get_currency_precision, get_currency_symbol

Number = int | float | Decimal | str

NOTHING = "–"
"""What stands where there is no value."""

MOST_PERCENT = 999
"""A change beyond it says no more than that there was next to nothing before."""

_SIGNIFICANT = 3
_FULL_BELOW = {"ko": 100_000, "ja": 100_000, "en": 10_000}
"""A summary shows smaller amounts in full: 15,300원 reads better than 1.5만 원."""

_ASIAN_UNITS = {"ko": ("만", "억", "조"), "ja": ("万", "億", "兆")}
_WESTERN_UNITS = ("K", "M", "B", "T")

_CURRENCY_WORDS = {
    "ko": {"KRW": "원", "JPY": "엔", "USD": "달러", "EUR": "유로", "CNY": "위안", "GBP": "파운드"},
    "ja": {"KRW": "ウォン", "JPY": "円", "USD": "ドル", "EUR": "ユーロ", "CNY": "元", "GBP": "ポンド"},
}

_WORDS = {
    "ko": {
        "today": "오늘",
        "tomorrow": "내일",
        "yesterday": "어제",
        "left": "{} 남음",
        "over": "{} 지남",
        "day": "{}일",
        "hour": "{}시간",
        "minute": "{}분",
        "now": "1분 미만",
    },
    "ja": {
        "today": "今日",
        "tomorrow": "明日",
        "yesterday": "昨日",
        "left": "残り{}",
        "over": "{}超過",
        "day": "{}日",
        "hour": "{}時間",
        "minute": "{}分",
        "now": "1分未満",
    },
    "en": {
        "today": "Today",
        "tomorrow": "Tomorrow",
        "yesterday": "Yesterday",
        "left": "{} left",
        "over": "{} late",
        "day": "{} d",
        "hour": "{} h",
        "minute": "{} min",
        "now": "under 1 min",
    },
}


def base_language(language: str | None) -> str:
    """`ko`, `ja` or `en` for any language tag; English for all others."""
    base = (language or "en").replace("_", "-").split("-")[0].lower()
    return base if base in _WORDS else "en"


def to_decimal(value: Number | None) -> Decimal | None:
    """The value as an exact decimal; nothing for nothing and for what is no number."""
    if value is None or value == "":
        return None
    try:
        result = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return result if result.is_finite() else None


# --- Numbers ----------------------------------------------------------------------------------------------------------


def number(value: Number | None, decimals: int | None = None) -> str:
    """1,234.5: with `decimals` places, or as many as the value has (at most 4, no trailing zeros)."""
    amount = to_decimal(value)
    if amount is None:
        return NOTHING
    if decimals is None:
        return _trimmed(_rounded(amount, 4))
    return _signless_zero(f"{_rounded(amount, decimals):,f}")


def percent(value: Number | None, decimals: int = 1) -> str:
    """8.4 -> '8.4%'. The value is in per cent already; trailing zeros go."""
    amount = to_decimal(value)
    return NOTHING if amount is None else _trimmed(_rounded(amount, decimals)) + "%"


def signed(value: Number | None, decimals: int = 1, suffix: str = "") -> str:
    """'+8.4', '-3', '0': with its sign, without trailing zeros."""
    amount = to_decimal(value)
    if amount is None:
        return NOTHING
    amount = _rounded(amount, decimals)
    return ("+" if amount > 0 else "") + _trimmed(amount) + suffix


@dataclass(frozen=True)
class Change:
    """A difference ready to show: never by colour alone, so arrow and direction come along."""

    text: str
    direction: str
    """'up', 'down' or 'same'."""
    is_good: bool | None
    """Whether the direction is welcome; nothing when unchanged."""

    @property
    def arrow(self) -> str:
        return {"up": "▲", "down": "▼", "same": ""}[self.direction]


def change(
    value: Number | None, *, decimals: int = 1, suffix: str = "%", lower_is_better: bool = False
) -> Change | None:
    """A difference as text without sign, direction and verdict; nothing when there is nothing to compare with."""
    amount = to_decimal(value)
    if amount is None:
        return None
    amount = _rounded(amount, decimals)
    if amount == 0:
        return Change("0" + suffix, "same", None)
    is_huge = suffix == "%" and abs(amount) > MOST_PERCENT
    return Change(
        text=f">{MOST_PERCENT}%" if is_huge else _trimmed(abs(amount)) + suffix,
        direction="up" if amount > 0 else "down",
        is_good=(amount > 0) != bool(lower_is_better),
    )


def _rounded(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _trimmed(amount: Decimal) -> str:
    text = f"{amount:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _signless_zero(text)


def _signless_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


# --- Money ------------------------------------------------------------------------------------------------------------


def money(value: Number | None, currency: str, language: str | None = "en") -> str:
    """All digits with the currency: '182,000,000원', '¥182,000,000', '$1,300,000.00'. For tables and documents."""
    amount = to_decimal(value)
    if amount is None:
        return NOTHING
    return _in_full(amount, currency, base_language(language), currency_decimals(currency))


def _in_full(amount: Decimal, currency: str, base: str, decimals: int) -> str:
    digits = f"{_rounded(abs(amount), decimals):,f}"
    sign = "-" if amount < 0 and digits.strip("0.,") else ""
    word = _own_word(currency, base)
    return f"{sign}{digits}{word}" if word else f"{sign}{_symbol(currency, base)}{digits}"


def money_digits(value: Number | None, currency: str) -> str:
    """All digits without the currency, for a column whose head names it."""
    amount = to_decimal(value)
    return NOTHING if amount is None else _signless_zero(f"{_rounded(amount, currency_decimals(currency)):,f}")


def money_short(value: Number | None, currency: str, language: str | None = "en") -> str:
    """Three significant digits for summaries: '18.2억 원', '1億8,200万円', '$1.3M'."""
    amount = to_decimal(value)
    if amount is None:
        return NOTHING
    base = base_language(language)
    if abs(amount) < _FULL_BELOW[base]:
        has_cents = 0 < abs(amount) < 100
        return _in_full(amount, currency, base, currency_decimals(currency) if has_cents else 0)
    digits = short(amount, base)
    word = _CURRENCY_WORDS.get(base, {}).get(currency)
    if base == "ko":
        return f"{digits} {word or currency}"
    if base == "ja":
        return f"{digits}{word}" if word else f"{digits} {currency}"
    sign = "-" if amount < 0 else ""
    return f"{sign}{_symbol(currency, base)}{digits.lstrip('-')}"


def short(value: Number | None, language: str | None = "en") -> str:
    """Three significant digits in the reader's units, without a currency: '1.42억', '1億4,200万', '142M'."""
    amount = to_decimal(value)
    if amount is None:
        return NOTHING
    base = base_language(language)
    if abs(amount) < _FULL_BELOW[base]:
        return _trimmed(_rounded(amount, 0 if abs(amount) >= 100 else 2))
    sign = "-" if amount < 0 else ""
    amount = _significant(abs(amount))
    if base == "en":
        return sign + _western(amount)
    return sign + (_korean(amount) if base == "ko" else _japanese(amount))


def axis_labels(ticks: list[float], language: str | None = "en") -> list[str]:
    """One label per tick, all in the unit that fits the largest: '21억', '18억', '0'."""
    base = base_language(language)
    largest = max((abs(tick) for tick in ticks), default=0)
    step, units = (3, _WESTERN_UNITS) if base == "en" else (4, _ASIAN_UNITS[base])
    power = 0
    while power < len(units) and largest >= 10 ** (step * (power + 1)):
        power += 1
    divisor = Decimal(10) ** (step * power)
    unit = units[power - 1] if power else ""
    return [_trimmed(_rounded(Decimal(str(tick)) / divisor, 4)) + (unit if tick else "") for tick in ticks]


@lru_cache(maxsize=64)
def currency_decimals(currency: str) -> int:
    """How many decimals the currency has: 0 for KRW and JPY, 2 for USD and EUR."""
    return get_currency_precision(currency)


def currency_name(currency: str, language: str | None = "en") -> str:
    """What a column's head says: '원', '円', 'USD'."""
    return _CURRENCY_WORDS.get(base_language(language), {}).get(currency, currency)


@lru_cache(maxsize=256)
def _symbol(currency: str, base: str) -> str:
    symbol = get_currency_symbol(currency, locale=base)
    return f"{symbol} " if symbol[-1].isalpha() else symbol


def _own_word(currency: str, base: str) -> str | None:
    """The word that follows full digits; only for the reader's own currency, others keep their sign in front."""
    return {("ko", "KRW"): "원", ("ja", "JPY"): "円"}.get((base, currency))


def _significant(amount: Decimal) -> Decimal:
    """Rounded half up to three significant digits."""
    return _rounded(amount, _SIGNIFICANT - 1 - amount.adjusted())


def _western(amount: Decimal) -> str:
    power = min(max(amount.adjusted() // 3, 1), len(_WESTERN_UNITS))
    return _trimmed(amount.scaleb(-3 * power)) + _WESTERN_UNITS[power - 1]


def _korean(amount: Decimal) -> str:
    power = min(max(amount.adjusted() // 4, 1), 3)
    return _trimmed(amount.scaleb(-4 * power)) + _ASIAN_UNITS["ko"][power - 1]


def _japanese(amount: Decimal) -> str:
    """Two units side by side, as it is written: 1億8,200万."""
    power = min(max(amount.adjusted() // 4, 1), 3)
    units = _ASIAN_UNITS["ja"]
    whole, rest = divmod(amount, Decimal(10) ** (4 * power))
    text = f"{whole:,.0f}{units[power - 1]}"
    if power > 1 and (rest := rest.scaleb(-4 * (power - 1))) >= 1:
        text += f"{rest:,.0f}{units[power - 2]}"
    elif rest and power == 1:
        text = _trimmed(amount.scaleb(-4)) + units[0]
    return text


# --- Dates and times --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _locale(base: str) -> Locale:
    return Locale.parse(base)


@lru_cache(maxsize=4096)
def date(value: dt.date | None, language: str | None = "en") -> str:
    """'2026년 6월 30일', '2026年6月30日', 'June 30, 2026'."""
    return NOTHING if value is None else format_date(value, "long", locale=_locale(base_language(language)))


@lru_cache(maxsize=4096)
def date_short(value: dt.date | None, language: str | None = "en") -> str:
    """For tables: '2026. 6. 30.', '2026/06/30', 'Jun 30, 2026'."""
    return NOTHING if value is None else format_date(value, "medium", locale=_locale(base_language(language)))


@lru_cache(maxsize=4096)
def day(value: dt.date | None, language: str | None = "en") -> str:
    """Without the year: '7월 3일', '7月3日', 'Jul 3'."""
    if value is None:
        return NOTHING
    base = base_language(language)
    pattern = {"ko": "M월 d일", "ja": "M月d日", "en": "MMM d"}[base]
    return format_date(value, pattern, locale=_locale(base))


@lru_cache(maxsize=1024)
def month(value: dt.date | None, language: str | None = "en") -> str:
    """'6월', '6月', 'Jun'."""
    return NOTHING if value is None else format_date(value, "LLL", locale=_locale(base_language(language)))


@lru_cache(maxsize=1024)
def month_year(value: dt.date | None, language: str | None = "en") -> str:
    """'2026년 6월', '2026年6月', 'June 2026'."""
    if value is None:
        return NOTHING
    base = base_language(language)
    pattern = {"ko": "y년 M월", "ja": "y年M月", "en": "LLLL y"}[base]
    return format_date(value, pattern, locale=_locale(base))


def date_time(value: dt.datetime | None, language: str | None = "en", timezone: dt.tzinfo | None = None) -> str:
    """Date and time to the minute, in `timezone` when given: '2026. 6. 30. 14:05'."""
    if value is None:
        return NOTHING
    if timezone and value.tzinfo:
        value = value.astimezone(timezone)
    return f"{date_short(value.date(), language)} {value:%H:%M}"


def zone_name(value: dt.datetime, language: str | None = "en") -> str:
    """'대한민국 표준시', '日本標準時', 'Central European Summer Time': what clocks of the moment's own zone show then."""
    return get_timezone_name(value, width="long", locale=base_language(language))


def zone_city(zone: dt.tzinfo, language: str | None = "en") -> str:
    """'서울', 'ソウル', 'Seoul': the place that a zone is named for."""
    return get_timezone_location(zone, locale=base_language(language), return_city=True)


def ago(value: dt.datetime | None, now: dt.datetime, language: str | None = "en") -> str:
    """'3시간 전', '3 hours ago'."""
    if value is None:
        return NOTHING
    text = format_timedelta(value - now, add_direction=True, locale=_locale(base_language(language)), threshold=1)
    return text.replace(" ", "") if base_language(language) == "ja" else text


def duration(seconds: float, language: str | None = "en", *, parts: int = 2) -> str:
    """'1시간 40분', '2日', '1 h 40 min': the largest `parts` units."""
    words = _WORDS[base_language(language)]
    minutes = int(seconds // 60)
    if minutes < 1:
        return words["now"]
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        hours, minutes = (hours, 0) if days == 1 else (0, 0)
    amounts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    shown = [words[unit].format(amount) for amount, unit in amounts if amount][:parts]
    return ("" if base_language(language) == "ja" else " ").join(shown)


def time_left(due: dt.datetime, now: dt.datetime, language: str | None = "en") -> str:
    """'1시간 40분 남음', or by how much it is late: '2시간 지남'."""
    seconds = (due - now).total_seconds()
    words = _WORDS[base_language(language)]
    return words["left" if seconds >= 0 else "over"].format(duration(abs(seconds), language))


def due(due: dt.datetime, now: dt.datetime, language: str | None = "en") -> str:
    """A due time in a narrow column: '2시간' when it presses, '오늘', '내일', else the day. Both in local time."""
    words = _WORDS[base_language(language)]
    seconds = (due - now).total_seconds()
    if seconds < 0:
        return words["over"].format(duration(-seconds, language, parts=1))
    if seconds < 6 * 3600:
        return duration(seconds, language, parts=1)
    days = (due.date() - now.date()).days
    if days == 0:
        return words["today"]
    return words["tomorrow"] if days == 1 else day(due.date(), language)


# --- Names ------------------------------------------------------------------------------------------------------------


def person_name(given: str, family: str) -> str:
    """In the order and spacing of its own script: '김민수', '山田 太郎', 'Ingrid Berg'."""
    given, family = given.strip(), family.strip()
    if not (given and family):
        return given or family
    if all("가" <= char <= "힣" for char in given + family):
        return family + given
    if any("぀" <= char <= "ヿ" or "一" <= char <= "鿿" for char in given + family):
        return f"{family} {given}"
    return f"{given} {family}"


def initial(name: str) -> str:
    """The letter for a tile: '한' for 한빛건재, 'H' for hanbit."""
    return next((char.upper() for char in name if char.isalnum()), "·")
