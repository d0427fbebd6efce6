"""What runs by the clock for opportunities."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING, _awake
from tenancy.tasks import scoped_task


@shared_task(name="leads.look_through_all_opportunities")
def look_through_all_opportunities() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    awake = _awake(MORNING)
    for manufacturer_id, day in awake:
        look_through_opportunities.delay(manufacturer_id=manufacturer_id, day=day)
    return len(awake)


@scoped_task(name="leads.look_through_opportunities")
def look_through_opportunities(*, manufacturer_id: int, day: str) -> dict[str, int]:
    """Mark what stands still, remind of next steps, and keep the month's forecast. Safe to run again."""
    from leads.services import forecasts, opportunities

    today = dt.date.fromisoformat(day)
    return {
        "stalled": opportunities.mark_stalled(),
        "reminded": opportunities.remind_of_steps(day=today),
        "kept": forecasts.take_snapshot(day=today),
    }
