"""What waits because partners ask for money, claim it, or have to."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.functions import FUNDS
from campaigns.models import FundRequest, FundState
from campaigns.models.funds import CLAIMABLE_STATES
from campaigns.selectors import funds as reading
from pages import formats
from pages.paging import count_up_to
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SOON = dt.timedelta(days=14)
MOST = 5
TO_ANSWER = """EXISTS (
    SELECT FROM campaigns_fundrequest WHERE state IN ('submitted', 'claimed') OR wanted_until IS NOT NULL
)"""
OWN = """EXISTS (
    SELECT FROM campaigns_fundrequest WHERE partner_id = %(partner)s
    AND (state = 'returned' OR state = 'approved' AND claim_until <= current_date + 15)
)"""


@register_waiting(side="staff", probe=TO_ANSWER)
def funds_to_answer(member: Membership) -> list[WaitingItem]:
    """For who decides on funds: requests, claims and later days asked for, the longest waiting first."""
    if not member.can(Right.FUNDS_DECIDE) or not member.has_function(FUNDS.key):
        return []
    waiting = reading.to_answer(member).select_related("fund")
    first = waiting.first()
    if first is None:
        return []
    count = count_up_to(waiting)
    words = ngettext("%(count)s request for funds waits", "%(count)s requests for funds wait", count)
    return [
        WaitingItem(
            words % {"count": formats.number(count)},
            _("%(partner)s: %(title)s") % {"partner": first.shown_partner, "title": first.title},
            member.url("campaigns:fund_request", pk=first.pk),
            _("Answer"),
            count=count,
            due=_end_of(first.answer_until),
        )
    ]


@register_waiting(side="portal", probe=OWN)
def own_claims(member: Membership) -> list[WaitingItem]:
    """For who deals with money: claims that were returned, and those whose last day comes near."""
    if not member.can(Right.PORTAL_FUNDS) or not member.has_function(FUNDS.key):
        return []
    due = Q(state=FundState.RETURNED) | Q(state__in=CLAIMABLE_STATES, claim_until__lte=timezone.localdate() + SOON)
    rows = FundRequest.objects.filter(due, partner=member.partner_id).order_by("claim_until", "pk")
    return [
        WaitingItem(
            _("More is asked for: %(title)s") % {"title": row.title}
            if row.state == FundState.RETURNED
            else _("Claim in time: %(title)s") % {"title": row.title},
            row.reason if row.state == FundState.RETURNED else row.reference,
            member.url("campaigns_portal:fund_request", pk=row.pk),
            _("Claim"),
            due=_end_of(row.claim_until),
        )
        for row in rows[:MOST]
    ]


def _end_of(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))) if day else None
