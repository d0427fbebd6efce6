"""How questions are shown without their solution, and what an answer is worth. Pure: no Django, no database.

A question has a kind, `options` and a `solution`:

    single, multiple   options [{"key", "texts"}]            solution {"keys": [...]}
    true               options []                            solution {"is_true": bool}
    number             options []                            solution {"ranges": [[low, high], ...]}
    text               options []                            solution {"accepted": ["socket", "so*t", ...]}
    order              options [{"key", "texts"}]            solution {"keys": [... in their order]}
    match              options [{"key", "texts", "side"}]    solution {"pairs": {left key: right key}}
    hotspot            options []                            solution {"areas": [[left, top, width, height], ...]} of 0 to 1

Keys of options are random (`new_key`), so that neither they nor their order tells anything.
"""

import bisect
import fnmatch
import math
import random
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

SIDES = ("left", "right")
LONGEST_TEXT = 500
LARGEST = Decimal(10) ** 15
CLOSE = 1e-9
"""How far a number may lie beside a range by the rounding of binary fractions, as a share of its size."""
THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


class Fault(StrEnum):
    """What is wrong with a question as it was written."""

    NO_TEXT = "no_text"
    TOO_FEW_OPTIONS = "too_few_options"
    EMPTY_OPTION = "empty_option"
    NO_SOLUTION = "no_solution"
    SEVERAL_RIGHT = "several_right"
    ALL_RIGHT = "all_right"
    BAD_RANGE = "bad_range"
    UNPAIRED = "unpaired"
    NO_PICTURE = "no_picture"
    BAD_AREA = "bad_area"


def read_range(text: str) -> list[float]:
    """The numbers from `low..high`, or those around a `middle:tolerance`, the tolerance being 0 where none is named.
    ValueError where it is neither.
    """
    try:
        if ".." in text:
            low, high = (Decimal(side.strip()) for side in text.split(".."))
        else:
            middle, _sign, around = text.partition(":")
            low = Decimal(middle.strip()) - Decimal(around.strip() or 0)
            high = Decimal(middle.strip()) + Decimal(around.strip() or 0)
        if not (abs(low) < LARGEST and abs(high) < LARGEST):
            raise ValueError(text)
    except ArithmeticError as wrong:
        raise ValueError(text) from wrong
    return [float(low), float(high)]


def new_key() -> str:
    """A key of an option that says nothing about it."""
    return secrets.token_hex(4)


def faults(
    kind: str, texts: Mapping[str, str], options: Sequence[Mapping[str, Any]], solution: Mapping[str, Any],
    *, has_picture: bool = False,
) -> list[Fault]:  # fmt: skip
    """What keeps a question from being asked; nothing where it can be."""
    found = [] if any(text.strip() for text in texts.values()) else [Fault.NO_TEXT]
    if kind in ("single", "multiple", "order", "match"):
        found += _option_faults(kind, options, solution)
    elif kind == "true":
        found += [] if isinstance(solution.get("is_true"), bool) else [Fault.NO_SOLUTION]
    elif kind == "number":
        ranges = solution.get("ranges") or []
        found += [] if ranges else [Fault.NO_SOLUTION]
        found += [Fault.BAD_RANGE] if any(low > high for low, high in ranges) else []
    elif kind == "text":
        found += [] if any(plain(each).strip("* ") for each in solution.get("accepted", [])) else [Fault.NO_SOLUTION]
    elif kind == "hotspot":
        areas = solution.get("areas") or []
        found += [] if has_picture else [Fault.NO_PICTURE]
        found += [] if areas else [Fault.NO_SOLUTION]
        found += [] if all(_is_area(area) for area in areas) else [Fault.BAD_AREA]
    return found


def _option_faults(kind: str, options: Sequence[Mapping[str, Any]], solution: Mapping[str, Any]) -> list[Fault]:
    found = []
    if len([each for each in options if each.get("side", "left") == "left"]) < 2:
        found.append(Fault.TOO_FEW_OPTIONS)
    if any(not any(text.strip() for text in each["texts"].values()) for each in options):
        found.append(Fault.EMPTY_OPTION)
    keys = {each["key"] for each in options}
    if kind == "match":
        left = {each["key"] for each in options if each["side"] == "left"}
        pairs = solution.get("pairs", {})
        is_paired = set(pairs) == left and set(pairs.values()) <= keys - left
        return found + ([] if is_paired else [Fault.UNPAIRED])
    right = set(solution.get("keys", [])) & keys
    if not right:
        found.append(Fault.NO_SOLUTION)
    elif kind == "single" and len(right) > 1:
        found.append(Fault.SEVERAL_RIGHT)
    elif kind == "multiple" and right == keys:
        found.append(Fault.ALL_RIGHT)
    elif (kind == "order" and list(solution["keys"]) != list(dict.fromkeys(solution["keys"]))) or (
        kind == "order" and right != keys
    ):
        found.append(Fault.NO_SOLUTION)
    return found


