"""The rules of valuation once more, in fractions and plain Python, to compare with."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

D = Decimal
LOWER_IS_BETTER = {"recency", "return_share"}


def breaks_of(values: Sequence[Decimal]) -> list[Fraction]:
    """The 100 break points of some values, in proportion between neighbours."""
    ordered = [Fraction(value) for value in sorted(values)]
    places = [Fraction(b * (len(ordered) - 1), 100) for b in range(100)]
    return [
        ordered[int(place)] + (ordered[min(int(place) + 1, len(ordered) - 1)] - ordered[int(place)]) * (place % 1)
        for place in places
    ]


def cents(value: Fraction) -> Decimal:
    """Rounded to two decimals, halves up."""
    return (D(value.numerator) / D(value.denominator)).quantize(D("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Rule:
    """How a KPI counts; ranked without a target."""

    key: str
    weight: Decimal
    target: Decimal | None


def score_of(kpis: Mapping[str, Decimal], rules: Sequence[Rule], breaks: Mapping[str, Sequence[Fraction]]) -> Decimal:
    """The score of a partner whose kind has these break points (of lower-is-better KPIs, of the negated values)."""
    total, weights = Fraction(0), Fraction(0)
    for rule in rules:
        value = kpis.get(rule.key)
        if value is None or (rule.target is None and rule.key not in breaks):
            continue
        if rule.target is None:
            direct = -value if rule.key in LOWER_IS_BETTER else value
            points = D(sum(point < Fraction(direct) for point in breaks[rule.key]))
        elif rule.key in LOWER_IS_BETTER:
            points = cents(min(Fraction(120), 100 * Fraction(rule.target) / Fraction(value))) if value > 0 else D(120)
        else:
            points = cents(max(Fraction(0), min(Fraction(120), 100 * Fraction(value) / Fraction(rule.target))))
        total += Fraction(rule.weight) * Fraction(points)
        weights += Fraction(rule.weight)
    return cents(total / weights)


@dataclass
class Held:
    """The tier of a partner by quarters with a grace of two: higher numbers are higher tiers."""

    tier: int | None = None
    below_since: dt.date | None = None

    def reach(self, tier: int, day: dt.date) -> None:
        """Move as the usual rules say."""
        quarter = day.year * 4 + (day.month - 1) // 3
        if self.tier is None or tier >= self.tier:
            self.tier, self.below_since = tier, None
        elif self.below_since is None:
            self.below_since = day
        elif quarter - (self.below_since.year * 4 + (self.below_since.month - 1) // 3) >= 2:
            self.tier, self.below_since = tier, None
