"""What is read of funds: what is left for whom, whose requests a member sees, and what speaks against a claim."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Concat, StrIndex
from django.utils import timezone

from campaigns.fund_money import share_of
from campaigns.models import (
    ClaimLine,
    Fund,
    FundActivity,
    FundBalance,
    FundRequest,
    FundState,
    Response,
    ResponseKind,
)
from campaigns.models.funds import OWN_PLACES
from commerce.models import SalesDay
from partners.models import Partner, Stage
from partners.selectors.audiences import BrokenAudienceError, audience_partners
from partners.selectors.partners import search_words
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope

ZERO = Decimal(0)


# --- What is left -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """What a partner can ask for now: its own money, and what it could draw from the fund."""

    free: Decimal
    common: Decimal

    @property
    def all(self) -> Decimal:
        return self.free + self.common


def available(fund: Fund, partner_id: int) -> Left:
    """What is left for a partner of a fund. In the house's scope, since partners do not see what others have."""
    rows = {
        row.partner_id: row for row in FundBalance.objects.filter(Q(partner=partner_id) | Q(partner=None), fund=fund)
    }
    return _left(fund, rows.get(partner_id), rows.get(None))


def _left(fund: Fund, own: FundBalance | None, pool: FundBalance | None) -> Left:
    free, common = (own.free if own else ZERO), ZERO
    if fund.is_common:
        common = pool.pool if pool else ZERO
        if fund.cap is not None:
            common = max(ZERO, min(common, fund.cap - (own.given if own else ZERO)))
    return Left(free, common)


def eligible_partners(fund: Fund) -> QuerySet[Partner]:
    """The active partners that a fund is for, as its owner sees them; nobody where its audience cannot be read."""
    active = Partner.objects.filter(merged_into=None, stage=Stage.ACTIVE)
    if fund.audience is None:
        return active
    try:
        return active.filter(pk__in=audience_partners(fund.audience, fund.owner).values("pk"))
    except BrokenAudienceError:
        return active.none()


def fund_takes(fund: Fund, partner: Partner) -> bool:
    """Whether a partner may ask: it is among those that the fund is for, or has been given money of it."""
    has_money = FundBalance.objects.filter(fund=fund, partner=partner, free__gt=0).exists()
    return has_money or eligible_partners(fund).filter(pk=partner.pk).exists()


@dataclass(frozen=True)
class OwnFund:
    """A fund as one partner sees it."""

    fund: Fund
    balance: FundBalance
    left: Left
    can_ask: bool

    @property
    def given(self) -> Decimal:
        """All that the partner has or could have of it."""
        return self.balance.given + self.left.common


def own_funds(partner: Partner, *, today: dt.date | None = None) -> list[OwnFund]:
    """The funds that a partner has money of or may ask, those that take requests first."""
    today = today or timezone.localdate()
    with house_scope():
        balances: dict[int, dict[int | None, FundBalance]] = defaultdict(dict)
        for row in FundBalance.objects.filter(Q(partner=partner) | Q(partner=None)):
            balances[row.fund_id][row.partner_id] = row
        found = []
        for fund in Fund.objects.select_related("audience", "owner__manufacturer").order_by("request_until", "pk"):
            own, pool = balances[fund.pk].get(partner.pk), balances[fund.pk].get(None)
            is_running = fund.is_open and fund.request_until >= today
            if own is None and (not is_running or not fund_takes(fund, partner)):
                continue
            left = _left(fund, own, pool) if is_running else Left(own.free if own else ZERO, ZERO)
            balance = own or FundBalance(fund=fund, partner=partner)
            found.append(OwnFund(fund, balance, left, is_running and left.all > 0))
    return sorted(found, key=lambda each: not each.can_ask)


def fund_totals(funds: Sequence[Fund]) -> dict[int, dict[str, Decimal]]:
    """By fund: how much of it is where, over all partners. One query."""
    places = ("pool", *(place.value for place in OWN_PLACES))
    sums = {place: Coalesce(Sum(F(place)), ZERO) for place in places}
    rows: Any = (
        FundBalance.objects.filter(fund__in=[fund.pk for fund in funds]).order_by().values("fund").annotate(**sums)
    )
    return {
        row["fund"]: {place: row[place] for place in places} | {"all": sum((row[place] for place in places), ZERO)}
        for row in rows
    }


# --- Requests ---------------------------------------------------------------------------------------------------------


def requests_for(member: Membership) -> QuerySet[FundRequest]:
    """The requests this member may see: a partner's people their own, staff those of the partners that they see."""
    if not member.is_staff:
        return FundRequest.objects.filter(partner=member.partner_id)
    rows = FundRequest.objects.all()
    return rows if member.can(Right.PARTNERS_VIEW_ALL) else rows.filter(partner__channel_manager=member)


def matching_requests(rows: QuerySet[FundRequest], text: str) -> QuerySet[FundRequest]:
    """Those whose title, partner or number hold every word."""
    for number, word in enumerate(search_words(text)):
        name = f"place_{number}"
        place = StrIndex(Concat(Value(" "), "search_text"), Value(word))
        rows = rows.alias(**{name: place}).filter(**{f"{name}__gt": 0})
    return rows


def to_answer(member: Membership) -> QuerySet[FundRequest]:
    """What waits for staff: requests, claims, and later days asked for; the longest waiting first."""
    waits = Q(state__in=[FundState.SUBMITTED, FundState.CLAIMED]) | Q(wanted_until__isnull=False)
    return requests_for(member).filter(waits).order_by("asked_at", "pk")


