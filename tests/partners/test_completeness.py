from decimal import Decimal
from typing import Any

import pytest

from partners.completeness import COUNTED, completeness_of
from partners.models import CustomField, Partner
from partners.questions import questions_of


def full_partner(**changes: Any) -> Partner:
    values = dict.fromkeys(COUNTED, "x") | {"employees": 0, "established_year": 1990, "languages": ["ko"]}
    return Partner(name="Full", **(values | changes))


def test_a_full_profile_is_complete() -> None:
    result = completeness_of(full_partner(), questions_of([]))
    assert (result.percent, result.missing, result.next) == (Decimal("100.00"), [], None)


def test_an_empty_profile_asks_for_the_phone_first() -> None:
    result = completeness_of(Partner(name="Empty"), questions_of([]))
    assert result.percent == 0
    assert [field.name for field in result.missing] == list(COUNTED)
    assert result.next is not None
    assert (result.next.name, result.next.label) == ("phone", "phone")
    assert result.step == Decimal("8.33")


def test_an_own_field_counts_when_the_manufacturer_says_so() -> None:
    fields = [
        CustomField(key="books", labels={"en": "Sample books"}, is_required=True),
        CustomField(key="note", labels={"en": "Note"}, is_required=False),
    ]
    result = completeness_of(full_partner(), questions_of(fields))
    assert result.percent == Decimal("92.31")
    assert [(field.name, field.label) for field in result.missing] == [("custom_books", "Sample books")]
    assert completeness_of(full_partner(custom={"books": 0}), questions_of(fields)).percent == 100


@pytest.mark.parametrize(("name", "empty"), [("phone", ""), ("employees", None), ("languages", [])])
def test_what_is_empty_is_missing(name: str, empty: Any) -> None:
    assert [field.name for field in completeness_of(full_partner(**{name: empty}), questions_of([])).missing] == [name]
