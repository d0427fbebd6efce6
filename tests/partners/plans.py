"""Channel plans that tests need, made as the pages make them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from notices.models import Notice
from partners.models import (
    ChannelPlan,
)
from partners.plan_measures import MAIN, all_measures
from partners.services import plans as services
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope

QUARTERS = (300, 300, 300, 300)


def draft(partner: Any, year: int, by: Membership, quarters: Sequence[int] | None = QUARTERS) -> ChannelPlan:
    """A draft with a target of sell-in, in the staff's scope."""
    plan = services.start_plan(partner, year, by=by)
    if quarters:
        services.set_target(plan, all_measures()[MAIN], [Decimal(each) for each in quarters], by=by)
    return plan


def agreed(partner: Any, year: int, by: Membership, partner_admin: Membership, **options: Any) -> ChannelPlan:
    """A plan that staff proposed and the partner's admin agreed to."""
    with staff_scope(by.manufacturer_id):
        plan = draft(partner, year, by, **options)
        services.propose_plan(plan, by=by)
    agree(plan, partner_admin)
    return plan


def agree(plan: ChannelPlan, by: Membership) -> bool:
    """The partner's yes, in its own scope."""
    with partner_scope(plan.manufacturer_id, plan.partner_id):
        shown = ChannelPlan.objects.get(pk=plan.pk).proposal
        return services.agree_plan(plan, by=by, proposal=shown)


def refreshed(plan: ChannelPlan) -> ChannelPlan:
    """The plan as it stands now."""
    with staff_scope(plan.manufacturer_id):
        return ChannelPlan.objects.get(pk=plan.pk)


YEAR = 2026


def kinds_told(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))
