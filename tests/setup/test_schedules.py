import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django_celery_beat.models import PeriodicTask

from prm_portal.celery import app
from prm_portal.schedules import create_missing_schedules

SCHEDULES = {"Nightly": ("tests.nightly", "10 2 * * *"), "Often": ("tests.often", 60)}


@pytest.mark.django_db
@override_settings(SCHEDULES=SCHEDULES)
def test_missing_schedules_are_created():
    create_missing_schedules()

    nightly, often = PeriodicTask.objects.get(name="Nightly"), PeriodicTask.objects.get(name="Often")
    assert (nightly.task, nightly.crontab.hour, nightly.crontab.minute) == ("tests.nightly", "2", "10")
    assert (often.task, often.interval.every, often.interval.period) == ("tests.often", 60, "seconds")


@pytest.mark.django_db
@override_settings(SCHEDULES=SCHEDULES)
def test_a_schedule_that_an_administrator_changed_stays_changed():
    create_missing_schedules()
    PeriodicTask.objects.filter(name="Nightly").update(enabled=False)

    create_missing_schedules()

    assert PeriodicTask.objects.get(name="Nightly").enabled is False


@pytest.mark.django_db
def test_migrating_creates_the_projects_schedules():
    PeriodicTask.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert set(settings.SCHEDULES) <= set(PeriodicTask.objects.values_list("name", flat=True))


def test_every_schedule_names_a_task_that_exists():
    app.loader.import_default_modules()

    assert {task for task, _when in settings.SCHEDULES.values()} - set(app.tasks) == set()
