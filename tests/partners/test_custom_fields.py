import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from partners import custom_fields
from partners.models import CustomField

Type = CustomField.Type


def field(kind: str, **extra: Any) -> CustomField:
    return CustomField(key="it", labels={"en": "It"}, type=kind, choices=["A", "B", "C"], **extra)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Type.TEXT, " words ", "words"),
        (Type.TEXT, "", None),
        (Type.NUMBER, "12", 12),
        (Type.NUMBER, "12.50", 12.5),
        (Type.NUMBER, "0", 0),
        (Type.DATE, "2026-06-30", "2026-06-30"),
        (Type.CHOICE, "B", "B"),
        (Type.CHOICE, "", None),
        (Type.MULTIPLE, "A; C", ["A", "C"]),
        (Type.MULTIPLE, " ", None),
    ],
)
def test_a_cell_becomes_what_is_stored(kind: str, text: str, value: Any) -> None:
    assert custom_fields.parse(field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (Type.NUMBER, "many", "Enter a number."),
        (Type.DATE, "yesterday", "Enter a valid date."),
        (Type.CHOICE, "D", "D is not among the choices: A, B, C."),
        (Type.MULTIPLE, "A;D;E", "D, E is not among the choices: A, B, C."),
    ],
)
def test_a_cell_that_does_not_fit_is_refused_with_a_sentence(kind: str, text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        custom_fields.parse(field(kind), text)
    assert error.value.messages == [sentence]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Type.TEXT, None, ""),
        (Type.NUMBER, 1234.5, "1,234.5"),
        (Type.DATE, "2026-06-30", "June 30, 2026"),
        (Type.MULTIPLE, ["A", "C"], "A, C"),
    ],
)
def test_a_stored_value_is_shown_in_the_readers_form(kind: str, value: Any, text: str) -> None:
    assert custom_fields.shown(field(kind), value) == text


def test_a_form_changes_its_own_fields_and_takes_away_what_was_emptied() -> None:
    definitions = [
        CustomField(key="a", type=Type.NUMBER),
        CustomField(key="b", type=Type.DATE),
        CustomField(key="c", type=Type.TEXT),
    ]
    cleaned = {"custom_a": Decimal("3"), "custom_b": dt.date(2026, 1, 2), "custom_c": ""}
    kept = {"c": "gone", "staff_only": "stays"}
    assert custom_fields.merged(kept, definitions, cleaned) == {"staff_only": "stays", "a": 3, "b": "2026-01-02"}
