"""What runs by the clock: the project's defaults, which administrators then change in Django admin."""

from django.conf import settings
from django.db import connection


def create_missing_schedules() -> None:
    """Put the defaults that are not there yet into django-celery-beat's tables; changed ones stay as they are."""
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

    if PeriodicTask._meta.db_table not in connection.introspection.table_names():
        return  # migrated back, or only some of the applications
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    for name, (task, when) in settings.SCHEDULES.items():
        if name in known:
            continue
        if isinstance(when, int):
            interval, _ = IntervalSchedule.objects.get_or_create(every=when, period=IntervalSchedule.SECONDS)
            PeriodicTask.objects.create(name=name, task=task, interval=interval)
        else:
            minute, hour, day_of_month, month_of_year, day_of_week = when.split()
            crontab, _ = CrontabSchedule.objects.get_or_create(
                minute=minute,
                hour=hour,
                day_of_month=day_of_month,
                month_of_year=month_of_year,
                day_of_week=day_of_week,
                timezone=settings.TIME_ZONE,
            )
            PeriodicTask.objects.create(name=name, task=task, crontab=crontab)
