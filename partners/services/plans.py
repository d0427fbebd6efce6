"""Everything that changes channel plans. `_move` alone writes a state."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.people import current_manufacturer
from approvals.selectors import has_routes, route_for
from approvals.services import request_approval
from partners import plan_terms
from partners.models import (
    NEXT_PLAN_STATES,
    OPEN_PLAN_STATES,
    ChannelPlan,
    InitiativeScore,
    MixTarget,
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanSettings,
    PlanState,
    PlanStep,
    PlanTarget,
    PlanYear,
    PromiseState,
    Side,
    Spread,
    Stage,
    TerritoryFigure,
    Work,
)
from partners.notice_kinds import plans as kinds
from partners.plan_measures import MAIN, Measure, actuals_of
from partners.services.plan_notices import tell_side
from partners.services.tasks import create_task
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope

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


# --- Rules ------------------------------------------------------------------------------------------------------------


def plan_settings() -> PlanSettings:
    """The manufacturer's rules for plans, or the usual ones."""
    with house_scope():
        return PlanSettings.objects.first() or PlanSettings()


@transaction.atomic
def save_plan_settings(chosen: PlanSettings) -> PlanSettings:
    """Keep the manufacturer's rules. Plans that are still open are ranked by the new weights, agreed ones as agreed."""
    values = {name: getattr(chosen, name) for name in ("crowded_from", *_WEIGHTS)}
    saved, _is_new = PlanSettings.objects.update_or_create(defaults=values)
    ChannelPlan.objects.filter(state__in=OPEN_PLAN_STATES).update(**{name: values[name] for name in _WEIGHTS})
    return saved


_WEIGHTS = ("weight_effect", "weight_urgency", "weight_returns", "weight_feasibility")


# --- A version, begun -------------------------------------------------------------------------------------------------


@transaction.atomic
def start_plan(partner: Partner, year: int, *, by: Membership) -> ChannelPlan:
    """The version of the year's plan that can be worked on: the open one, else a new draft.

    A new version begins as a copy of the agreed one. The first of a year takes over what the year before's plan left to be
    done, each a year nearer.
    """
    if not may_write(by, partner.pk):
        raise PlanError(_("Your role does not allow making plans."))
    _check_goes_on(partner.pk)
    open_one = ChannelPlan.objects.filter(partner=partner, year=year, state__in=OPEN_PLAN_STATES).first()
    if open_one is not None:
        return open_one
    latest = ChannelPlan.objects.filter(partner=partner, year=year).order_by("-version").first()
    rules = plan_settings()
    plan = ChannelPlan(
        partner=partner,
        year=year,
        version=latest.version + 1 if latest else 1,
        summary=latest.summary if latest else "",
        created_by=by,
        **{name: getattr(rules, name) for name in _WEIGHTS},
    )
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:  # somebody else was quicker
        return ChannelPlan.objects.get(partner=partner, year=year, state__in=OPEN_PLAN_STATES)
    note_step(plan, PlanStep.Kind.STARTED, by=by)
    if latest is not None:
        _copy_parts(latest, plan)
    else:
        _take_over(partner, plan)
    return plan


def _copy_parts(source: ChannelPlan, plan: ChannelPlan) -> None:
    """Targets, promises, initiatives and their scores go into the new version as they stand."""
    targets = list(PlanTarget.objects.filter(plan=source).order_by("pk"))
    promises = list(PlanPromise.objects.filter(plan=source).order_by("pk"))
    initiatives = list(PlanInitiative.objects.filter(plan=source).order_by("pk"))
    scores = list(InitiativeScore.objects.filter(plan=source).order_by("pk"))
    copies = {initiative.pk: _copy(initiative, plan) for initiative in initiatives}
    PlanTarget.objects.bulk_create([_copy(target, plan) for target in targets])
    PlanPromise.objects.bulk_create([_copy(promise, plan) for promise in promises])
    PlanInitiative.objects.bulk_create(copies.values())
    InitiativeScore.objects.bulk_create(
        [_copy(score, plan, initiative=copies[score.initiative_id]) for score in scores]
    )


