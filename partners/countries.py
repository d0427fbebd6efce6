"""Names of countries and languages in the reader's language."""

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
