"""What stands in a plan while it is a draft: a version begun, targets, initiatives with their scores, promises."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import plan_terms
from partners.models import (
    OPEN_PLAN_STATES,
    ChannelPlan,
    InitiativeScore,
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanSettings,
    PlanState,
    PlanStep,
    PlanTarget,
    PlanYear,
    Side,
    Spread,
    Work,
)
from partners.plan_measures import Measure, actuals_of
from partners.services.plans.steps import (
    MOST_PARTS,
    PlanError,
    check_goes_on,
    locked_for,
    may_score,
    may_write,
    note_step,
    side_of,
)
from tenancy.models import Membership
from tenancy.rls import house_scope
from tenancy.selectors import current_manufacturer

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
    check_goes_on(partner.pk)
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
    plan = locked_for(by, plan)
    if plan.proposed_at is not None:
        raise PlanError(_("This plan was proposed before, so it stays. Change it and propose it again."))
    InitiativeScore.objects.filter(plan=plan).delete()
    plan.delete()


# --- What stands in it ------------------------------------------------------------------------------------------------


@transaction.atomic
def save_summary(plan: ChannelPlan, summary: str, *, by: Membership) -> ChannelPlan:
    """What the year is about, in words."""
    plan = locked_for(by, plan)
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
    plan = locked_for(by, plan)
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
    plan = locked_for(by, plan)
    PlanTarget.objects.filter(plan=plan, measure=measure).delete()


@transaction.atomic
def save_initiative(
    plan: ChannelPlan, values: Mapping[str, Any], *, by: Membership, initiative: PlanInitiative | None = None
) -> PlanInitiative:
    """Put an initiative into a draft, or change it. Its person must be of the side that carries it.

    A new one that is in the plan already, word for word, stays one.
    """
    plan = locked_for(by, plan)
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
    locked_for(by, initiative.plan)
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
    plan = locked_for(by, plan)
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
    locked_for(by, promise.plan)
    promise.delete()


def _check_room(model: Any, plan: ChannelPlan) -> None:
    if model.objects.filter(plan=plan).count() >= MOST_PARTS:
        raise PlanError(_("A plan holds at most %(count)s of these. Fewer are easier to keep.") % {"count": MOST_PARTS})
