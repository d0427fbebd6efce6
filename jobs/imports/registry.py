from typing import TYPE_CHECKING

from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from jobs.imports.base import Import

_kinds: dict[str, type["Import"]] = {}


def register_import(kind: type["Import"]) -> type["Import"]:
    """Make a kind of import known; each app's are in its `imports.py`."""
    if kind.key in _kinds:
        raise ValueError(f"Two kinds of import are registered as {kind.key!r}.")
    _kinds[kind.key] = kind
    return kind


def import_kind(key: str) -> type["Import"]:
    """The kind of that key; KeyError for one that no app registered."""
    return _kinds[key]


def import_kinds() -> list[type["Import"]]:
    """Every kind, in the order in which files are best brought in."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def autodiscover() -> None:
    """Import every app's `imports.py`."""
    autodiscover_modules("imports")
