"""Quizzes whose time is over while nobody looks."""

from celery import shared_task
from django.utils import timezone

from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task
from training.models import Attempt


@shared_task(name="training.sweep")
def sweep() -> int:
    """Every minute: one task for each manufacturer with an attempt whose time is over."""
    with platform_scope():
        late = Attempt.objects.filter(submitted_at=None, ends_at__lt=timezone.now())
        due = set(late.values_list("manufacturer_id", flat=True))
    for manufacturer_id in sorted(due):
        submit_late.delay(manufacturer_id=manufacturer_id)
    return len(due)


@scoped_task(name="training.submit_late")
def submit_late(*, manufacturer_id: int) -> int:
    """Submit what is over in one manufacturer, as it is."""
    from training.services import quizzes

    return quizzes.submit_late(timezone.now())
