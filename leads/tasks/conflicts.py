"""Conflicts are looked for every night."""

from celery import shared_task

from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="leads.find_all_conflicts")
def find_all_conflicts() -> int:
    """One task for each manufacturer, so that one's failure hurts nobody else."""
    return start_for_each(find_conflicts)


@scoped_task(name="leads.find_conflicts")
def find_conflicts(*, manufacturer_id: int) -> int:
    """Have one manufacturer's conflicts looked for. Safe to run again."""
    from leads.services.conflict_search import request_search

    return request_search().pk
