"""Which grades there are, for lists of partners: said by whom gives them (`valuation`), below which partners stand."""

from collections.abc import Callable

Choices = list[tuple[str, str]]

_providers: list[Callable[[], Choices]] = []


def register_grades(provider: Callable[[], Choices]) -> Callable[[], Choices]:
    """Register what lists the codes and names of the grades in use, best first. Usable as a decorator."""
    _providers.append(provider)
    return provider


def grade_choices() -> Choices:
    """The codes and names of all grades in use, best first."""
    return [choice for provider in _providers for choice in provider()]
