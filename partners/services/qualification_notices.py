"""Who hears that a company's qualification begins or ends: its admins, and who looks after it."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from notices.registry import NoticeKind
from notices.services import tell_from
from partners.models import Partner, Qualification
from partners.notice_kinds.qualifications import QUALIFICATION_BEGUN, QUALIFICATION_ENDED
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with


def tell_begun(qualifications: Collection[int]) -> int:
    """That companies hold these from now on."""
    return _tell(qualifications, QUALIFICATION_BEGUN, "begun")


def tell_ended(qualifications: Collection[int]) -> int:
    """That companies do not hold these any more, and why."""
    return _tell(qualifications, QUALIFICATION_ENDED, "ended")


def carers_and_admins(partner_ids: Collection[int]) -> dict[int, set[int]]:
    """By partner: its people who look after what colleagues learn, and its channel manager. Two queries."""
    found: dict[int, set[int]] = defaultdict(set)
    admins = members_with(Right.PORTAL_TRAINING_MANAGE).filter(partner__in=partner_ids)
    for member, partner in admins.values_list("pk", "partner"):
        found[partner or 0].add(member)
    managers = Membership.objects.filter(partner=None, is_active=True)
    rows = Partner.objects.filter(pk__in=partner_ids, channel_manager__in=managers)
    for partner_id, manager in rows.values_list("pk", "channel_manager"):
        found[partner_id].add(manager or 0)
    return dict(found)


def _tell(qualifications: Collection[int], kind: NoticeKind, what: str) -> int:
    if not qualifications:
        return 0
    rows = list(Qualification.objects.filter(pk__in=qualifications).select_related("type", "partner").order_by("pk"))
    readers = carers_and_admins({row.partner_id for row in rows})
    return tell_from(
        [
            (reader, f"qualification-{what}-{row.pk}", _facts(row))
            for row in rows
            for reader in sorted(readers.get(row.partner_id, ()))
        ],
        kind,
    )


def _facts(row: Qualification) -> dict[str, Any]:
    return {
        "name": row.type.names,
        "partner": row.partner.names,
        "partner_id": row.partner_id,
        "end_on": row.valid_until,
        "is_expired": row.end_reason == "expired",
        "is_needed": bool(row.type.guards),
    }
