"""What was tried, and what it did: shares with intervals, sizes of samples, fair assignment, lift. Pure: no Django.

Whoever tries something on a part of the people first (a campaign on a pilot, a course on some partners) finds here how
many it takes, who gets what, what came out, and whether to go on. Shares run from 0 to 1; amounts are in the currency that
they are given in; `level` is the share of such intervals that hold the truth, 0.95 unless told.
"""

import hashlib
import math
import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import NormalDist
from typing import Any, NamedTuple, TypeVar

Unit = TypeVar("Unit", bound=Hashable)
LEVEL = 0.95
_NORMAL = NormalDist()
FEWEST_GIVERS = 20
"""With fewer people in either arm who gave something, the interval of a lift in amounts is not to be relied on."""


@dataclass(frozen=True)
class Share:
    """A share, 0 to 1, with its interval."""

    value: float
    low: float
    high: float


def wilson(successes: float, n: float, level: float = LEVEL) -> Share:
    """The share of successes among `n` with the score interval of Wilson (JASA 22, 1927); of none at all, 0 to 1.

    Raises ValueError unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError("There are at most as many successes as tries, and none below zero.")
    if n == 0:
        return Share(0.0, 0.0, 1.0)
    z = _both_sides(level)
    share = successes / n
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    size = 1 + z * z / n
    return Share(share, max(0.0, min(share, (middle - spread) / size)), min(1.0, max(share, (middle + spread) / size)))


def sample_size(rate: float, *, within: float, level: float = LEVEL) -> int:
    """How many it takes to know a share to so much on each side: the least n whose Wilson interval, at the expected
    `rate`, is at most twice `within` wide.

    Raises ValueError unless 0 <= rate <= 1 and 0 < within < 0.5.
    """
    if not 0 <= rate <= 1 or not 0 < within < 0.5:
        raise ValueError("A rate lies between 0 and 1, and a precision between 0 and a half.")
    # Half the width is w = z * sqrt(pq * u + (z * u / 2)^2) / (1 + z^2 * u) with u = 1 / n: a quadratic in u.
    square, spread = _both_sides(level) ** 2, rate * (1 - rate)
    a, b, c = square**2 * (within**2 - 0.25), square * (2 * within**2 - spread), within**2
    root = (-b - math.sqrt(b * b - 4 * a * c)) / (2 * a)
    return max(1, math.ceil(1 / root - 1e-9))


class Verdict(StrEnum):
    """What a pilot says of a rule set beforehand."""

    GO = "go"
    STOP = "stop"
    OPEN = "open"


@dataclass(frozen=True)
class Decision:
    """What to do by a pilot, with what it rests on."""

    verdict: Verdict
    rate: Share
    at_least: float
    above: float
    """How sure it is, 0 to 1, that the rate is above what was asked: 1 less the p-value of the exact binomial test."""
    below: float


def decide(successes: int, n: int, at_least: float, level: float = LEVEL) -> Decision:
    """Go where it is as sure as `level` that the rate is above `at_least`, stop where it is as sure that it is below, else
    it is open. At a rate that is just what was asked, a go comes out in at most 1 - `level` of such pilots.

    The rule is one-sided, the interval shown beside it two-sided: a go may come with an interval that reaches a little
    below what was asked. Raises ValueError unless 0 < at_least < 1 and 0 <= successes <= n.
    """
    from scipy.special import bdtr

    if not 0 < at_least < 1:
        raise ValueError("The rate asked for lies between 0 and 1.")
    rate = wilson(successes, n, level)
    above = float(bdtr(successes - 1, n, at_least)) if successes else 0.0
    below = 1 - float(bdtr(successes, n, at_least))
    verdict = Verdict.GO if above >= level else Verdict.STOP if below >= level else Verdict.OPEN
    return Decision(verdict, rate, at_least, above, below)


def assign(
    units: Sequence[Unit], strata: Sequence[Hashable], shares: Mapping[str, float | Fraction], seed: str | int
) -> dict[Unit, str]:
    """Draw an arm for each unit by lot, the arms as `shares` say (pilot, variants, hold-out, rest: together 1).

    Within each stratum and over all, an arm gets its share rounded up or down, and each unit has exactly that chance of it
    (unbiased controlled rounding: Cox, JASA 82, 1987). The lot is drawn from seed and units alone: the same seed gives the
    same arms, in whatever order the units come and on every machine. Units and strata are told apart by their text.
    Raises ValueError for units that repeat, a stratum missing, or shares that are negative or not 1 together.
    """
    exact = {arm: Fraction(share).limit_denominator(1_000_000) for arm, share in shares.items()}
    if sum(exact.values()) != 1 or min(exact.values()) < 0:
        raise ValueError("The shares of the arms are not negative and are 1 together.")
    if len(strata) != len(units) or len({str(unit) for unit in units}) != len(units):
        raise ValueError("Each unit comes once and has one stratum.")
    members: dict[str, list[Unit]] = {}
    for unit, stratum in zip(units, strata, strict=True):
        members.setdefault(str(stratum), []).append(unit)
    order = sorted(members, key=lambda each: _lot(seed, "stratum", each))
    sizes = [{arm: share * len(members[each]) for arm, share in exact.items()} for each in order]
    arms: dict[Unit, str] = {}
    for each, counts in zip(order, _rounded(sizes, random.Random(str(seed))), strict=True):  # noqa: S311
        drawn = sorted(members[each], key=lambda unit: _lot(seed, "unit", unit))
        arms |= dict(zip(drawn, [arm for arm, count in counts.items() for _ in range(count)], strict=True))
    return {unit: arms[unit] for unit in units}


def _rounded(table: Sequence[Mapping[str, Fraction]], dice: random.Random) -> list[dict[str, int]]:
    """Each number rounded up or down, the sums of the rows as they were (whole) and those of the columns rounded; on
    average over all throws of the dice each comes out as it was.

    Numbers that are not whole lie on a closed way along rows and columns by turns; moving them up and down by turns leaves
    all sums alone, until one of them is whole. Another row makes the sums of the columns whole.
    """
    parts = [{arm: number % 1 for arm, number in row.items()} for row in table]
    parts.append({arm: -sum((row[arm] for row in parts), Fraction(0)) % 1 for arm in (table[0] if table else ())})
    rows = {place: {arm: None for arm, part in row.items() if part} for place, row in enumerate(parts)}
    columns: dict[str, dict[int, None]] = {}
    for place, row in rows.items():
        for arm in row:
            columns.setdefault(arm, {})[place] = None
    for place, row in rows.items():
        while row:
            way = _closed_way(place, rows, columns)
            up, down = way[::2], way[1::2]
            most = min([1 - parts[r][arm] for r, arm in up] + [parts[r][arm] for r, arm in down])
            least = min([parts[r][arm] for r, arm in up] + [1 - parts[r][arm] for r, arm in down])
            step = most if dice.random() * (most + least) < least else -least
            for cells, move in ((up, step), (down, -step)):
                for r, arm in cells:
                    parts[r][arm] += move
                    if parts[r][arm] in (0, 1):
                        del rows[r][arm], columns[arm][r]
    return [
        {arm: math.floor(number) + int(parts[place][arm]) for arm, number in row.items()}
        for place, row in enumerate(table)
    ]


def _closed_way(
    row: int, rows: Mapping[int, Mapping[str, None]], columns: Mapping[str, Mapping[int, None]]
) -> list[tuple[int, str]]:
    """Cells by turns in the same row and in the same column, the last in line with the first. Sums are whole, so each row
    and column that has a cell has another."""
    way = [(row, next(iter(rows[row])))]
    while True:
        arm = way[-1][1]
        row = next(other for other in columns[arm] if other != way[-1][0])
        seen = next((place for place, cell in enumerate(way) if place % 2 == 0 and cell[0] == row), None)
        way.append((row, arm))
        if seen is not None:
            return way[seen:]
        arm = next(other for other in rows[row] if other != arm)
        seen = next((place for place, cell in enumerate(way) if place % 2 == 1 and cell[1] == arm), None)
        way.append((row, arm))
        if seen is not None:
            return way[seen:]


class Counted(NamedTuple):
    """So many successes among `n` people."""

    successes: int
    n: int


class Amounts(NamedTuple):
    """What `n` people brought, most of them perhaps nothing, as a database adds it up: how many brought something, the
    sum of their amounts and of the amounts' squares."""

    n: int
    givers: int
    total: float
    squares: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Amounts":
        """Of one value for each person, zeros included."""
        every = [float(value) for value in values]
        given = [value for value in every if value]
        return cls(len(every), len(given), math.fsum(given), math.fsum(value * value for value in given))


