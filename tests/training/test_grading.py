"""What answers are worth, and that nothing shown tells what is right."""

import random
from typing import Any

import pytest

from training.grading import Fault, faults, plain, read_answer, read_range, share, shown
from training.item_statistics import Answered, Hint, correlation, statistics_of

ABCD = [{"key": key, "texts": {"en": f"Answer {key}"}} for key in "abcd"]
PAIRS = [
    {"key": "1", "texts": {"en": "Korea"}, "side": "left"},
    {"key": "2", "texts": {"en": "Japan"}, "side": "left"},
    {"key": "x", "texts": {"en": "Seoul"}, "side": "right"},
    {"key": "y", "texts": {"en": "Tokyo"}, "side": "right"},
    {"key": "z", "texts": {"en": "Oslo"}, "side": "right"},
]


@pytest.mark.parametrize(
    ("kind", "solution", "given", "worth"),
    [
        ("single", {"keys": ["a"]}, "a", 1),
        ("single", {"keys": ["a"]}, "b", 0),
        ("multiple", {"keys": ["a", "b"]}, ["a", "b"], 1),
        ("multiple", {"keys": ["a", "b"]}, ["a"], 0.5),
        ("multiple", {"keys": ["a", "b"]}, ["a", "c"], 0),
        ("multiple", {"keys": ["a", "b"]}, ["a", "b", "c", "d"], 0),
        ("multiple", {"keys": ["a", "b", "c"]}, ["a", "b", "d"], 1 / 3),
        ("true", {"is_true": False}, False, 1),
        ("true", {"is_true": False}, True, 0),
        ("number", {"ranges": [[3.1, 3.2]]}, 3.14, 1),
        ("number", {"ranges": [[3.1, 3.2]]}, 3.21, 0),
        ("text", {"accepted": ["Rubber mallet"]}, "  rubber　MALLET ", 1),
        ("text", {"accepted": ["so*t"]}, "Socket", 1),
        ("text", {"accepted": ["a?b"]}, "axb", 0),
        ("text", {"accepted": ["[ab]"]}, "[AB]", 1),
        ("order", {"keys": ["a", "b", "c", "d"]}, ["a", "b", "c", "d"], 1),
        ("order", {"keys": ["a", "b", "c", "d"]}, ["d", "c", "b", "a"], 0),
        ("order", {"keys": ["a", "b", "c", "d"]}, ["b", "a", "c", "d"], 2 / 3),
        ("match", {"pairs": {"1": "x", "2": "y"}}, {"1": "x", "2": "z"}, 0.5),
        ("match", {"pairs": {"1": "x", "2": "y"}}, {"1": "x", "2": "y"}, 1),
        ("hotspot", {"areas": [[0.1, 0.1, 0.2, 0.2]]}, [0.3, 0.3], 1),
        ("hotspot", {"areas": [[0.1, 0.1, 0.2, 0.2]]}, [0.31, 0.3], 0),
        ("single", {"keys": ["a"]}, None, 0),
    ],
)
def test_what_an_answer_is_worth(kind: str, solution: dict[str, Any], given: Any, worth: float) -> None:
    assert share(kind, solution, given) == pytest.approx(worth)
    assert share(kind, solution, given, gives_part=False) == (1 if worth == 1 else 0)


def test_nothing_shown_tells_what_is_right() -> None:
    options = [{**each, "is_right": each["key"] == "a", "weight": 100} for each in ABCD]
    made = shown("single", {"en": "Which?"}, options, is_shuffled=False, draw=random.Random(1))
    assert made == {"kind": "single", "texts": {"en": "Which?"}, "options": ABCD}


@pytest.mark.parametrize("kind", ["order", "match"])
def test_what_is_to_be_ordered_is_always_shuffled(kind: str) -> None:
    orders = {
        tuple(each["key"] for each in shown(kind, {}, ABCD, is_shuffled=False, draw=random.Random(seed))["options"])
        for seed in range(30)
    }
    assert len(orders) > 10


@pytest.mark.parametrize(
    ("kind", "options", "given", "read"),
    [
        ("single", ABCD, "a", "a"),
        ("single", ABCD, "", None),
        ("multiple", ABCD, ["b", "a", "b"], ["a", "b"]),
        ("multiple", ABCD, "a", ["a"]),
        ("order", ABCD, list("dcba"), list("dcba")),
        ("match", PAIRS, {"1": "x", "2": ""}, {"1": "x"}),
        ("true", [], "false", False),
        ("number", [], " 3,5 ", 3.5),
        ("number", [], "12,500.5", 12500.5),
        ("text", [], "ab" * 400, "ab" * 250),
        ("hotspot", [], ["0.5", "0.25"], [0.5, 0.25]),
    ],
)
def test_an_answer_is_read(kind: str, options: list[Any], given: Any, read: Any) -> None:
    assert read_answer({"kind": kind, "options": options}, given) == read


