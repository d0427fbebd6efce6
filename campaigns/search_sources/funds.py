"""Requests for funds in the search over everything, on both sides as far as each sees them."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.functions import FUNDS
from campaigns.selectors.funds import matching_requests, requests_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def find_requests(member: Membership, text: str, limit: int) -> list[Found]:
    page = "campaigns:fund_request" if member.is_staff else "campaigns_portal:fund_request"
    rows = matching_requests(requests_for(member), text).order_by("-asked_at", "-pk")[:limit]
    return [
        Found(
            row.title,
            member.url(page, pk=row.pk),
            f"{row.reference} · {row.shown_partner} · {row.get_state_display()}",
        )
        for row in rows
    ]


def all_of_them(member: Membership, text: str) -> str:
    return f"{member.url('campaigns:fund_requests')}?{urlencode({'q': text})}"


register_search(
    SearchSource(
        "funds", _("Funds"), "staff", Right.FUNDS_VIEW, find_requests, function=FUNDS.key, more=all_of_them, order=45
    ),
    SearchSource("funds", _("Funds"), "portal", Right.PORTAL_FUNDS, find_requests, function=FUNDS.key, order=45),
)
