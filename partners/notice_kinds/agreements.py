"""What can be told of agreements and compliance papers."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def agreement_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:agreement" if member.is_staff else "partners_portal:agreement", pk=facts["agreement"])


def paper_page(member: Membership, facts: Mapping[str, Any]) -> str:
    if member.is_staff:
        return member.url("partners:paper", pk=facts["paper"])
    return member.url("partners_portal:paper_upload", pk=facts["type_id"])


def _kind(name: str, label: Any, sides: set[str], url: Any) -> NoticeKind:
    return register_kind(NoticeKind(f"partners.{name}", label=label, sides=sides, function="agreements", url=url))


AGREEMENT_SENT = _kind("agreement_sent", _("An agreement waits for your company"), {PORTAL}, agreement_page)
AGREEMENT_REMINDER = _kind(
    "agreement_reminder", _("An agreement still waits for your company"), {PORTAL}, agreement_page
)
AGREEMENT_CHANGED = _kind("agreement_changed", _("The manufacturer ends an agreement"), {PORTAL}, agreement_page)
AGREEMENT_ANSWERED = _kind("agreement_answered", _("A partner answers or ends an agreement"), {STAFF}, agreement_page)
AGREEMENT_ENDING = _kind("agreement_ending", _("An agreement ends soon"), {STAFF, PORTAL}, agreement_page)
PAPER_RECEIVED = _kind("paper_received", _("A partner hands in a compliance paper"), {STAFF}, paper_page)
PAPER_REVIEWED = _kind("paper_reviewed", _("A compliance paper was reviewed"), {PORTAL}, paper_page)
PAPER_OWED = _kind("paper_owed", _("A compliance paper is asked for"), {PORTAL}, paper_page)
PAPER_ENDING = _kind("paper_ending", _("A compliance paper runs out soon"), {STAFF, PORTAL}, paper_page)
