"""Conflicts are looked for every night."""

from celery import shared_task

from tenancy.models import Manufacturer
from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task


@shared_task(name="leads.find_all_conflicts")
def find_all_conflicts() -> int:
    """One task for each manufacturer, so that one's failure hurts nobody else."""
    with platform_scope():
        keys = list(Manufacturer.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    for manufacturer_id in keys:
        find_conflicts.delay(manufacturer_id=manufacturer_id)
    return len(keys)


@scoped_task(name="leads.find_conflicts")
def find_conflicts(*, manufacturer_id: int) -> int:
    """Have one manufacturer's conflicts looked for. Safe to run again."""
    from leads.services.conflict_search import request_search

    return request_search().pk
