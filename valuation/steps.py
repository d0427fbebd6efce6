"""What is missing to a tier, and the cheapest ways there. Pure: no Django, no database (V-5).

Effort is counted in shares of a target (or of the places of a rank), times how hard that KPI is to move: raising revenue
by a tenth of its target costs 0.1 times the effort of revenue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Lever:
    """One KPI of a partner's score, and how its points follow from its value.

    `breaks` are the 100 break points of a rank, best direction upwards (negated where less is better); empty where the
    points follow from `target`. `value` is None where the partner has none: then it cannot be moved.
    """

    key: str
    value: Decimal | None
    points: Decimal | None
    weight: Decimal
    higher_is_better: bool = True
    target: Decimal | None = None
    breaks: Sequence[Decimal] = ()
    effort: Decimal = Decimal(1)
    step: Decimal = Decimal("0.01")
    limit: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """Bring one KPI from a value to another."""

    key: str
    before: Decimal
    after: Decimal
    points_before: Decimal
    points_after: Decimal
    gain: Decimal
    """What it adds to the score."""
    effort: Decimal
    is_required: bool = False
    """Whether the tier asks for this KPI beside the score."""


@dataclass(frozen=True)
class Way:
    """Steps that together reach the tier."""

    steps: tuple[Step, ...]
    effort: Decimal
    score: Decimal


@dataclass(frozen=True)
class Distance:
    """How far a tier is.

    `singles` are ways that move one KPI alone (beside what the tier requires), cheapest first; `out_of_reach` the KPIs
    that cannot do it alone; `combined` the cheapest way over all, None where the tier cannot be reached.
    """

    missing_score: Decimal
    unmet: Mapping[str, Decimal] = field(default_factory=dict)
    singles: tuple[Way, ...] = ()
    out_of_reach: tuple[str, ...] = ()
    combined: Way | None = None


def distance(levers: Sequence[Lever], *, min_score: Decimal, requirements: Mapping[str, Decimal]) -> Distance:
    """How far it is from the levers' values to a tier, and the cheapest ways there."""
    raise NotImplementedError
