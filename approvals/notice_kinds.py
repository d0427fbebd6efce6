from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def request_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("approvals:request", pk=facts["request"])


def absence_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("approvals:absence")


ASKED = register_kind(
    NoticeKind("approvals.asked", label=_("An approval waits for you"), sides={STAFF}, url=request_page)
)
ESCALATED = register_kind(
    NoticeKind("approvals.escalated", label=_("An approval is passed on to you"), sides={STAFF}, url=request_page)
)
DECIDED = register_kind(
    NoticeKind("approvals.decided", label=_("What you asked for is decided"), sides={STAFF}, url=request_page)
)
ENDED = register_kind(
    NoticeKind("approvals.ended", label=_("An approval is not needed any more"), sides={STAFF}, url=request_page)
)
COPIED = register_kind(
    NoticeKind("approvals.copied", label=_("You get a copy of an approval"), sides={STAFF}, url=request_page)
)
COMMENTED = register_kind(
    NoticeKind("approvals.commented", label=_("A comment on an approval"), sides={STAFF}, url=request_page)
)
DELEGATED = register_kind(
    NoticeKind("approvals.delegated", label=_("You decide in somebody's place"), sides={STAFF}, url=absence_page)
)
