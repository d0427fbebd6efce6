import pytest
from django.http import Http404

from pages.row_numbers import number_or_404, row_number, row_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("x", None),
    ],
)
def test_a_text_is_a_number_of_a_row_or_none(text: str, number: int | None) -> None:
    assert row_number(text) == number
    if number is None:
        with pytest.raises(Http404):
            number_or_404(text)
    else:
        assert number_or_404(text) == number


def test_what_is_no_number_is_left_out() -> None:
    assert row_numbers(["3", "x", "", "12", "9" * 40]) == [3, 12]
