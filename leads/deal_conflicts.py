"""How much one claim of a customer stands in the way of another.

Pure: no Django, no database. Whether two records are one customer says `partners.matching`; how much that matters depends
on what is sold and on when: the probability of being one is weighted by the overlap of the product categories, and what
is over fades with a half-life, as evidence of past dealings does (exponential forgetting, Brown 1959).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from partners.matching import DEFAULT_THRESHOLD, Match, Reason

HALF_LIFE_DAYS = 180
LEAST_SHOWN = 0.35
"""What is weaker than this is shown to nobody."""


def gettext_noop(words: str) -> str:
    """Marks words for translation; the pages that show them translate."""
    return words


class Source(StrEnum):
    """Where a customer is known from."""

    DEAL = "deal"
    LEAD = "lead"
    CUSTOMER = "customer"
    SALE = "sale"


class Overlap(StrEnum):
    """How what is sold compares."""

    SAME = "same"
    RELATED = "related"
    UNKNOWN = "unknown"
    OTHER = "other"


_OVERLAP: Mapping[Overlap, tuple[float, str]] = {
    Overlap.SAME: (1.0, gettext_noop("Same product category")),
    Overlap.RELATED: (0.9, gettext_noop("One product category is part of the other")),
    Overlap.UNKNOWN: (0.8, gettext_noop("Product category not known")),
    Overlap.OTHER: (0.5, gettext_noop("Another product category")),
}


def overlap_of(one: int | None, other: int | None, parents: Mapping[int, int | None]) -> Overlap:
    """How two product categories compare, given which belongs to which."""
    if one is None or other is None:
        return Overlap.UNKNOWN
    if one == other:
        return Overlap.SAME
    if one in _above(other, parents) or other in _above(one, parents):
        return Overlap.RELATED
    return Overlap.OTHER


def _above(category: int, parents: Mapping[int, int | None]) -> set[int]:
    found: set[int] = set()
    up = parents.get(category)
    while up is not None and up not in found:
        found.add(up)
        up = parents.get(up)
    return found


@dataclass(frozen=True, slots=True)
class Weighed:
    """How strongly something known stands in the way (0..1), and why."""

    score: float
    identity: float
    overlap: Overlap
    reasons: tuple[Reason, ...]

    @property
    def is_same_customer(self) -> bool:
        """Whether it is the same customer as surely as two records are called one."""
        return self.identity >= DEFAULT_THRESHOLD


def weigh(match: Match, overlap: Overlap, *, ended_on: dt.date | None, today: dt.date) -> Weighed:
    """Weigh what is known of a customer that may be the same. `ended_on`: when it ended; nothing where it goes on."""
    factor, words = _OVERLAP[overlap]
    reasons = [*match.reasons, Reason("category", 0.0, words)]
    if ended_on is None:
        faded = 1.0
        reasons.append(Reason("time", 0.0, gettext_noop("Goes on now")))
    else:
        days = max(0, (today - ended_on).days)
        faded = 0.5 ** (days / HALF_LIFE_DAYS)
        reasons.append(Reason("time", 0.0, gettext_noop("Over for some time") if days else gettext_noop("Just over")))
    return Weighed(round(match.score * factor * faded, 4), match.score, overlap, tuple(reasons))
