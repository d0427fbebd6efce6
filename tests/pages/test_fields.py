"""How form fields are laid out."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.db import models

from pages.templatetags.pages import begun, field_parts, spare


class Costs(forms.Form):
    cost = forms.DecimalField(max_digits=18, decimal_places=4)
    what_1 = forms.CharField()
    what_2 = forms.CharField(required=False)
    what_3 = forms.CharField(required=False)

    @property
    def rows(self) -> list[tuple[Any]]:
        return [(self[f"what_{number}"],) for number in range(1, 4)]


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("7400000.0000", "7400000"),
        ("0.5000", "0.5"),
        ("12.3456", "12.3456"),
        ("0.0000", "0"),
        ("1200.0000", "1200"),
        ("0.0000001000", "0.0000001"),
        ("-0.00", "0"),
        ("-0.2500", "-0.25"),
    ],
)
def test_a_number_stands_in_its_field_as_a_person_writes_it(kept: str, shown: str) -> None:
    assert f'value="{shown}"' in field_parts(Costs(initial={"cost": Decimal(kept)})["cost"]).control


def test_what_was_typed_stays_as_it_was_typed() -> None:
    assert 'value="7.500"' in field_parts(Costs({"cost": "7.500"}, initial={"cost": Decimal(1)})["cost"]).control


@pytest.mark.parametrize(
    ("data", "open_rows"),
    [
        (None, ["what_1"]),
        ({"what_3": "Flags"}, ["what_1", "what_3"]),
        ({"what_1": "A", "what_2": "B", "what_3": "C"}, ["what_1", "what_2", "what_3"]),
    ],
)
def test_rows_that_are_not_needed_yet_are_folded_away(data: dict[str, str] | None, open_rows: list[str]) -> None:
    rows = Costs(data).rows

    assert [field.name for (field,) in begun(rows)] == open_rows
    assert [field.name for (field,) in spare(rows)] == [
        name for name in ("what_1", "what_2", "what_3") if name not in open_rows
    ]


def test_a_choice_not_made_yet_is_said_in_words_also_where_a_model_gives_the_choices() -> None:
    field = models.CharField(max_length=5, choices=[("flags", "Flags")]).formfield()
    form = type("KindForm", (forms.Form,), {"kind": field})()

    assert '<option value="" selected>Choose</option>' in field_parts(form["kind"]).control
