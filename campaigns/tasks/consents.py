"""People told of what they agreed to, where their country's rules ask for it."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from partners.tasks import MORNING
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="campaigns.remind_all_of_consents")
def remind_all() -> int:
    """Every hour: one task for each manufacturer where it is morning; and what was left unsent again."""
    from campaigns.services import consents

    consents.queue_waiting(timezone.now())
    return start_for_each(remind, at=MORNING, with_day=True)


@scoped_task(name="campaigns.remind_of_consents")
def remind(*, manufacturer_id: int, day: str) -> int:
    """Tell whoever is due in one manufacturer. Safe to run again."""
    from campaigns.services import consents

    return consents.remind(dt.date.fromisoformat(day))


@shared_task(name="campaigns.send_consent_notice", autoretry_for=(OSError,), retry_backoff=60, max_retries=5)
def send_consent_notice(*, manufacturer_id: int, notice_id: int) -> bool:
    """Send one notice; nothing where it went out already."""
    from campaigns.services import consents

    return consents.send_notice(manufacturer_id=manufacturer_id, notice_id=notice_id)
