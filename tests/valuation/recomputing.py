"""What tests of the recompute share."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from notices.models import Notice
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rls import staff_scope
from valuation.models import Grade, GradeChange
from valuation.services import RecomputeResult

D = Decimal
DAY = dt.date
JUNE = DAY(2026, 6, 30)
Recompute = Callable[..., RecomputeResult]


def grade_of(partner: Partner) -> Grade:
    with staff_scope(partner.manufacturer_id):
        return Grade.objects.select_related("tier", "pending_tier", "programme").get(partner=partner)


def tier_of(partner: Partner) -> str:
    return grade_of(partner).tier.code


def changes_of(partner: Partner) -> list[tuple[dt.date, str, str | None, str]]:
    with staff_scope(partner.manufacturer_id):
        return [
            (change.day, change.reason, change.from_tier.code if change.from_tier else None, change.to_tier.code)
            for change in GradeChange.objects.filter(partner=partner)
            .select_related("from_tier", "to_tier")
            .order_by("pk")
        ]


def notices_of(member: Membership) -> list[tuple[str, dict[str, Any]]]:
    with staff_scope(member.manufacturer_id):
        return [(notice.kind, notice.facts) for notice in Notice.objects.filter(recipient=member).order_by("pk")]


def steps(result: RecomputeResult) -> dict[str, int]:
    return {name: value for name, value in vars(result.steps).items() if value}
