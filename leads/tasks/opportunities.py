"""What runs by the clock for opportunities."""

import datetime as dt

from celery import shared_task

from partners.tasks import MORNING
from tenancy.tasks import scoped_task, start_for_each


@shared_task(name="leads.look_through_all_opportunities")
def look_through_all_opportunities() -> int:
    """Every hour: one task for each manufacturer where it is morning."""
    return start_for_each(look_through_opportunities, at=MORNING, with_day=True)


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
