"""How good probabilities are, measured on cases that taught them nothing. Pure: no Django, no database.

Ranking by the area under the ROC curve with the standard error of Hanley & McNeil (Radiology 143, 1982), trueness by the
Brier score (Monthly Weather Review 78, 1950) and the expected calibration error over bins of equal size (Naeini et al.,
AAAI 2015), shares with the score interval of Wilson (JASA 22, 1927). Beside each stands what the plain rate would reach:
a model that does no better has learned nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.experiment import wilson

Z95 = 1.959964
"""How many standard errors to each side hold 95 %."""
BINS = 10

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Leads of similar probability: what was said of them, and what came of them."""

    count: int
    predicted: float
    realised: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """What a model was worth on cases it had not seen; `baseline_...` is the plain rate's share of the same cases."""

    count: int
    won: int
    predicted_won: float
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    baseline_brier: float
    log_loss: float
    baseline_log_loss: float
    ece: float
    best_tenth: float
    """The share won in the tenth that was given the best chances."""
    bins: tuple[Bin, ...]
    reached: tuple[float, ...] = ()
    """The share of all won that the best tenth holds, the best two tenths, and so on to all of them."""

    @property
    def rate(self) -> float:
        return self.won / self.count

    @property
    def is_better_than_rate(self) -> bool:
        """Whether it tells good cases from bad ones beyond doubt, and its probabilities are nearer than the rate's."""
        return self.auc_low > 0.5 and self.brier < self.baseline_brier

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Evaluation":
        """What `as_json` wrote; a field that is missing raises."""
        values = dict(data)
        values["bins"] = tuple(Bin(**each) for each in values["bins"])
        values["reached"] = tuple(values.get("reached", ()))
        return cls(**values)


def evaluate(
    probabilities: Sequence[float] | Numbers,
    outcomes: Sequence[bool],
    *,
    rate: float,
    alike: NDArray[np.int_] | None = None,
) -> Evaluation | None:
    """Compare probabilities with what came; `rate` is the plain rate known before. None where only one outcome came.

    `alike` says which are the same case looked at several times: however alike these are, the interval of the AUC is as wide
    as with one each.
    """
    said, came = np.asarray(probabilities, dtype=float), np.asarray(outcomes, dtype=bool)
    won, count = int(came.sum()), len(came)
    if won == 0 or won == count:
        return None
    area = auc(said, came)
    if alike is None:
        error = _auc_error(area, won, count - won)
    else:
        error = _auc_error(area, len(np.unique(alike[came])), len(np.unique(alike[~came])))
    bins = calibration_bins(said, came)
    best = np.argsort(-said, kind="stable")[: max(1, count // BINS)]
    plain = np.full(count, min(max(rate, 1e-6), 1 - 1e-6))
    return Evaluation(
        count=count,
        won=won,
        predicted_won=float(said.sum()),
        auc=area,
        auc_low=max(0.0, area - Z95 * error),
        auc_high=min(1.0, area + Z95 * error),
        brier=_brier(said, came),
        baseline_brier=_brier(plain, came),
        log_loss=_log_loss(said, came),
        baseline_log_loss=_log_loss(plain, came),
        ece=sum(each.count * abs(each.predicted - each.realised) for each in bins) / count,
        best_tenth=float(came[best].mean()),
        bins=tuple(bins),
        reached=reached(said, came),
    )


def auc(said: Numbers, came: NDArray[np.bool_]) -> float:
    """How often a won case was given a better chance than a lost one; equal chances count half."""
    _values, places, counts = np.unique(said, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[places]
    won = int(came.sum())
    lost = len(came) - won
    return float((ranks[came].sum() - won * (won + 1) / 2) / (won * lost))


def reached(said: Numbers, came: NDArray[np.bool_], parts: int = BINS) -> tuple[float, ...]:
    """The share of all won among the best 1/parts, 2/parts, ... of the cases by what was said of them. Of cases with equal
    chances each part holds its share of the won, as if a lot decided their order."""
    _values, places, counts = np.unique(-said, return_inverse=True, return_counts=True)
    hits = np.bincount(places, weights=came)
    cases, won = np.concatenate([[0], np.cumsum(counts)]), np.concatenate([[0], np.cumsum(hits)])
    cuts = np.arange(1, parts + 1) * len(said) / parts
    return tuple(float(share) for share in np.interp(cuts, cases, won) / won[-1])


def calibration_bins(said: Numbers, came: NDArray[np.bool_], number: int = BINS) -> list[Bin]:
    """Equal numbers of cases from the worst to the best chances; fewer bins where there are few cases."""
    bins = []
    for part in np.array_split(np.argsort(said, kind="stable"), min(number, len(said))):
        hits = int(came[part].sum())
        share = wilson(hits, len(part))
        bins.append(Bin(len(part), float(said[part].mean()), share.value, share.low, share.high))
    return bins


def _auc_error(area: float, won: int, lost: int) -> float:
    of_won, of_lost = area / (2 - area), 2 * area * area / (1 + area)
    variance = area * (1 - area) + (won - 1) * (of_won - area * area) + (lost - 1) * (of_lost - area * area)
    return math.sqrt(max(variance, 0.0) / (won * lost))


def _brier(said: Numbers, came: NDArray[np.bool_]) -> float:
    return float(np.mean((said - came) ** 2))


def _log_loss(said: Numbers, came: NDArray[np.bool_]) -> float:
    sure = np.clip(said, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(came, np.log(sure), np.log1p(-sure))))
