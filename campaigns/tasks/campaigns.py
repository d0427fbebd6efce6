"""Campaigns whose next step comes by the clock."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="campaigns.turn_all")
def turn_all() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(turn, at=MORNING, with_day=True)


@scoped_task(name="campaigns.turn")
def turn(*, manufacturer_id: int, day: str) -> int:
    """Take what is due in one manufacturer. Safe to run again."""
    from campaigns.services import campaigns

    return campaigns.turn(dt.date.fromisoformat(day))
