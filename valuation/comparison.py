"""Those who did something against comparable others who did not: what else was alike, what differs. Pure: no Django.

Nobody drew by lot who took the course or used the material, and who did is often larger or growing already: a plain
difference says little. So each of them is paired with one who did not, exactly alike in the categories (region, kind) and
near in the numbers (size, earlier growth), without using anybody twice; who has no such counterpart is left out and counted.
The effect is that of those who were paired: the constant of a regression of the pairs' differences in the outcome on their
remaining differences in the numbers (Rubin, Biometrics 29, 1973), with standard errors that need neither equal spread nor a
true model (HC3: MacKinnon & White, Journal of Econometrics 29, 1985; valid after matching without replacement: Abadie &
Spiess, JASA 117, 2022).

It still cannot see what is not given to it: who is keener may both learn more and sell more. It says "goes with".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
LEVEL = 0.95
CALIPER = 0.5
"""How far apart two may be in each number, in standard deviations."""
FEWEST_PAIRS = 20
MOST_IMBALANCE = 0.25
"""Standardised differences above it leave groups that a regression cannot make alike (Rubin, Health Services & Outcomes
Research Methodology 2, 2001)."""
NEAREST = 16
"""So many candidates are looked at for each at a time."""


class Verdict(StrEnum):
    """What a comparison says."""

    BETTER = "better"
    WORSE = "worse"
    NO_EVIDENCE = "no_evidence"
    TOO_FEW = "too_few"
    UNLIKE = "unlike"
    """There is nobody comparable: pairs are too unlike."""


@dataclass(frozen=True)
class Balance:
    """How much the groups differ in one respect, in standard deviations, before pairing and after (Austin, Statistics in
    Medicine 28, 2009): 0.1 and less is alike. Of a category it is the level that differs most."""

    key: str
    before: float
    after: float
    level: str | None = None


@dataclass(frozen=True)
class Comparison:
    """What those who did something have more than comparable others, in the outcome's unit, per head."""

    verdict: Verdict
    pairs: tuple[tuple[int, int], ...]
    """Places of those who did and of their counterparts."""
    did: int
    others: int
    mean_did: float | None
    """Of those paired."""
    mean_others: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    plain_difference: float | None
    """Of all, not alike: to show beside, never alone."""
    balance: tuple[Balance, ...]

    @property
    def left_out(self) -> int:
        """Those who did it and have no counterpart."""
        return self.did - len(self.pairs)


def compare(
    did: Sequence[bool],
    outcome: Sequence[float],
    *,
    alike: Mapping[str, Sequence[Any]],
    near: Mapping[str, Sequence[float | None]],
    caliper: float = CALIPER,
    level: float = LEVEL,
) -> Comparison:
    """Compare the outcome of those who did something with that of comparable others. One value for each in all sequences.

    `alike` are categories, in which a pair is the same; `near` are numbers known before, in which it differs by at most
    `caliper` standard deviations: give amounts and head counts as logarithms, so that near means in proportion. A number
    that is missing (None or NaN) makes a pair with missing ones only. Outcomes are all known. Raises ValueError where
    lengths differ, an outcome is missing, or caliper or level cannot be.
    """
    treated, results = np.asarray(did, dtype=bool), np.asarray(outcome, dtype=float)
    count = len(treated)
    if any(len(column) != count for column in (results, *alike.values(), *near.values())):
        raise ValueError("Each one has one value of everything.")
    if not np.isfinite(results).all():
        raise ValueError("Each one has an outcome.")
    if caliper <= 0 or not 0 < level < 1:
        raise ValueError("A caliper is above zero, and a level lies between 0 and 1.")
    numbers = {
        key: np.array([math.nan if v is None else v for v in column], dtype=float) for key, column in near.items()
    }
    scaled = np.column_stack([_scaled(column, treated) for column in numbers.values()] or [np.zeros((count, 0))])
    known = ~np.isnan(scaled)
    strata: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(zip(*alike.values(), map(bytes, known), strict=True)):
        strata.setdefault(key, []).append(place)
    scaled = np.where(known, scaled, 0.0)
    found = [
        pair for members in strata.values() for pair in _pairs(np.array(members), treated, scaled, caliper=caliper)
    ]
    firsts, seconds = np.array(sorted(found), dtype=np.intp).reshape(-1, 2).T
    balance = (
        *(_balance_of_category(key, column, treated, firsts, seconds) for key, column in alike.items()),
        *(_balance_of_number(key, column, treated, firsts, seconds) for key, column in numbers.items()),
    )
    plain = float(results[treated].mean() - results[~treated].mean()) if 0 < treated.sum() < count else None
    effect = _effect(results[firsts] - results[seconds], scaled[firsts] - scaled[seconds], level)
    return Comparison(
        verdict=_verdict(len(firsts), effect, balance),
        pairs=tuple((int(first), int(second)) for first, second in zip(firsts, seconds, strict=True)),
        did=int(treated.sum()),
        others=count - int(treated.sum()),
        mean_did=float(results[firsts].mean()) if len(firsts) else None,
        mean_others=float(results[seconds].mean()) if len(seconds) else None,
        difference=effect.difference if effect else None,
        low=effect.low if effect else None,
        high=effect.high if effect else None,
        p=effect.p if effect else None,
        plain_difference=plain,
        balance=balance,
    )


