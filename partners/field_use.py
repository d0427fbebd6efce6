"""What fields of a partner's profile are really used for: each app says it, and nothing is claimed that is not so.

    @register_uses
    def locator_uses() -> list[FieldUse]: ...      # in the app's `field_uses.py`, found as Django finds `admin.py`

Fields are named as `Partner.provenance` names them: own fields as `custom.<key>`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class FieldUse:
    """Something that reads these fields now, in the reader's words."""

    words: str
    fields: frozenset[str]


Uses = Callable[[], Iterable[FieldUse]]
_uses: list[Uses] = []


def register_uses(uses: Uses) -> Uses:
    """`uses()` tells in the manufacturer's scope what is read for what, as the data stand; a fixed number of queries."""
    _uses.append(uses)
    return uses


def uses_by_field() -> dict[str, list[str]]:
    """What each field is used for, in words; a field that nothing reads is not among them."""
    found: dict[str, list[str]] = {}
    for uses in _uses:
        for use in uses():
            for name in use.fields:
                found.setdefault(name, []).append(use.words)
    return found


def autodiscover() -> None:
    """Import every app's `field_uses.py`."""
    autodiscover_modules("field_uses")
