"""Who falls behind, looked at every night, and what courses go with."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from tenancy.tasks import scoped_task, start_for_each

NIGHT = 5
"""The hour of the manufacturer's own clock: the word to who falls behind is there in the morning."""


@shared_task(name="training.look_after_all")
def look_after_all() -> int:
    """Every hour: two tasks for each manufacturer where the night ends, so that one's failure or size hurts nobody else."""
    start_for_each(measure, at=NIGHT)
    return start_for_each(look_after, at=NIGHT)


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
