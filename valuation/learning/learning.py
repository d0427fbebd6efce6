"""Learning a score card from closed cases, and measuring it on the latest of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.learning.cards import Model, Part, classify
from valuation.learning.fields import Columns, FieldType, Known, Rows, ScoreField, as_numbers, as_texts, column_of
from valuation.learning.measures import Numbers, auc, evaluate

FEWEST_CLOSED = 200
FEWEST_WON = 40
"""Below either, nothing is learned. As many must have been lost."""
LATEST_SHARE = 0.25
"""The share of cases, the latest, on which a model is measured."""
FEWEST_EARLIER = 100
ISOTONIC_FROM = 1000
MOST_CLASSES = 10
MOST_LEVELS = 60
FEWEST_IN_CLASS = 15
FOLDS = 5
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Inverse strengths of the ridge, strongest first."""
SUSPECT_AUC = 0.95


class TooFewError(ValueError):
    """There is too little to learn from; says how much there is."""

    def __init__(self, *, closed: int, won: int) -> None:
        super().__init__(
            f"It takes at least {FEWEST_CLOSED} closed cases to learn from, {FEWEST_WON} of them won and as many lost;"
            f" there are {closed}, {won} of them won."
        )
        self.closed = closed
        self.won = won


def has_enough(*, closed: int, won: int) -> bool:
    """Whether a score can be learned from so many."""
    return closed >= FEWEST_CLOSED and won >= FEWEST_WON and closed - won >= FEWEST_WON


def train(
    rows: Rows,
    outcome: Sequence[bool],
    *,
    fields: Sequence[ScoreField],
    arrived: Sequence[Any] | None = None,
    closed: Sequence[Any] | None = None,
    known: Iterable[Known] = (Known.ARRIVAL,),
    groups: Sequence[Any] | None = None,
    is_repeated: bool = False,
    judged: Sequence[bool] | None = None,
) -> Model:
    """Learn from closed cases: which of `rows` were won (`outcome`), by those of `fields` that are known in time.

    `arrived` and `closed` say when each came and when its outcome was known, in anything that can be compared; without
    them the rows come in the order of their arrival. `groups` name what cases belong together (a course, a campaign):
    then whoever judges cases has learned from other groups alone. With `is_repeated` a group is the same case looked at several
    times, and counts once in how sure the measure is. `judged` names the cases on which the model is measured
    instead of the latest. Raises TooFewError below 200 closed or 40 won or lost, and ValueError where lengths differ, or
    all or none are judged.
    """
    came = np.asarray(outcome, dtype=bool)
    if any(len(each) != len(rows) for each in (came, arrived, closed, groups, judged) if each is not None):
        raise ValueError(
            "There must be one outcome for each case, and one moment, group and choice where these are given."
        )
    if judged is not None and all(judged) == any(judged):
        raise ValueError("Some cases must be judged, and others not.")
    if not has_enough(closed=len(came), won=int(came.sum())):
        raise TooFewError(closed=len(came), won=int(came.sum()))
    usable = set(known)
    kept = [each for each in fields if each.known in usable]
    columns = {each.key: column_of(rows, each.key) for each in kept}
    order = np.arange(len(came)) if arrived is None else np.argsort(np.array(arrived), kind="stable")
    together = None if groups is None else np.unique([str(group) for group in groups], return_inverse=True)[1]
    earlier, latest, is_strict = _split(order, came, arrived, closed, together, judged)
    evaluation, penalty = None, None
    if _can_learn(came[earlier]):
        past = _learn(kept, columns, came, earlier, penalty=None, groups=together)
        penalty = past.penalty
        evaluation = evaluate(
            past.card().probabilities(_picked(columns, latest)),
            came[latest].tolist(),
            rate=float(came[earlier].mean()),
            alike=together[latest] if is_repeated and together is not None else None,
        )
    learned = _learn(kept, columns, came, order, penalty=penalty, groups=together)
    model = learned.card()
    return Model(
        intercept=model.intercept,
        parts=model.parts,
        calibration=model.calibration,
        closed=len(came),
        won=int(came.sum()),
        evaluation=evaluation,
        is_strict=is_strict,
        learned_from=len(earlier),
        suspects=tuple(part.key for part in model.parts if _tells_all(part, columns[part.key], came)),
        left_out=tuple(each.key for each in fields if each.known not in usable),
    )


def _split(
    order: NDArray[np.int_],
    came: NDArray[np.bool_],
    arrived: Sequence[Any] | None,
    closed: Sequence[Any] | None,
    groups: NDArray[np.int_] | None,
    judged: Sequence[bool] | None,
) -> tuple[NDArray[np.int_], NDArray[np.int_], bool]:
    """The earlier cases and the latest. Of the earlier those alone whose outcome was known when the latest began, unless
    too few would be left; none of a group that is among the latest."""
    is_late = np.arange(len(order)) >= len(order) - max(1, round(len(order) * LATEST_SHARE))
    if judged is not None:
        is_late = np.asarray(judged, dtype=bool)[order]
    earlier, latest = order[~is_late], order[is_late]
    if groups is not None:
        earlier = earlier[~np.isin(groups[earlier], groups[latest])]
    if arrived is None or closed is None:
        return earlier, latest, False
    begin = arrived[latest[0]]
    settled = np.array([closed[place] is not None and closed[place] < begin for place in earlier], dtype=bool)
    strict = earlier[settled]
    return (strict, latest, True) if _can_learn(came[strict]) else (earlier, latest, False)


