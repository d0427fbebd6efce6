"""Protections that end, reminders of them, and the nightly proof of the log of claims."""

from celery import shared_task
from django.utils import timezone

from leads.models import Protection
from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task, start_for_each

MORNING, NIGHT = 8, 2
"""Hours of the manufacturer's own clock."""


@shared_task(name="leads.end_all_protections")
def end_all_protections() -> int:
    """Every minute: one task for each manufacturer that has a protection which ran out."""
    with platform_scope():
        over = Protection.objects.filter(ended="", ends_at__lte=timezone.now())
        keys = list(over.order_by("manufacturer").values_list("manufacturer_id", flat=True).distinct())
    for manufacturer_id in keys:
        end_protections.delay(manufacturer_id=manufacturer_id)
    return len(keys)


@scoped_task(name="leads.end_protections")
def end_protections(*, manufacturer_id: int) -> int:
    """Note what has run out in one manufacturer. Safe to run again."""
    from leads.services import deals

    return deals.end_protections()


@shared_task(name="leads.remind_of_all_protections")
def remind_of_all_protections() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(remind_of_protections, at=MORNING)


@scoped_task(name="leads.remind_of_protections")
def remind_of_protections(*, manufacturer_id: int) -> int:
    """Remind of what ends soon in one manufacturer. Safe to run again: each is told once."""
    from leads.services import deals

    return deals.remind_of_ends()


@shared_task(name="leads.prove_all_claims")
def prove_all_claims() -> int:
    """Every hour: one task for each manufacturer where it is night."""
    return start_for_each(prove_claims, at=NIGHT)


@scoped_task(name="leads.prove_claims")
def prove_claims(*, manufacturer_id: int) -> int:
    """Request the proof of one manufacturer's log. Returns the job."""
    from leads.services.claims import request_proof

    return request_proof().pk
