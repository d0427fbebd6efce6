"""Names of countries and languages in the reader's language."""

import unicodedata
from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language

SPOKEN = (
    "ko",
    "ja",
    "en",
    "zh",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "no",
    "da",
    "fi",
    "pl",
    "vi",
    "th",
    "id",
    "ar",
)
"""Languages that a partner can say it serves customers in."""


def country_name(code: str) -> str:
    """'대한민국', '韓国', 'South Korea'; the code itself where it names no country."""
    return _locale().territories.get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Every country by its name in the reader's language."""
    return _countries(_language())


def language_name(code: str) -> str:
    """'한국어', '韓国語', 'Korean'."""
    return _locale().languages.get(code, code)


def language_choices() -> list[tuple[str, str]]:
    """The languages to choose from, by their names in the reader's language."""
    return [(code, language_name(code)) for code in SPOKEN]


def language_by_name(text: str) -> str | None:
    """The code of one of the languages to choose from, given by code or by a name in Korean, Japanese or English; None for
    anything else."""
    return _language_codes().get(_folded(text).replace("_", "-").split("-")[0])


@lru_cache(maxsize=1)
def _language_codes() -> dict[str, str]:
    codes = {
        "kor": "ko",
        "한글": "ko",
        "조선어": "ko",
        "jpn": "ja",
        "jp": "ja",
        "일어": "ja",
        "和文": "ja",
        "eng": "en",
        "영문": "en",
    }
    for locale in map(Locale.parse, ("ko", "ja", "en", *SPOKEN)):
        codes |= {_folded(name): code for code in SPOKEN if (name := locale.languages.get(code))}
    return codes | {code: code for code in SPOKEN}


@lru_cache(maxsize=8)
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    known = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    ]
    return sorted(known, key=lambda country: country[1].casefold())


_NO_COUNTRY = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
"""What the list of territories holds beside countries."""


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _locale() -> Locale:
    return Locale.parse(_language())


ALSO_CALLED = {
    "한국": "KR", "남한": "KR", "한국(대한민국)": "KR", "korea": "KR", "republic of korea": "KR", "south korea": "KR", "kor": "KR",
    "大韓民国": "KR", "jpn": "JP", "日本国": "JP", "usa": "US", "u.s.a.": "US", "u.s.": "US", "us of america": "US",
    "united states of america": "US", "미합중국": "US", "米国": "US", "アメリカ": "US", "uk": "GB", "u.k.": "GB",
    "great britain": "GB", "england": "GB", "英国": "GB", "prc": "CN", "people's republic of china": "CN", "中華人民共和国": "CN",
    "taiwan r.o.c.": "TW", "holland": "NL", "russian federation": "RU", "viet nam": "VN", "베트남사회주의공화국": "VN",
    "czech republic": "CZ", "eire": "IE", "uae": "AE", "u.a.e.": "AE", "hong kong": "HK", "홍콩": "HK", "香港": "HK",
    "macau": "MO", "burma": "MM", "turkey": "TR", "ivory coast": "CI", "rsa": "ZA",
}  # fmt: skip
"""What files call countries beside their names in the list of territories."""


def country_by_name(text: str) -> str | None:
    """The code of a country given by code or by a name in Korean, Japanese or English; None for anything else."""
    return _codes().get(_folded(text))


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    codes = {_folded(name): code for name, code in ALSO_CALLED.items()}
    for language in ("ko", "ja", "en"):
        codes |= {_folded(name): code for code, name in _countries(language)}
    return codes | {code.casefold(): code for code, _name in _countries("en")}


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
