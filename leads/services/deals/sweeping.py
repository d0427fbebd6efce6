"""What runs by the clock: reminders before a protection ends, and what follows when it has ended.

The end itself needs no worker: the place is free at the moment itself, since the database compares times. What is done here
is told as of that moment, whenever a worker comes to it, and once.
"""

import datetime as dt

from django.db.models import F, Q
from django.utils import timezone

from leads.models import ClaimStep, DealRegistration, DealState, Protection, ProtectionEnd
from leads.selectors.deals import deal_settings
from leads.services.claims import Claim, add_claims, lock_head
from leads.services.deals import telling
from leads.services.deals.common import move
from tenancy.rls import commit_chunk

AT_ONCE = 200


def end_protections(*, now: dt.datetime | None = None) -> int:
    """Note the protections that have run out, and tell both sides; returns how many. Safe to run again at any time."""
    now, ended = now or timezone.now(), 0
    while found := _end_some(now):
        ended += found
        commit_chunk()
    return ended


def _end_some(now: dt.datetime) -> int:
    over = Protection.objects.filter(ended="", ends_at__lte=now).order_by("ends_at", "pk")
    if not over.exists():
        return 0
    head = lock_head()
    rows = list(over.select_for_update(of=("self",))[:AT_ONCE])
    deals = {deal.pk: deal for deal in _deals([row.deal_id for row in rows])}
    claims, told = [], []
    for row in rows:
        deal = deals[row.deal_id]
        if deal.state == DealState.APPROVED:
            move(deal, DealState.EXPIRED, closed_at=row.ends_at)
            told.append(deal)
        claims.append(Claim(deal, ClaimStep.EXPIRED, {"protected_until": row.ends_at}))
    Protection.objects.filter(pk__in=[row.pk for row in rows]).update(ended=ProtectionEnd.EXPIRED)
    add_claims(head, claims, at=now)
    telling.ended(told)
    return len(rows)


def remind_of_ends(*, now: dt.datetime | None = None) -> int:
    """Remind of protections that end soon, at each of the manufacturer's numbers of days once; returns of how many.

    A day that was missed is made up by the reminder that is due now. A protection shorter than a reminder's days is not
    reminded of by it.
    """
    now, reminded = now or timezone.now(), 0
    for days in sorted(set(deal_settings().reminder_days)):
        span = dt.timedelta(days=days)
        due = Protection.objects.filter(
            Q(reminded=None) | Q(reminded__gt=days),
            ended="",
            ends_at__gt=now,
            ends_at__lte=now + span,
            starts_at__lte=F("ends_at") - span,
            deal__state=DealState.APPROVED,
        )
        rows = list(due.select_for_update(of=("self",)).order_by("pk"))
        telling.ending([(deal, days) for deal in _deals([row.deal_id for row in rows])])
        Protection.objects.filter(pk__in=[row.pk for row in rows]).update(reminded=days)
        reminded += len(rows)
    return reminded


def _deals(keys: list[int]) -> list[DealRegistration]:
    rows = DealRegistration.objects.select_related("partner__channel_manager", "category")
    return list(rows.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk"))
