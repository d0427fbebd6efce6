"""Who hears of channel plans: the partner's people who may read plans, and who looks after the partner."""

from typing import Any

from django.db.models import QuerySet

from notices.registry import NoticeKind
from notices.services import tell
from partners.models import ChannelPlan, PlanStep, Side
from partners.services.agreement_notices import carers_of
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with


def readers_of(partner_id: int) -> QuerySet[Membership]:
    """The partner's people who may read its plans."""
    return members_with(Right.PORTAL_PLAN).filter(partner=partner_id)


def tell_side(side: str, plan: ChannelPlan, step: PlanStep, kind: NoticeKind, who: str) -> int:
    """Tell one side of a step of a plan; each step is told once."""
    with house_scope():
        partner = ChannelPlan.objects.select_related("partner__channel_manager").get(pk=plan.pk).partner
        facts: dict[str, Any] = {
            "plan": plan.pk,
            "year": str(plan.year),
            "version": plan.version,
            "partner": partner.names,
            "who": who,
            "text": step.text,
        }
        readers = carers_of(partner) if side == Side.STAFF else readers_of(plan.partner_id)
        return tell(readers, kind, key=f"plan-step-{step.pk}", facts=facts)
