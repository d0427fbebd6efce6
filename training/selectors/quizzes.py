"""Attempts as their learner sees them: the questions while it is open, and afterwards what each gave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pages import formats
from pages.markdown import as_html
from tenancy.rls import house_scope
from tenancy.translation import translated
from training.models import Attempt, AttemptQuestion, Question, Reveal


@dataclass(frozen=True)
class AskedQuestion:
    """A question as a learner sees it. options: key, text, and whether it is given. points and what follows them: only of
    a submitted attempt. right: what would have been right, where the quiz reveals it.
    """

    order: int
    kind: str
    text: str
    options: list[dict[str, Any]]
    given: Any
    picture_url: str = ""
    most: Decimal = Decimal(0)
    points: Decimal | None = None
    said: str = ""
    right: str = ""
    feedback: SafeString = field(default_factory=SafeString)

    @classmethod
    def of(cls, row: AttemptQuestion, picture_url: str = "", **after: Any) -> "AskedQuestion":
        """The question as it was shown, in the reader's language."""
        shown = row.shown
        options = [{"text": translated(each["texts"], "–"), **each} for each in shown["options"]]
        return cls(
            order=row.order,
            kind=shown["kind"],
            text=translated(shown["texts"], "–"),
            options=[each | {"is_given": _is_given(each["key"], row.given)} for each in options],
            given=row.given,
            picture_url=picture_url if shown.get("picture") else "",
            most=row.most,
            points=row.points,
            **after,
        )

    @property
    def html(self) -> SafeString:
        """The question as a page shows it; who only reads an answer to it never asks."""
        return mark_safe(as_html(self.text, links=False, top=3))  # noqa: S308 (cleaned there)

    @property
    def name(self) -> str:
        """Of its field in the form."""
        return f"q{self.order}"

    @property
    def number(self) -> int:
        return self.order + 1

    @property
    def lefts(self) -> list[dict[str, Any]]:
        """What is to be matched, each with the key given to it."""
        given = self.given or {}
        return [each | {"given": given.get(each["key"], "")} for each in self.options if each.get("side") == "left"]

    @property
    def rights(self) -> list[dict[str, Any]]:
        return [each for each in self.options if each.get("side") == "right"]

    @property
    def placed(self) -> list[dict[str, Any]]:
        """What is to be ordered, each with its place so far, 0 for none."""
        given = self.given or []
        return [each | {"place": given.index(each["key"]) + 1 if given else 0} for each in self.options]

    @property
    def places(self) -> list[int]:
        return list(range(1, len(self.options) + 1))

    @property
    def outcome(self) -> str:
        """right, part or wrong, once submitted."""
        if self.points is None:
            return ""
        return "right" if self.points == self.most else "part" if self.points else "wrong"


def _is_given(key: str, given: Any) -> bool:
    return key in given if isinstance(given, list) else key == given


def asked_questions(attempt: Attempt, picture_url: Callable[[int], str]) -> list[AskedQuestion]:
    """The questions of an attempt in their order. Before it is submitted nothing but what was shown is read: one query;
    afterwards one more for the explanations.
    """
    rows = list(AttemptQuestion.objects.filter(attempt=attempt).order_by("order"))
    if attempt.submitted_at is None:
        return [AskedQuestion.of(row, picture_url(row.order)) for row in rows]
    reveals = attempt.quiz.reveals
    is_revealed = reveals == Reveal.ALWAYS or (reveals == Reveal.PASSED and attempt.is_passed)
    with house_scope():
        questions = Question.objects.in_bulk([row.question_id for row in rows])
    found = []
    for row in rows:
        question = questions[row.question_id]
        feedback = translated(question.feedback, "") if is_revealed or row.points == row.most else ""
        found.append(
            AskedQuestion.of(
                row,
                picture_url(row.order),
                said=in_words(row.shown, row.given),
                right=right_in_words(row.shown, question.solution) if is_revealed and row.points != row.most else "",
                feedback=mark_safe(as_html(feedback, links=False, top=4)) if feedback else SafeString(),  # noqa: S308
            )
        )
    return found


def in_words(shown: Mapping[str, Any], given: Any) -> str:
    """An answer as one reads it."""
    if given is None:
        return _("Not answered")
    names = {each["key"]: translated(each["texts"], "–") for each in shown["options"]}
    kind = shown["kind"]
    if kind == "single":
        return names[given]
    if kind == "multiple":
        return ", ".join(names[key] for key in names if key in given)
    if kind == "order":
        return " → ".join(names[key] for key in given)
    if kind == "match":
        return "; ".join(f"{names[one]} – {names[other]}" for one, other in given.items())
    if kind == "true":
        return _("True") if given else _("False")
    if kind == "number":
        return formats.number(given)
    if kind == "hotspot":
        x, y = (formats.number(100 * each, 0) for each in given)
        return _("%(x)s %% from the left, %(y)s %% from the top") % {"x": x, "y": y}
    return str(given)


def right_in_words(shown: Mapping[str, Any], solution: Mapping[str, Any]) -> str:
    """What would have been right, as one reads it."""
    kind = shown["kind"]
    if kind == "single":
        return in_words(shown, solution["keys"][0])
    if kind in ("multiple", "order"):
        return in_words(shown, solution["keys"])
    if kind == "match":
        return in_words(shown, solution["pairs"])
    if kind == "true":
        return in_words(shown, solution["is_true"])
    if kind == "number":
        return ", ".join(
            formats.number(low) if low == high else f"{formats.number(low)}–{formats.number(high)}"
            for low, high in solution["ranges"]
        )
    if kind == "text":
        return str(solution["accepted"][0])
    left, top, width, height = solution["areas"][0]
    return in_words(shown, [left + width / 2, top + height / 2])
