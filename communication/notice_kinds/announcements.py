"""What is told of announcements."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from communication.functions import ANNOUNCEMENTS
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def announcement_page(member: Membership, facts: Mapping[str, Any]) -> str:
    name = "communication:announcement" if member.is_staff else "communication_portal:news_item"
    return member.url(name, pk=facts["announcement"])


def _kind(name: str, label: Any, side: str) -> NoticeKind:
    return register_kind(
        NoticeKind(
            f"communication.{name}", label=label, sides={side}, function=ANNOUNCEMENTS.key, url=announcement_page
        )
    )


PUBLISHED = _kind("announcement", _("News"), PORTAL)
REMINDER = _kind("to_confirm", _("News that waits to be confirmed"), PORTAL)
COMMENT = _kind("comment", _("A partner comments on an announcement"), STAFF)
