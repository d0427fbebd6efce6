"""Which grades there are, and whose rose: said by who gives them (`valuation`), below which partners stand."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

Choices = list[tuple[str, str]]

_providers: list[Callable[[], Choices]] = []


def register_grades(provider: Callable[[], Choices]) -> Callable[[], Choices]:
    """Register what lists the codes and names of the grades in use, best first. Usable as a decorator."""
    _providers.append(provider)
    return provider


def grade_choices() -> Choices:
    """The codes and names of all grades in use, best first."""
    return [choice for provider in _providers for choice in provider()]


@dataclass(frozen=True)
class Rise:
    """A partner's grade went up."""

    partner_id: int
    day: dt.date
    grade: str
    """The new one, in the reader's language."""


Rises = Callable[[dt.date, Collection[int] | None], Iterable[Rise]]
_rises: list[Rises] = []


def register_rises(provider: Rises) -> Rises:
    """`provider(since, partner_ids)` gives the rises from a day on, of these partners or of all, the oldest first."""
    _rises[:] = [provider]
    return provider


def rises_since(day: dt.date, partner_ids: Collection[int] | None = None) -> dict[int, Rise]:
    """The latest rise of each partner since a day; none where no app gives grades."""
    return {rise.partner_id: rise for provider in _rises for rise in provider(day, partner_ids)}