@dataclass(frozen=True)
class Lift:
    """What the treated have more than the controls: of rates in shares (0.01 is a percentage point), of amounts per head."""

    treated: float
    control: float
    difference: float
    low: float
    high: float
    p: float
    """Two-sided; below 1 - level exactly where the interval leaves zero out."""
    n_treated: int
    n_control: int
    is_reliable: bool
    """Whether there were enough people to believe the interval."""

    @property
    def is_found(self) -> bool:
        """Whether there is evidence of a difference, of either sign."""
        return self.low > 0 or self.high < 0


def lift(treated: Counted | Amounts, control: Counted | Amounts, level: float = LEVEL) -> Lift:
    """The difference that a treatment made, by the people who were drawn to have it and those drawn to have none.

    Rates: the score interval of Miettinen & Nurminen (Statistics in Medicine 4, 1985), with the p-value of the same
    test: Pearson's chi-square with (N - 1) / N, which Campbell (Statistics in Medicine 26, 2007) recommends.

    Amounts: Welch's t interval (Biometrika 34, 1947), but with no arm's variance below what it would be if those who
    gave something, and one more, had given as those of both arms together did. Amounts are mostly zero and have a heavy
    tail: a small arm that lacks its rare large amounts has too low a mean and, by the same lack, too small a variance. With
    a hold-out of a tenth, Welch's own 95 % interval held the truth in 67 to 95 of 100 simulated trials, Hall's correction
    for skewness and the bootstrap-t in 73 to 95, this one in 93 to 100; it is a fifth to a half wider there, and a tenth
    at most where the arms are equal. Capping large amounts would ask another question than what was earned. It takes for
    granted that what is tried changes how many give, and how much, not how unequal amounts are.

    Raises ValueError where an arm is empty (amounts: has fewer than two) or its counts cannot be.
    """
    if isinstance(treated, Counted) and isinstance(control, Counted):
        return _lift_of_rates(treated, control, level)
    if isinstance(treated, Amounts) and isinstance(control, Amounts):
        return _lift_of_amounts(treated, control, level)
    raise TypeError("Rates are compared with rates, amounts with amounts.")


