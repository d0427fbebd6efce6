"""What quizzes and packages of a course are in its file: out with their banks of questions and their ZIPs, and in again.

As with all of the file nothing is believed: a question is taken apart and put together from what is known of its kind.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from tenancy.files import PICTURES, stored_name
from tenancy.models import Membership
from training.grading import faults
from training.models import Lesson, Question, QuestionBank, QuestionKind, Quiz, QuizPart, Reveal
from training.question_files import MOST_OPTIONS, MOST_POINTS, MOST_TAGS
from training.scorm_archive import MOST_PACKAGE, read_package
from training.scorm_flaws import sentence
from training.scorm_manifest import FlawError
from training.selectors.scorm import package_of
from training.services.content import MOST_PICTURE
from training.services.question_banks import FOLDER, save_quiz
from training.services.scorm import keep_package

BANKS = "banks"
MOST_BANKS, MOST_QUESTIONS, MOST_PARTS = 50, 5_000, 50
RULES: dict[str, tuple[int, int]] = {
    "pass_mark": (1, 100),
    "attempts": (0, 100),
    "wait_hours": (0, 720),
    "minutes": (0, 600),
}
SIDES = ("left", "right")
Keep = Callable[[Lesson], None]


class Packer(Protocol):
    """A file of a course that is written."""

    def file(self, path: str, file: Any) -> str: ...
    def index(self, key: str, pk: int, make: Callable[[], dict[str, Any]]) -> int: ...


class Reading(Protocol):
    """A file of a course that is read."""

    by: Membership
    told: dict[str, Any]
    shared: dict[str, Any]

    def wrong(self, sentence: str) -> None: ...
    def rows(self, told: dict[str, Any], key: str, most: int) -> list[dict[str, Any]]: ...
    def text(self, told: Any, where: str, what: str) -> str: ...
    def texts(self, told: Any, where: str, what: str, *, required: bool = False) -> dict[str, str]: ...
    def file(self, where: str, path: Any, name: Any, most: int, kinds: Any) -> Any: ...


# --- Packages ---------------------------------------------------------------------------------------------------------


def pack_package(lesson: Lesson, packer: Packer) -> dict[str, Any]:
    """The package of a lesson, as it was uploaded."""
    package = package_of(lesson.pk)
    if package is None:
        return {}
    return {"file": packer.file(f"packages/{package.pk}.zip", package.file), "name": package.original_name}


def unpack_package(where: str, told: dict[str, Any], reading: Reading) -> Keep | None:
    """The package that comes with a lesson, looked through as if it were uploaded; None for a lesson without."""
    if "file" not in told:
        return None
    upload = reading.file(where, told["file"], told.get("name"), MOST_PACKAGE, ("zip",))
    if upload is None:
        return None
    try:
        read_package(upload)
    except FlawError as error:
        for flaw in error.flaws:
            reading.wrong(f"{where}: {sentence(flaw)}")
        return None
    return lambda lesson: _keep_package(lesson, upload, reading.by)


def _keep_package(lesson: Lesson, upload: Any, by: Membership) -> None:
    upload.seek(0)
    keep_package(lesson, upload, by=by)


# --- Quizzes out ------------------------------------------------------------------------------------------------------


def pack_quiz(lesson: Lesson, packer: Packer) -> dict[str, Any]:
    """The rules of a quiz, and what it draws from which of the banks that come along."""
    quiz = Quiz.objects.get(lesson=lesson)
    return {
        "rules": {name: getattr(quiz, name) for name in (*RULES, "is_shuffled", "reveals")},
        "parts": [
            {
                "bank": packer.index(BANKS, part.bank_id, lambda bank=part.bank: _bank_out(bank, packer)),  # type: ignore[misc]
                "tag": part.tag,
                "easiest": part.easiest,
                "hardest": part.hardest,
                "count": part.count,
            }
            for part in quiz.parts.select_related("bank")
        ],
    }


def _bank_out(bank: QuestionBank, packer: Packer) -> dict[str, Any]:
    questions = bank.questions.filter(is_retired=False).order_by("pk")
    return {"name": bank.name, "questions": [_question_out(each, packer) for each in questions]}


def _question_out(question: Question, packer: Packer) -> dict[str, Any]:
    out = {
        "kind": question.kind,
        "texts": question.texts,
        "options": question.options,
        "solution": question.solution,
        "feedback": question.feedback,
        "tags": question.tags,
        "difficulty": question.difficulty,
        "points": str(question.points),
        "gives_part": question.gives_part,
    }
    if question.picture:
        path = packer.file(f"questions/{question.pk}", question.picture)
        out |= {"picture": path, "name": str(question.picture.name).rpartition("/")[2]}
    return out


# --- Quizzes in -------------------------------------------------------------------------------------------------------


def unpack_quiz(where: str, told: dict[str, Any], reading: Reading) -> Keep | None:
    """The rules of a quiz that comes with a lesson, and its parts; None where they cannot be read."""
    banks = _banks(reading)
    rules = _rules(told.get("rules"))
    if rules is None:
        reading.wrong(_("%(where)s: the rules of the quiz cannot be read.") % {"where": where})
        return None
    parts = [_part(each, reading, len(banks)) for each in reading.rows(told, "parts", MOST_PARTS)]
    if None in parts:
        reading.wrong(_("%(where)s: a part of the quiz cannot be read.") % {"where": where})
        return None

    def keep(lesson: Lesson) -> None:
        quiz = Quiz.objects.get(lesson=lesson)
        for name, value in rules.items():
            setattr(quiz, name, value)
        made = [
            QuizPart(bank=_kept_bank(banks[part["bank"]], reading), **{k: v for k, v in part.items() if k != "bank"})
            for part in parts
            if part is not None
        ]
        save_quiz(quiz, made)

    return keep


def _rules(told: Any) -> dict[str, Any] | None:
    if not isinstance(told, dict):
        return None
    found = {name: told.get(name) for name in RULES}
    if not all(_is_whole(found[name], *limits) for name, limits in RULES.items()):
        return None
    if told.get("reveals") not in Reveal.values:
        return None
    return found | {"is_shuffled": told.get("is_shuffled") is not False, "reveals": told["reveals"]}


def _part(told: dict[str, Any], reading: Reading, banks: int) -> dict[str, Any] | None:
    easiest, hardest = told.get("easiest"), told.get("hardest")
    is_right = (
        _is_whole(told.get("bank"), 0, banks - 1)
        and _is_whole(easiest, 1, 5)
        and _is_whole(hardest, 1, 5)
        and easiest <= hardest  # type: ignore[operator]
        and _is_whole(told.get("count"), 1, 100)
    )
    if not is_right:
        return None
    tag = reading.text(told.get("tag", ""), _("The tags"), "tag")
    return {"bank": told["bank"], "tag": tag, "easiest": easiest, "hardest": hardest, "count": told["count"]}


def _banks(reading: Reading) -> list[dict[str, Any]]:
    """The banks that come with a course, read once."""
    if BANKS not in reading.shared:
        reading.shared[BANKS] = [_bank(each, reading) for each in reading.rows(reading.told, BANKS, MOST_BANKS)]
    found: list[dict[str, Any]] = reading.shared[BANKS]
    return found


def _bank(told: dict[str, Any], reading: Reading) -> dict[str, Any]:
    name = reading.text(told.get("name"), _("The name of a question bank"), "bank").strip()
    where = _("Question bank “%(name)s”") % {"name": name[:60]}
    questions = []
    for number, each in enumerate(reading.rows(told, "questions", MOST_QUESTIONS), 1):
        question = _question(each, _("%(where)s, question %(number)s") % {"where": where, "number": number}, reading)
        if question is None:
            reading.wrong(
                _("%(where)s: question %(number)s is not complete, or cannot be read.")
                % {"where": where, "number": number}
            )
            break
        questions.append(question)
    if not name:
        reading.wrong(_("A question bank has no name."))
    return {"name": name, "questions": questions}


def _question(told: dict[str, Any], where: str, reading: Reading) -> dict[str, Any] | None:
    kind, picture = told.get("kind"), None
    options = _options(told.get("options", []), where, reading)
    solution = _solution(str(kind), told.get("solution"), options or [])
    points, tags = _points(told.get("points")), told.get("tags", [])
    if kind not in QuestionKind.values or options is None or solution is None or points is None:
        return None
    if not _is_whole(told.get("difficulty"), 1, 5) or not isinstance(tags, list) or len(tags) > MOST_TAGS:
        return None
    if "picture" in told:
        picture = reading.file(where, told["picture"], told.get("name"), MOST_PICTURE, PICTURES)
    texts = reading.texts(told.get("texts"), where, "question")
    if faults(str(kind), texts, options, solution, has_picture=picture is not None):
        return None
    return {
        "kind": kind,
        "texts": texts,
        "options": options,
        "solution": solution,
        "feedback": reading.texts(told.get("feedback"), where, "question"),
        "tags": [reading.text(tag, where, "tag") for tag in tags],
        "difficulty": told["difficulty"],
        "points": points,
        "gives_part": told.get("gives_part") is not False,
        "picture": picture,
    }


def _options(told: Any, where: str, reading: Reading) -> list[dict[str, Any]] | None:
    if not isinstance(told, list) or len(told) > 2 * MOST_OPTIONS:
        return None
    found: list[dict[str, Any]] = []
    for each in told:
        key = each.get("key") if isinstance(each, dict) else None
        if not isinstance(key, str) or not re.fullmatch(r"[0-9a-f]{1,16}", key):
            return None
        option: dict[str, Any] = {"key": key, "texts": reading.texts(each.get("texts"), where, "option")}
        if "side" in each:
            if each["side"] not in SIDES:
                return None
            option["side"] = each["side"]
        found.append(option)
    return found if len({each["key"] for each in found}) == len(found) else None


def _solution(kind: str, told: Any, options: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What is right, as `training.grading` reads it, of what belongs to the kind alone."""
    if not isinstance(told, dict):
        return None
    keys = {each["key"] for each in options}
    found: Any = None
    if kind in ("single", "multiple", "order"):
        found = told.get("keys")
        return {"keys": found} if _is_list(found, lambda key: isinstance(key, str) and key in keys) else None
    if kind == "true":
        return {"is_true": told["is_true"]} if isinstance(told.get("is_true"), bool) else None
    if kind == "text":
        found = told.get("accepted")
        return {"accepted": found} if _is_list(found, lambda text: isinstance(text, str) and len(text) <= 500) else None
    if kind == "match":
        found = told.get("pairs")
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            return None
        return {"pairs": found} if all("side" in each for each in options) else None
    name, length = ("ranges", 2) if kind == "number" else ("areas", 4)
    found = told.get(name)
    is_right = _is_list(found, lambda row: _is_list(row, _is_number) and len(row) == length)
    return {name: found} if is_right else None