def _can_learn(came: NDArray[np.bool_]) -> bool:
    won = int(came.sum())
    return len(came) >= FEWEST_EARLIER and min(won, len(came) - won) >= FEWEST_WON // 2


@dataclass
class _Learned:
    """A fitted regression over the classes of the fields, before it is written as a score card."""

    coders: list["_Coder"]
    coefficients: Numbers
    intercept: float
    calibration: Mapping[str, Any]
    penalty: float
    columns: Mapping[str, Sequence[Any]] = field(repr=False, default_factory=dict)

    def card(self) -> Model:
        parts, intercept, place = [], self.intercept, 0
        for coder in self.coders:
            part, average = coder.part(self.coefficients[place : place + coder.width])
            parts.append(part)
            intercept += average
            place += coder.width
        spreads = [float(np.std(classify(part, self.columns[part.key]).given)) for part in parts]
        whole = sum(spreads) or 1.0
        parts = [Part(**(vars(part) | {"share": spread / whole})) for part, spread in zip(parts, spreads, strict=True)]
        return Model(intercept, tuple(parts), self.calibration, 0, 0, None, is_strict=False)


def _learn(
    fields: Sequence[ScoreField],
    columns: Mapping[str, Sequence[Any]],
    came: NDArray[np.bool_],
    places: NDArray[np.int_],
    *,
    penalty: float | None,
    groups: NDArray[np.int_] | None,
) -> _Learned:
    # scikit-learn takes a second and 80 MB to import: only who trains pays for it.
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    picked = _picked(columns, places)
    won = came[places]
    coders = [_coder(each, picked[each.key]) for each in fields]
    coders = [coder for coder in coders if coder.width]
    if coders:
        matrix = sparse.hstack([coder.matrix for coder in coders], format="csr")
    else:
        matrix = sparse.csr_matrix((len(places), 1))

    def fit(rows: Any, inverse: float) -> Any:
        return LogisticRegression(C=inverse, max_iter=1000).fit(matrix[rows], won[rows])

    folds = _folds(won, None if groups is None else groups[places])
    unseen = {inverse: _unseen(matrix, folds, inverse, fit) for inverse in ([penalty] if penalty else PENALTIES)}
    best = min(unseen, key=lambda inverse: _loss(unseen[inverse], won))
    whole = fit(slice(None), best)
    return _Learned(
        coders, whole.coef_[0], float(whole.intercept_[0]), _calibration(unseen[best], won), best, dict(picked)
    )


def _folds(won: NDArray[np.bool_], groups: NDArray[np.int_] | None) -> list[tuple[Any, Any]]:
    """Who learns and who is judged by turns, groups whole where each turn can then learn of both outcomes."""
    from sklearn.model_selection import GroupKFold, StratifiedKFold

    nothing = np.zeros((len(won), 1))
    if groups is not None and (parts := min(FOLDS, len(np.unique(groups)))) > 1:
        folds = list(GroupKFold(parts).split(nothing, won, groups))
        if all(0 < won[seen].sum() < len(seen) for seen, _unseen in folds):
            return folds
    parts = max(2, min(FOLDS, int(won.sum()), int((~won).sum())))
    return list(StratifiedKFold(parts, shuffle=True, random_state=0).split(nothing, won))


def _unseen(matrix: Any, folds: list[tuple[Any, Any]], inverse: float, fit: Any) -> Numbers:
    """The log odds of each case by the fold that had not seen it."""
    said = np.empty(matrix.shape[0])
    for seen, unseen in folds:
        said[unseen] = fit(seen, inverse).decision_function(matrix[unseen])
    return said


def _loss(total: Numbers, won: NDArray[np.bool_]) -> float:
    return float(np.mean(np.logaddexp(0, np.where(won, -total, total))))