def _is_area(area: Any) -> bool:
    left, top, width, height = area
    return left >= 0 and top >= 0 and width > 0 and height > 0 and left + width <= 1.0001 and top + height <= 1.0001


def shown(
    kind: str,
    texts: Mapping[str, str],
    options: Sequence[Mapping[str, Any]],
    *,
    is_shuffled: bool,
    draw: random.Random,
) -> dict[str, Any]:
    """What a learner gets of a question: kind, texts and options with key, texts and side, and nothing of the solution.

    What is to be ordered or matched is always shuffled: its order would give it away.
    """
    visible = [{name: each[name] for name in ("key", "texts", "side") if name in each} for each in options]
    if is_shuffled or kind in ("order", "match"):
        draw.shuffle(visible)
    return {"kind": kind, "texts": dict(texts), "options": visible}


def read_answer(question: Mapping[str, Any], given: Any) -> Any:
    """An answer to a question as it was shown, in the shape that `share` reads; None for no answer.

    ValueError for one that is none: a key that was not offered, a text for a number, a point beside the picture.
    """
    if given in (None, "", [], {}):
        return None
    try:
        return _read(question, given)
    except (TypeError, AttributeError) as wrong:
        raise ValueError("This is no answer to such a question.") from wrong


def _read(question: Mapping[str, Any], given: Any) -> Any:
    kind = question["kind"]
    keys = [each["key"] for each in question["options"]]
    if kind == "single":
        return _offered(given, keys)
    if kind == "multiple":
        chosen = given if isinstance(given, list) else [given]
        return sorted({_offered(each, keys) for each in chosen})
    if kind == "order":
        if not isinstance(given, list) or sorted(given) != sorted(keys):
            raise ValueError("Every item has one place.")
        return given
    if kind == "match":
        sides = {each["key"]: each["side"] for each in question["options"]}
        left = [key for key in keys if sides[key] == "left"]
        right = [key for key in keys if sides[key] == "right"]
        return {_offered(one, left): _offered(other, right) for one, other in dict(given).items() if other}
    if kind == "true":
        return {"true": True, "false": False, True: True, False: False}[_offered(given, ["true", "false", True, False])]
    if kind == "number":
        return _number(str(given).strip())
    if kind == "text":
        if "\x00" in str(given):
            raise ValueError("A text has no such sign.")
        return str(given)[:LONGEST_TEXT]
    x, y = (float(each) for each in given)
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError("The point lies beside the picture.")
    return [x, y]


def _number(text: str) -> float:
    """With a point before the decimals, and commas between the thousands; a comma anywhere else is a point."""
    number = float(text.replace(",", "" if THOUSANDS.match(text) else "."))
    if not math.isfinite(number):
        raise ValueError("A number is asked for.")
    return number


def _offered(given: Any, keys: Sequence[Any]) -> Any:
    if isinstance(given, list | dict) or given not in keys:
        raise ValueError("This was not among the answers.")
    return given


def share(kind: str, solution: Mapping[str, Any], given: Any, *, gives_part: bool = True) -> float:
    """How right an answer is, 0 to 1, of those that `read_answer` gives.

    Partly right: of several, what is rightly chosen less what is wrongly chosen; of an order, the longest part that is in
    it; of pairs, those that are right. Without `gives_part` only what is wholly right counts.
    """
    if given is None:
        return 0.0
    found = _share(kind, solution, given)
    return found if gives_part or found == 1 else 0.0


def _share(kind: str, solution: Mapping[str, Any], given: Any) -> float:
    if kind == "single":
        return float([given] == list(solution["keys"]))
    if kind == "multiple":
        right, chosen = set(solution["keys"]), set(given)
        return max(0.0, (len(right & chosen) - len(chosen - right)) / len(right))
    if kind == "true":
        return float(given is solution["is_true"])
    if kind == "number":
        beside = CLOSE * max(1.0, abs(given))
        return float(any(low - beside <= given <= high + beside for low, high in solution["ranges"]))
    if kind == "text":
        said = plain(given)
        return float(any(fnmatch.fnmatchcase(said, _pattern(each)) for each in solution["accepted"]))
    if kind == "order":
        return _in_order([solution["keys"].index(key) for key in given])
    if kind == "match":
        pairs = solution["pairs"]
        return sum(given.get(one) == other for one, other in pairs.items()) / len(pairs)
    x, y = given
    areas = solution["areas"]
    return float(any(left <= x <= left + wide and top <= y <= top + high for left, top, wide, high in areas))


def _in_order(places: Sequence[int]) -> float:
    """The longest rising part, from 0 (turned round) to 1; patience sorting."""
    tops: list[int] = []
    for place in places:
        at = bisect.bisect_left(tops, place)
        tops[at : at + 1] = [place]
    return (len(tops) - 1) / (len(places) - 1)


def plain(text: str) -> str:
    """A text as it is compared: same width and case, one space between words (Unicode NFKC and casefold)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pattern(accepted: str) -> str:
    """An accepted text, in which only * stands for anything."""
    return plain(accepted).translate({ord("["): "[[]", ord("?"): "[?]"})