def _take_over(partner: Partner, plan: ChannelPlan) -> None:
    """What the agreed plan of the year before left to be done comes along, a year nearer."""
    left = PlanInitiative.objects.filter(
        plan__partner=partner, plan__year=plan.year - 1, plan__state=PlanState.AGREED
    ).exclude(work__in=[Work.DONE, Work.DROPPED])
    PlanInitiative.objects.bulk_create(
        [
            _copy(initiative, plan, plan_year=max(PlanYear.FIRST, initiative.plan_year - 1))
            for initiative in left.order_by("pk")
        ]
    )


def _copy(part: Any, plan: ChannelPlan, **instead: Any) -> Any:
    values = {
        field.attname: getattr(part, field.attname)
        for field in part._meta.concrete_fields
        if not field.primary_key and field.name not in ("plan", "partner", *instead)
    }
    return type(part)(plan=plan, partner_id=plan.partner_id, **(values | instead))


@transaction.atomic
def discard_draft(plan: ChannelPlan, *, by: Membership) -> None:
    """Remove a draft that nobody needs, and that was never put before anybody; what was agreed before stands."""
    if not by.is_staff:  # asked first: a partner cannot delete a plan
        raise PlanError(_("Only the manufacturer can remove a draft."))
    plan = _locked_for(by, plan)
    if plan.proposed_at is not None:
        raise PlanError(_("This plan was proposed before, so it stays. Change it and propose it again."))
    InitiativeScore.objects.filter(plan=plan).delete()
    plan.delete()


# --- What stands in it ------------------------------------------------------------------------------------------------


@transaction.atomic
def save_summary(plan: ChannelPlan, summary: str, *, by: Membership) -> ChannelPlan:
    """What the year is about, in words."""
    plan = _locked_for(by, plan)
    plan.summary = summary.strip()
    plan.save(update_fields=["summary", "updated_at"])
    return plan


@transaction.atomic
def set_target(
    plan: ChannelPlan, measure: Measure, quarters: Sequence[Decimal], *, by: Membership, spread: str = Spread.EVEN
) -> PlanTarget:
    """Set what is to be reached in the four quarters; the months are worked out from it.

    With the season, each quarter is spread as the same months of the year before were; where these say nothing, evenly.
    """
    plan = _locked_for(by, plan)
    if len(quarters) != 4 or min(quarters) < 0:
        raise PlanError(_("Give each of the four quarters a target of zero or more."))
    quarters = [plan_terms.rounded(value) for value in quarters]
    if not measure.is_sum:
        months, spread = plan_terms.hold(quarters), Spread.EVEN
    elif spread == Spread.SEASON:
        months = plan_terms.spread(quarters, season_of(plan, measure))
    else:
        months = plan_terms.spread(quarters)
    values: dict[str, Any] = {f"quarter_{place}": value for place, value in enumerate(quarters, 1)}
    values |= {"label": str(measure.name)[:200], "spread": spread, "months": months, "is_sum": measure.is_sum}
    target = PlanTarget.objects.filter(plan=plan, measure=measure.key).first()
    if target is None:
        _check_room(PlanTarget, plan)
        return PlanTarget.objects.create(plan=plan, partner_id=plan.partner_id, measure=measure.key, **values)
    for name, value in values.items():
        setattr(target, name, value)
    target.save(update_fields=[*values])
    return target


def season_of(plan: ChannelPlan, measure: Measure) -> list[Decimal]:
    """What was reached in the months of the fiscal year before the plan's."""
    months = plan_terms.months_of(plan.year - 1, first_month())
    known = actuals_of(plan.partner_id, [measure.key], months[0], months[-1]).get(measure.key, {})
    return [known.get(month, Decimal(0)) for month in months]


def first_month() -> int:
    """With which month the manufacturer's fiscal year begins."""
    return current_manufacturer().fiscal_year_start


