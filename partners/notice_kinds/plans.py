"""What can be told of channel plans."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def plan_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:plan" if member.is_staff else "partners_portal:plan", pk=facts["plan"])


def _kind(name: str, label: Any) -> NoticeKind:
    return register_kind(
        NoticeKind(f"partners.{name}", label=label, sides={STAFF, PORTAL}, function="plans", url=plan_page)
    )


PLAN_PROPOSED = _kind("plan_proposed", _("A channel plan is proposed"))
PLAN_AGREED = _kind("plan_agreed", _("A channel plan is agreed"))
PLAN_RETURNED = _kind("plan_returned", _("A channel plan comes back for changes"))
PLAN_COMMENTED = _kind("plan_commented", _("Somebody comments on a channel plan"))
