"""What the apps above have a say in, so that `tenancy` need not know them: who asks to join, whose portal is open, and what
follows when somebody leaves."""

from collections.abc import Callable, Collection
from typing import Any

from tenancy.models import JoinRequest, Membership

_on_join_request: list[Callable[[JoinRequest], None]] = []


def on_join_request(callback: Callable[[JoinRequest], None]) -> Callable[[JoinRequest], None]:
    """Register `callback(request)`, called in the manufacturer's staff scope and the request's transaction."""
    _on_join_request.append(callback)
    return callback


def join_requested(request: JoinRequest) -> None:
    """Call what is registered, once for each new request."""
    for callback in _on_join_request:
        callback(request)


_portal_doors: list[Callable[[Any], bool]] = []


def portal_door(is_open: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Register `is_open(partner)`: whether a partner's people may come in at all. Asked on each of their pages."""
    _portal_doors.append(is_open)
    return is_open


def portal_is_open(partner: Any) -> bool:
    """Whether nothing that is registered keeps the partner's people out."""
    return all(is_open(partner) for is_open in _portal_doors)


_on_place_changed: list[Callable[[Collection[Membership]], None]] = []


def on_place_changed(callback: Callable[[Collection[Membership]], None]) -> Callable[[Collection[Membership]], None]:
    """Register `callback(members)`, called in the transaction in which places of one manufacturer end or open again."""
    _on_place_changed.append(callback)
    return callback


def place_changed(members: Collection[Membership]) -> None:
    """Call what is registered, once the places are saved."""
    for callback in _on_place_changed:
        callback(members)
