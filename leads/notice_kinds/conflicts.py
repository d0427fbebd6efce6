"""What can be told of direct sales and channel conflicts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def case_page(member: Membership, facts: Mapping[str, Any]) -> str:
    """The page of the case, on the member's side."""
    side = "leads" if member.is_staff else "leads_portal"
    return member.url(f"{side}:conflict", pk=facts["case"])


def credits_page(member: Membership, facts: Mapping[str, Any]) -> str:
    """Where a partner sees its cases and credits."""
    return member.url("leads_portal:conflicts")


CONFLICT_OPENED = register_kind(
    NoticeKind(
        "leads.conflict_opened",
        label=_("A channel conflict is opened"),
        sides={STAFF, PORTAL},
        function="deals",
        url=case_page,
    )
)
CONFLICT_MESSAGE = register_kind(
    NoticeKind(
        "leads.conflict_message",
        label=_("A message about a channel conflict"),
        sides={STAFF, PORTAL},
        function="deals",
        url=case_page,
    )
)
CONFLICT_DECIDED = register_kind(
    NoticeKind(
        "leads.conflict_decided",
        label=_("A channel conflict is decided"),
        sides={PORTAL},
        function="deals",
        is_important=True,
        url=case_page,
    )
)
CONFLICT_APPEALED = register_kind(
    NoticeKind(
        "leads.conflict_appealed",
        label=_("A partner appeals against a decision"),
        sides={STAFF},
        function="deals",
        url=case_page,
    )
)
SALE_CREDITED = register_kind(
    NoticeKind(
        "leads.sale_credited",
        label=_("Direct sales are credited to you"),
        sides={PORTAL},
        function="deals",
        url=credits_page,
    )
)
