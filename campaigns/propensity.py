"""Who is likely to answer, learned from the recipients of one's own past campaigns. Pure: no Django, no database.

The learner is that of `valuation.learning`; here a case is a person who was written to, won where it answered. Each field is
declared with when it is known: what only the contact itself tells (opened, how long the call took) would tell the answer
with it and nothing about the next campaign, so it is never learned from.

How good it is, is measured on the latest quarter of the recipients by a model that knew only the answers to be had when the
first of them was written to. Beside it stands the plain rate: whom a campaign reaches, if anybody may be written to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from valuation.experiment import wilson
from valuation.learning import FieldType, Known, Model, Rows, Scored, ScoreField, train


def known_before(key: str, kind: FieldType) -> ScoreField:
    """A field of recipients that is known when it is decided whom to write to."""
    return ScoreField(key, kind, Known.ARRIVAL)


def known_after(key: str, kind: FieldType) -> ScoreField:
    """A field that only the contact or its answer tells: declared so that it is left out, by name."""
    return ScoreField(key, kind, Known.OUTCOME)


@dataclass(frozen=True)
class Decile:
    """A tenth of the judged recipients by their chances: 1 is the best."""

    number: int
    people: float
    answered: float
    """Both may have fractions: people with equal chances are shared out among tenths."""
    rate: float
    low: float
    high: float
    lift: float
    """The rate as a multiple of that of all."""


@dataclass(frozen=True)
class Propensity:
    """What was learned, and what it is worth."""

    model: Model

    @property
    def is_useful(self) -> bool:
        """Whether it beats the plain rate on people it had not seen; if not, do not choose by it."""
        return self.model.is_useful

    @property
    def rate(self) -> float | None:
        """The plain rate of the people it was judged by, 0 to 1; None where they could not judge it."""
        return self.model.evaluation.rate if self.model.evaluation else None

    @property
    def deciles(self) -> tuple[Decile, ...]:
        """The tenths of the people it was judged by, best first."""
        seen = self.model.evaluation
        if seen is None:
            return ()
        people = seen.count / len(seen.reached)
        deciles = []
        for number, share in enumerate(np.diff([0.0, *seen.reached]), start=1):
            rate = wilson(float(share) * seen.won, people)
            deciles.append(
                Decile(number, people, float(share) * seen.won, rate.value, rate.low, rate.high, rate.value / seen.rate)
            )
        return tuple(deciles)

    def reach(self, share: float) -> float | None:
        """The share of all who answered that are among this best share of people (without choosing: the share itself)."""
        seen = self.model.evaluation
        if seen is None:
            return None
        return float(np.interp(share, np.linspace(0, 1, len(seen.reached) + 1), [0.0, *seen.reached]))

    @property
    def best_half(self) -> float | None:
        """The share of all who answered that the better half of the people holds."""
        return self.reach(0.5)

    def score(self, rows: Rows) -> list[Scored]:
        """The chance of each to answer, 0 to 1, with its strongest reasons."""
        return self.model.score_many(rows)

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts."""
        return self.model.as_json()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Propensity":
        """What `as_json` wrote; anything else raises ValueError."""
        return cls(Model.from_json(data))


def learn(
    rows: Rows,
    answered: Sequence[bool],
    *,
    fields: Sequence[ScoreField],
    contacted: Sequence[Any],
    settled: Sequence[Any] | None = None,
    campaigns: Sequence[Any] | None = None,
) -> Propensity:
    """Learn from people written to before: who `answered`, by what was known before.

    `contacted` says when each was written to, `settled` from when no answer was to be expected any more, in anything that
    can be compared. With `campaigns` it is judged by campaigns of which it knew no recipient. Raises
    `valuation.learning.TooFewError` below 200 recipients, or 40 who answered or who did not.
    """
    return Propensity(train(rows, answered, fields=fields, arrived=contacted, closed=settled, groups=campaigns))
