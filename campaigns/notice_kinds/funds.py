"""What can be told of market development funds."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def request_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url(
        "campaigns:fund_request" if member.is_staff else "campaigns_portal:fund_request", pk=facts["request"]
    )


def own_money(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("campaigns_portal:funds")


def _kind(name: str, label: Any, side: str, url: Any = request_page) -> NoticeKind:
    return register_kind(NoticeKind(f"campaigns.{name}", label=label, sides={side}, function="funds", url=url))


FUND_ASKED = _kind("fund_asked", _("A partner asks for money of a fund"), STAFF)
FUND_ANSWERED = _kind("fund_answered", _("A request for funds is answered"), PORTAL)
ANSWER_DUE = _kind("fund_answer_due", _("An answer about funds is due"), STAFF)
ANSWER_LATE = _kind("fund_answer_late", _("An answer about funds is overdue"), STAFF)
FUND_CLAIMED = _kind("fund_claimed", _("A claim on a fund is to be checked"), STAFF)
CLAIM_ANSWERED = _kind("claim_answered", _("A claim on a fund is settled or returned"), PORTAL)
LONGER_ASKED = _kind("longer_asked", _("A partner needs longer for a claim"), STAFF)
LONGER_ANSWERED = _kind("longer_answered", _("More time for a claim is decided"), PORTAL)
CLAIM_DUE = _kind("claim_due", _("The last day to claim comes near"), PORTAL)
CLAIM_EXPIRED = _kind("claim_expired", _("The last day to claim has passed"), PORTAL)
MONEY_GIVEN = _kind("money_given", _("Your company is given money of a fund"), PORTAL, own_money)
MONEY_LEFT = _kind("money_left", _("Money of a fund can be asked for only a few days more"), PORTAL, own_money)