def _kept_bank(told: dict[str, Any], reading: Reading) -> QuestionBank:
    """The bank, made with its questions when the first quiz draws from it, under a name that is free."""
    made: dict[int, QuestionBank] = reading.shared.setdefault("made_banks", {})
    if id(told) in made:
        return made[id(told)]
    taken = set(QuestionBank.objects.values_list("name", flat=True))
    name, number = told["name"], 2
    while name in taken:
        end = f" ({number})"
        name, number = told["name"][: 120 - len(end)] + end, number + 1
    bank = QuestionBank.objects.create(name=name, owner=reading.by)
    questions = []
    for each in told["questions"]:
        question = Question(bank=bank, **{key: value for key, value in each.items() if key != "picture"})
        if (picture := each["picture"]) is not None:
            question.picture.save(stored_name(bank.manufacturer_id, FOLDER, picture.name), picture, save=False)
        questions.append(question)
    Question.objects.bulk_create(questions, batch_size=500)
    made[id(told)] = bank
    return bank


def _points(told: Any) -> Decimal | None:
    try:
        points = Decimal(told) if isinstance(told, str) else None
    except InvalidOperation:
        return None
    if points is None or not points.is_finite() or not Decimal("0.25") <= points <= MOST_POINTS:
        return None
    return round(points, 2)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) <= 10**15


def _is_list(value: Any, is_right: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and len(value) <= 2 * MOST_OPTIONS and all(is_right(each) for each in value)
