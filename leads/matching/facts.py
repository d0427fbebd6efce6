"""What is compared, and by what: leads, partners, the policy and the norms, also as a decision keeps them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Component(StrEnum):
    """What the total is made of."""

    FIT = "fit"
    DISTANCE = "distance"
    WIN_RATE = "win_rate"
    SPEED = "speed"
    LOAD = "load"
    FAIRNESS = "fairness"


COMPONENTS = tuple(Component)


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What matching needs to know of a lead; whatever is not known stays empty.

    categories: its product category and all above it, from its own to the root; parts: those below its own.
    territories: all that its address lies in. served_by: the partner that serves this customer already.
    asked: the partners that were offered it and did not take it.
    """

    id: int
    categories: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    territories: frozenset[int] = frozenset()
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    language: str = ""
    specialisations: frozenset[str] = frozenset()
    served_by: int | None = None
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What matching needs to know of a partner.

    group: whose win rates its own is shrunk toward (its kind). alone: the territories that it covers alone.
    open: leads it works on and offers it has to answer now; recent: leads and offers it received in the last 90 days.
    answer_hours: its mean time of answer in business hours over `answers` offers, those it let run out counted in full.
    obstacles: why it may not receive leads at all, in words. closed_lines: product lines of which it may receive none,
    for it is not qualified. has_people: whether anybody can answer an offer.
    """

    id: int
    group: int = 0
    lines: frozenset[str] = frozenset()
    specialisations: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    territories: frozenset[int] = frozenset()
    alone: frozenset[int] = frozenset()
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    won: int = 0
    closed: int = 0
    answers: int = 0
    answer_hours: float = 0.0
    open: int = 0
    capacity: int | None = None
    recent: int = 0
    obstacles: tuple[str, ...] = ()
    closed_lines: frozenset[str] = frozenset()
    has_people: bool = True


DEFAULT_WEIGHTS: Mapping[str, float] = {
    Component.FIT: 25,
    Component.DISTANCE: 20,
    Component.WIN_RATE: 25,
    Component.SPEED: 10,
    Component.LOAD: 10,
    Component.FAIRNESS: 10,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """How a manufacturer wants partners compared.

    near_km: the distance at which nearness is worth half. quick_hours: the time of answer that is worth half.
    usual_capacity: against which the load of partners without a limit is seen.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    near_km: float = 30.0
    quick_hours: float = 4.0
    usual_capacity: int = 20
    by_territory: bool = True
    by_line: bool = True

    @property
    def shares(self) -> Floats:
        """The weights in the order of `COMPONENTS`, adding up to 1; all equal where none is above 0."""
        given = np.array([max(0.0, float(self.weights.get(each, 0))) for each in COMPONENTS])
        return given / given.sum() if given.sum() > 0 else np.full(len(COMPONENTS), 1 / len(COMPONENTS))


@dataclass(frozen=True, slots=True)
class Norms:
    """What one partner's figures are compared with: kept with a decision, so that a few of its partners suffice to
    replay it exactly.

    rates: by group, the mean win rate and how many leads it weighs; group -1 is the whole network.
    hours: the mean time of answer. recent: leads received by all in 90 days; capacity: that of all together.
    uses_lines: whether anybody is authorised for a product line at all. alone: territories that somebody covers alone.
    """

    rates: Mapping[int, tuple[float, float]]
    hours: float
    recent: int
    capacity: int
    uses_lines: bool
    alone: frozenset[int]


# --- As stored with a decision --------------------------------------------------------------------------------------


def to_json(facts: LeadFacts | PartnerFacts | Policy | Norms) -> dict[str, Any]:
    """Facts, policy or norms as JSON can hold them; sets become sorted lists."""
    return {
        name: sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(facts).items()
    }


def lead_from(kept: Mapping[str, Any]) -> LeadFacts:
    """The lead's facts as a decision kept them."""
    sets = {name: frozenset(kept[name]) for name in ("parts", "territories", "specialisations", "asked")}
    return LeadFacts(**{**kept, **sets, "categories": tuple(kept["categories"])})


def partner_from(kept: Mapping[str, Any]) -> PartnerFacts:
    """A partner's facts as a decision kept them."""
    names = ("lines", "specialisations", "languages", "territories", "alone")
    return PartnerFacts(
        **{
            **kept,
            **{name: frozenset(kept[name]) for name in names},
            "obstacles": tuple(kept["obstacles"]),
            "closed_lines": frozenset(kept.get("closed_lines", ())),
        }
    )


def policy_from(kept: Mapping[str, Any]) -> Policy:
    """The policy that a decision was made by."""
    return Policy(**kept)


def norms_from(kept: Mapping[str, Any]) -> Norms:
    """What the partners of a decision were compared with."""
    rates = {int(group): (float(mean), float(weight)) for group, (mean, weight) in kept["rates"].items()}
    return Norms(**{**kept, "rates": rates, "alone": frozenset(kept["alone"])})
