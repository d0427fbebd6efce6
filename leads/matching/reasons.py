"""What came of a comparison, and the words for why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from leads.matching.facts import Component


def gettext_noop(words: str) -> str:
    """Marks words for translation; the pages that show them translate."""
    return words


class Hindrance(StrEnum):
    """Why a partner may not get a lead."""

    NOT_ALLOWED = "not_allowed"
    NOBODY = "nobody"
    TERRITORY = "territory"
    ANOTHERS_TERRITORY = "anothers_territory"
    LINE = "line"
    UNQUALIFIED = "unqualified"
    CAPACITY = "capacity"
    ASKED = "asked"


WORDS: dict[str, str] = {
    Hindrance.NOT_ALLOWED: gettext_noop("May not receive leads now"),
    Hindrance.NOBODY: gettext_noop("Nobody there can answer an offer"),
    Hindrance.TERRITORY: gettext_noop("Does not cover the place"),
    Hindrance.ANOTHERS_TERRITORY: gettext_noop("Another partner covers the place alone"),
    Hindrance.LINE: gettext_noop("Is not authorised for %(line)s"),
    Hindrance.UNQUALIFIED: gettext_noop("Is not qualified for %(line)s"),
    Hindrance.CAPACITY: gettext_noop("Is full: %(open)s of %(capacity)s leads it can work on"),
    Hindrance.ASKED: gettext_noop("Was asked already"),
    "fit_serves": gettext_noop("Serves this customer already"),
    "fit_line": gettext_noop("Authorised for %(line)s"),
    "fit_line_above": gettext_noop("Authorised for %(line)s, which this is a part of"),
    "fit_line_below": gettext_noop("Authorised for a part of %(line)s"),
    "fit_line_none": gettext_noop("Not authorised for %(line)s"),
    "fit_specialisations": gettext_noop("%(held)s of %(wanted)s specialisations asked for"),
    "fit_language": gettext_noop("Speaks the customer's language"),
    "fit_language_none": gettext_noop("Does not speak the customer's language"),
    "fit_unknown": gettext_noop("Nothing is asked for that partners differ in"),
    "distance_km": gettext_noop("%(km)s km away"),
    "distance_covers": gettext_noop("Covers the place; the distance is not known"),
    "distance_unknown": gettext_noop("The distance is not known"),
    "win_rate": gettext_noop(
        "Won %(won)s of %(closed)s closed leads, counted as %(rate)s %%; its group has %(mean)s %%"
    ),
    "win_rate_none": gettext_noop("Has closed no lead yet, counted as its group: %(mean)s %%"),
    "speed": gettext_noop("Answers within %(hours)s business hours (%(answers)s offers)"),
    "speed_none": gettext_noop("Has answered no offer yet, counted as the others: %(hours)s business hours"),
    "load": gettext_noop("Works on %(open)s of %(capacity)s leads it can work on"),
    "load_usual": gettext_noop("Works on %(open)s leads; %(capacity)s are usual, as it has named no limit"),
    "fairness": gettext_noop("Received %(recent)s leads in %(days)s days; its share is %(share)s"),
}
"""What is said of a component or hindrance, by code. English; the pages that show it translate."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to be said: the code of its words (`WORDS`) and what to fill in."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return WORDS[self.code]


@dataclass(frozen=True, slots=True)
class Line:
    """One component of a candidate: its value from 0 to 1, its share of the total, and the reasons in words."""

    component: Component
    value: float
    share: float
    said: tuple[Said, ...]

    @property
    def points(self) -> float:
        """What it adds to the total."""
        return self.value * self.share


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner compared with a lead: why it, or why not it."""

    partner_id: int
    total: float
    lines: tuple[Line, ...]
    hindrances: tuple[Said, ...]
    obstacles: tuple[str, ...] = ()
    """What stands behind `Hindrance.NOT_ALLOWED`, in words."""

    @property
    def is_eligible(self) -> bool:
        return not self.hindrances

    @property
    def components(self) -> dict[str, float]:
        return {line.component.value: line.value for line in self.lines}