@transaction.atomic
def remove_target(plan: ChannelPlan, measure: str, *, by: Membership) -> None:
    """Take a target out of a draft."""
    plan = _locked_for(by, plan)
    PlanTarget.objects.filter(plan=plan, measure=measure).delete()


@transaction.atomic
def save_initiative(
    plan: ChannelPlan, values: Mapping[str, Any], *, by: Membership, initiative: PlanInitiative | None = None
) -> PlanInitiative:
    """Put an initiative into a draft, or change it. Its person must be of the side that carries it.

    A new one that is in the plan already, word for word, stays one.
    """
    plan = _locked_for(by, plan)
    _check_owner(plan, values.get("side", Side.PARTNER), values.get("owner"))
    if initiative is None:
        if again := PlanInitiative.objects.filter(plan=plan, **values).first():
            return again
        _check_room(PlanInitiative, plan)
        return PlanInitiative.objects.create(plan=plan, partner_id=plan.partner_id, **values)
    for name, value in values.items():
        setattr(initiative, name, value)
    initiative.save(update_fields=[*values])
    return initiative


def _check_owner(plan: ChannelPlan, side: str, owner: Membership | None) -> None:
    fits = owner is None or (owner.partner_id is None if side == Side.STAFF else owner.partner_id == plan.partner_id)
    if not fits:
        raise PlanError(_("The person must belong to the side that carries it."))


@transaction.atomic
def remove_initiative(initiative: PlanInitiative, *, by: Membership) -> None:
    """Take an initiative out of a draft, with its scores."""
    _locked_for(by, initiative.plan)
    InitiativeScore.objects.filter(initiative=initiative).delete()
    initiative.delete()


@transaction.atomic
def score_initiative(
    initiative: PlanInitiative, *, by: Membership, effect: int, urgency: int, returns: int, feasibility: int
) -> InitiativeScore:
    """What a member gives an initiative, from 1 to 5 each; again replaces what it gave before."""
    plan = ChannelPlan.objects.select_for_update(no_key=True).get(pk=initiative.plan_id)
    if not may_score(by, plan.partner_id):
        raise PlanError(_("Your role does not allow scoring initiatives."))
    if not plan.is_open:
        raise PlanError(_("This plan is agreed: its scores stay as they were. Begin a new version to score again."))
    given = {"effect": effect, "urgency": urgency, "returns": returns, "feasibility": feasibility}
    if not all(1 <= value <= 5 for value in given.values()):
        raise PlanError(_("Give each criterion 1 to 5 points."))
    score = InitiativeScore.objects.filter(initiative=initiative, member=by).first()
    if score is None:
        return InitiativeScore.objects.create(
            plan=plan, partner_id=plan.partner_id, initiative=initiative, member=by, side=side_of(by), **given
        )
    for name, value in given.items():
        setattr(score, name, value)
    score.save(update_fields=[*given, "updated_at"])
    return score


@transaction.atomic
def save_promise(
    plan: ChannelPlan, values: Mapping[str, Any], *, by: Membership, promise: PlanPromise | None = None
) -> PlanPromise:
    """Put a promise of the manufacturer into a draft, or change it. A new one that is in the plan already stays one."""
    plan = _locked_for(by, plan)
    _check_owner(plan, Side.STAFF, values.get("owner"))
    if promise is None:
        if again := PlanPromise.objects.filter(plan=plan, **values).first():
            return again
        _check_room(PlanPromise, plan)
        return PlanPromise.objects.create(plan=plan, partner_id=plan.partner_id, **values)
    for name, value in values.items():
        setattr(promise, name, value)
    promise.save(update_fields=[*values])
    return promise


@transaction.atomic
def remove_promise(promise: PlanPromise, *, by: Membership) -> None:
    """Take a promise out of a draft."""
    _locked_for(by, promise.plan)
    promise.delete()


def _check_room(model: Any, plan: ChannelPlan) -> None:
    if model.objects.filter(plan=plan).count() >= MOST_PARTS:
        raise PlanError(_("A plan holds at most %(count)s of these. Fewer are easier to keep.") % {"count": MOST_PARTS})


