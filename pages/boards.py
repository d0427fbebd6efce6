"""Boards: a column for each stage, and of each one page of cards, turned by the address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import TextChoices
from django.http import HttpRequest, QueryDict

from pages.row_numbers import row_numbers

CARDS = 12
"""So many cards stand on one page of a column."""

Card = TypeVar("Card")


@dataclass(frozen=True)
class Column(Generic[Card]):
    """One stage on the board: how many stand there, and one page of them."""

    stage: Any
    count: int
    page: int
    cards: list[Card] = field(default_factory=list)

    @property
    def first(self) -> int:
        return (self.page - 1) * CARDS + 1

    @property
    def last(self) -> int:
        return self.first + len(self.cards) - 1

    @property
    def has_next(self) -> bool:
        return self.last < self.count


def pages_of(stages: type[TextChoices], counts: Mapping[str, int], asked: Mapping[str, int]) -> dict[Any, int]:
    """Of each stage the page that is asked for, or the nearest that there is."""
    return {stage: min(max(asked.get(stage, 1), 1), max(-(-counts.get(stage, 0) // CARDS), 1)) for stage in stages}


class BoardMixin:
    """A page with a board: which pages of its columns are asked for, where the others are, and what is marked."""

    board_stages: type[TextChoices]
    request: HttpRequest

    def pages(self) -> dict[str, int]:
        """Which page of each column is asked for."""
        asked = {stage.value: self.request.GET.get(stage.value, "") for stage in self.board_stages}
        return {stage: int(text) for stage, text in asked.items() if text.isdecimal() and len(text) < 6}

    def filters_alone(self) -> QueryDict:
        """The address without what says which page of which column."""
        query = self.request.GET.copy()
        for stage in self.board_stages:
            query.pop(stage.value, None)
        return query

    def turned(self, columns: Iterable[Column[Any]]) -> list[tuple[Column[Any], str, str]]:
        """Each column with the addresses of its previous and its next page; all else stays."""
        return [
            (
                column,
                self._turn(column, -1) if column.page > 1 else "",
                self._turn(column, 1) if column.has_next else "",
            )
            for column in columns
        ]

    def _turn(self, column: Column[Any], by: int) -> str:
        query = self.request.GET.copy()
        query[column.stage.value] = str(column.page + by)
        return f"?{query.urlencode()}"


def marked(keys: Iterable[str]) -> list[int]:
    """The numbers of the cards that are marked."""
    return row_numbers(keys)
