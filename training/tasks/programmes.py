"""Learning programmes by the clock: at night they are brought up to date, in the morning people are reminded."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING, NIGHT
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="training.assign_all_programmes")
def assign_all_programmes() -> int:
    """Every hour: one task for each manufacturer where it is night."""
    return start_for_each(assign_programmes, at=NIGHT)


@scoped_task(name="training.assign_programmes")
def assign_programmes(*, manufacturer_id: int) -> int:
    """Start the job that brings one manufacturer's programmes up to date; it comes back where its worker dies."""
    from training.services.programme_assignment import request_assignment, to_assign

    waiting = to_assign().count()
    if waiting:
        request_assignment()
    return waiting


@shared_task(name="training.remind_all_of_programmes")
def remind_all_of_programmes() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(remind_of_programmes, at=MORNING, with_day=True)


@scoped_task(name="training.remind_of_programmes")
def remind_of_programmes(*, manufacturer_id: int, day: str) -> dict[str, int]:
    """Remind of what is due and late in one manufacturer, as of a day. Safe to run again."""
    from training.services.programme_reminders import remind_all

    return remind_all(dt.date.fromisoformat(day))
