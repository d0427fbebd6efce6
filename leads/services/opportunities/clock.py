"""What runs by the clock for opportunities."""

import datetime as dt

from django.db.models import F
from django.utils import timezone

from leads.models import (
    Opportunity,
)
from leads.services import opportunity_notices as notices


def mark_stalled(*, now: dt.datetime | None = None) -> int:
    """Mark what nobody has touched for as long as its stage allows, and tell who works on it, and who looks after the
    partner; returns how many are new. Safe to run again.
    """
    now = now or timezone.now()
    quiet = Opportunity.objects.filter(
        closed_at=None,
        stalled_at=None,
        last_activity_at__lt=now - F("stage__stalled_days") * dt.timedelta(days=1),
    )
    keys = list(quiet.values_list("pk", flat=True))
    for start in range(0, len(keys), 5000):
        Opportunity.objects.filter(pk__in=keys[start : start + 5000], stalled_at=None).update(stalled_at=now)
    notices.tell_stalled(keys, day=timezone.localdate(now))
    return len(keys)


def remind_of_steps(*, day: dt.date) -> int:
    """Tell once, on the day after, of next steps that were due; returns how many people were told."""
    return notices.tell_steps_overdue(
        Opportunity.objects.filter(closed_at=None, next_step_on=day - dt.timedelta(days=1)), day=day
    )
