"""Questions from files and into files: GIFT (`training.gift`) and CSV. Pure: no Django, no database.

The columns of a CSV file are in `COLUMNS`; what divides several answers in a cell is `|`, and `->` stands between the two
sides of a pair. Both are taken as they are after a backslash.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from training import gift
from training.grading import faults, new_key, read_range

COLUMNS = (
    "kind", "question", "right", "wrong", "explanation", "tags", "difficulty", "points", "gives_part",
)  # fmt: skip
NEEDED = ("kind", "question", "right")
MOST_QUESTIONS = gift.MOST_QUESTIONS
LONGEST_QUESTION, LONGEST_OPTION, MOST_OPTIONS, MOST_TAGS, LONGEST_TAG = 4_000, 500, 20, 20, 40
MOST_POINTS = Decimal("999.99")
KINDS = ("single", "multiple", "true", "number", "text", "order", "match")
_BAR, _ARROW = re.compile(r"(?<!\\)\|"), re.compile(r"(?<!\\)->")
_YES, _NO = {"true", "t", "yes", "1", "o", "참", "예", "真", "はい", "正"}, {
    "false", "f", "no", "0", "x", "거짓", "아니오", "偽", "いいえ", "誤",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A question of a file, with `options` and `solution` as `training.grading` reads them; an option's `text` is in no
    language yet."""

    line: int
    kind: str
    text: str
    options: list[dict[str, Any]] = field(default_factory=list)
    solution: dict[str, Any] = field(default_factory=dict)
    feedback: str = ""
    tags: list[str] = field(default_factory=list)
    difficulty: int = 3
    points: Decimal = Decimal(1)
    gives_part: bool = True


@dataclass(frozen=True)
class Unread:
    """What is no question here: its line, the reason, and its beginning."""

    line: int
    reason: str
    beginning: str


class _NotReadError(Exception):
    pass


def read(text: str, *, is_csv: bool) -> tuple[list[Found], list[Unread]]:
    """The questions of a file, and what could not be read with its reason: those of `gift.parse`, the faults of
    `grading.faults`, `columns`, `kind`, `text`, `true`, `number`, `pairs`, `difficulty`, `points`, `long`, `broken`, `many`.
    """
    found, unread = _read_csv(text) if is_csv else _read_gift(text)
    kept = []
    for each in found:
        if reason := _fault(each):
            unread.append(Unread(each.line, reason, each.text[:60]))
        else:
            kept.append(each)
    return kept, sorted(unread, key=lambda each: each.line)


def _fault(found: Found) -> str:
    texts = [option["text"] for option in found.options] + list(found.solution.get("accepted", []))
    if (
        len(found.text) > LONGEST_QUESTION
        or len(found.feedback) > LONGEST_QUESTION
        or len(texts) > 2 * MOST_OPTIONS
        or any(len(text) > LONGEST_OPTION for text in texts)
    ):
        return "long"
    options = [option | {"texts": {"": option["text"]}} for option in found.options]
    wrong = faults(found.kind, {"": found.text}, options, found.solution)
    return str(wrong[0]) if wrong else ""


def _read_gift(text: str) -> tuple[list[Found], list[Unread]]:
    found, unread = gift.parse(text)
    return [
        Found(each.line, each.kind, each.text, each.options, each.solution, each.feedback, tags_of(each.tag))
        for each in found
    ], [Unread(each.line, each.reason, each.beginning) for each in unread]


def _read_csv(text: str) -> tuple[list[Found], list[Unread]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    head = lines.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(lines), delimiter=delimiter, strict=True)
    found: list[Found] = []
    unread: list[Unread] = []
    line = 1
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        if not set(NEEDED) <= set(names):
            return [], [Unread(1, "columns", head[:60])]
        line = rows.line_num + 1
        for cells in rows:
            if any(cell.strip() for cell in cells):
                row = {name: _plain(cell) for name, cell in zip(names, cells, strict=False)}
                try:
                    if len(found) >= MOST_QUESTIONS:
                        raise _NotReadError("many")
                    found.append(_question(line, row))
                except _NotReadError as reason:
                    unread.append(Unread(line, str(reason), (row.get("question") or " ".join(cells))[:60]))
            line = rows.line_num + 1
    except csv.Error:
        unread.append(Unread(line, "broken", lines.split("\n")[line - 1 : line][0][:60] if lines else ""))
    return found, unread


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _question(line: int, row: Mapping[str, str]) -> Found:
    kind, text = row.get("kind", "").lower(), row.get("question", "")
    if kind not in KINDS:
        raise _NotReadError("kind")
    if not text:
        raise _NotReadError("text")
    options, solution = _answers(kind, _parts(row.get("right", "")), _parts(row.get("wrong", "")))
    return Found(
        line, kind, text, options, solution, row.get("explanation", ""), tags_of(row.get("tags", "")),
        _difficulty(row.get("difficulty", "")), _points(row.get("points", "")),
        row.get("gives_part", "").casefold() not in _NO,
    )  # fmt: skip


