"""What is counted by the clock while a campaign is out: machines told apart every hour, orders every night."""

import datetime as dt

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services.orders import find_orders
from campaigns.services.responses import count_clicks, tell_machines_apart

LOOK_BACK = dt.timedelta(hours=30)
"""Longer than a night without workers."""
LATE = dt.timedelta(days=45)
"""Books are closed late, and corrected: so long after the window orders are looked for anew."""


def measured_campaigns(today: dt.date) -> list[Campaign]:
    """Campaigns whose orders may still come in; of those from a file the file says what was ordered."""
    frozen = Campaign.objects.filter(frozen_at__isnull=False, is_imported=False, starts_on__lte=today).select_related(
        "manufacturer"
    )
    return [row for row in frozen.order_by("pk") if today <= row.ends_on + dt.timedelta(days=row.window_days) + LATE]


def measure(now: dt.datetime, *, with_orders: bool) -> dict[str, int]:
    """Bring what came back on campaigns up to now. Safe to run again."""
    count_clicks(now - LOOK_BACK)
    machines = tell_machines_apart(now - LOOK_BACK)
    changed = (
        sum(find_orders(campaign) for campaign in measured_campaigns(timezone.localdate(now))) if with_orders else 0
    )
    return {"machines": machines, "orders": changed}
