from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.functions import LEADS
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def offer_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("leads_portal:offer", pk=facts["offer"])


def lead_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("leads:detail", pk=facts["lead"])


OFFERED = register_kind(
    NoticeKind(
        "leads.offered",
        label=_("A lead is offered to you"),
        sides={PORTAL},
        function=LEADS.key,
        url=offer_page,
    )
)
REMINDED = register_kind(
    NoticeKind(
        "leads.offer_ends",
        label=_("The time to answer an offer ends soon"),
        sides={PORTAL},
        function=LEADS.key,
        url=offer_page,
    )
)
PULLED_BACK = register_kind(
    NoticeKind(
        "leads.pulled_back",
        label=_("An offer ended without an answer, or was taken back"),
        sides={PORTAL},
        function=LEADS.key,
        url=offer_page,
    )
)
LOST_RACE = register_kind(
    NoticeKind(
        "leads.lost_race",
        label=_("Another partner accepted a lead first"),
        sides={PORTAL},
        function=LEADS.key,
        url=offer_page,
    )
)
GIVEN = register_kind(
    NoticeKind("leads.given", label=_("A lead is given to you"), sides={PORTAL}, function=LEADS.key, url=offer_page)
)
ACCEPTED = register_kind(
    NoticeKind("leads.accepted", label=_("A partner accepts a lead"), sides={STAFF}, function=LEADS.key, url=lead_page)
)
QUEUED = register_kind(
    NoticeKind("leads.queued", label=_("A lead waits for a partner"), sides={STAFF}, function=LEADS.key, url=lead_page)
)
