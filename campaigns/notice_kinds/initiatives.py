"""What can be told of initiatives."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.functions import INITIATIVES
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def initiative_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url(
        "campaigns:initiative" if member.is_staff else "campaigns_portal:initiative", pk=facts["initiative"]
    )


def _kind(name: str, label: Any, side: str) -> NoticeKind:
    return register_kind(
        NoticeKind(f"campaigns.{name}", label=label, sides={side}, function=INITIATIVES.key, url=initiative_page)
    )


INITIATIVE_NEW = _kind("initiative_new", _("There is an initiative to carry out"), PORTAL)
INITIATIVE_SOON = _kind("initiative_soon", _("A step of an initiative is due soon"), PORTAL)
INITIATIVE_LATE = _kind("initiative_late", _("A step of an initiative is late"), PORTAL)
INITIATIVE_ASKED = _kind("initiative_asked", _("You are reminded of an initiative"), PORTAL)
INITIATIVE_DECLINED = _kind("initiative_declined", _("A partner declines an initiative"), STAFF)
INITIATIVE_OVER = _kind("initiative_over", _("An initiative is over"), STAFF)