def _lift_of_rates(treated: Counted, control: Counted, level: float) -> Lift:
    for arm in (treated, control):
        if not 0 <= arm.successes <= arm.n or arm.n == 0:
            raise ValueError("Each arm has people, and at most as many successes.")
    z = _both_sides(level)
    first, second = treated.successes / treated.n, control.successes / control.n
    difference = first - second
    low = _where(lambda delta: _score(treated, control, delta) - z, -1.0, difference)
    high = _where(lambda delta: _score(treated, control, delta) + z, difference, 1.0)
    p = 2 * _NORMAL.cdf(-abs(_score(treated, control, 0.0)))
    return Lift(first, second, difference, low, high, p, treated.n, control.n, is_reliable=True)


def _score(treated: Counted, control: Counted, delta: float) -> float:
    """By how many standard errors the rates differ from a true difference `delta`: it falls as `delta` grows.

    The errors are those of the likeliest rates that differ by `delta` (in closed form: Farrington & Manning, Statistics in
    Medicine 9, 1990).
    """
    first, second = treated.successes / treated.n, control.successes / control.n
    theta, total = control.n / treated.n, treated.n + control.n
    a = 1 + theta
    b = -(1 + theta + first + theta * second + delta * (theta + 2))
    c = delta * delta + delta * (2 * first + theta + 1) + first + theta * second
    d = -first * delta * (1 + delta)
    v = b**3 / (27 * a**3) - b * c / (6 * a * a) + d / (2 * a)
    u = math.copysign(math.sqrt(max(b * b / (9 * a * a) - c / (3 * a), 0.0)), v)
    angle = (math.pi + math.acos(max(-1.0, min(1.0, v / u**3)) if u else 0.0)) / 3
    likely = min(1.0, max(0.0, 2 * u * math.cos(angle) - b / (3 * a)))
    other = min(1.0, max(0.0, likely - delta))
    variance = likely * (1 - likely) / treated.n + other * (1 - other) / control.n
    gap = first - second - delta
    if abs(gap) < 1e-12:
        return 0.0
    if variance <= 0:
        return math.copysign(math.inf, gap)
    return gap / math.sqrt(variance * total / (total - 1))


def _where(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses zero between the two, or the end it has not crossed by."""
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def _lift_of_amounts(treated: Amounts, control: Amounts, level: float) -> Lift:
    # SciPy takes its time to import: only who needs Student's distribution pays for it.
    from scipy.special import stdtr, stdtrit

    both = (treated, control)
    for arm in both:
        if arm.n < 2 or not 0 <= arm.givers <= arm.n:
            raise ValueError("Each arm has at least two people, and at most as many who gave something.")
    givers = max(1, treated.givers + control.givers)
    mean, square = (treated.total + control.total) / givers, (treated.squares + control.squares) / givers
    parts = [max(_variance(arm), _variance_as(arm, mean, square)) / arm.n for arm in both]
    error = math.sqrt(sum(parts))
    first, second = treated.total / treated.n, control.total / control.n
    difference = first - second
    if error == 0:
        p, spread = (1.0 if difference == 0 else 0.0), 0.0
    else:
        freedom = error**4 / sum(part**2 / (arm.n - 1) for part, arm in zip(parts, both, strict=True))
        spread = float(stdtrit(freedom, 0.5 + _checked(level) / 2)) * error
        p = 2 * float(stdtr(freedom, -abs(difference) / error))
    return Lift(
        first,
        second,
        difference,
        difference - spread,
        difference + spread,
        p,
        treated.n,
        control.n,
        is_reliable=min(arm.givers for arm in both) >= FEWEST_GIVERS,
    )


def _variance(arm: Amounts) -> float:
    return max(0.0, (arm.squares - arm.total**2 / arm.n) / (arm.n - 1))


def _variance_as(arm: Amounts, mean: float, square: float) -> float:
    """The variance of an arm whose givers, and one more, gave as those of both arms did."""
    share = min(1.0, (arm.givers + 1) / arm.n)
    return max(0.0, share * square - (share * mean) ** 2)


def _lot(*parts: Any) -> bytes:
    return hashlib.blake2b("\x1f".join(str(part) for part in parts).encode(), digest_size=16).digest()


def _both_sides(level: float) -> float:
    """How many standard errors to each side hold `level`."""
    return _NORMAL.inv_cdf(0.5 + _checked(level) / 2)


def _checked(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError("A level lies between 0 and 1.")
    return level
