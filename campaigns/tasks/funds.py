"""Funds: last days, reminders of them, and what goes back at the end."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="campaigns.turn_all_funds")
def turn_all_funds() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(turn_funds, at=MORNING, with_day=True)


@scoped_task(name="campaigns.turn_funds")
def turn_funds(*, manufacturer_id: int, day: str) -> int:
    """What is due in one manufacturer. Safe to run again."""
    from campaigns.services import funds

    return funds.turn_funds(dt.date.fromisoformat(day))
