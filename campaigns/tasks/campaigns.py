"""Campaigns whose next step comes by the clock."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING, _awake
from tenancy.tasks import scoped_task


@shared_task(name="campaigns.turn_all")
def turn_all() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    awake = _awake(MORNING)
    for manufacturer_id, day in awake:
        turn.delay(manufacturer_id=manufacturer_id, day=day)
    return len(awake)


@scoped_task(name="campaigns.turn")
def turn(*, manufacturer_id: int, day: str) -> int:
    """Take what is due in one manufacturer. Safe to run again."""
    from campaigns.services import campaigns

    return campaigns.turn(dt.date.fromisoformat(day))
