"""What is told of qualifications."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from partners.functions import QUALIFICATIONS
from tenancy.models import Membership


def qualification_page(member: Membership, facts: Mapping[str, Any]) -> str:
    """The partner's people for staff, the company's qualifications for its own people."""
    if member.is_staff:
        return f"{member.url('partners:detail', pk=facts['partner_id'])}?tab=people"
    return member.url("partners_portal:qualifications")


def _kind(name: str, label: Any) -> NoticeKind:
    return register_kind(
        NoticeKind(
            f"partners.{name}",
            label=label,
            sides={STAFF, PORTAL},
            function=QUALIFICATIONS.key,
            url=qualification_page,
        )
    )


QUALIFICATION_BEGUN = _kind("qualification_begun", _("A company is qualified"))
QUALIFICATION_ENDED = _kind("qualification_ended", _("A company is not qualified any more"))
