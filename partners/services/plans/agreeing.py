"""How both sides come to agree on a plan, along the manufacturer's approval line where there is one; and its run."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.selectors import has_routes, route_for
from approvals.services import request_approval, withdraw
from partners import plan_terms
from partners.models import (
    ChannelPlan,
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanState,
    PlanStep,
    PlanTarget,
    PromiseState,
    Side,
    Work,
)
from partners.notice_kinds import plans as kinds
from partners.plan_measures import MAIN
from partners.services.plan_notices import tell_side
from partners.services.plans.contents import first_month
from partners.services.plans.steps import (
    LONGEST,
    REVIEW,
    REVIEW_DAYS,
    SAME_WITHIN,
    SUBJECT,
    PlanError,
    check_bind,
    check_goes_on,
    locked,
    may_score,
    may_write,
    move,
    note_step,
    other_side,
    side_of,
)
from partners.services.tasks import create_task
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import current_manufacturer

# --- Agreed by both ---------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_plan(plan: ChannelPlan, *, by: Membership, text: str = "") -> ChannelPlan:
    """Put a draft before the other side. The manufacturer's own goes along its approval line first, where there is one.

    The partner reads `text` with the proposal; until the line has said yes only those who approve do.
    """
    plan = locked(plan)
    check_bind(plan, by)
    check_goes_on(plan.partner_id)
    if not PlanTarget.objects.filter(plan=plan).exists():
        raise PlanError(_("Set at least one target before you propose the plan."))
    side = side_of(by)
    asked = {"proposed_side": side, "proposed_by": by, "proposed_at": timezone.now()}
    if by.is_staff and _has_line(plan):
        plan = move(plan, PlanState.APPROVAL, **asked)
        note_step(plan, PlanStep.Kind.ASKED, by=by)
        _ask(plan, by, text)
        return plan
    plan = move(plan, PlanState.PROPOSED, **asked)
    step = note_step(plan, PlanStep.Kind.PROPOSED, by=by, text=text)
    tell_side(other_side(side), plan, step, kinds.PLAN_PROPOSED, by.name)
    return plan


@transaction.atomic
def agree_plan(plan: ChannelPlan, *, by: Membership, proposal: str) -> bool:
    """The other side agrees to the proposal it was shown. False, and nothing changes, if that was done before.

    `proposal` is what `ChannelPlan.proposal` was on its page: a plan taken back, changed and proposed again is another.
    A double click, or two people at once, give one agreement: the first. The manufacturer's own agreement goes along its
    approval line, where there is one.
    """
    plan = locked(plan)
    check_bind(plan, by)
    if plan.proposal != proposal:
        raise PlanError(_("This is not the version that you were shown. Open the plan again and read it anew."))
    if plan.state in (PlanState.AGREED, PlanState.SUPERSEDED):
        return False
    if plan.state != PlanState.PROPOSED:
        raise PlanError(_("This plan is not proposed: there is nothing to agree to yet."))
    if plan.proposed_side == side_of(by):
        raise PlanError(_("Your side proposed this plan: the other side has to agree."))
    check_goes_on(plan.partner_id)
    if by.is_staff and _has_line(plan):
        plan = move(plan, PlanState.APPROVAL)
        note_step(plan, PlanStep.Kind.ASKED, by=by)
        _ask(plan, by, "")
        return True
    _agree(plan, by)
    return True


def _agree(plan: ChannelPlan, by: Membership | None) -> ChannelPlan:
    """Both sides agree: the version before is replaced, and each quarter is reviewed when it is over."""
    proposer = plan.proposed_side
    with house_scope():
        for before in ChannelPlan.objects.filter(partner=plan.partner_id, year=plan.year, state=PlanState.AGREED):
            move(locked(before), PlanState.SUPERSEDED, superseded_at=timezone.now())
            note_step(before, PlanStep.Kind.SUPERSEDED, by=None, side=Side.STAFF)
    plan = move(plan, PlanState.AGREED, agreed_by=by, agreed_at=timezone.now())
    step = note_step(plan, PlanStep.Kind.AGREED, by=by, side=other_side(proposer))
    tell_side(proposer, plan, step, kinds.PLAN_AGREED, by.name if by else "")
    ask_for_reviews(plan)
    return plan


@transaction.atomic
def return_plan(plan: ChannelPlan, *, by: Membership, text: str) -> ChannelPlan:
    """The other side does not agree yet and says what should change: the plan is a draft again, for both to work on."""
    plan = locked(plan)
    check_bind(plan, by)
    if plan.proposed_side == side_of(by):
        raise PlanError(_("Your side proposed this plan. Take it back instead."))
    if plan.state != PlanState.PROPOSED:
        raise PlanError(_("Only a plan that is proposed can be sent back."))
    if not text.strip():
        raise PlanError(_("Say what should change: the other side reads it."))
    plan = move(plan, PlanState.DRAFT)
    step = note_step(plan, PlanStep.Kind.RETURNED, by=by, text=text)
    tell_side(other_side(side_of(by)), plan, step, kinds.PLAN_RETURNED, by.name)
    return plan


@transaction.atomic
def take_back(plan: ChannelPlan, *, by: Membership) -> ChannelPlan:
    """Who proposed a plan works on it again, before the other side has agreed."""
    plan = locked(plan)
    check_bind(plan, by)
    if plan.state == PlanState.PROPOSED and plan.proposed_side != side_of(by):
        raise PlanError(_("The other side proposed this plan. Send it back instead, and say what should change."))
    if plan.state != PlanState.PROPOSED:
        raise PlanError(_("Only a plan that is proposed can be taken back."))
    plan = move(plan, PlanState.DRAFT)
    note_step(plan, PlanStep.Kind.TAKEN_BACK, by=by)
    return plan


@transaction.atomic
def comment_plan(plan: ChannelPlan, *, by: Membership, text: str) -> PlanStep:
    """Say something about a plan, in any state; the other side is told. The same words at once are said once."""
    plan = locked(plan)
    text = text.strip()
    if not may_score(by, plan.partner_id):
        raise PlanError(_("Your role does not allow commenting on plans."))
    if not text:
        raise PlanError(_("Write something first."))
    said = PlanStep.objects.filter(plan=plan, kind=PlanStep.Kind.COMMENTED, by=by, text=text[:LONGEST])
    if again := said.filter(at__gt=timezone.now() - SAME_WITHIN).first():
        return again
    step = note_step(plan, PlanStep.Kind.COMMENTED, by=by, text=text)
    tell_side(other_side(side_of(by)), plan, step, kinds.PLAN_COMMENTED, by.name)
    return step


# --- While it runs ----------------------------------------------------------------------------------------------------


@transaction.atomic
def set_work(initiative: PlanInitiative, work: str, *, by: Membership) -> PlanInitiative:
    """Say how far an initiative is; a newer version in the making is told too."""
    if not may_write(by, initiative.partner_id):
        raise PlanError(_("Your role does not allow working on plans."))
    same = PlanInitiative.objects.filter(
        plan__partner=initiative.partner_id, plan__year=initiative.plan.year, title=initiative.title
    ).exclude(plan__state=PlanState.SUPERSEDED)
    same.update(work=Work(work))
    initiative.work = work
    return initiative


@transaction.atomic
def settle_promise(promise: PlanPromise, state: str, *, by: Membership) -> PlanPromise:
    """The manufacturer says whether it kept a promise; a newer version in the making is told too."""
    if not by.is_staff or not by.can(Right.PLANS_EDIT):
        raise PlanError(_("Only the manufacturer says whether it kept its promise."))
    same = PlanPromise.objects.filter(
        plan__partner=promise.partner_id, plan__year=promise.plan.year, title=promise.title
    ).exclude(plan__state=PlanState.SUPERSEDED)
    settled_at = None if state == PromiseState.OPEN else timezone.now()
    same.update(state=PromiseState(state), settled_at=settled_at)
    promise.state, promise.settled_at = state, settled_at
    return promise


def ask_for_reviews(plan: ChannelPlan) -> None:
    """A task for each quarter that is not over yet: the channel manager goes through it with the partner."""
    months = plan_terms.months_of(plan.year, first_month())
    today = timezone.localdate()
    with house_scope(), translation.override(current_manufacturer().first_language):
        partner = Partner.objects.select_related("channel_manager").get(pk=plan.partner_id)
        for number in range(1, 5):
            end = plan_terms.last_day(months[number * 3 - 1])
            if end < today:
                continue
            create_task(
                partner=partner,
                title=_("Review quarter %(number)s of plan %(year)s with the partner")
                % {"number": number, "year": plan.year},
                due_on=end + dt.timedelta(days=REVIEW_DAYS),
                owner=partner.channel_manager,
                is_shared=True,
                kind=REVIEW,
                key=f"{plan.year}-{number}",
                url_name="partners:partner_plan",
                url_kwargs={"pk": partner.pk, "year": plan.year},
            )


# --- The approval line ------------------------------------------------------------------------------------------------


def revenue_of(plan: ChannelPlan) -> Decimal | None:
    """The year's target of all sell-in, by which approval lines are chosen."""
    target = PlanTarget.objects.filter(plan=plan, measure=MAIN).first()
    return target.year_target if target else None