def _scaled(column: Numbers, treated: NDArray[np.bool_]) -> Numbers:
    """In standard deviations within the two groups, of those known."""
    return column / (_spread(column[treated], column[~treated]) or 1.0)


def _spread(first: Numbers, second: Numbers) -> float:
    """The root of the two groups' mean variance; zero where there is none to see."""
    variances = [float(np.var(known, ddof=1)) for group in (first, second) if len(known := group[~np.isnan(group)]) > 1]
    return math.sqrt(sum(variances) / len(variances)) if variances else 0.0


def _pairs(members: Places, treated: NDArray[np.bool_], scaled: Numbers, *, caliper: float) -> list[tuple[int, int]]:
    """Pairs within a stratum: the nearest two first, then the nearest of those left, until none are near enough."""
    from scipy.spatial import KDTree

    pairs: list[tuple[int, int]] = []
    firsts, seconds = members[treated[members]], members[~treated[members]]
    # Among those that are just as near, a lot decides, and not the order they come in, which may mean something.
    points = np.column_stack([scaled, np.random.default_rng(0).uniform(0, 1e-3 * caliper, len(scaled))])
    while len(firsts) and len(seconds):
        tree = KDTree(points[seconds])
        nearest = min(NEAREST, len(seconds))
        distances, places = tree.query(points[firsts], k=[*range(1, nearest + 1)])
        rows, columns = np.nonzero(np.abs(points[firsts][:, None, :] - points[seconds][places]).max(axis=2) <= caliper)
        order = np.argsort(distances[rows, columns], kind="stable")
        free_firsts, free_seconds = np.ones(len(firsts), dtype=bool), np.ones(len(seconds), dtype=bool)
        for row, second in zip(rows[order].tolist(), places[rows, columns][order].tolist(), strict=True):
            if free_firsts[row] and free_seconds[second]:
                free_firsts[row] = free_seconds[second] = False
                pairs.append((int(firsts[row]), int(seconds[second])))
        if free_firsts.all() or nearest == len(seconds):
            break
        firsts, seconds = firsts[free_firsts], seconds[free_seconds]
    return pairs


@dataclass(frozen=True)
class _Effect:
    difference: float
    low: float
    high: float
    p: float


def _effect(gaps: Numbers, unlike: Numbers, level: float) -> _Effect | None:
    """The constant of the regression of the gaps on what pairs are unlike in."""
    from scipy.special import stdtr, stdtrit

    design = np.column_stack([np.ones(len(gaps)), unlike[:, np.ptp(unlike, axis=0) > 0] if len(gaps) else unlike])
    freedom = len(gaps) - design.shape[1]
    if freedom < 1:
        return None
    inverse = np.linalg.pinv(design.T @ design)
    coefficients = inverse @ design.T @ gaps
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    weights = ((gaps - design @ coefficients) / np.clip(1 - leverage, 1e-9, None)) ** 2
    error = math.sqrt(float((inverse @ (design.T * weights) @ design @ inverse)[0, 0]))
    difference = float(coefficients[0])
    spread = float(stdtrit(freedom, 0.5 + level / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(difference) / error)) if error else float(difference == 0)
    return _Effect(difference, difference - spread, difference + spread, p)


def _verdict(pairs: int, effect: _Effect | None, balance: Sequence[Balance]) -> Verdict:
    if effect is None or pairs < FEWEST_PAIRS:
        return Verdict.TOO_FEW
    if any(abs(each.after) > MOST_IMBALANCE for each in balance):
        return Verdict.UNLIKE
    if effect.low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if effect.high < 0 else Verdict.NO_EVIDENCE


def _balance_of_number(
    key: str, column: Numbers, treated: NDArray[np.bool_], firsts: Places, seconds: Places
) -> Balance:
    spread = _spread(column[treated], column[~treated])

    def gap(first: Numbers, second: Numbers) -> float:
        first, second = first[~np.isnan(first)], second[~np.isnan(second)]
        return float(first.mean() - second.mean()) / spread if spread and len(first) and len(second) else 0.0

    return Balance(key, gap(column[treated], column[~treated]), gap(column[firsts], column[seconds]))


def _balance_of_category(
    key: str, column: Sequence[Any], treated: NDArray[np.bool_], firsts: Places, seconds: Places
) -> Balance:
    """Of the level in which they differ most before pairing; pairs are the same in all."""
    texts = np.array([str(value) for value in column])
    gaps: dict[str, tuple[float, float]] = {}
    for level in np.unique(texts):
        has = (texts == level).astype(float)
        spread = math.sqrt((has[treated].var() + has[~treated].var()) / 2) if 0 < treated.sum() < len(has) else 0.0
        if spread:
            before = float(has[treated].mean() - has[~treated].mean()) / spread
            gaps[str(level)] = before, float(has[firsts].mean() - has[seconds].mean()) / spread if len(firsts) else 0.0
    if not gaps:
        return Balance(key, 0.0, 0.0)
    most = max(gaps, key=lambda level: abs(gaps[level][0]))
    return Balance(key, *gaps[most], level=most)
