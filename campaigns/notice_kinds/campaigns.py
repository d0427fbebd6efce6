"""What can be told of campaigns."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def campaign_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("campaigns:detail", pk=facts["campaign"])


def _kind(name: str, label: Any) -> NoticeKind:
    return register_kind(
        NoticeKind(f"campaigns.{name}", label=label, sides={STAFF}, function="campaigns", url=campaign_page)
    )


APPROVED = _kind("approved", _("A campaign is approved"))
NOT_FROZEN = _kind("not_frozen", _("The readers of a campaign could not be frozen"))
DECISION_DUE = _kind("decision_due", _("A campaign waits for go or stop"))
ENDED = _kind("ended", _("A campaign's period is over"))
COUNTED = _kind("counted", _("A campaign can be analysed"))
