"""What a partner may know of a lead before it has accepted it: where, what and how much, and nothing that names anybody.

Pure: no Django, no database.
"""

import itertools
import math
import re
from collections.abc import Iterable
from decimal import Decimal

HIDDEN = "…"
HIGH, MEDIUM = 70.0, 40.0
_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|kr|jp|io|biz|info|shop)\b\S*", re.I)
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/·]{0,3}\d){6,}")
_SPACES = re.compile(rf"(?:{HIDDEN}[\s,;:/-]*)+{HIDDEN}|\s{{2,}}")
_WORDS = re.compile(r"[^\W_]+(?:[.&'-][^\W_]+)*")
_LATIN = re.compile(r"^[\x00-\u024f]+$")
LEGAL_FORMS = frozenset({"co", "ltd", "inc", "corp", "llc", "gmbh", "and", "the", "of", "mr", "ms", "mrs", "dr"})
"""Parts of names that name nobody."""


def without_personal(text: str, known: Iterable[str] = (), *, keep: Iterable[str] = ()) -> str:
    """A line without addresses, links, telephone numbers, and without the words of the names that are known.

    known: the person's name, the company, the street, the address: whatever must not be read. keep: words that may be
    read though a name holds them, as the city does that many companies are called by.
    """
    shown = {word.casefold() for part in keep for word in _WORDS.findall(part)}
    found = _MAIL.sub(HIDDEN, text)
    found = _LINK.sub(HIDDEN, found)
    found = _NUMBER.sub(HIDDEN, found)
    for words in sorted({part for part in known if len(part.strip()) >= 2}, key=len, reverse=True):
        found = re.sub(re.escape(words.strip()), HIDDEN, found, flags=re.I)
    for word in sorted(_parts(known), key=len, reverse=True):
        if word.casefold() in shown:
            continue
        edges = (r"(?<!\w)", r"(?!\w)") if _LATIN.match(word) else ("", "")
        found = re.sub(edges[0] + re.escape(word) + edges[1], HIDDEN, found, flags=re.I)
    return _SPACES.sub(lambda match: HIDDEN if HIDDEN in match[0] else " ", found).strip()


def _parts(known: Iterable[str]) -> set[str]:
    words = {word for text in known for word in _WORDS.findall(text)}
    return {word for word in words if len(word) >= 2 and word.casefold() not in LEGAL_FORMS and not word.isdigit()}


def amount_band(amount: Decimal | float | None) -> tuple[int, int] | None:
    """The band an amount lies in, by steps of 1, 2 and 5; None where there is none."""
    if amount is None or amount <= 0:
        return None
    unit = 10 ** max(0, math.floor(math.log10(float(amount))))
    steps = [unit, 2 * unit, 5 * unit, 10 * unit]
    for low, high in itertools.pairwise(steps):
        if low <= amount < high:
            return low, high
    return 0, unit


def score_band(score: float | None) -> str:
    """high, medium or low; nothing where there is no score."""
    if score is None:
        return ""
    return "high" if score >= HIGH else "medium" if score >= MEDIUM else "low"
