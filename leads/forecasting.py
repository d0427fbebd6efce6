"""How good forecasts were: bias and error of what was expected against what came. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Pair:
    """What was expected of a period, and what came."""

    forecast: Decimal
    actual: Decimal

    @property
    def miss(self) -> Decimal:
        """By how much it was too high; below zero, too low."""
        return self.forecast - self.actual


def bias(pairs: Iterable[Pair]) -> Decimal | None:
    """By how many per cent of what came the forecasts were too high in sum (too low: below zero). None where nothing came.

    Errors up and down cancel out: a forecast that is wrong but not always to the same side has none.
    """
    known = list(pairs)
    actual = sum((pair.actual for pair in known), Decimal(0))
    if actual <= 0:
        return None
    return _tenth(100 * sum((pair.miss for pair in known), Decimal(0)) / actual)


def wape(pairs: Iterable[Pair]) -> Decimal | None:
    """The weighted absolute error: all misses, whichever way, in per cent of all that came. None where nothing came.

    A large month counts for more than a small one, and a month without any order does not spoil it.
    """
    known = list(pairs)
    actual = sum((pair.actual for pair in known), Decimal(0))
    if actual <= 0:
        return None
    return _tenth(100 * sum((abs(pair.miss) for pair in known), Decimal(0)) / actual)


def mape(pairs: Iterable[Pair]) -> Decimal | None:
    """The mean of each period's absolute error in per cent of what came in it; periods without anything are left out."""
    known = [pair for pair in pairs if pair.actual > 0]
    if not known:
        return None
    return _tenth(100 * sum((abs(pair.miss) / pair.actual for pair in known), Decimal(0)) / len(known))


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