def _has_line(plan: ChannelPlan) -> bool:
    return has_routes(SUBJECT) and route_for(SUBJECT, revenue_of(plan)) is not None


def _ask(plan: ChannelPlan, by: Membership, text: str) -> None:
    partner = Partner.objects.get(pk=plan.partner_id)
    request_approval(
        SUBJECT,
        plan.pk,
        lambda: _("Channel plan %(year)s with %(partner)s") % {"year": plan.year, "partner": str(partner)},
        by=by,
        amount=revenue_of(plan),
        partner_id=plan.partner_id,
        note=text,
    )


@transaction.atomic
def plan_approved(request: Request, by: Membership | None) -> None:
    """The line said yes: the manufacturer's proposal goes to the partner; the partner's is agreed."""
    plan = _in_approval(request)
    if plan.proposed_side == Side.PARTNER:
        _agree(plan, request.asked_by)
        return
    plan = move(plan, PlanState.PROPOSED)
    step = note_step(plan, PlanStep.Kind.PROPOSED, by=request.asked_by, text=request.note, side=Side.STAFF)
    who = request.asked_by.name if request.asked_by else ""
    tell_side(Side.PARTNER, plan, step, kinds.PLAN_PROPOSED, who)


@transaction.atomic
def plan_not_approved(request: Request) -> None:
    """The line said no, or whoever asked took it back: the manufacturer's proposal is a draft again, the partner's waits.

    Who refused, and why, stays with the request: the partner reads the steps of its plans. A plan that waits for no
    approval any more stays as it is, so that its request can be ended.
    """
    plan = ChannelPlan.objects.select_for_update(no_key=True).filter(pk=request.subject_id).first()
    if plan is not None and plan.state == PlanState.APPROVAL:
        _back_from_approval(plan)


@transaction.atomic
def withdraw_approvals(partner: Partner) -> list[int]:
    """Nobody need approve the partner's plans any more; which they were."""
    waiting = ChannelPlan.objects.select_for_update(no_key=True).filter(partner=partner, state=PlanState.APPROVAL)
    plans = list(waiting.order_by("pk"))
    for plan in plans:
        withdraw(SUBJECT, plan.pk, because=_("The partnership ended."))
        _back_from_approval(plan)
    return [plan.pk for plan in plans]


def _back_from_approval(plan: ChannelPlan) -> None:
    plan = move(plan, PlanState.DRAFT if plan.proposed_side == Side.STAFF else PlanState.PROPOSED)
    note_step(plan, PlanStep.Kind.REFUSED, by=None, side=Side.STAFF)


def _in_approval(request: Request) -> ChannelPlan:
    plan = ChannelPlan.objects.select_for_update(no_key=True).filter(pk=request.subject_id).first()
    if plan is None or plan.state != PlanState.APPROVAL:
        raise PlanError(_("This plan does not wait for approval any more."))
    return plan
