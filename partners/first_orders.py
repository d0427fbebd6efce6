"""When partners first ordered: said by who keeps sell-in (`commerce`), below which partners stand."""

import datetime as dt
from collections.abc import Callable, Collection

FirstOrders = Callable[[Collection[int] | None], dict[int, dt.date]]

_providers: list[FirstOrders] = []


def register_first_orders(provider: FirstOrders) -> FirstOrders:
    """`provider(partner_ids)` gives the day of the first order of each of these partners, or of all."""
    _providers[:] = [provider]
    return provider


def first_orders(partner_ids: Collection[int] | None = None) -> dict[int, dt.date]:
    """The day of each partner's first order; none where no app keeps sell-in."""
    return {partner: day for provider in _providers for partner, day in provider(partner_ids).items()}