def _calibration(total: Numbers, won: NDArray[np.bool_]) -> dict[str, Any]:
    """How log odds become a probability, by predictions for unseen cases."""
    if min(int(won.sum()), int((~won).sum())) >= ISOTONIC_FROM:
        from sklearn.isotonic import IsotonicRegression

        # Nothing is certain: the ends stay as far from 0 and 1 as the sample's size can tell.
        edge = 1 / (len(won) + 2)
        steps = IsotonicRegression(y_min=edge, y_max=1 - edge, out_of_bounds="clip").fit(total, won)
        return {
            "kind": "isotonic",
            "from": [float(value) for value in steps.X_thresholds_],
            "to": [float(value) for value in steps.y_thresholds_],
        }
    from sklearn.linear_model import LogisticRegression

    # Platt's own targets instead of 0 and 1 keep a small sample from calibrating to certainty.
    hits, misses = int(won.sum()), int((~won).sum())
    sure = np.where(won, (hits + 1) / (hits + 2), 1 / (misses + 2))
    doubled = np.concatenate([total, total])[:, None]
    line = LogisticRegression(C=1e6, max_iter=1000).fit(
        doubled, np.repeat([True, False], len(won)), sample_weight=np.concatenate([sure, 1 - sure])
    )
    slope = float(line.coef_[0][0])
    if slope <= 0:  # what was learned ranks no better than chance: say the rate
        rate = (hits + 1) / (len(won) + 2)
        return {"kind": "sigmoid", "slope": 0.0, "shift": float(np.log(rate / (1 - rate)))}
    return {"kind": "sigmoid", "slope": slope, "shift": float(line.intercept_[0])}


@dataclass(frozen=True)
class _Coder:
    """A field's classes as columns of a matrix, and the way back from their coefficients to a part of the card."""

    field: ScoreField
    matrix: Any
    width: int
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    has_other: bool = False
    has_missing: bool = False

    def part(self, coefficients: Numbers) -> tuple[Part, float]:
        """The part, centred on the average case of the sample, and that average."""
        average = float(self.matrix.mean(axis=0).A1 @ coefficients) if self.width else 0.0
        own = coefficients[: len(self.edges) or len(self.levels)]
        rest = list(coefficients[len(own) :])
        if self.field.type == FieldType.SEVERAL:
            return Part(
                self.field.key, self.field.type, levels=self.levels, weights=_floats(own), other=average
            ), average
        other = rest.pop(0) - average if self.has_other else 0.0
        missing = rest.pop(0) - average if self.has_missing else 0.0
        classes = np.concatenate([[0.0], np.cumsum(own)]) if self.field.type == FieldType.NUMBER else own
        return Part(
            self.field.key,
            self.field.type,
            edges=self.edges,
            levels=self.levels,
            weights=_floats(classes - average),
            missing=float(missing),
            other=float(other),
        ), average


def _coder(each: ScoreField, column: Sequence[Any]) -> _Coder:
    """The classes of a field by its values alone, without a look at the outcome; none where all are alike."""
    from scipy import sparse

    if each.type == FieldType.NUMBER:
        numbers = as_numbers(column)
        known = numbers[~np.isnan(numbers)]
        classes = min(MOST_CLASSES, len(known) // (2 * FEWEST_IN_CLASS))
        shares = np.linspace(0, 1, classes + 1)[1:-1] if classes > 1 else np.empty(0)
        cuts = np.unique(np.quantile(known, shares, method="higher")) if len(shares) else shares
        edges = tuple(float(cut) for cut in cuts if cut > known.min())
        has_missing = 0 < len(known) <= len(column) - FEWEST_IN_CLASS
        blocks = [(numbers >= edge).astype(float) for edge in edges]
        blocks += [np.isnan(numbers).astype(float)] if has_missing else []
        matrix = sparse.csr_matrix(np.column_stack(blocks)) if blocks else None
        return _Coder(each, matrix, len(blocks), edges=edges, has_missing=has_missing)
    sets = [as_texts(value) if each.type == FieldType.SEVERAL else as_texts([value]) for value in column]
    counts: dict[str, int] = {}
    for texts in sets:
        for text in texts:
            counts[text] = counts.get(text, 0) + 1
    frequent = sorted(
        (text for text in counts if counts[text] >= FEWEST_IN_CLASS), key=lambda text: (-counts[text], text)
    )
    levels = tuple(frequent[:MOST_LEVELS])
    places = {text: place for place, text in enumerate(levels)}
    pairs = [(row, places[text]) for row, texts in enumerate(sets) for text in texts if text in places]
    width, has_other, has_missing = len(levels), False, False
    if each.type == FieldType.CATEGORY:
        rare = [row for row, texts in enumerate(sets) if texts and texts[0] not in places]
        empty = [row for row, texts in enumerate(sets) if not texts]
        if has_other := len(rare) >= FEWEST_IN_CLASS:
            pairs += [(row, width) for row in rare]
            width += 1
        if has_missing := len(empty) >= FEWEST_IN_CLASS:
            pairs += [(row, width) for row in empty]
            width += 1
    if width < (1 if each.type == FieldType.SEVERAL else 2):
        return _Coder(each, None, 0)
    rows, columns = zip(*pairs, strict=True)
    matrix = sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(column), width))
    return _Coder(each, matrix, width, levels=levels, has_other=has_other, has_missing=has_missing)


def _tells_all(part: Part, column: Sequence[Any], came: NDArray[np.bool_]) -> bool:
    return auc(classify(part, column).given, came) > SUSPECT_AUC


def _picked(columns: Mapping[str, Sequence[Any]], places: NDArray[np.int_]) -> Columns:
    return Columns({key: [column[place] for place in places] for key, column in columns.items()}, len(places))


def _floats(values: Iterable[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
