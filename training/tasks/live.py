"""Live sessions by the clock, and points counted anew."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task, start_for_each
from training.models import LiveSession, SessionState


@shared_task(name="training.sweep_sessions")
def sweep_sessions() -> int:
    """Every minute: one task for each manufacturer with a session that is still to come."""
    with platform_scope():
        coming = LiveSession.objects.filter(state=SessionState.PLANNED, starts_at__gt=timezone.now())
        due = set(coming.values_list("manufacturer_id", flat=True))
    for manufacturer_id in sorted(due):
        tend_sessions.delay(manufacturer_id=manufacturer_id, now=timezone.now().isoformat())
    return len(due)


@scoped_task(name="training.tend_sessions")
def tend_sessions(*, manufacturer_id: int, now: str) -> int:
    """Remind and free seats in one manufacturer, as of `now`."""
    from training.services import live

    return live.tend_sessions(dt.datetime.fromisoformat(now))


@shared_task(name="training.count_all_points")
def count_all_points() -> None:
    """Every hour: one task for each manufacturer."""
    start_for_each(count_points)


@scoped_task(name="training.count_points")
def count_points(*, manufacturer_id: int) -> int:
    """Count the points of everybody in one manufacturer anew."""
    from training.services import points

    return points.count_points()
