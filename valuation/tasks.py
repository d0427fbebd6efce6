from celery import shared_task

from tenancy.rls import platform_scope
from tenancy.tasks import active_clocks, scoped_task
from valuation.models import Programme, ProgrammeStatus

NIGHT = 2
"""The hour of the manufacturer's own clock in which its grades are recomputed."""


@shared_task(name="valuation.recompute_all_grades")
def recompute_all_grades() -> int:
    """Every hour: one task for each manufacturer where it is night, so that one's failure or size hurts nobody else.

    Whoever has published no programme is left alone: nobody is to be told a grade that nobody decided on.
    """
    with platform_scope():
        published = set(
            Programme.objects.filter(status=ProgrammeStatus.PUBLISHED).values_list("manufacturer_id", flat=True)
        )
    asleep = [pk for pk, _clock in active_clocks(NIGHT) if pk in published]
    for manufacturer_id in asleep:
        recompute_grades.delay(manufacturer_id=manufacturer_id)
    return len(asleep)


@scoped_task(name="valuation.recompute_grades")
def recompute_grades(*, manufacturer_id: int) -> int:
    """Request one manufacturer's recompute as of its own today; returns the job."""
    from valuation import services

    return services.request_recompute().pk
