"""What the clock brings: reminders of last days, claims that come too late, and money that goes back at the end."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from campaigns.models import EntryKind, Fund, FundBalance, FundRequest, FundState, Place
from campaigns.models.funds import CLAIMABLE_STATES, WAITING_STATES
from campaigns.services.funds import telling
from campaigns.services.funds.common import Move, give_back, locked_fund, locked_request, move_to, post, stands_for

REMIND_DAYS = (14, 3)
"""So many days before the last one."""
WARN_BEFORE = 1
"""So many days before the last one to answer."""


def turn_funds(today: dt.date) -> int:
    """All that is due on a day. Safe to run again: nothing expires twice, and nobody is told twice."""
    return expire_claims(today) + sweep_funds(today) + remind(today)


def expire_claims(today: dt.date) -> int:
    """Approved requests whose last day to claim is over: their money is free again. Not while a later day is asked for."""
    late = FundRequest.objects.filter(state__in=CLAIMABLE_STATES, claim_until__lt=today, wanted_until=None)
    done = 0
    for pk in list(late.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            fund, request = locked_request(pk)
            if not late.filter(pk=pk).exists():  # handed in, given longer, or asked for longer, since it was found
                continue
            approved = stands_for(request)[Place.APPROVED]
            post(
                fund, [Move(EntryKind.EXPIRE, Place.APPROVED, Place.FREE, approved)], by=None,
                partner_id=request.partner_id, request=request,
            )  # fmt: skip
            give_back(fund, request, by=None)
            move_to(request, FundState.EXPIRED, by=None, closed_at=timezone.now())
            telling.expired(request)
            done += 1
    return done


def sweep_funds(today: dt.date) -> int:
    """Funds that are over: what partners have left goes back. What stands for requests stays until these are closed."""
    done = 0
    left = FundBalance.objects.filter(fund__ends_on__lt=today, partner__isnull=False, free__gt=0)
    for pk in sorted(set(left.values_list("fund", flat=True))):
        with transaction.atomic():
            fund = locked_fund(pk)
            for balance in left.filter(fund=pk).order_by("partner"):
                move = Move(EntryKind.EXPIRE, Place.FREE, Place.POOL, balance.free)
                post(fund, [move], by=None, partner_id=balance.partner_id)
                done += 1
            fund.swept_on = today
            fund.save(update_fields=["swept_on"])
    return done


def remind(today: dt.date) -> int:
    """Claims whose last day comes near, money that can be asked for only a few days more, and answers that staff owe."""
    told = 0
    for days in REMIND_DAYS:
        day = today + dt.timedelta(days=days)
        due = FundRequest.objects.filter(state__in=CLAIMABLE_STATES, claim_until=day)
        for request in due.select_related("fund").order_by("pk"):
            told += telling.claim_due(request)
    waiting = FundRequest.objects.filter(state__in=WAITING_STATES)
    for request in waiting.select_related("fund__owner", "partner__channel_manager").order_by("pk"):
        days_left = ((request.answer_until or today) - today).days
        if days_left == WARN_BEFORE:
            told += telling.answer_due(request)
        elif days_left == -1:
            told += telling.answer_late(request)
    ending = Fund.objects.filter(is_open=True, request_until=today + dt.timedelta(days=REMIND_DAYS[0]))
    balances = FundBalance.objects.filter(fund__in=ending, partner__isnull=False, free__gt=0)
    for balance in balances.select_related("fund").order_by("pk"):
        told += telling.money_left(balance)
    return told
