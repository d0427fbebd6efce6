"""What the answers of an application are worth, line by line. Pure: no Django, no database.

Each question has a weight; each answer is worth 0 to 100 points. The score is the weighted mean of the points, from 0 to
100, over all questions that have a weight: one left unanswered counts with 0 points, so silence never helps.

What an answer is worth stands in the question's options, each `{"key", "points", "knock_out"}`:
    choice, yes_no    one option per answer; `yes` and `no` are the keys of the latter
    multiple          the points of all chosen options together, at most 100
    number            `key` is the smallest number to which the option applies; the highest that fits counts
    place             `key` is a country's code
    text, long, file  the option `ANY` says what any answer is worth
The option `ANY` also stands for every other answer of a number or place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

ANY = "*"
FULL = Decimal(100)


class QuestionType(StrEnum):
    """The kinds of question."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    CHOICE = "choice"
    MULTIPLE = "multiple"
    YES_NO = "yes_no"
    FILE = "file"
    PLACE = "place"


CHOICES = frozenset({QuestionType.CHOICE, QuestionType.MULTIPLE})
"""Types whose answers the manufacturer names itself."""


@dataclass(frozen=True)
class Question:
    """What scoring has to know of a question."""

    key: str
    type: QuestionType
    weight: int = 0
    options: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Line:
    """One question's part in the score."""

    key: str
    weight: int
    points: Decimal
    is_answered: bool
    is_knock_out: bool
    share: Decimal
    """What it adds to the score: points times weight over all weights."""


@dataclass(frozen=True)
class Vetting:
    """A score with its explanation; no score where no question has a weight."""

    score: Decimal | None
    lines: list[Line] = field(default_factory=list)

    @property
    def is_knocked_out(self) -> bool:
        """Whether one answer rules the applicant out, whatever the score."""
        return any(line.is_knock_out for line in self.lines)

    def as_json(self) -> list[dict[str, Any]]:
        """The lines as they are kept with an application; numbers as text, so that they stay exact."""
        return [
            {
                "key": line.key,
                "weight": line.weight,
                "points": str(line.points),
                "share": str(line.share),
                "is_answered": line.is_answered,
                "is_knock_out": line.is_knock_out,
            }
            for line in self.lines
        ]


def vet(questions: Iterable[Question], answers: Mapping[str, Any]) -> Vetting:
    """The score of `answers` (by question key), one line for each question that has a weight or was a knock-out."""
    asked = list(questions)
    total = sum(question.weight for question in asked)
    lines = []
    exact = Decimal(0)
    for question in asked:
        answer = answers.get(question.key)
        answered = is_answered(answer)
        given = matching_options(question, answer) if answered else []
        points = min(FULL, max(Decimal(0), sum((_points(option) for option in given), Decimal(0))))
        knock_out = any(bool(option.get("knock_out")) for option in given)
        share = points * question.weight / total if total else Decimal(0)
        exact += share
        if question.weight or knock_out:
            lines.append(Line(question.key, question.weight, points, answered, knock_out, _rounded(share)))
    return Vetting(_rounded(exact) if total else None, lines)


def is_answered(answer: Any) -> bool:
    """Whether something was answered: an empty text, list or place is no answer."""
    if isinstance(answer, Mapping):
        return bool(answer.get("country"))
    return answer not in (None, "", [], False)


def matching_options(question: Question, answer: Any) -> list[Mapping[str, Any]]:
    """The options of the question that the answer falls under."""
    options = {str(option["key"]): option for option in question.options}
    rest = [options[ANY]] if ANY in options else []
    if question.type == QuestionType.MULTIPLE:
        chosen = answer if isinstance(answer, list) else [answer]
        return [options[key] for key in map(str, chosen) if key in options]
    if question.type == QuestionType.NUMBER:
        number = to_number(answer)
        bounds = [(bound, option) for key, option in options.items() if (bound := to_number(key)) is not None]
        fitting = [(bound, option) for bound, option in bounds if number is not None and bound <= number]
        return [max(fitting, key=lambda pair: pair[0])[1]] if fitting else rest
    key = str(answer.get("country", "")) if isinstance(answer, Mapping) else str(answer)
    return [options[key]] if key != ANY and key in options else rest


def to_number(text: Any) -> Decimal | None:
    """The number that a text says, or nothing."""
    try:
        number = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def best_points(question: Question) -> Decimal:
    """The most that an answer to this question can be worth."""
    points = [_points(option) for option in question.options]
    if not points:
        return Decimal(0)
    best = sum((each for each in points if each > 0), Decimal(0))
    return min(FULL, best if question.type == QuestionType.MULTIPLE else max(points))


def _points(option: Mapping[str, Any]) -> Decimal:
    return to_number(option.get("points", 0)) or Decimal(0)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
