"""Scores of leads by the clock."""

from celery import shared_task
from django.utils import timezone

from tenancy.tasks import scoped_task, start_for_each

NIGHT = 4
"""The hour of the manufacturer's own clock in which its scores are looked after."""


@shared_task(name="leads.look_after_all_scores")
def look_after_all_scores() -> int:
    """Every hour: one task for each manufacturer where it is night, so that one's failure or size hurts nobody else."""
    return start_for_each(look_after_scores, at=NIGHT)


@scoped_task(name="leads.look_after_scores")
def look_after_scores(*, manufacturer_id: int) -> dict[str, int | bool | None]:
    """Follow one manufacturer's learned score, learn anew where it is time, and score its pool. Safe to run again."""
    from leads.services.score_models import look_after_scores as look_after

    return look_after(timezone.now())