# --- Agreed by both ---------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_plan(plan: ChannelPlan, *, by: Membership, text: str = "") -> ChannelPlan:
    """Put a draft before the other side. The manufacturer's own goes along its approval line first, where there is one.

    The partner reads `text` with the proposal; until the line has said yes only those who approve do.
    """
    plan = _locked(plan)
    _check_bind(plan, by)
    _check_goes_on(plan.partner_id)
    if not PlanTarget.objects.filter(plan=plan).exists():
        raise PlanError(_("Set at least one target before you propose the plan."))
    side = side_of(by)
    asked = {"proposed_side": side, "proposed_by": by, "proposed_at": timezone.now()}
    if by.is_staff and _has_line(plan):
        plan = _move(plan, PlanState.APPROVAL, **asked)
        note_step(plan, PlanStep.Kind.ASKED, by=by)
        _ask(plan, by, text)
        return plan
    plan = _move(plan, PlanState.PROPOSED, **asked)
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
    plan = _locked(plan)
    _check_bind(plan, by)
    if plan.proposal != proposal:
        raise PlanError(_("This is not the version that you were shown. Open the plan again and read it anew."))
    if plan.state in (PlanState.AGREED, PlanState.SUPERSEDED):
        return False
    if plan.state != PlanState.PROPOSED:
        raise PlanError(_("This plan is not proposed: there is nothing to agree to yet."))
    if plan.proposed_side == side_of(by):
        raise PlanError(_("Your side proposed this plan: the other side has to agree."))
    _check_goes_on(plan.partner_id)
    if by.is_staff and _has_line(plan):
        plan = _move(plan, PlanState.APPROVAL)
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
            _move(_locked(before), PlanState.SUPERSEDED, superseded_at=timezone.now())
            note_step(before, PlanStep.Kind.SUPERSEDED, by=None, side=Side.STAFF)
    plan = _move(plan, PlanState.AGREED, agreed_by=by, agreed_at=timezone.now())
    step = note_step(plan, PlanStep.Kind.AGREED, by=by, side=other_side(proposer))
    tell_side(proposer, plan, step, kinds.PLAN_AGREED, by.name if by else "")
    ask_for_reviews(plan)
    return plan


@transaction.atomic
def return_plan(plan: ChannelPlan, *, by: Membership, text: str) -> ChannelPlan:
    """The other side does not agree yet and says what should change: the plan is a draft again, for both to work on."""
    plan = _locked(plan)
    _check_bind(plan, by)
    if plan.proposed_side == side_of(by):
        raise PlanError(_("Your side proposed this plan. Take it back instead."))
    if plan.state != PlanState.PROPOSED:
        raise PlanError(_("Only a plan that is proposed can be sent back."))
    if not text.strip():
        raise PlanError(_("Say what should change: the other side reads it."))
    plan = _move(plan, PlanState.DRAFT)
    step = note_step(plan, PlanStep.Kind.RETURNED, by=by, text=text)
    tell_side(other_side(side_of(by)), plan, step, kinds.PLAN_RETURNED, by.name)
    return plan


@transaction.atomic
def take_back(plan: ChannelPlan, *, by: Membership) -> ChannelPlan:
    """Who proposed a plan works on it again, before the other side has agreed."""
    plan = _locked(plan)
    _check_bind(plan, by)
    if plan.state == PlanState.PROPOSED and plan.proposed_side != side_of(by):
        raise PlanError(_("The other side proposed this plan. Send it back instead, and say what should change."))
    if plan.state != PlanState.PROPOSED:
        raise PlanError(_("Only a plan that is proposed can be taken back."))
    plan = _move(plan, PlanState.DRAFT)
    note_step(plan, PlanStep.Kind.TAKEN_BACK, by=by)
    return plan


