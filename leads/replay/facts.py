"""What goes into a replay and what comes out of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from leads.matching import DEFAULT_WEIGHTS


class Mode(StrEnum):
    """How the policy gives leads away; named as in `models.distribution`."""

    BEST = "best"
    TURNS = "turns"
    FIRST = "first"
    BATCH = "batch"


@dataclass(frozen=True)
class ReplayPolicy:
    """What is tried. Hours are those of the clock, as the past knows them.

    most_open: how many open leads a partner may have; nothing: its own capacity, where it has one. batch_days: how long
    leads are collected before they are distributed at once. near_km counts where nearness is found (`nears`). rounds:
    how many partners are asked one after the other, and at_once: how many at a time where the first to accept gets it,
    before a lead waits for a person.
    """

    mode: Mode = Mode.BEST
    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    answer_hours: float = 24.0
    most_open: int | None = None
    usual_capacity: int = 20
    near_km: float = 30.0
    quick_hours: float = 4.0
    batch_days: int = 7
    rounds: int = 3
    at_once: int = 3

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"mode": self.mode.value, "weights": dict(self.weights)}


def policy_from(kept: Mapping[str, Any]) -> ReplayPolicy:
    """The policy as `as_json` kept it."""
    return ReplayPolicy(**{**kept, "mode": Mode(kept["mode"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partner did with its offer of a lead: after how many hours, and whether it took it."""

    hours: float
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class PastLead:
    """A lead as it stood when it was distributed, and what became of it. Times in hours since any one moment.

    candidates, fits, nears: who could have got it, how well each fits and how near it is (0 to 1, as `matching` has it).
    worth: what was won, 0 where it was lost, nothing while it is open. is_judged: earlier leads only teach.
    """

    id: int
    at: float
    amount: float
    segment: str
    candidates: tuple[int, ...]
    fits: tuple[float, ...]
    nears: tuple[float, ...]
    partner: int | None = None
    closed_at: float | None = None
    worth: float | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    is_judged: bool = True


@dataclass(frozen=True, slots=True)
class PastPartner:
    """A partner: whose win rates its own is shrunken toward, and how many open leads it can have."""

    id: int
    group: int = 0
    capacity: int | None = None


@dataclass(frozen=True)
class Side:
    """What came of one way: the policy's, or what was done."""

    value: float
    """Expected, by the model."""
    placed: int
    load: dict[int, int]
    gini: float
    """How unevenly leads fall on the partners that could have got any: 0 even, 1 all on one."""
    largest_share: float
    hours: float
    """The mean time until somebody has accepted."""


@dataclass(frozen=True)
class Outcome:
    """The policy beside what was done."""

    leads: int
    agreed: int
    """So many leads go to the partner that had them: there is no difference."""
    closed: int
    realised: float
    """What was really won with the leads closed since."""
    realised_expected: float
    """What the model expected of the same leads: how far it can be trusted."""
    learned: int
    """From so many closed leads the model is learned."""
    done: Side
    policy: Side
    difference: float
    low: float
    high: float
    months: tuple[tuple[int, float, float], ...]
    """By stretch of 30 days since the first judged lead: expected of what was done, and of the policy."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves no doubt which side does better."""
        return self.low > 0 or self.high < 0

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self)
        for side in ("done", "policy"):
            kept[side]["load"] = {str(partner): count for partner, count in kept[side]["load"].items()}
        return kept


def outcome_from(kept: Mapping[str, Any]) -> Outcome:
    """The outcome as `as_json` kept it."""
    sides = {
        name: Side(**{**kept[name], "load": {int(key): count for key, count in kept[name]["load"].items()}})
        for name in ("done", "policy")
    }
    return Outcome(**{**kept, **sides, "months": tuple(tuple(month) for month in kept["months"])})
