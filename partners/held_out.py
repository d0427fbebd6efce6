"""Partners that get no advertising for now, because somebody measures what advertising does (C-2).

Campaigns hold out a share of the companies and compare. What is sent apart from campaigns asks here, so that it does not
reach them by another way; who holds out is registered by the apps above.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q

HeldOut = Callable[[dt.date], Any]
_sources: list[HeldOut] = []


def holds_out(source: HeldOut) -> HeldOut:
    """Register `source(day)`: a query for the primary keys of the partners that are held out that day."""
    _sources.append(source)
    return source


def held_out_on(day: dt.date, partner: str = "pk") -> Q:
    """The rows whose partner, of that name in the query, is held out that day; to be excluded."""
    held = Q(pk__in=[])
    for source in _sources:
        held |= Q(**{f"{partner}__in": source(day)})
    return held


def is_held_out(partner_id: int, day: dt.date) -> bool:
    """Whether one partner is."""
    return any(source(day).filter(partner_id=partner_id).exists() for source in _sources)
