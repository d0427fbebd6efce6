"""Who falls behind, looked at every night, and what courses go with."""

import zoneinfo
from typing import Any

from celery import shared_task
from django.utils import timezone

from tenancy.models import Manufacturer
from tenancy.rls import platform_scope
from tenancy.tasks import scoped_task

NIGHT = 5
"""The hour of the manufacturer's own clock: the word to who falls behind is there in the morning."""


@shared_task(name="training.look_after_all")
def look_after_all() -> int:
    """Every hour: two tasks for each manufacturer where the night ends, so that one's failure or size hurts nobody else."""
    now = timezone.now()
    with platform_scope():
        active = Manufacturer.objects.filter(is_active=True).order_by("pk").values_list("pk", "timezone")
        asleep = [pk for pk, zone in active if now.astimezone(zoneinfo.ZoneInfo(zone)).hour == NIGHT]
    for manufacturer_id in asleep:
        look_after.delay(manufacturer_id=manufacturer_id)
        measure.delay(manufacturer_id=manufacturer_id)
    return len(asleep)


@scoped_task(name="training.look_after")
def look_after(*, manufacturer_id: int) -> dict[str, Any]:
    """Learn who finishes where it is time, look at what is open, and have a word with who falls behind. Safe to run again."""
    from training.services import risks

    return risks.look_after(timezone.now())


@scoped_task(name="training.measure")
def measure(*, manufacturer_id: int) -> bool:
    """Once a week have it worked out what courses go with; whether it is. Safe to run again."""
    from training.services import effects

    return effects.look_after(timezone.now())
