"""Are two companies the same? A score in 0..1 with the reasons for it.

Pure: no Django, no database. Methods and sources:

- Each field compared gives a weight of evidence log2(m/u), m being how often the field agrees that well between two
  records of one company and u how often it does between two companies; the weights add up with the prior, and the
  score is the probability that follows (Fellegi and Sunter, "A theory for record linkage", JASA 64, 1969; agreement in
  levels after Winkler, "Frequency-based matching in the Fellegi-Sunter model", 2000). Names, branch and numbers in
  names are one piece of evidence, so that one similarity is not counted twice.
- Names are compared by the mean of the Jaro-Winkler similarity (Winkler, "String comparator metrics and enhanced
  decision rules", 1990) and the optimal string alignment similarity (Damerau 1964), Hangul decomposed into its letters
  so that one wrong letter counts as one, and by the token sort and token set ratios (rapidfuzz, after SeatGeek's
  fuzzywuzzy, 2011) for words in another order or left out.
- Names in two scripts are compared by sound, after romanisation (`partners.company_names`).

`DEFAULT_THRESHOLD` was chosen on the tuning kinds of `tests/partners/corruptions.py`; the other kinds there only ever
test it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from partners.company_names import CompanyName, core, fold, normalise_company, romanise, sounds, take_apart, words_of

__all__ = [
    "DEFAULT_THRESHOLD",
    "Company",
    "Match",
    "Prepared",
    "Reason",
    "compare",
    "match",
    "normalise_company",
    "prepare",
]

DEFAULT_THRESHOLD = 0.8
"""From this score on, two companies are offered as one and the same."""
PRIOR = -8.0
"""log2 of the odds that two companies that share a blocking key are one, before any field is compared."""

FREE_MAIL = frozenset(
    words_of(
        "gmail.com googlemail.com naver.com hanmail.net daum.net kakao.com nate.com hotmail.com outlook.com "
        "live.com yahoo.com yahoo.co.jp yahoo.co.kr icloud.com me.com aol.com gmx.de gmx.net web.de "
        "t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it tiscali.it "
        "virgilio.it telefonica.net ziggo.nl kpnmail.nl qq.com 163.com 126.com sina.com nifty.com ocn.ne.jp "
        "biglobe.ne.jp so-net.ne.jp docomo.ne.jp ezweb.ne.jp softbank.ne.jp proton.me protonmail.com"
    )
)
"""Domains where anybody gets an address: they say nothing about the company."""
_SECOND_LEVEL = frozenset(["co", "or", "ne", "ac", "go", "com", "net", "org", "gov", "edu", "re", "pe"])
_COUNTRY_CALLS = {
    "KR": "82", "JP": "81", "US": "1", "CA": "1", "GB": "44", "DE": "49", "FR": "33", "IT": "39", "ES": "34",
    "NL": "31", "CN": "86", "TW": "886", "HK": "852", "AT": "43", "CH": "41", "BE": "32",
}  # fmt: skip


def gettext_noop(words: str) -> str:
    """Marks words for translation; the pages that show them translate."""
    return words


@dataclass(frozen=True, slots=True)
class Company:
    """What is compared of a company; whatever is not known stays empty."""

    name: str = ""
    local_name: str = ""
    business_number: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    address: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: `weight` is in bits, for one and the same company where it is positive."""

    field: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """How surely two companies are one (0..1), and why; the strongest reasons first."""

    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A company made ready to be compared many times."""

    names: tuple[CompanyName, ...]
    business_number: str
    phone: str
    email: str
    domains: frozenset[str]
    address: str
    address_numbers: frozenset[str]
    city: str
    postal_code: str
    country: str
    letters: tuple[tuple[str, str], ...] = field(default=())


def prepare(company: Company) -> Prepared:
    """`company` with each field in the form in which it is compared."""
    names = tuple(
        dict.fromkeys(
            parts for name in (company.name, company.local_name) if name.strip() and (parts := take_apart(name))
        )
    )
    email = fold(company.email).replace(" ", "")
    address = _address(company.address)
    return Prepared(
        names=names,
        business_number=_business_number(company.business_number),
        phone=phone_digits(company.phone, company.country),
        email=email,
        domains=frozenset(filter(None, (_domain(company.website), _domain(email)))),
        address=address,
        address_numbers=frozenset(re.findall(r"\d+", address)),
        city=_city(company.city),
        postal_code="".join(filter(str.isalnum, fold(company.postal_code))),
        country=company.country.strip().upper(),
        letters=tuple((_letters(parts.base), _letters(core(parts.base))) for parts in names),
    )


def match(a: Company, b: Company) -> Match:
    """How surely `a` and `b` are one company, with the reasons.

    Fellegi-Sunter: the weights of the fields add up, the odds become a probability. Fields that either company lacks
    say nothing.
    """
    return compare(prepare(a), prepare(b))


def compare(a: Prepared, b: Prepared) -> Match:
    """`match` of two companies that are prepared already."""
    reasons = [reason for compared in _FIELDS if (reason := compared(a, b)) is not None]
    return match_of([*reasons, *_place_of(a, b)])


def match_of(reasons: Iterable[Reason], prior: float = PRIOR) -> Match:
    """What reasons come to: weights in bits add up to `prior`, what two have for being one before anything is known."""
    told = sorted(reasons, key=lambda reason: -abs(reason.weight))
    weight = prior + sum(reason.weight for reason in told)
    return Match(round(1.0 / (1.0 + 2.0 ** min(60.0, -weight)), 4), tuple(told))


# Names --------------------------------------------------------------------------------------------------------------

_NAME_LEVELS = (
    (0.985, 9.0, gettext_noop("Same name")),
    (0.92, 7.5, gettext_noop("Nearly the same name")),
    (0.85, 5.0, gettext_noop("Similar name")),
    (0.76, 2.0, gettext_noop("Somewhat similar name")),
    (0.6, -2.0, gettext_noop("Rather different names")),
    (0.0, -6.0, gettext_noop("Different names")),
)


def _name(a: Prepared, b: Prepared) -> Reason | None:
    if not a.names or not b.names:
        return None
    similarity = name_similarity(a, b)
    for least, weight, words in _NAME_LEVELS:
        if similarity >= least:
            return Reason("name", weight, words)
    raise AssertionError(similarity)


def name_similarity(a: Prepared, b: Prepared) -> float:
    """How alike the names are, 0..1: the best of their names in the same script, or by sound across scripts."""
    best = 0.0
    for one, (letters, core_letters) in zip(a.names, a.letters, strict=True):
        for other, (other_letters, other_core) in zip(b.names, b.letters, strict=True):
            if one.base == other.base:
                return 1.0
            if one.base.isascii() == other.base.isascii():
                found = _same_script(one.base, other.base, letters, other_letters)
                if found < 0.9 and core_letters == other_core and len(core_letters) >= 3:
                    found = 0.86 if (core_letters == letters) != (other_core == other_letters) else max(found, 0.77)
            else:
                found = _across_scripts(one.base, other.base)
            best = max(best, found)
    return best


def _same_script(a: str, b: str, letters_a: str, letters_b: str) -> float:
    if letters_a == letters_b:
        return 0.99
    if len(letters_a) == len(letters_b) >= 5 and letters_b in letters_a * 2:  # words changed places, spaces or not
        return 0.93
    plain = (
        JaroWinkler.normalized_similarity(letters_a, letters_b) + OSA.normalized_similarity(letters_a, letters_b)
    ) / 2
    best = plain
    if " " in a or " " in b:
        best = max(best, token_sort_ratio(a, b) / 100)
        shorter, longer = sorted((letters_a, letters_b), key=len)
        if len(shorter) >= 6 and len(shorter) >= 0.5 * len(longer):
            best = max(best, 0.9 * token_set_ratio(a, b) / 100)
    shorter, longer = sorted((letters_a, letters_b), key=len)
    if len(shorter) >= 5 and len(shorter) >= 0.6 * len(longer) and longer.startswith(shorter):
        best = max(best, 0.93)
    return best


def _across_scripts(a: str, b: str) -> float:
    latin, other = (a, b) if a.isascii() else (b, a)
    spoken = romanise(core(other)), romanise(other)
    best = 0.0
    for mine in filter(None, spoken):
        heard = sounds(mine)
        for words in {latin, core(latin)}:
            best = max(best, JaroWinkler.normalized_similarity(heard, sounds(words)))
    return min(0.93, best) if best >= 0.85 else best * 0.8


@lru_cache(maxsize=65_536)
def _letters(words: str) -> str:
    joined = words.replace(" ", "").replace("&", "")
    return joined if joined.isascii() else unicodedata.normalize("NFD", joined)


# Keys of a company ---------------------------------------------------------------------------------------------------


def _business_number_reason(a: Prepared, b: Prepared) -> Reason | None:
    one, other = a.business_number, b.business_number
    if not one or not other:
        return None
    if one == other:
        return Reason("business_number", 11.0, gettext_noop("Same business number"))
    if len(one) >= 8 and OSA.distance(one, other, score_cutoff=1) <= 1:
        return Reason("business_number", 3.0, gettext_noop("Business numbers differ in one digit"))
    return Reason("business_number", -6.0, gettext_noop("Different business numbers"))


def _phone(a: Prepared, b: Prepared) -> Reason | None:
    one, other = a.phone, b.phone
    if not one or not other:
        return None
    if one == other:
        return Reason("phone", 8.0, gettext_noop("Same phone number"))
    if len(one) >= 8 and len(other) >= 8 and OSA.distance(one, other, score_cutoff=1) <= 1:
        return Reason("phone", 2.0, gettext_noop("Phone numbers differ in one digit"))
    return Reason("phone", -2.0, gettext_noop("Different phone numbers"))


def _mail(a: Prepared, b: Prepared) -> Reason | None:
    if a.email and a.email == b.email:
        return Reason("email", 8.0, gettext_noop("Same e-mail address"))
    if not a.domains or not b.domains:
        return None
    if a.domains & b.domains:
        return Reason("website", 5.0, gettext_noop("Same domain of website or e-mail"))
    return Reason("website", -1.5, gettext_noop("Different domains"))


# Places --------------------------------------------------------------------------------------------------------------


def _address_reason(a: Prepared, b: Prepared) -> Reason | None:
    if not a.address or not b.address:
        return _city_reason(a, b)
    alike = token_set_ratio(a.address, b.address) / 100
    if not (a.address.isascii() and b.address.isascii()):
        alike = max(alike, OSA.normalized_similarity(a.address.replace(" ", ""), b.address.replace(" ", "")), 0.0)
    numbers = a.address_numbers, b.address_numbers
    if alike >= 0.8 and (numbers[0] <= numbers[1] or numbers[1] <= numbers[0]) and all(numbers):
        near = _city_agrees(a, b)
        return Reason("address", 5.0 if near is not False else 2.0, gettext_noop("Same address"))
    if alike >= 0.9 and not any(numbers):
        return Reason("address", 3.0, gettext_noop("Same street"))
    shared, either = numbers[0] & numbers[1], numbers[0] | numbers[1]
    if either and 2 * len(shared) >= len(either) and alike >= 0.6 and _city_agrees(a, b):
        return Reason("address", 2.0, gettext_noop("Similar address"))
    if _city_agrees(a, b) is False:
        return Reason("address", -5.0, gettext_noop("Different address in another city"))
    return Reason("address", -4.0, gettext_noop("Different address"))


def _city_reason(a: Prepared, b: Prepared) -> Reason | None:
    agrees = _city_agrees(a, b)
    if agrees is None:
        return None
    if agrees:
        return Reason("city", 1.5, gettext_noop("Same place"))
    return Reason("city", -3.5, gettext_noop("Different places"))


def _city_agrees(a: Prepared, b: Prepared) -> bool | None:
    """Whether two companies are in one place, by postal code or city; None where it is not known."""
    if a.postal_code and a.postal_code == b.postal_code:
        return True
    if a.city and b.city:
        if a.city == b.city or a.city.startswith(b.city) or b.city.startswith(a.city):
            return True
        if JaroWinkler.normalized_similarity(_letters(a.city), _letters(b.city)) >= 0.87:
            return True
        return False if a.city.isascii() == b.city.isascii() else None
    return False if a.postal_code and b.postal_code else None


def _country(a: Prepared, b: Prepared) -> Reason | None:
    if not a.country or not b.country or a.country == b.country:
        return None
    return Reason("country", -5.0, gettext_noop("Different countries"))


def _place_of(a: Prepared, b: Prepared) -> list[Reason]:
    """Two places of one company: two branches, or two stores of a chain, are not duplicates."""
    for one in a.names:
        for other in b.names:
            if one.base.isascii() != other.base.isascii():
                continue
            if one.branch != other.branch and (
                (one.branch and other.branch and not _same_place_word(one.branch, other.branch))
                or (not _same_address(a, b) and (one.branch or other.branch))
            ):
                return [Reason("branch", -9.0, gettext_noop("Different branches of one company"))]
            if one.numbers != other.numbers and one.numbers and other.numbers:
                return [Reason("numbers", -6.0, gettext_noop("Different numbers in the names"))]
    return []


def _same_place_word(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a) or OSA.normalized_similarity(_letters(a), _letters(b)) >= 0.8


def _same_address(a: Prepared, b: Prepared) -> bool:
    return bool(a.address) and (found := _address_reason(a, b)) is not None and found.weight >= 3


_FIELDS = (_name, _business_number_reason, _phone, _mail, _address_reason, _country)


# Forms of fields -----------------------------------------------------------------------------------------------------

_EXTENSION = re.compile(r"(?:ext|x|내선|内線|#)\.?\s*\d+\s*$", re.IGNORECASE)
_STREET_WORDS = {
    "street": "st", "strasse": "str", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "bd": "blvd",
    "drive": "dr", "lane": "ln", "highway": "hwy", "north": "n", "south": "s", "east": "e", "west": "w", "place": "pl",
    "square": "sq", "court": "ct", "suite": "ste", "rue": "r", "platz": "pl", "parkway": "pkwy", "saint": "st",
}  # fmt: skip
_CITY_SUFFIX = re.compile(r"(특별자치시|특별자치도|특별시|광역시|시|군|구|市|区|町|村|都|府)$")


def phone_digits(phone: str, country: str = "") -> str:
    """The digits that tell one phone number from another: without country code, leading zeros, extension."""
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", phone).strip())
    digits = "".join(filter(str.isdigit, text.replace("(0)", "")))
    code = _COUNTRY_CALLS.get(country.strip().upper(), "")
    abroad = text.startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if abroad else digits
    if abroad and not (code and digits.startswith(code)):
        code = next(
            (call for call in sorted(_COUNTRY_CALLS.values(), key=len, reverse=True) if digits.startswith(call)), ""
        )
    if code and digits.startswith(code) and (abroad or len(digits) - len(code) >= 8):
        digits = digits.removeprefix(code)
    digits = digits.lstrip("0")
    return digits if len(digits) >= 6 else ""


def _business_number(text: str) -> str:
    kept = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))
    if len(kept) > 4 and kept[:2].isalpha() and kept[2:].isdigit():
        kept = kept[2:]
    return kept if len(kept) >= 5 and len(set(kept)) > 1 else ""


def _domain(address: str) -> str:
    host = re.sub(r"^[a-z]+://", "", unicodedata.normalize("NFKC", address).strip().casefold())
    host = host.rsplit("@", 1)[-1].split("/")[0].split(":")[0].rstrip(".")
    labels = host.split(".")
    if len(labels) < 2 or not all(labels):
        return ""
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    domain = ".".join(labels[-keep:])
    return "" if domain in FREE_MAIL or host in FREE_MAIL else domain


def _address(text: str) -> str:
    folded = re.sub(r"(\d)\s*(?:丁目|番地|番|号|번지|호|층|階)\s*", r"\1 ", fold(text))
    folded = re.sub(r"(str)(?:\.|asse)", r"\1 ", folded)
    folded = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", folded)
    words = re.sub(r"[^\w]+", " ", folded).split()
    return " ".join(_STREET_WORDS.get(word, word) for word in words)


def _city(text: str) -> str:
    folded = re.sub(r"[^\w ]+", " ", fold(text)).strip()
    stem = _CITY_SUFFIX.sub("", folded)
    return stem if len(stem) >= 2 else folded
