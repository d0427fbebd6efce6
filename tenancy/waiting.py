"""What waits for a member: each app adds its own, home pages and the hub show it by urgency."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class WaitingItem:
    """One thing that a member is waited for with."""

    title: str
    detail: str
    url: str
    action: str
    due: dt.datetime | None = None
    count: int = 1


_providers: list[Callable[[Any], list[WaitingItem]]] = []


def register_waiting(
    provider: Callable[[Any], list[WaitingItem]],
) -> Callable[[Any], list[WaitingItem]]:
    """Register `provider(member) -> items`; called from an app's `waiting.py`. Usable as a decorator."""
    _providers.append(provider)
    return provider


def waiting_for(member: Any) -> list[WaitingItem]:
    """Everything that waits for the member, what is due first on top, without a date last."""
    items = [item for provider in _providers for item in provider(member)]
    return sorted(
        items,
        key=lambda item: (item.due is None, item.due.timestamp() if item.due else 0.0),
    )


def autodiscover() -> None:
    """Import every app's `waiting.py`."""
    autodiscover_modules("waiting")