def activities_of(fund: Fund) -> QuerySet[FundActivity]:
    """What a fund pays for."""
    known = FundActivity.objects.filter(is_retired=False)
    return known.filter(code__in=fund.activities) if fund.activities else known


def claim_value(request: FundRequest, lines: Sequence[ClaimLine], *, allowed: bool) -> Decimal:
    """The fund's share of what is claimed, or of what of it was accepted; never more than was approved."""
    amounts = [((line.allowed or ZERO) if allowed else line.amount, line.rate) for line in lines]
    return min(share_of(amounts, request.share, request.fund.currency), request.approved or ZERO)


# --- What speaks against a claim --------------------------------------------------------------------------------------

SAME_NUMBER, SAME_AMOUNT, SAME_FILE, ALIKE_FILE, OVER_PLAN, NOT_IN_PERIOD = (
    "same_number", "same_amount", "same_file", "alike_file", "over_plan", "not_in_period",
)  # fmt: skip
LIKE_BITS = 5
"""Two pictures of 64 signs that differ in at most so many show the same sheet."""

TWINS = """
SELECT c.id, o.id, o.request_id,
    CASE
        WHEN c.number_key <> '' AND o.number_key = c.number_key THEN 'same_number'
        WHEN f.sha256 = g.sha256 THEN 'same_file'
        WHEN bit_count((f.look # g.look)::bit(64)) <= %(bits)s THEN 'alike_file'
        ELSE 'same_amount'
    END
FROM campaigns_claimline c
JOIN campaigns_claimline o ON o.id <> c.id
LEFT JOIN campaigns_fundfile f ON f.id = c.file_id
LEFT JOIN campaigns_fundfile g ON g.id = o.file_id
WHERE c.request_id = %(request)s AND (
    c.number_key <> '' AND o.number_key = c.number_key
    OR o.invoice_on = c.invoice_on AND o.amount = c.amount AND o.currency = c.currency
    OR f.sha256 = g.sha256 AND (f.id <> g.id OR o.request_id = c.request_id)
    OR bit_count((f.look # g.look)::bit(64)) <= %(bits)s AND f.id <> g.id
)
ORDER BY c.id, o.id
LIMIT 100
"""


@dataclass(frozen=True)
class Flag:
    """Something about a line of a claim that is to be looked at; `other`: the request that it is like."""

    kind: str
    other: FundRequest | None = None
    more: Decimal = ZERO


def flags_of(request: FundRequest, lines: Sequence[ClaimLine]) -> dict[int, list[Flag]]:
    """By line: the same invoice elsewhere, whoever's it is, and what goes beyond the plan. For staff alone."""
    with connection.cursor() as cursor:
        cursor.execute(TWINS, {"request": request.pk, "bits": LIKE_BITS})
        twins = cursor.fetchall()
    others = FundRequest.objects.in_bulk({row[2] for row in twins})
    found: dict[int, list[Flag]] = defaultdict(list)
    for line, _other, other_request, kind in twins:
        flag = Flag(kind, others[other_request])
        if flag not in found[line]:
            found[line].append(flag)
    spent: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in lines:
        if each.line_id is not None and each.line is not None:
            spent[each.line_id] += each.amount * each.rate / request.rate
            more = spent[each.line_id] - each.line.planned
            if more > 0:
                found[each.pk].append(Flag(OVER_PLAN, more=more))
        if not request.starts_on - dt.timedelta(days=90) <= each.invoice_on <= request.ends_on + dt.timedelta(days=60):
            found[each.pk].append(Flag(NOT_IN_PERIOD))
    return dict(found)


# --- What it brought --------------------------------------------------------------------------------------------------

AFTER_DAYS = 28
"""Orders count from the first day of an activity until so many days after its last."""


ANSWERS = (ResponseKind.ANSWER, ResponseKind.REPLY, ResponseKind.FORM, ResponseKind.TYPED)


@dataclass(frozen=True)
class Brought:
    """What followed an activity, as far as it is known; and the same number of days before it."""

    first: dt.date
    last: dt.date
    is_over: bool
    number: int
    amount: Decimal
    number_before: int
    amount_before: Decimal
    answers: int | None

    @property
    def more(self) -> Decimal:
        return self.amount - self.amount_before


def brought(request: FundRequest, *, today: dt.date | None = None) -> Brought | None:
    """Orders of the partner around an activity, in base currency, and answers to its campaign. Nothing before it begins."""
    today = today or timezone.localdate()
    if request.starts_on > today or request.state in (FundState.REFUSED, FundState.WITHDRAWN, FundState.SUBMITTED):
        return None
    end = request.ends_on + dt.timedelta(days=AFTER_DAYS)
    last = min(end, today)
    days = (last - request.starts_on).days + 1
    begin = request.starts_on - dt.timedelta(days=days)
    during = Q(date__gte=request.starts_on)
    rows = SalesDay.objects.filter(partner=request.partner_id, date__gte=begin, date__lte=last)
    sums: dict[str, Any] = rows.aggregate(
        number=Coalesce(Sum("orders", filter=during), 0),
        amount=Coalesce(Sum("amount_base", filter=during), ZERO),
        number_before=Coalesce(Sum("orders", filter=~during), 0),
        amount_before=Coalesce(Sum("amount_base", filter=~during), ZERO),
    )
    answers = None
    if request.campaign_id is not None:
        own = Response.objects.filter(
            recipient__campaign=request.campaign_id, recipient__partner=request.partner_id, kind__in=ANSWERS,
            is_machine=False,
        )  # fmt: skip
        answers = own.count()
    return Brought(request.starts_on, last, end < today, answers=answers, **sums)