@transaction.atomic
def comment_plan(plan: ChannelPlan, *, by: Membership, text: str) -> PlanStep:
    """Say something about a plan, in any state; the other side is told. The same words at once are said once."""
    plan = _locked(plan)
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
    with house_scope(), translation.override(current_manufacturer().languages[0]):
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
        _("Channel plan %(year)s with %(partner)s") % {"year": plan.year, "partner": str(partner)},
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
    plan = _move(plan, PlanState.PROPOSED)
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
    if plan is None or plan.state != PlanState.APPROVAL:
        return
    plan = _move(plan, PlanState.DRAFT if plan.proposed_side == Side.STAFF else PlanState.PROPOSED)
    note_step(plan, PlanStep.Kind.REFUSED, by=None, side=Side.STAFF)


def _in_approval(request: Request) -> ChannelPlan:
    plan = ChannelPlan.objects.select_for_update(no_key=True).filter(pk=request.subject_id).first()
    if plan is None or plan.state != PlanState.APPROVAL:
        raise PlanError(_("This plan does not wait for approval any more."))
    return plan


# --- Figures of the manufacturer --------------------------------------------------------------------------------------


@transaction.atomic
def save_mix(year: int, rows: Mapping[int | None, Mapping[str, Decimal | None]]) -> None:
    """Keep the targets of the channel mix of a year, by kind of partner; None stands for direct sales."""
    shares = [values.get("share") or Decimal(0) for values in rows.values()]
    if sum(shares) > 100:
        raise PlanError(_("The target shares add up to more than 100 %. Lower one of them."))
    kept = [
        MixTarget(year=year, kind_id=kind, share=values.get("share"), amount=values.get("amount"))
        for kind, values in rows.items()
        if values.get("share") is not None or values.get("amount") is not None
    ]
    MixTarget.objects.bulk_create(
        kept,
        update_conflicts=True,
        update_fields=["share", "amount"],
        unique_fields=["manufacturer", "year", "kind"],
    )
    gone = MixTarget.objects.filter(year=year).exclude(kind__in=[row.kind_id for row in kept if row.kind_id])
    if any(row.kind_id is None for row in kept):
        gone = gone.exclude(kind=None)
    gone.delete()


@transaction.atomic
def save_potentials(year: int, potentials: Mapping[int, Decimal | None]) -> int:
    """Keep what could be sold in a year by territory; None takes a figure away. Returns how many stand."""
    known = [
        TerritoryFigure(territory_id=territory, year=year, potential=value)
        for territory, value in sorted(potentials.items())
        if value is not None
    ]
    TerritoryFigure.objects.bulk_create(
        known,
        update_conflicts=True,
        update_fields=["potential"],
        unique_fields=["manufacturer", "territory", "year"],
    )
    gone = [territory for territory, value in potentials.items() if value is None]
    TerritoryFigure.objects.filter(year=year, territory__in=gone).delete()
    return len(known)


# --- Shared -----------------------------------------------------------------------------------------------------------


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


def _check_bind(plan: ChannelPlan, by: Membership) -> None:
    if may_bind(by, plan.partner_id):
        return
    if by.is_staff:
        raise PlanError(_("Your role does not allow making plans."))
    raise PlanError(_("Your role does not allow agreeing on plans. Ask an admin of your company."))


def _check_goes_on(partner_id: int) -> None:
    if not goes_on(Partner.objects.get(pk=partner_id)):
        raise PlanError(_("The partnership ended."))


def _locked_for(by: Membership, plan: ChannelPlan) -> ChannelPlan:
    plan = _locked(plan)
    if not may_write(by, plan.partner_id):
        raise PlanError(_("Your role does not allow working on plans."))
    if not plan.is_draft:
        raise PlanError(
            _("This plan cannot be changed now: it is %(state)s.") % {"state": plan.get_state_display().lower()}
        )
    return plan


def _locked(plan: ChannelPlan) -> ChannelPlan:
    return ChannelPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)


def _move(plan: ChannelPlan, to: PlanState, **changes: Any) -> ChannelPlan:
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
