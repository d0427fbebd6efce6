"""What can be told of two tiers."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def relation_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:relation" if member.is_staff else "partners_portal:relation", pk=facts["relation"])


def own_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners_portal:shops" if facts.get("side") == "above" else "partners_portal:sharing")


def _kind(name: str, label: Any, sides: set[str], url: Any) -> NoticeKind:
    return register_kind(NoticeKind(f"partners.{name}", label=label, sides=sides, function="sub_partners", url=url))


RELATION_ASKED = _kind("relation_asked", _("Another partner says that you belong together"), {PORTAL}, relation_page)
RELATION_DECLARED = _kind(
    "relation_declared", _("A partner declares that another belongs to it"), {STAFF}, relation_page
)
RELATION_ANSWERED = _kind("relation_answered", _("Your declaration was answered"), {PORTAL}, own_page)
RELATION_ENDED = _kind("relation_ended", _("A partner no longer belongs to another"), {PORTAL}, own_page)
RELATION_SETTLED = _kind("relation_settled", _("Partners settle who belongs to whom"), {STAFF}, relation_page)
ACTED_FOR = _kind("acted_for", _("The partner above acts in your place"), {PORTAL}, own_page)
