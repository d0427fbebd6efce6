"""Certificates that run out, looked after in the morning."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="training.turn_all_certificates")
def turn_all_certificates() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(turn_certificates, at=MORNING, with_day=True)


@scoped_task(name="training.turn_certificates")
def turn_certificates(*, manufacturer_id: int, day: str) -> list[int]:
    """Enrol anew and warn in one manufacturer, as of a day. Safe to run again: each is told once."""
    from training.services.certificate_warnings import turn

    turned = turn(dt.date.fromisoformat(day))
    return [turned.renewals, turned.told]
