"""Requests: handed in, answered along the approval line of their amount, withdrawn, given more time."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.selectors import open_request, route_for
from approvals.services import request_approval
from approvals.services import withdraw as withdraw_approval
from campaigns.fund_money import rounded, share_of
from campaigns.models import (
    FUND_SUBJECT,
    Campaign,
    EntryKind,
    Fund,
    FundBalance,
    FundLine,
    FundRequest,
    FundState,
    Place,
)
from campaigns.models.funds import CLAIMABLE_STATES
from campaigns.selectors.funds import available, fund_takes
from campaigns.services.funds import telling
from campaigns.services.funds.common import (
    FundError,
    Move,
    balance_of,
    give_back,
    in_base,
    locked_fund,
    locked_request,
    move_to,
    must_decide,
    must_own,
    must_stand,
    note_step,
    post,
    rate_into,
    shown,
    stands_for,
    too_fine,
)
from pages import formats
from partners.models import Activity, Partner
from partners.selectors import may
from partners.services.qualifications import house_day
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope

Line = tuple[str, Decimal]
SAID = ("activity", "title", "purpose", "starts_on", "ends_on", "currency")
"""What of a request the partner says, beside its lines."""
SAME_WITHIN = dt.timedelta(seconds=30)
"""The same by the same person so soon after is the same click."""
MOST_LINES = 20


def hand_in(said: FundRequest, lines: Sequence[Line], *, by: Membership) -> FundRequest:
    """Ask for money: it is reserved at once, or refused with a sentence. The same again at once is the same."""
    if by.partner_id is None or not by.can(Right.PORTAL_FUNDS):
        raise FundError(_("Money of a fund is asked for by partners."))
    if not lines or len(lines) > MOST_LINES or any(planned <= 0 for _what, planned in lines):
        raise FundError(_("Say in 1 to %(most)s lines what it costs.") % {"most": MOST_LINES})
    for _what, planned in lines:
        if reason := too_fine(planned, said.currency):
            raise FundError(reason)
    with house_scope(), transaction.atomic():
        fund, partner = locked_fund(said.fund_id), Partner.objects.get(pk=by.partner_id)
        if again := _same_click(fund, said, by):
            return again
        today = timezone.localdate()
        _must_fit(fund, partner, said, today)
        _must_be_allowed(partner)
        request = FundRequest(
            fund=fund, partner=partner, partner_name=partner.name, partner_local_name=partner.local_name, asked_by=by,
            asked_by_name=by.name,
        )  # fmt: skip
        for name in SAID:
            setattr(request, name, getattr(said, name))
        request.rate, request.share = rate_into(fund, request.currency, day=today), fund.share
        request.planned = sum((planned for _what, planned in lines), Decimal(0))
        request.asked = share_of([(request.planned, request.rate)], fund.share, fund.currency)
        if request.asked <= 0:
            raise FundError(_("The share of this cost is nothing that can be paid."))
        request.asked_base = request.asked * in_base(fund, fund.currency, day=today)
        left = available(fund, partner.pk)
        if request.asked > left.all:
            raise FundError(
                _("This would take %(asked)s, and %(left)s is left for you in “%(fund)s”.")
                % {"asked": shown(request.asked, fund.currency), "left": shown(left.all, fund.currency), "fund": fund}
            )
        request.reference = f"~{request.asked_at.timestamp()}"[:20]
        request.save()
        request.reference = f"F{request.pk:06}"
        request.save(update_fields=["reference"])
        FundLine.objects.bulk_create([FundLine(request=request, what=what, planned=planned) for what, planned in lines])
        missing = max(request.asked - left.free, Decimal(0))
        post(fund, [Move(EntryKind.ALLOT, Place.POOL, Place.FREE, missing)], by=by, partner_id=partner.pk)
        _post(fund, request, [Move(EntryKind.RESERVE, Place.FREE, Place.RESERVED, request.asked)], by=by)
        note_step(request, by=by)
        telling.asked(request)
        return request


def _same_click(fund: Fund, said: FundRequest, by: Membership) -> FundRequest | None:
    since = timezone.now() - SAME_WITHIN
    return FundRequest.objects.filter(
        fund=fund,
        asked_by=by,
        title=said.title,
        starts_on=said.starts_on,
        state=FundState.SUBMITTED,
        asked_at__gte=since,
    ).first()


def _must_be_allowed(partner: Partner) -> None:
    permission = may(partner, Activity.FUNDS, day=house_day())
    if not permission:
        reasons = "; ".join(str(reason) for reason in permission.reasons)
        raise FundError(_("Your company may not ask for marketing money now. %(reasons)s") % {"reasons": reasons})


def _must_fit(fund: Fund, partner: Partner, said: FundRequest, today: dt.date) -> None:
    language = get_language()
    if not fund.is_open or today > fund.request_until:
        raise FundError(
            _("“%(fund)s” takes no requests any more: the last day was %(day)s.")
            % {"fund": fund, "day": formats.date(fund.request_until, language)}
            if today > fund.request_until
            else _("“%(fund)s” takes no requests now.") % {"fund": fund}
        )
    if (fund.activities and said.activity.code not in fund.activities) or said.activity.is_retired:
        raise FundError(_("“%(fund)s” does not pay for this activity.") % {"fund": fund})
    if not fund_takes(fund, partner):
        raise FundError(_("“%(fund)s” is not for your company.") % {"fund": fund})
    if said.ends_on < said.starts_on:
        raise FundError(_("The end lies before the start."))
    if said.starts_on < fund.starts_on or said.ends_on > fund.ends_on:
        raise FundError(
            _("“%(fund)s” pays for what takes place from %(first)s to %(last)s.")
            % {
                "fund": fund,
                "first": formats.date(fund.starts_on, language),
                "last": formats.date(fund.ends_on, language),
            }
        )


def _post(fund: Fund, request: FundRequest, moves: list[Move], *, by: Membership | None, note: str = "") -> None:
    post(fund, moves, by=by, partner_id=request.partner_id, request=request, note=note)


@transaction.atomic
def approve_request(
    request: FundRequest, *, by: Membership, amount: Decimal | None = None, note: str = ""
) -> FundRequest:
    """Approve a request, in full or for less; where there is an approval line for the amount, ask for that.

    Asked twice, it is one request for approval: the first one's.
    """
    must_decide(by)
    fund, request = locked_request(request.pk)
    must_stand(request, FundState.SUBMITTED)
    amount = request.asked if amount is None else rounded(amount, fund.currency)
    if not 0 < amount <= request.asked:
        raise FundError(_("Approve up to %(asked)s.") % {"asked": shown(request.asked, fund.currency)})
    if amount < request.asked and not note.strip():
        raise FundError(_("Say why it is less than was asked for: the partner reads it."))
    if open_request(FUND_SUBJECT, request.pk) is not None:
        return request
    facts = {"amount": str(amount), "note": note.strip()}
    in_base_currency = (request.asked_base or Decimal(0)) * amount / request.asked
    if route_for(FUND_SUBJECT, in_base_currency) is None:
        return grant(request, facts, by=by)
    request_approval(
        FUND_SUBJECT,
        request.pk,
        lambda: _("%(partner)s: %(title)s") % {"partner": request.shown_partner, "title": request.title},
        by=by,
        amount=in_base_currency,
        partner_id=request.partner_id,
        facts=facts,
    )
    return request


@transaction.atomic
def grant(request: FundRequest, facts: dict[str, Any], *, by: Membership | None) -> FundRequest:
    """Approve now: what is more than approved is free again, and the claim has its day."""
    fund, request = locked_request(request.pk)
    must_stand(request, FundState.SUBMITTED)
    amount = Decimal(facts["amount"])
    moves = [
        Move(EntryKind.APPROVE, Place.RESERVED, Place.APPROVED, amount),
        Move(EntryKind.RELEASE, Place.RESERVED, Place.FREE, request.asked - amount),
    ]
    _post(fund, request, moves, by=by)
    give_back(fund, request, by=by)
    until = max(request.ends_on, timezone.localdate()) + dt.timedelta(days=fund.claim_days)
    note = facts.get("note", "")
    move_to(request, FundState.APPROVED, by=by, note=note, approved=amount, claim_until=until, reason=note)
    telling.answered(request)
    return request


@transaction.atomic
def refuse_request(request: FundRequest, *, by: Membership | None, reason: str) -> FundRequest:
    """Refuse with a reason: the money is free again."""
    if by is not None:
        must_decide(by)
    if not reason.strip():
        raise FundError(_("Say why: the partner reads it."))
    fund, request = locked_request(request.pk)
    must_stand(request, FundState.SUBMITTED)
    withdraw_approval(FUND_SUBJECT, request.pk, because=_("It was refused."))
    _free(fund, request, by=by)
    move_to(request, FundState.REFUSED, by=by, note=reason, reason=reason[:1000], closed_at=timezone.now())
    telling.answered(request)
    return request


def withdraw_request(request: FundRequest, *, by: Membership, reason: str = "") -> FundRequest:
    """The partner does not do it: the money is free again. Not once a claim is being checked."""
    with house_scope(), transaction.atomic():
        fund, request = locked_request(request.pk)
        must_own(request, by)
        must_stand(request, FundState.SUBMITTED, *CLAIMABLE_STATES)
        withdraw_approval(FUND_SUBJECT, request.pk, because=_("The partner has withdrawn it."))
        _free(fund, request, by=by)
        move_to(request, FundState.WITHDRAWN, by=by, note=reason, reason=reason[:1000], closed_at=timezone.now())
        return request


def close_requests_of(partner: Partner, *, by: Membership | None) -> list[int]:
    """The partnership ends: what is not done yet is withdrawn, and what it has left goes back. A claim that is being
    checked stays: the work is done, and its answer is owed. Returns which were withdrawn."""
    note, closed = _("The partnership ended."), []
    open_states = (FundState.SUBMITTED, *CLAIMABLE_STATES)
    for pk in (
        FundRequest.objects.filter(partner=partner, state__in=open_states)
        .order_by("fund", "pk")
        .values_list("pk", flat=True)
    ):
        with transaction.atomic():
            fund, request = locked_request(pk)
            if request.state not in open_states:
                continue
            withdraw_approval(FUND_SUBJECT, pk, because=note)
            _free(fund, request, by=by)
            move_to(request, FundState.WITHDRAWN, by=by, note=note, reason=note, closed_at=timezone.now())
            closed.append(pk)
    for balance in FundBalance.objects.filter(partner=partner, free__gt=0).order_by("fund"):
        with transaction.atomic():
            fund = locked_fund(balance.fund_id)
            left = balance_of(fund, partner.pk).free
            post(fund, [Move(EntryKind.RETURN, Place.FREE, Place.POOL, left)], by=by, partner_id=partner.pk, note=note)
    return closed


def _free(fund: Fund, request: FundRequest, *, by: Membership | None) -> None:
    """All that stands for a request and is not paid is free again."""
    stands = stands_for(request)
    places = (Place.RESERVED, Place.APPROVED, Place.CLAIMED)
    _post(fund, request, [Move(EntryKind.RELEASE, place, Place.FREE, stands[place]) for place in places], by=by)
    give_back(fund, request, by=by)


@transaction.atomic
def link_campaign(request: FundRequest, campaign: Campaign | None, *, by: Membership) -> FundRequest:
    """Say which campaign the activity belongs to, so that what it brought can be read."""
    must_decide(by)
    _fund, request = locked_request(request.pk)
    request.campaign = campaign
    request.save(update_fields=["campaign"])
    return request


# --- More time --------------------------------------------------------------------------------------------------------


def ask_longer(request: FundRequest, *, by: Membership, until: dt.date, why: str) -> FundRequest:
    """Ask for a later day to claim, with the reason."""
    with house_scope(), transaction.atomic():
        _fund, request = locked_request(request.pk)
        must_own(request, by)
        must_stand(request, *CLAIMABLE_STATES)
        _must_be_later(request, until)
        if not why.strip():
            raise FundError(_("Say why you need longer."))
        request.wanted_until, request.wanted_why = until, why.strip()[:500]
        request.save(update_fields=["wanted_until", "wanted_why"])
        telling.longer_asked(request)
        return request


@transaction.atomic
def extend(request: FundRequest, *, by: Membership, until: dt.date, reason: str) -> FundRequest:
    """Give a later day to claim, with the reason; asked for or not."""
    must_decide(by)
    _fund, request = locked_request(request.pk)
    must_stand(request, *CLAIMABLE_STATES)
    _must_be_later(request, until)
    if not reason.strip():
        raise FundError(_("Say why the day is moved."))
    request.claim_until, request.wanted_until, request.wanted_why = until, None, ""
    request.save(update_fields=["claim_until", "wanted_until", "wanted_why"])
    day = formats.date(until, get_language())
    note_step(request, by=by, note=_("Claim until %(day)s: %(reason)s") % {"day": day, "reason": reason.strip()})
    telling.longer_answered(request, granted=True, reason=reason)
    return request


@transaction.atomic
def refuse_longer(request: FundRequest, *, by: Membership, reason: str) -> FundRequest:
    """The day stays."""
    must_decide(by)
    _fund, request = locked_request(request.pk)
    if request.wanted_until is None:
        raise FundError(_("Nobody asks for a later day now."))
    if not reason.strip():
        raise FundError(_("Say why: the partner reads it."))
    request.wanted_until, request.wanted_why = None, ""
    request.save(update_fields=["wanted_until", "wanted_why"])
    note_step(request, by=by, note=_("The day stays: %(reason)s") % {"reason": reason.strip()})
    telling.longer_answered(request, granted=False, reason=reason)
    return request


def _must_be_later(request: FundRequest, until: dt.date) -> None:
    if request.claim_until is None or until <= max(request.claim_until, timezone.localdate()):
        raise FundError(_("Choose a later day than the one there is."))
    if until > request.claim_until + dt.timedelta(days=366):
        raise FundError(_("Choose a day within a year."))
