"""Who may do what with a plan, and its only writers: `move` of its state, `note_step` of its history."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from partners.models import (
    NEXT_PLAN_STATES,
    ChannelPlan,
    Partner,
    PlanState,
    PlanStep,
    Side,
    Stage,
)
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

SUBJECT = "partners.plan"
"""The key under which the manufacturer may have an approval line for plans."""
REVIEW = "plan_review"
REVIEW_DAYS = 14
"""So many days after a quarter's end its review is due."""
MOST_PARTS = 60
LONGEST = 2000
"""So many characters of what is said about a plan are kept."""
SAME_WITHIN = dt.timedelta(seconds=30)
"""The same words by the same person again within this time are a double click."""


class PlanError(DomainError):
    """A step that a plan cannot take now."""


def side_of(member: Membership) -> Side:
    """For which side a member speaks."""
    return Side.STAFF if member.is_staff else Side.PARTNER


def other_side(side: str) -> Side:
    """The side that has to answer."""
    return Side.PARTNER if side == Side.STAFF else Side.STAFF


def may_write(member: Membership, partner_id: int) -> bool:
    """Whether a member may work on the partner's plans."""
    if member.is_staff:
        return member.can(Right.PLANS_EDIT)
    return member.partner_id == partner_id and member.can(Right.PORTAL_PLAN)


def may_bind(member: Membership, partner_id: int) -> bool:
    """Whether a member may propose and agree for its side: at a partner who may accept agreements."""
    return may_write(member, partner_id) and (member.is_staff or member.can(Right.PORTAL_AGREEMENTS_ACCEPT))


def may_score(member: Membership, partner_id: int) -> bool:
    """Whether a member may score initiatives: staff who work with partners, and the partner's own people."""
    return may_write(member, partner_id) or (member.is_staff and member.can(Right.WORK))


def goes_on(partner: Partner) -> bool:
    """Whether plans can still be made with a partner: not with one that is ended or merged into another."""
    return partner.stage != Stage.ENDED and partner.merged_into_id is None


def note_step(
    plan: ChannelPlan, kind: str, *, by: Membership | None, text: str = "", side: str | None = None
) -> PlanStep:
    """Keep a step of a plan: its history, and what the timeline shows."""
    return PlanStep.objects.create(
        plan=plan,
        partner_id=plan.partner_id,
        kind=kind,
        by=by,
        side=side or (side_of(by) if by else Side.STAFF),
        text=text.strip()[:LONGEST],
    )


def check_bind(plan: ChannelPlan, by: Membership) -> None:
    """Refuse who may not bind its side to a plan."""
    if may_bind(by, plan.partner_id):
        return
    if by.is_staff:
        raise PlanError(_("Your role does not allow making plans."))
    raise PlanError(_("Your role does not allow agreeing on plans. Ask an admin of your company."))


def check_goes_on(partner_id: int) -> None:
    """Refuse a step with a partner that ended, or became one with another."""
    if not goes_on(Partner.objects.get(pk=partner_id)):
        raise PlanError(_("The partnership ended."))


def locked_for(by: Membership, plan: ChannelPlan) -> ChannelPlan:
    """The draft, locked for the member to write in; refuses who may not, and what is no draft."""
    plan = locked(plan)
    if not may_write(by, plan.partner_id):
        raise PlanError(_("Your role does not allow working on plans."))
    if not plan.is_draft:
        raise PlanError(
            _("This plan cannot be changed now: it is %(state)s.") % {"state": plan.get_state_display().lower()}
        )
    return plan


def locked(plan: ChannelPlan) -> ChannelPlan:
    """The plan as it is now, locked until the transaction ends."""
    return ChannelPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)


def move(plan: ChannelPlan, to: PlanState, **changes: Any) -> ChannelPlan:
    """The only writer of a plan's state; the row is locked already."""
    if to not in NEXT_PLAN_STATES[plan.state]:
        raise PlanError(
            _("A plan that is %(before)s cannot become %(after)s.")
            % {"before": plan.get_state_display().lower(), "after": to.label.lower()}
        )
    for field, value in {"state": to, **changes}.items():
        setattr(plan, field, value)
    plan.save(update_fields=["state", *changes, "updated_at"])
    return plan
