"""What can be told of partners that find partners, and of rewards for introductions."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, NoticeKind, register_kind
from tenancy.models import Membership


def enquiry_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners_portal:enquiry", pk=facts["enquiry"])


def introductions_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners_portal:introductions")


def _kind(name: str, label: Any, url: Any, function: str = "matching") -> NoticeKind:
    return register_kind(NoticeKind(f"partners.{name}", label=label, sides={PORTAL}, function=function, url=url))


ENQUIRY_RECEIVED = _kind("enquiry_received", _("Another partner asks you something"), enquiry_page)
ENQUIRY_ANSWERED = _kind("enquiry_answered", _("Another partner answers you"), enquiry_page)
ENQUIRY_MESSAGE = _kind("enquiry_message", _("A message about an enquiry"), enquiry_page)
REWARD_RECORDED = _kind("reward_recorded", _("A reward for an introduction"), introductions_page)
