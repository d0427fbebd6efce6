"""Initiatives: steps that are due or late, and what is over."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="campaigns.turn_all_initiatives")
def turn_all_initiatives() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(turn_initiatives, at=MORNING, with_day=True)


@scoped_task(name="campaigns.turn_initiatives")
def turn_initiatives(*, manufacturer_id: int, day: str) -> int:
    """What is due in one manufacturer. Safe to run again."""
    from campaigns.services import initiatives

    return initiatives.turn_initiatives(dt.date.fromisoformat(day))
