"""Announcements that begin and end by the clock, and what is looked after in the morning."""

import datetime as dt

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from communication.models import Announcement, AnnouncementState
from partners.tasks import MORNING
from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="communication.sweep")
def sweep() -> int:
    """Every minute: one task for each manufacturer with an announcement whose time has come."""
    now = timezone.now()
    with platform_scope():
        due = set(
            Announcement.objects.filter(
                Q(state=AnnouncementState.SCHEDULED, publish_at__lte=now)
                | Q(state=AnnouncementState.PUBLISHED, ends_at__lte=now)
            ).values_list("manufacturer_id", flat=True)
        )
    for manufacturer_id in sorted(due):
        begin_and_end.delay(manufacturer_id=manufacturer_id)
    return len(due)


@scoped_task(name="communication.begin_and_end")
def begin_and_end(*, manufacturer_id: int) -> int:
    """Publish and end what is due in one manufacturer."""
    from communication.services import announcements

    return announcements.begin_and_end(timezone.now())


@shared_task(name="communication.turn_all")
def turn_all() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(turn, at=MORNING, with_day=True)


@scoped_task(name="communication.turn")
def turn(*, manufacturer_id: int, day: str) -> None:
    """Tell newcomers and remind, in one manufacturer. Safe to run again."""
    from communication.services import announcements

    announcements.morning(dt.date.fromisoformat(day))
