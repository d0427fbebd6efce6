"""What can be told of material."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CONTENT
from notices.models import Channel, Mode
from notices.registry import PORTAL, NoticeKind, register_kind
from tenancy.models import Membership


def asset_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("campaigns_portal:asset", pk=facts["asset"])


def library_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("campaigns_portal:library")


def _kind(name: str, label: Any, **options: Any) -> NoticeKind:
    return register_kind(NoticeKind(f"campaigns.{name}", label=label, sides={PORTAL}, function=CONTENT.key, **options))


ASSET_NEW = _kind("asset_new", _("There is new material"), url=asset_page, modes={Channel.MAIL: Mode.DIGEST})
ASSET_CHANGED = _kind(
    "asset_changed", _("Material that you have used has a newer version"), url=asset_page,
    modes={Channel.MAIL: Mode.DIGEST},
)  # fmt: skip
ASSET_WITHDRAWN = _kind("asset_withdrawn", _("Material that you have used is withdrawn"), url=library_page)
