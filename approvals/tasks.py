from celery import shared_task
from django.utils import timezone

from approvals import selectors
from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task


@shared_task(name="approvals.escalate_overdue")
def escalate_overdue() -> int:
    """One task for each manufacturer where the time of a step is over or its decider left; returns how many.

    It looks at what is so now, not at what happened since the last run: after a break it makes up for all of it.
    """
    with platform_scope():
        due = selectors.steps_to_pass_on(timezone.now())
        manufacturers = list(due.order_by("manufacturer").values_list("manufacturer", flat=True).distinct())
    for manufacturer_id in manufacturers:
        escalate_for.delay(manufacturer_id=manufacturer_id)
    return len(manufacturers)


@scoped_task(name="approvals.escalate")
def escalate_for(*, manufacturer_id: int) -> int:
    """Pass on what is over at one manufacturer."""
    from approvals import services

    return services.escalate()
