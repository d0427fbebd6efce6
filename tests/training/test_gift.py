"""Questions of GIFT files."""

from typing import Any

import pytest

from training.gift import Found, parse

FILE = r"""
// A comment
$CATEGORY: $course$/Tools

::Mallet:: [html]What drives planks together? {
    =A rubber mallet#right
    ~A hammer
    ~A crowbar####It leaves no marks.
}

Which are tools\: {~%50%Saw ~%50%Mallet ~%-100%Plank}

Planks float. {T}

The sun rises in the west.{FALSE#No.}

How wide is the gap in mm? {#10:2}

Temperature? {#18..24}

Who wrote it? {=Kim =Mr Kim}

Match the capitals. {=Korea -> Seoul =Japan -> Tokyo =The capital of Korea -> Seoul}

A plank of {=oak ~plastic} lasts longest.
"""


def texts(found: Found) -> dict[str, str]:
    return {each["key"]: each["text"] for each in found.options}


def test_questions_are_read() -> None:
    found, unread = parse(FILE)
    assert unread == []
    assert [(each.line, each.kind, each.text) for each in found] == [
        (5, "single", "What drives planks together?"),
        (11, "multiple", "Which are tools:"),
        (13, "true", "Planks float."),
        (15, "true", "The sun rises in the west."),
        (17, "number", "How wide is the gap in mm?"),
        (19, "number", "Temperature?"),
        (21, "text", "Who wrote it?"),
        (23, "match", "Match the capitals."),
        (25, "single", "A plank of _____ lasts longest."),
    ]
    mallet, tools, _float, sun, gap, warm, who, capitals, _plank = found
    assert (mallet.tag, mallet.feedback) == ("Tools", "It leaves no marks.")
    assert [texts(mallet)[key] for key in mallet.solution["keys"]] == ["A rubber mallet"]
    assert sorted(texts(tools)[key] for key in tools.solution["keys"]) == ["Mallet", "Saw"]
    assert (sun.solution, gap.solution, warm.solution) == (
        {"is_true": False},
        {"ranges": [[8, 12]]},
        {"ranges": [[18, 24]]},
    )
    assert who.solution == {"accepted": ["Kim", "Mr Kim"]}
    pairs = {texts(capitals)[one]: texts(capitals)[other] for one, other in capitals.solution["pairs"].items()}
    assert pairs == {"Korea": "Seoul", "Japan": "Tokyo", "The capital of Korea": "Seoul"}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("No braces here", "braces"),
        ("Write an essay. {}", "essay"),
        ("{=a ~b}", "text"),
        ("Which? {=a =b ~c}", "right"),
        ("Which? {~a ~b}", "right"),
        ("Which? {~%70%a ~%30%b ~c}", "weights"),
        ("How much? {#many}", "number"),
        ("Match. {=a -> b =c}", "pairs"),
        ("Which? {nothing}", "braces"),
    ],
)
def test_what_cannot_be_asked_is_named(block: str, reason: str) -> None:
    found, unread = parse(f"First? {{T}}\n\n{block}\n")
    assert len(found) == 1
    assert [(each.line, each.reason) for each in unread] == [(3, reason)]


def test_keys_tell_nothing() -> None:
    def keys(_time: int) -> Any:
        return [each["key"] for each in parse("Which? {=a ~b ~c}")[0][0].options]

    assert len({tuple(keys(time)) for time in range(5)}) == 5
    assert sum(sorted(keys(time)) == keys(time) for time in range(60)) < 30
