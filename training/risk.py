"""Who finishes a course in time, learned from courses of the past, and early enough to help. Pure: no Django, no database.

The learner is that of `valuation.learning`; a case is an enrolment looked at when a part of its time was over, won where
the course was passed in time. Each enrolment stands there several times, once for each of these landmarks at which it was
still open, with what was known by then, and one model learns from all of them (the stacked landmark data set of van
Houwelingen, Scandinavian Journal of Statistics 34, 2007): so it can be asked at any later moment. Nothing is used that
came after the landmark, nor what is overwritten later, such as the time spent. No enrolment judges what was learned from
itself, and how sure the measure is goes by enrolments, not by cases.

How good it is, is measured on the latest quarter of the cases by a model that knew only what was over when they began, or
on other courses than it learned from. Beside it stands the plain rate; where it is no better, nobody is warned by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from valuation.learning import Evaluation, FieldType, Known, Model, Reason, Rows, ScoreField, train

LANDMARKS = (0.2, 0.4, 0.6, 0.8)
"""Parts of the time an enrolment has after which it is looked at."""
EARLIEST = LANDMARKS[0]
"""Before it, nothing can be said yet."""
UNLIKELY, BELOW_USUAL = 0.5, 0.75
"""Help is needed where finishing is less likely than not, and clearly less likely than usual."""
REASONS = 3

FIELDS: tuple[ScoreField, ...] = tuple(
    ScoreField(key, kind, Known.ARRIVAL)
    for key, kind in (
        ("elapsed", FieldType.NUMBER),  # the part of the time that is over
        ("pace", FieldType.NUMBER),  # the part of the lessons done, less that of the time
        ("begun_after", FieldType.NUMBER),  # days until the first lesson was begun; none: not begun
        ("silent", FieldType.NUMBER),  # days since a lesson was begun or done; none: never
        ("days", FieldType.NUMBER),  # different days on which a lesson was begun
        ("score", FieldType.NUMBER),  # mean so far
        ("missed", FieldType.NUMBER),  # attempts at quizzes that failed
        ("given", FieldType.NUMBER),  # days there are in all
        ("lessons", FieldType.NUMBER),
        ("passed_before", FieldType.NUMBER),
        ("missed_before", FieldType.NUMBER),
        ("again", FieldType.CATEGORY),  # has taken this course before
        ("source", FieldType.CATEGORY),
    )
)
TOLD = ("pace", "begun_after", "silent", "days", "score", "missed", "passed_before", "missed_before", "again")
"""The fields that are told as reasons: what somebody can do something about, or ask about."""


@dataclass(frozen=True)
class Outlook:
    """The chance of an open enrolment to be finished in time, and what speaks against it, strongest first."""

    chance: float
    reasons: tuple[Reason, ...]
    needs_help: bool


@dataclass(frozen=True)
class EarlyWarning:
    """What was learned, and what it is worth."""

    model: Model

    @property
    def is_useful(self) -> bool:
        """Whether it beats the plain rate on enrolments it had not seen; if not, warn nobody by it."""
        return self.model.is_useful

    @property
    def is_strict(self) -> bool:
        """Whether it was measured on later enrolments than it had learned from; else on others of the same days."""
        return self.model.is_strict

    @property
    def evaluation(self) -> Evaluation | None:
        return self.model.evaluation

    @property
    def usual(self) -> float:
        """The plain rate of those it learned from, 0 to 1."""
        return self.model.won / self.model.closed

    @property
    def threshold(self) -> float:
        """Below this chance help is needed."""
        return min(UNLIKELY, BELOW_USUAL * self.usual)

    def look_at(self, rows: Rows) -> list[Outlook]:
        """What is to be expected of open enrolments, by the fields of `FIELDS`."""
        return [
            Outlook(
                each.probability,
                tuple(reason for reason in each.reasons if reason.weight < 0 and reason.field in TOLD)[:REASONS],
                each.probability < self.threshold,
            )
            for each in self.model.score_many(rows)
        ]

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts."""
        return self.model.as_json()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "EarlyWarning":
        """What `as_json` wrote; anything else raises ValueError."""
        return cls(Model.from_json(data))


def learn(
    rows: Rows,
    finished: Sequence[bool],
    *,
    looked_at: Sequence[Any],
    settled: Sequence[Any],
    enrolments: Sequence[Any],
    judged: Sequence[bool] | None = None,
) -> EarlyWarning:
    """Learn from enrolments whose outcome is known: which were `finished` in time.

    `looked_at` is the landmark of each case and `settled` the moment its time was over, whatever became of it before, in
    anything that can be compared; `enrolments` names the enrolment of each, so that none judges what was learned from itself, and each counts once
    in how sure the measure is. `judged` names the cases it is measured on instead of the latest, such as those of some courses. Raises
    `valuation.learning.TooFewError` below 200 cases, or 40 finished or not.
    """
    return EarlyWarning(
        train(
            rows,
            finished,
            fields=FIELDS,
            arrived=looked_at,
            closed=settled,
            groups=enrolments,
            is_repeated=True,
            judged=judged,
        )
    )
