"""How often partners buy: an app above says it, so that nothing here has to know sales.

register_rhythm(silent_partners)     # in the app's `rhythms.py`, found as Django finds `admin.py`
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules

SILENT_AFTER = 3
"""In turns of a partner's own usual gap between purchases: beyond it, it is proposed as dormant."""


@dataclass(frozen=True)
class Silence:
    """A partner that has not bought for much longer than it used to."""

    partner_id: int
    last_on: dt.date
    gap: float
    """Its usual days between two purchases."""
    days: int
    """Since the last one."""


Rhythm = Callable[[dt.date, float], Iterable[Silence]]
_rhythms: list[Rhythm] = []


def register_rhythm(rhythm: Rhythm) -> Rhythm:
    """`rhythm(day, factor)` gives the partners whose silence on `day` is longer than `factor` of their usual gaps."""
    _rhythms[:] = [rhythm]
    return rhythm


def silent_partners(day: dt.date, factor: float = SILENT_AFTER) -> dict[int, Silence]:
    """The partners that have gone silent, by id; none where no app knows what is bought."""
    return {each.partner_id: each for rhythm in _rhythms for each in rhythm(day, factor)}


def autodiscover() -> None:
    """Import every app's `rhythms.py`."""
    autodiscover_modules("rhythms")
