"""Who hears of funds: the partner's people who deal with money, and who looks after the partner."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from campaigns.models import Fund, FundBalance, FundRequest
from campaigns.notice_kinds import funds as kinds
from notices.registry import NoticeKind
from notices.services import tell, tell_from
from partners.models import Partner, names_by_language
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.rls import house_scope
from tenancy.selectors import members_with


def asked(request: FundRequest) -> int:
    """A request waits for its answer."""
    return _staff(request, kinds.FUND_ASKED, f"fund-asked-{request.pk}")


def answered(request: FundRequest) -> int:
    """Approved or refused."""
    return _partner(request, kinds.FUND_ANSWERED, f"fund-answered-{request.pk}-{request.state}")


def answer_due(request: FundRequest) -> int:
    """The last day to answer comes near."""
    key = f"fund-answer-due-{request.pk}-{request.state}-{request.answer_until}"
    return _staff(request, kinds.ANSWER_DUE, key, {"answer_on": request.answer_until})


def answer_late(request: FundRequest) -> int:
    """It has passed: who owns the fund hears of it, too."""
    key = f"fund-answer-late-{request.pk}-{request.state}-{request.answer_until}"
    facts = _facts(request) | {"answer_on": request.answer_until}
    people = {member.pk: member for member in [*deciders_of(request), request.fund.owner]}
    with house_scope():
        return tell(list(people.values()), kinds.ANSWER_LATE, key=key, facts=facts)


def claimed(request: FundRequest) -> int:
    """A claim waits to be checked."""
    return _staff(request, kinds.FUND_CLAIMED, f"fund-claimed-{request.pk}-{_now()}")


def claim_answered(request: FundRequest) -> int:
    """Settled, or returned for more."""
    return _partner(request, kinds.CLAIM_ANSWERED, f"fund-claim-{request.pk}-{request.state}-{_now()}")


def longer_asked(request: FundRequest) -> int:
    """A partner needs longer."""
    facts = {"wanted_on": request.wanted_until, "reason": request.wanted_why}
    return _staff(request, kinds.LONGER_ASKED, f"fund-longer-{request.pk}-{request.wanted_until}", facts)


def longer_answered(request: FundRequest, *, granted: bool, reason: str) -> int:
    """The partner hears whether it has longer."""
    facts = {"granted": granted, "reason": reason}
    return _partner(request, kinds.LONGER_ANSWERED, f"fund-longer-answered-{request.pk}-{_now()}", facts)


def claim_due(request: FundRequest) -> int:
    """The last day to claim comes near."""
    today = timezone.localdate()
    return _partner(request, kinds.CLAIM_DUE, f"fund-due-{request.pk}-{request.claim_until}-{today}")


def expired(request: FundRequest) -> int:
    """The last day to claim has passed."""
    return _partner(request, kinds.CLAIM_EXPIRED, f"fund-expired-{request.pk}")


def given(fund: Fund, partners: Sequence[Partner], amount: Decimal) -> int:
    """Partners have money to do something with."""
    facts = _of_fund(fund) | {"amount": str(amount)}
    people = members_with(Right.PORTAL_FUNDS).filter(partner__in=partners).values_list("pk", flat=True)
    key = f"fund-given-{fund.pk}-{_now()}"
    return tell_from([(pk, key, facts) for pk in people], kinds.MONEY_GIVEN)


def money_left(balance: FundBalance) -> int:
    """Money can be asked for only a few days more."""
    facts = _of_fund(balance.fund) | {"amount": str(balance.free)}
    people = members_with(Right.PORTAL_FUNDS).filter(partner=balance.partner_id)
    return tell(people, kinds.MONEY_LEFT, key=f"fund-left-{balance.fund_id}-{balance.fund.request_until}", facts=facts)


def deciders_of(request: FundRequest) -> list[Membership]:
    """Who is to answer: the partner's channel manager; else all who decide on funds of every partner."""
    manager = request.partner.channel_manager
    if manager is not None and manager.is_active and manager.can(Right.FUNDS_DECIDE):
        return [manager]
    found = members_with(Right.FUNDS_DECIDE).filter(partner=None, assigned_only=False)
    return list(found.exclude(role=Role.OWNER) or found)


def _staff(request: FundRequest, kind: NoticeKind, key: str, facts: dict[str, Any] | None = None) -> int:
    with house_scope():
        return tell(deciders_of(request), kind, key=key, facts=_facts(request) | (facts or {}))


def _partner(request: FundRequest, kind: NoticeKind, key: str, facts: dict[str, Any] | None = None) -> int:
    people = members_with(Right.PORTAL_FUNDS).filter(partner=request.partner_id)
    return tell(people, kind, key=key, facts=_facts(request) | (facts or {}))


def _facts(request: FundRequest) -> dict[str, Any]:
    return {
        "request": request.pk,
        "reference": request.reference,
        "title": request.title,
        "partner": names_by_language(request.partner_name, request.partner_local_name),
        "state": request.state,
        "reason": request.reason,
        "currency": request.fund.currency,
        "asked": str(request.asked),
        "approved": str(request.approved or 0),
        "settled": str(request.settled or 0),
        "until_on": request.claim_until,
    }


def _of_fund(fund: Fund) -> dict[str, Any]:
    return {"fund": fund.name, "currency": fund.currency, "until_on": fund.request_until}


def _now() -> str:
    return f"{timezone.now():%Y%m%d%H%M%S%f}"
