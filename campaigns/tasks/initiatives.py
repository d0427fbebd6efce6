"""Initiatives: steps that are due or late, and what is over."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING, _awake
from tenancy.tasks import scoped_task


@shared_task(name="campaigns.turn_all_initiatives")
def turn_all_initiatives() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    awake = _awake(MORNING)
    for manufacturer_id, day in awake:
        turn_initiatives.delay(manufacturer_id=manufacturer_id, day=day)
    return len(awake)


@scoped_task(name="campaigns.turn_initiatives")
def turn_initiatives(*, manufacturer_id: int, day: str) -> int:
    """What is due in one manufacturer. Safe to run again."""
    from campaigns.services import initiatives

    return initiatives.turn_initiatives(dt.date.fromisoformat(day))
