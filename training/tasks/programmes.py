"""Learning programmes by the clock: at night they are brought up to date, in the morning people are reminded."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING, NIGHT, _awake
from tenancy.tasks import scoped_task


@shared_task(name="training.assign_all_programmes")
def assign_all_programmes() -> int:
    """Every hour: one task for each manufacturer where it is night."""
    asleep = _awake(NIGHT)
    for manufacturer_id, _day in asleep:
        assign_programmes.delay(manufacturer_id=manufacturer_id)
    return len(asleep)


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
    awake = _awake(MORNING)
    for manufacturer_id, day in awake:
        remind_of_programmes.delay(manufacturer_id=manufacturer_id, day=day)
    return len(awake)


@scoped_task(name="training.remind_of_programmes")
def remind_of_programmes(*, manufacturer_id: int, day: str) -> dict[str, int]:
    """Remind of what is due and late in one manufacturer, as of a day. Safe to run again."""
    from training.services.programme_reminders import remind_all

    return remind_all(dt.date.fromisoformat(day))
