"""Funds: last days, reminders of them, and what goes back at the end."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING, _awake
from tenancy.tasks import scoped_task


@shared_task(name="campaigns.turn_all_funds")
def turn_all_funds() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    awake = _awake(MORNING)
    for manufacturer_id, day in awake:
        turn_funds.delay(manufacturer_id=manufacturer_id, day=day)
    return len(awake)


@scoped_task(name="campaigns.turn_funds")
def turn_funds(*, manufacturer_id: int, day: str) -> int:
    """What is due in one manufacturer. Safe to run again."""
    from campaigns.services import funds

    return funds.turn_funds(dt.date.fromisoformat(day))
