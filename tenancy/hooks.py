"""What else happens when somebody asks to join: the apps above register it, so that `tenancy` need not know them."""

from collections.abc import Callable

from tenancy.models import JoinRequest

_on_join_request: list[Callable[[JoinRequest], None]] = []


def on_join_request(callback: Callable[[JoinRequest], None]) -> Callable[[JoinRequest], None]:
    """Register `callback(request)`, called in the manufacturer's staff scope and the request's transaction."""
    _on_join_request.append(callback)
    return callback


def join_requested(request: JoinRequest) -> None:
    """Call what is registered, once for each new request."""
    for callback in _on_join_request:
        callback(request)