@pytest.mark.parametrize(
    ("kind", "options", "given"),
    [
        ("single", ABCD, "e"),
        ("single", ABCD, ["a"]),
        ("multiple", ABCD, ["a", {"b": 1}]),
        ("order", ABCD, ["a", "b"]),
        ("order", ABCD, ["a", "a", "b", "c"]),
        ("match", PAIRS, {"1": "2"}),
        ("match", PAIRS, {"x": "1"}),
        ("true", [], "perhaps"),
        ("number", [], "inf"),
        ("number", [], "many"),
        ("number", [], "nan"),
        ("text", [], "a\x00b"),
        ("match", PAIRS, 5),
        ("hotspot", [], 5),
        ("order", ABCD, {"a": 1}),
        ("hotspot", [], [1.2, 0]),
    ],
)
def test_an_answer_that_is_none_is_refused(kind: str, options: list[Any], given: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_answer({"kind": kind, "options": options}, given)


@pytest.mark.parametrize(
    ("kind", "options", "solution", "wrong"),
    [
        ("single", ABCD, {"keys": ["a"]}, []),
        ("single", ABCD[:1], {"keys": ["a"]}, [Fault.TOO_FEW_OPTIONS]),
        ("single", ABCD, {"keys": ["a", "b"]}, [Fault.SEVERAL_RIGHT]),
        ("single", ABCD, {"keys": ["e"]}, [Fault.NO_SOLUTION]),
        ("single", [*ABCD, {"key": "e", "texts": {"en": " "}}], {"keys": ["a"]}, [Fault.EMPTY_OPTION]),
        ("multiple", ABCD, {"keys": list("abcd")}, [Fault.ALL_RIGHT]),
        ("order", ABCD, {"keys": list("abcd")}, []),
        ("order", ABCD, {"keys": list("abc")}, [Fault.NO_SOLUTION]),
        ("match", PAIRS, {"pairs": {"1": "x", "2": "y"}}, []),
        ("match", PAIRS, {"pairs": {"1": "x"}}, [Fault.UNPAIRED]),
        ("match", PAIRS, {"pairs": {"1": "x", "2": "1"}}, [Fault.UNPAIRED]),
        ("true", [], {}, [Fault.NO_SOLUTION]),
        ("number", [], {"ranges": [[2, 1]]}, [Fault.BAD_RANGE]),
        ("text", [], {"accepted": [" * "]}, [Fault.NO_SOLUTION]),
        ("hotspot", [], {"areas": [[0.9, 0, 0.2, 0.1]]}, [Fault.NO_PICTURE, Fault.BAD_AREA]),
    ],
)
def test_what_keeps_a_question_from_being_asked(
    kind: str, options: list[Any], solution: dict[str, Any], wrong: list[Fault]
) -> None:
    assert faults(kind, {"en": "Which?"}, options, solution) == wrong
    assert faults(kind, {"en": " "}, options, solution) == [Fault.NO_TEXT, *wrong]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("0.7:0.1", (0.6, 0.8), (0.59, 0.81)),
        ("3.14:0.01", (3.13, 3.15), (3.12,)),
        ("5", (5,), (5.1,)),
        ("1..2", (1, 2), (0.9,)),
    ],
)
def test_the_ends_of_a_range_belong_to_it(text: str, inside: tuple[float, ...], outside: tuple[float, ...]) -> None:
    solution = {"ranges": [read_range(text)]}
    assert [share("number", solution, number) for number in (*inside, *outside)] == [1] * len(inside) + [0] * len(
        outside
    )


@pytest.mark.parametrize("text", ["nan", "1e999", "many", "1..2..3", "1:two", ""])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        read_range(text)


def test_plain_text_knows_no_width_and_no_case() -> None:
    assert plain("ＡＢＣ  Ｄ") == "abc d"


def test_an_item_that_tells_good_from_bad() -> None:
    answers = [Answered(1, 0.9, ("a",))] * 30 + [Answered(0, 0.4, ("b",))] * 20 + [Answered(0, 0.5, ("c",))] * 10
    found = statistics_of(answers, options=list("abcd"), right=["a"])
    assert (found.n, found.difficulty, found.hints) == (60, 0.5, (Hint.DEAD_OPTION,))
    assert found.discrimination == pytest.approx(7 / 50**0.5)
    assert found.options["b"] == (pytest.approx(1 / 3), pytest.approx(0.4))
    assert found.options["d"] == (0, None)


def test_hints_on_bad_items() -> None:
    turned = [Answered(1, 0.2, ("a",))] * 30 + [Answered(0, 0.9, ("b",))] * 30
    assert statistics_of(turned, options=["a", "b"], right=["a"]).hints == (Hint.REVERSED, Hint.DRAWS_THE_BEST)
    assert statistics_of([Answered(1, 0.5)] * 40).hints == (Hint.EASY,)
    assert statistics_of([Answered(0, 0.5)] * 40).hints == (Hint.HARD,)
    assert statistics_of([Answered(0, 0.5)] * 29).hints == (Hint.TOO_FEW,)
    assert statistics_of([]).n == 0
    weak = [Answered(n % 2, 0.5 + 0.01 * (n // 2 % 2)) for n in range(60)]
    assert statistics_of(weak).hints == (Hint.WEAK,)


def test_correlation_by_hand() -> None:
    assert correlation([1, 2, 3, 4], [2, 4, 6, 8]) == pytest.approx(1)
    assert correlation([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([1, 2], [1, 2]) is None
