from typing import Any

import pytest

from leads.points import Pointed, Rule, points_of


@pytest.mark.parametrize(
    ("test", "values", "value", "applies"),
    [
        ("any_of", ("fair", "web"), "fair", True),
        ("any_of", ("fair",), None, False),
        ("any_of", ("P1",), ["P2", "P1"], True),
        ("any_of", ("yes",), True, True),
        ("none_of", ("fair",), "web", True),
        ("none_of", ("fair",), None, True),
        ("none_of", ("P1",), ["P2", "P1"], False),
        ("at_least", ("100",), 100, True),
        ("at_least", ("100",), "99.9", False),
        ("at_least", ("100",), None, False),
        ("at_most", ("30",), 12, True),
        ("at_most", ("30",), None, False),
        ("at_most", (), 12, False),
        ("filled", (), "x", True),
        ("filled", (), [], False),
        ("empty", (), "", True),
        ("empty", (), 0, False),
    ],
)
def test_a_rule_asks_one_thing(test: str, values: tuple[str, ...], value: Any, applies: bool) -> None:
    assert Rule("field", test, values, 10).applies(value) is applies


def test_points_add_up_and_stay_between_0_and_100() -> None:
    rules = [
        Rule("source", "any_of", ("fair",), 70),
        Rule("amount", "at_least", ("1000",), 50),
        Rule("phone", "empty", (), -200),
    ]

    assert points_of({"source": "fair", "amount": 5000, "phone": "1"}, rules) == Pointed(100, (rules[0], rules[1]))
    assert points_of({"source": "fair"}, rules) == Pointed(0, (rules[2], rules[0]))
    assert points_of({"phone": "1"}, rules) == Pointed(0, ())
