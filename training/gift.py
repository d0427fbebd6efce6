"""Questions from GIFT files (the General Import Format Technology of Moodle). Pure: no Django, no database.

Read is what quizzes here can ask: one of several, several by weights, true or false, numbers, short answers and pairs.
Source: docs.moodle.org/en/GIFT_format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from training.grading import new_key, read_range

MOST_QUESTIONS = 2_000
_TITLE = re.compile(r"^::(?P<title>(?:\\.|[^\\:]|:(?!:))*)::")
_PART = re.compile(r"(?<!\\)(?=[=~])")
_WEIGHT = re.compile(r"^%(?P<weight>-?\d+(?:\.\d+)?)%")
_FORMAT = re.compile(r"^\[(html|moodle|plain|markdown)\]\s*")
_TRUE, _FALSE = {"T", "TRUE"}, {"F", "FALSE"}


@dataclass(frozen=True)
class Found:
    """A question of a file, with `options` and `solution` as `training.grading` reads them; texts in no language yet."""

    line: int
    kind: str
    text: str
    options: list[dict[str, Any]] = field(default_factory=list)
    solution: dict[str, Any] = field(default_factory=dict)
    feedback: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Unread:
    """A block that is no question here: where it begins, which reason, and its beginning."""

    line: int
    reason: str
    beginning: str


class _NotReadError(Exception):
    pass


def parse(text: str) -> tuple[list[Found], list[Unread]]:
    """The questions of a GIFT file, and the blocks that could not be read with the reason: `braces`, `essay`, `weights`,
    `number`, `pairs`, `right` (no or several right answers), `text`, `many`.
    """
    found: list[Found] = []
    unread: list[Unread] = []
    tag = ""
    for line, block in _blocks(text):
        if block.startswith("$CATEGORY:"):
            tag = block.removeprefix("$CATEGORY:").strip().rpartition("/")[2][:40]
            continue
        try:
            if len(found) >= MOST_QUESTIONS:
                raise _NotReadError("many")
            found.append(_question(line, block, tag))
        except _NotReadError as reason:
            unread.append(Unread(line, str(reason), block.replace("\n", " ")[:60]))
    return found, unread


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """What stands between empty lines, with the number of its first line; without comments."""
    lines: list[str] = []
    first = 1
    for number, line in enumerate([*text.replace("\r\n", "\n").lstrip("\ufeff").split("\n"), ""], start=1):
        if line.strip():
            if not line.lstrip().startswith("//"):
                first = first if lines else number
                lines.append(line)
        elif lines:
            yield first, "\n".join(lines).strip()
            lines = []


def _question(line: int, block: str, tag: str) -> Found:
    start, end = _unescaped(block, "{"), _unescaped(block, "}")
    if start < 0 or end < start:
        raise _NotReadError("braces")
    before, inside, after = block[:start], block[start + 1 : end], block[end + 1 :]
    before = _FORMAT.sub("", _TITLE.sub("", before).strip())
    words = " ".join(part for part in (_clean(before), "_____" if after.strip() else "", _clean(after)) if part)
    if not words:
        raise _NotReadError("text")
    inside, _sign, general = _split(inside.strip(), "####")
    kind, options, solution = _answers(inside.strip())
    return Found(line, kind, words, options, solution, _clean(general), tag)


def _answers(inside: str) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    if not inside:
        raise _NotReadError("essay")
    if (word := _split(inside, "#")[0].strip().upper()) in _TRUE | _FALSE:
        return "true", [], {"is_true": word in _TRUE}
    if inside.startswith("#"):
        return "number", [], {"ranges": _ranges(inside[1:])}
    parts = [part.strip() for part in _PART.split(inside) if part.strip()]
    if any(part[0] not in "=~" for part in parts):
        raise _NotReadError("braces")
    answers = [_answer(part) for part in parts]
    if all(sign == "=" for sign, _weight, _text in answers):
        return _pairs(answers) if any("->" in text for _sign, _weight, text in answers) else _words(answers)
    return _choices(answers)


def _answer(part: str) -> tuple[str, float | None, str]:
    text = _split(part[1:].strip(), "#")[0].strip()
    weight = _WEIGHT.match(text)
    return part[0], float(weight["weight"]) if weight else None, text[weight.end() :] if weight else text


def _choices(answers: list[tuple[str, float | None, str]]) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    options = [{"key": new_key(), "text": _clean(text)} for _sign, _weight, text in answers]
    full = [sign == "=" for sign, _weight, _text in answers]
    right = [is_full or (weight or 0) > 0 for is_full, (_sign, weight, _text) in zip(full, answers, strict=True)]
    keys = [option["key"] for option, is_right in zip(options, right, strict=True) if is_right]
    if not keys or sum(full) > 1:
        raise _NotReadError("right")
    if any(full):
        if len(keys) > 1:
            raise _NotReadError("weights")
        return "single", options, {"keys": keys}
    if len({weight for _sign, weight, _text in answers if weight and weight > 0}) > 1:
        raise _NotReadError("weights")
    return "multiple", options, {"keys": keys}


def _words(answers: list[tuple[str, float | None, str]]) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    if any(weight not in (None, 100) for _sign, weight, _text in answers):
        raise _NotReadError("weights")
    return "text", [], {"accepted": [_clean(text) for _sign, _weight, text in answers]}


def _pairs(answers: list[tuple[str, float | None, str]]) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    options: list[dict[str, Any]] = []
    rights: dict[str, str] = {}
    pairs: dict[str, str] = {}
    for _sign, _weight, text in answers:
        left, sign, other = text.partition("->")
        if not sign or not left.strip() or not other.strip():
            raise _NotReadError("pairs")
        name = _clean(other)
        if name not in rights:
            rights[name] = new_key()
            options.append({"key": rights[name], "text": name, "side": "right"})
        key = new_key()
        options.append({"key": key, "text": _clean(left), "side": "left"})
        pairs[key] = rights[name]
    return "match", options, {"pairs": pairs}


def _ranges(text: str) -> list[list[float]]:
    """`3.14:0.01`, `1..5`, or several after `=`; only those that are wholly right."""
    found = []
    for part in [each for each in re.split(r"(?<!\\)=", text) if each.strip()]:
        each = _split(part.strip(), "#")[0].strip()
        weight = _WEIGHT.match(each)
        if weight and float(weight["weight"]) != 100:
            raise _NotReadError("weights")
        each = each[weight.end() :] if weight else each
        try:
            found.append(read_range(each))
        except ValueError:
            raise _NotReadError("number") from None
    if not found:
        raise _NotReadError("number")
    return found


def _unescaped(text: str, sign: str) -> int:
    match = re.search(rf"(?<!\\){re.escape(sign)}", text)
    return match.start() if match else -1


def _split(text: str, sign: str) -> tuple[str, str, str]:
    at = _unescaped(text, sign)
    return (text, "", "") if at < 0 else (text[:at], sign, text[at + len(sign) :])


def _clean(text: str) -> str:
    return re.sub(r"\\([~=#{}:\\])", r"\1", text.replace("\\n", "\n")).strip()
