"""What product lines there are, for partners authorised to sell some: said by who has the catalogue (`commerce`), below
which partners stand."""

from collections.abc import Callable

Choices = list[tuple[str, str]]

_providers: list[Callable[[], Choices]] = []


def register_product_lines(provider: Callable[[], Choices]) -> Callable[[], Choices]:
    """Register what lists the codes and names of the product lines, in order. Usable as a decorator."""
    _providers.append(provider)
    return provider


def product_line_choices() -> Choices:
    """The codes and names of all product lines."""
    return [choice for provider in _providers for choice in provider()]
