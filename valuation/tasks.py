import zoneinfo

from celery import shared_task
from django.utils import timezone

from tenancy.models import Manufacturer
from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task
from valuation.models import Programme, ProgrammeStatus

NIGHT = 2
"""The hour of the manufacturer's own clock in which its grades are recomputed."""


@shared_task(name="valuation.recompute_all_grades")
def recompute_all_grades() -> int:
    """Every hour: one task for each manufacturer where it is night, so that one's failure or size hurts nobody else.

    Whoever has published no programme is left alone: nobody is to be told a grade that nobody decided on.
    """
    now = timezone.now()
    with platform_scope():
        published = Programme.objects.filter(status=ProgrammeStatus.PUBLISHED).values("manufacturer")
        active = Manufacturer.objects.filter(is_active=True, pk__in=published).order_by("pk")
        asleep = [
            pk
            for pk, zone in active.values_list("pk", "timezone")
            if now.astimezone(zoneinfo.ZoneInfo(zone)).hour == NIGHT
        ]
    for manufacturer_id in asleep:
        recompute_grades.delay(manufacturer_id=manufacturer_id)
    return len(asleep)


@scoped_task(name="valuation.recompute_grades")
def recompute_grades(*, manufacturer_id: int) -> int:
    """Request one manufacturer's recompute as of its own today; returns the job."""
    from valuation import services

    return services.request_recompute().pk
