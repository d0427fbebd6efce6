"""Functions that a manufacturer, a kind of partner or a partner can switch off (T-10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Function:
    """A part of the product that can be switched on and off. Menus, pages and notices follow it."""

    key: str
    label: Any
    explanation: Any
    portal: bool = True


_functions: dict[str, Function] = {}


def register_function(function: Function) -> Function:
    """Make a function known; called from an app's `functions.py`."""
    _functions[function.key] = function
    return function


def all_functions() -> list[Function]:
    """Every registered function, in the order of registration."""
    return list(_functions.values())


def portal_functions() -> list[Function]:
    """Those that partners see, and that can be switched off for a kind of partner or one partner."""
    return [function for function in _functions.values() if function.portal]


def is_switched_on(key: str, *switched_off: Iterable[str]) -> bool:
    """Whether a function is on, given the lists of what each level above switched off."""
    if key not in _functions:
        raise KeyError(f"No function is registered as {key!r}.")
    return not any(key in keys for keys in switched_off)


def autodiscover() -> None:
    """Import every app's `functions.py`."""
    autodiscover_modules("functions")
