"""Numbers of rows as pages send them: in an address, in a field, with a button. What is none finds nothing, and no database is
asked for a number that it cannot hold."""

from collections.abc import Iterable

from django.http import Http404

MOST_DIGITS = 18
"""Fewer than the largest number of a row has."""


def row_number(text: str) -> int | None:
    """The number that a text is; None for any other text."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Those of the texts that are numbers, in their order."""
    return [number for text in texts if (number := row_number(text)) is not None]


def number_or_404(text: str) -> int:
    """The number that a text is; Http404 for any other text."""
    number = row_number(text)
    if number is None:
        raise Http404
    return number
