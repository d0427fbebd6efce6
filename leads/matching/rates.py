"""Win rates, shrunken by empirical Bayes."""

from collections.abc import Mapping

import numpy as np

from leads.matching.facts import Floats, Ints

_EXPECTED_RATE, _EXPECTED_WEIGHT = 0.2, 5
"""Before any lead is closed every fifth is expected to be won, as firmly as five closed leads would say it."""
_FEWEST_IN_GROUP = 5
"""With fewer partners that closed leads, a group is judged by the whole network."""
_LEAST_SPREAD, _MOST_SPREAD = 1 / 1001, 1 / 3


def shrunken_rates(won: Ints, closed: Ints, groups: Ints) -> tuple[Floats, dict[int, tuple[float, float]]]:
    """Each partner's win rate shrunk toward its group's, and by group (mean, weight in leads); -1 is all together."""
    norms = {-1: _moments(won, closed) or _prior(won, closed)}
    for group in np.unique(groups).tolist():
        inside = groups == group
        norms[group] = _moments(won[inside], closed[inside]) or norms[-1]
    return shrink(won, closed, groups, norms), norms


def shrink(won: Ints, closed: Ints, groups: Ints, norms: Mapping[int, tuple[float, float]]) -> Floats:
    """Each partner's win rate as the mean of a beta posterior: won and closed leads, and the mean of its group for as many
    leads as `norms` weighs it (by group; -1 for a group that has none). The arrays are of one length; shares from 0 to 1."""
    pairs = np.array([norms.get(group, norms[-1]) for group in groups.tolist()], dtype=float).reshape(-1, 2)
    mean, weight = pairs[:, 0], pairs[:, 1]
    shrunk: Floats = (won + mean * weight) / (closed + weight)
    return shrunk


def _prior(won: Ints, closed: Ints) -> tuple[float, float]:
    """The mean where too little is known to tell how partners differ."""
    mean = (won.sum() + _EXPECTED_RATE * _EXPECTED_WEIGHT) / (closed.sum() + _EXPECTED_WEIGHT)
    return float(mean), 10.0


def _moments(won: Ints, closed: Ints) -> tuple[float, float] | None:
    """Mean and weight of the beta distribution of win rates, by moments; None where too few partners closed leads."""
    known = closed > 0
    if int(known.sum()) < _FEWEST_IN_GROUP:
        return None
    sizes, wins = closed[known].astype(float), won[known].astype(float)
    total, groups = sizes.sum(), len(sizes)
    mean = wins.sum() / total
    if not 0 < mean < 1:
        return None
    between = (sizes * (wins / sizes - mean) ** 2).sum() / (mean * (1 - mean))
    room = total - (sizes**2).sum() / total - (groups - 1)
    spread = (between - (groups - 1)) / room if room > 0 else _LEAST_SPREAD
    spread = min(max(spread, _LEAST_SPREAD), _MOST_SPREAD)
    return float(mean), float(1 / spread - 1)
