"""What came back on campaigns, counted by the clock."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from tenancy.rls import staff_scope
from tenancy.tasks import active_clocks, scoped_task

NIGHT = 5
"""The hour of the manufacturer's own clock in which orders are looked for: the books of the day before are in."""


RECENT = dt.timedelta(minutes=15)
"""What came before is counted every hour."""


@shared_task(name="campaigns.count_all")
def count_all() -> int:
    """Every minute: bring the latest clicks of every manufacturer to their readers; returns of how many."""
    from campaigns.services.responses import count_clicks

    since, changed = timezone.now() - RECENT, 0
    for manufacturer_id, _clock in active_clocks():
        with staff_scope(manufacturer_id):
            changed += count_clicks(since)
    return changed


@shared_task(name="campaigns.measure_all")
def measure_all() -> int:
    """Every hour: one task for each manufacturer."""
    clocks = active_clocks()
    for manufacturer_id, clock in clocks:
        measure.delay(manufacturer_id=manufacturer_id, with_orders=clock.hour == NIGHT)
    return len(clocks)


@scoped_task(name="campaigns.measure")
def measure(*, manufacturer_id: int, with_orders: bool) -> dict[str, int]:
    """Bring what came back on one manufacturer's campaigns up to now."""
    from campaigns.services import measuring, propensities

    if with_orders:
        propensities.look_after(timezone.now())
    return measuring.measure(timezone.now(), with_orders=with_orders)
