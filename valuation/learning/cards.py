"""The learned score as a card of plain numbers: what each class of each field gives."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.learning.fields import Columns, FieldType, Rows, as_numbers, as_text, as_texts, column_of
from valuation.learning.measures import Evaluation, Numbers

REASONS = 5
FORMAT = 1


@dataclass(frozen=True)
class Reason:
    """What one field did to a case's chances.

    `effect` is in percentage points of probability, `weight` in log odds, both against the average case. `low` and `high`
    bound the class of a number; a value that is missing is None, one that was never seen says so.
    """

    field: str
    value: str | None
    effect: float
    weight: float
    low: float | None = None
    high: float | None = None
    is_new: bool = False

    def as_json(self) -> dict[str, Any]:
        """Without what does not apply."""
        return {key: value for key, value in asdict(self).items() if value not in (None, False) or key == "value"}


@dataclass(frozen=True)
class Scored:
    """The probability of one case, and its strongest reasons, strongest first."""

    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Part:
    """What the classes of one field give, in log odds against the average case."""

    key: str
    type: FieldType
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    """One for each class: between two edges, or of one level."""
    missing: float = 0.0
    other: float = 0.0
    """Of levels that were rare or never seen."""
    share: float = 0.0
    """How much it moves cases apart: its part of the spread of all fields, 0 to 1."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Part":
        """What was kept of a part."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**values | {"type": FieldType(data["type"])})


@dataclass(frozen=True)
class Model:
    """A learned score. `score` and `score_many` are all that its users need; `as_json` keeps it."""

    intercept: float
    parts: tuple[Part, ...]
    calibration: Mapping[str, Any]
    closed: int
    won: int
    evaluation: Evaluation | None
    """On the latest cases, by a model that had learned from the earlier ones alone."""
    is_strict: bool
    """Whether that model also knew no outcome later than the first of the latest cases arrived."""
    learned_from: int = 0
    suspects: tuple[str, ...] = ()
    """Fields that alone all but tell the outcome: are they really known before?"""
    left_out: tuple[str, ...] = ()
    """Fields declared as known too late."""

    @property
    def is_useful(self) -> bool:
        """Whether it did better than the plain rate on cases it had not seen."""
        return self.evaluation is not None and self.evaluation.is_better_than_rate

    def score(self, row: Mapping[str, Any]) -> Scored:
        """The probability of one case and its strongest reasons. Unknown fields and values are harmless."""
        return self.score_many([row])[0]

    def score_many(self, rows: Rows) -> list[Scored]:
        """As `score`, for many cases at once."""
        if len(rows) == 0:
            return []
        given, classes = self._given(rows)
        total = self.intercept + given.sum(axis=1)
        chances = self._calibrated(total)
        effects = 100 * (chances[:, None] - self._calibrated(total[:, None] - given))
        strongest = np.argsort(-np.abs(given), axis=1, kind="stable")[:, :REASONS]
        return [
            Scored(
                float(chances[place]),
                tuple(
                    self._reason(classes[column], column, place, given[place, column], effects[place, column])
                    for column in strongest[place]
                    if abs(given[place, column]) > 1e-6
                ),
            )
            for place in range(len(chances))
        ]

    def probabilities(self, rows: Rows | Columns) -> Numbers:
        """The probabilities alone."""
        given, _classes = self._given(rows)
        return self._calibrated(self.intercept + given.sum(axis=1))

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts."""
        return {"format": FORMAT} | asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Model":
        """What `as_json` wrote; anything else raises."""
        values = dict(data)
        if values.pop("format", None) != FORMAT:
            raise ValueError("This is no model that can be read.")
        values["parts"] = tuple(Part.from_json(part) for part in values["parts"])
        values["evaluation"] = Evaluation.from_json(values["evaluation"]) if values["evaluation"] else None
        values["suspects"], values["left_out"] = tuple(values["suspects"]), tuple(values["left_out"])
        return cls(**values)

    def _given(self, rows: Rows | Columns) -> tuple[Numbers, list["Classes"]]:
        classes = [classify(part, column_of(rows, part.key)) for part in self.parts]
        if not classes:
            return np.zeros((len(rows), 0)), classes
        return np.column_stack([each.given for each in classes]), classes

    def _calibrated(self, total: Numbers) -> Numbers:
        if self.calibration["kind"] == "isotonic":
            return np.interp(total, self.calibration["from"], self.calibration["to"])
        return sigmoid(self.calibration["slope"] * total + self.calibration["shift"])

    def _reason(self, classes: "Classes", column: int, place: int, weight: float, effect: float) -> Reason:
        part = self.parts[column]
        text, low, high = classes.texts[place], None, None
        if part.type == FieldType.NUMBER and text is not None:
            bounds = (None, *part.edges, None)
            number = int(np.searchsorted(part.edges, float(text), side="right"))
            low, high = bounds[number], bounds[number + 1]
        return Reason(
            part.key, text, round(float(effect), 1), round(float(weight), 3), low, high, bool(classes.is_new[place])
        )


@dataclass(frozen=True)
class Classes:
    """A column of values as one part reads it: what each gives, its text, and whether it was never seen."""

    given: Numbers
    texts: list[str | None]
    is_new: NDArray[np.bool_]


def classify(part: Part, column: Sequence[Any]) -> Classes:
    """What each value of a column gives by a part of the score card."""
    count = len(column)
    if part.type == FieldType.NUMBER:
        numbers = as_numbers(column)
        known = ~np.isnan(numbers)
        given = np.full(count, part.missing)
        given[known] = np.asarray(part.weights)[np.searchsorted(part.edges, numbers[known], side="right")]
        return Classes(given, [f"{number:.12g}" if number == number else None for number in numbers], ~known & False)
    weights = dict(zip(part.levels, part.weights, strict=True))
    if part.type == FieldType.CATEGORY:
        texts = [as_text(value) for value in column]
        given = np.array([part.missing if text is None else weights.get(text, part.other) for text in texts])
        is_new = np.array([text is not None and text not in weights for text in texts], dtype=bool)
        return Classes(given, texts, is_new)
    sets = [as_texts(value) for value in column]
    given = np.array([sum(weights.get(text, 0.0) for text in each) if each else 0.0 for each in sets])
    # `other` is what the average case gets of a field of several values: taken off, so that zero is the average.
    return Classes(given - part.other, [", ".join(each) or None for each in sets], np.zeros(count, dtype=bool))


def sigmoid(total: Numbers) -> Numbers:
    """From log odds to a probability, without overflow, and never quite 0 or 1."""
    return 1 / (1 + np.exp(-np.clip(total, -30, 30)))