def _answers(kind: str, right: list[str], wrong: list[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if kind == "true":
        said = right[0].casefold() if right else ""
        if said not in _YES | _NO:
            raise _NotReadError("true")
        return [], {"is_true": said in _YES}
    if kind == "number":
        try:
            return [], {"ranges": [read_range(each) for each in right]}
        except ValueError:
            raise _NotReadError("number") from None
    if kind == "text":
        return [], {"accepted": right}
    if kind == "match":
        return _pairs(right, wrong)
    options = [{"key": new_key(), "text": text} for text in [*right, *wrong]]
    return options, {"keys": [option["key"] for option in options[: len(right)]]}


def _pairs(right: list[str], wrong: list[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    others: dict[str, str] = {}
    options: list[dict[str, Any]] = []
    pairs: dict[str, str] = {}
    for each in right:
        sides = [_clear(side.strip()) for side in _ARROW.split(each)]
        if len(sides) != 2 or not all(sides):
            raise _NotReadError("pairs")
        key = new_key()
        options.append({"key": key, "text": sides[0], "side": "left"})
        pairs[key] = others.setdefault(sides[1], new_key())
    for each in wrong:
        others.setdefault(_clear(each), new_key())
    options += [{"key": key, "text": text, "side": "right"} for text, key in others.items()]
    return options, {"pairs": pairs}


def _parts(cell: str) -> list[str]:
    """What stands between the bars of a cell; an escaped arrow stays so until it is known to be no pair's."""
    return [part for part in (each.strip().replace("\\|", "|") for each in _BAR.split(cell)) if part]


def _clear(text: str) -> str:
    return text.replace("\\->", "->")


def tags_of(text: str) -> list[str]:
    """Tags divided by commas or semicolons, each once, in small letters."""
    tags = dict.fromkeys(" ".join(tag.lower().split())[:LONGEST_TAG] for tag in re.split(r"[,;|]", text))
    return [tag for tag in tags if tag][:MOST_TAGS]


def _difficulty(text: str) -> int:
    if text and text not in ("1", "2", "3", "4", "5"):
        raise _NotReadError("difficulty")
    return int(text or 3)


def _points(text: str) -> Decimal:
    try:
        points = Decimal(text or "1")
    except InvalidOperation:
        raise _NotReadError("points") from None
    if not points.is_finite() or not Decimal("0.25") <= points <= MOST_POINTS:
        raise _NotReadError("points")
    return round(points, 2)


def as_rows(questions: Sequence[Any], language: str) -> Iterator[list[Any]]:
    """The questions as rows under `COLUMNS`, in a language and what it lacks in another. What points in a picture has no row:
    its picture would be missing."""
    for each in questions:
        if each.kind in KINDS:
            right, wrong = _cells(each, language)
            yield [
                each.kind, _in(each.texts, language), right, wrong, _in(each.feedback, language), "; ".join(each.tags),
                each.difficulty, each.points, "yes" if each.gives_part else "no",
            ]  # fmt: skip


def _cells(question: Any, language: str) -> tuple[str, str]:
    kind, solution = question.kind, question.solution
    if kind == "true":
        return ("true" if solution["is_true"] else "false"), ""
    if kind == "number":
        return " | ".join(range_text(low, high) for low, high in solution["ranges"]), ""
    if kind == "text":
        return " | ".join(_bars(each) for each in solution["accepted"]), ""
    names = {each["key"]: _bars(_in(each["texts"], language)) for each in question.options}
    if kind == "match":
        arrow = {key: name.replace("->", "\\->") for key, name in names.items()}
        pairs = solution["pairs"]
        spare = [
            arrow[each["key"]]
            for each in question.options
            if each["side"] == "right" and each["key"] not in pairs.values()
        ]
        return " | ".join(f"{arrow[one]} -> {arrow[other]}" for one, other in pairs.items()), " | ".join(spare)
    keys = solution["keys"]
    return " | ".join(names[key] for key in keys), " | ".join(name for key, name in names.items() if key not in keys)


def range_text(low: float, high: float) -> str:
    """A range as one writes it."""
    return _short(low) if low == high else f"{_short(low)}..{_short(high)}"


def _short(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _bars(text: str) -> str:
    return text.replace("|", "\\|")


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")
