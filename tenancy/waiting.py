"""What waits for a member: each app adds its own, home pages and the hub show it by urgency."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, overload

from django.db import connection
from django.utils import timezone
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
    zone: str = ""
    """Whose clock it is due by, where that is not the manufacturer's."""


Items = Callable[[Any], list[WaitingItem]]
Sides = Literal["staff", "portal", ""]


@dataclass(frozen=True)
class _Provider:
    items: Items
    side: Sides
    probe: str


_providers: list[_Provider] = []


@overload
def register_waiting(items: Items) -> Items: ...
@overload
def register_waiting(*, side: Sides = ..., probe: str = ...) -> Callable[[Items], Items]: ...
def register_waiting(items: Items | None = None, *, side: Sides = "", probe: str = "") -> Any:
    """Register `items(member)`, called from an app's `waiting.py`. Usable as a decorator.

    `side`: whose home page it is for; both, if not said.
    `probe`: an SQL condition that is cheap and holds where `items` may have something to say, such as
        "EXISTS (SELECT FROM app_thing WHERE partner_id = %(partner)s AND is_open)". The probes of all apps are asked in
        one query, in the member's scope, and only who found something is asked further: most homes have little waiting.
        It may use %(member)s, %(partner)s (null for staff) and %(day)s, today.
    """

    def register(items: Items) -> Items:
        _providers.append(_Provider(items, side, probe))
        return items

    return register(items) if items else register


def waiting_for(member: Any) -> list[WaitingItem]:
    """Everything that waits for the member, what is due first on top, without a date last."""
    side = "staff" if member.is_staff else "portal"
    providers = [each for each in _providers if each.side in ("", side)]
    found = _found({each.probe for each in providers if each.probe}, member)
    items = [item for each in providers if not each.probe or each.probe in found for item in each.items(member)]
    return sorted(
        items,
        key=lambda item: (item.due is None, item.due.timestamp() if item.due else 0.0),
    )


def _found(probes: Iterable[str], member: Any) -> set[str]:
    """Which of the probes hold. One query."""
    if not (asked := sorted(probes)):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(asked)}",
            {"member": member.pk, "partner": member.partner_id, "day": timezone.localdate()},
        )
        return {probe for probe, holds in zip(asked, cursor.fetchone(), strict=True) if holds}


def autodiscover() -> None:
    """Import every app's `waiting.py`."""
    autodiscover_modules("waiting")
