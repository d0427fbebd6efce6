"""A campaign's way from its plan to what it did: each step with who, when and why."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.services import request_approval, withdraw
from campaigns.models import (
    CAMPAIGN_SUBJECT,
    NEXT_CAMPAIGN_STATES,
    Arm,
    Campaign,
    CampaignCheck,
    CampaignContent,
    CampaignCost,
    CampaignGoal,
    CampaignState,
    CampaignStep,
    CampaignVariant,
    Mailing,
)
from campaigns.notice_kinds import campaigns as kinds
from campaigns.services import sending
from campaigns.services.freezing import Counts, freeze, preview, thaw
from campaigns.services.link_checks import check_links
from campaigns.texts import holes_in, problems_of
from campaigns.writing import common_fields, text_of
from jobs.models import Job, JobState
from jobs.running import Progress
from jobs.services import start_job
from notices.services import tell_from
from pages import formats
from partners.selectors.audiences import BrokenAudienceError
from tenancy.errors import DomainError
from tenancy.models import Membership
from valuation.experiment import Verdict, decide

MOST_VARIANTS = 3
FREEZING = "campaigns.freezing"
"""The key of the job that freezes readers."""
PLAN_FIELDS = (
    "purpose",
    "goal",
    "goal_value",
    "channel",
    "is_advertising",
    "readers",
    "roles",
    "audience",
    "excluded",
    "window_days",
    "budget",
    "product",
    "offer_price",
    "payment_terms",
    "delivery_terms",
    "holdout",
    "pilot_size",
    "pilot_goal",
    "pilot_at_least",
    "pilot_level",
)
"""What a copy takes over; its name and days are its own."""
PLANNED = ("name", "owner", "starts_on", "ends_on", "rollout_on", "offer_until", *PLAN_FIELDS)
"""What is kept of a plan when it changes: where it stands is no part of it."""


log = logging.getLogger(__name__)


class CampaignError(DomainError):
    """A step that a campaign cannot take."""


# --- The plan ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_plan(campaign: Campaign, *, by: Membership) -> Campaign:
    """Keep a plan, new or changed. A new one gets variant A."""
    if campaign._state.adding:
        campaign.created_by = by
        campaign.save()
        CampaignVariant.objects.create(campaign=campaign, label="A")
        return campaign
    must_be_planned(_locked(campaign))
    campaign.save(update_fields=PLANNED)
    return campaign


@transaction.atomic
def copy_campaign(campaign: Campaign, *, name: str, starts_on: dt.date, by: Membership) -> Campaign:
    """A new plan after this one: its texts, costs as planned and checks, with days of its own, owned by who copies it."""
    copied = Campaign(
        name=name,
        owner=by,
        created_by=by,
        starts_on=starts_on,
        ends_on=starts_on + (campaign.ends_on - campaign.starts_on),
        **{field: getattr(campaign, field) for field in PLAN_FIELDS},
    )
    if campaign.rollout_on:
        copied.rollout_on = starts_on + (campaign.rollout_on - campaign.starts_on)
    copied.save()
    for variant in campaign.variants.prefetch_related("contents"):
        contents = list(variant.contents.all())
        twin = CampaignVariant.objects.create(
            campaign=copied, label=variant.label, about=variant.about, share=variant.share
        )
        CampaignContent.objects.bulk_create(
            [
                CampaignContent(
                    variant=twin,
                    language=each.language,
                    country=each.country,
                    subject=each.subject,
                    preheader=each.preheader,
                    body=each.body,
                    answers=each.answers,
                    template_id=each.template_id,
                )
                for each in contents
            ]
        )
    CampaignCost.objects.bulk_create(
        [CampaignCost(campaign=copied, what=cost.what, planned=cost.planned) for cost in campaign.costs.all()]
    )
    CampaignCheck.objects.bulk_create(
        [CampaignCheck(campaign=copied, what=check.what, order=check.order) for check in campaign.checks.all()]
    )
    return copied


def must_be_planned(campaign: Campaign) -> None:
    """Plan and texts change only while a campaign is being planned: what was approved is what goes out."""
    if campaign.state != CampaignState.PLAN:
        raise CampaignError(
            _("This campaign is at “%(state)s”: its plan cannot be changed any more.")
            % {"state": campaign.get_state_display()}
        )


@transaction.atomic
def add_variant(campaign: Campaign, *, about: str = "", share: int = 1) -> CampaignVariant:
    """Another way of saying it: B, then C."""
    must_be_planned(_locked(campaign))
    labels = set(campaign.variants.values_list("label", flat=True))
    free = [label for label in "ABC"[:MOST_VARIANTS] if label not in labels]
    if not free:
        raise CampaignError(_("Three variants are enough: with more, each has too few readers to tell them apart."))
    return CampaignVariant.objects.create(campaign=campaign, label=free[0], about=about, share=share)


@transaction.atomic
def remove_variant(variant: CampaignVariant) -> None:
    """Take a variant and its texts away; one stays."""
    must_be_planned(_locked(variant.campaign))
    if variant.campaign.variants.count() == 1:
        raise CampaignError(_("A campaign says something: its last variant stays."))
    variant.contents.all().delete()
    variant.delete()


@transaction.atomic
def save_content(content: CampaignContent) -> CampaignContent:
    """Keep a text of a variant."""
    must_be_planned(_locked(content.variant.campaign))
    content.save()
    return content


@transaction.atomic
def remove_content(content: CampaignContent) -> None:
    """Take a text away."""
    must_be_planned(_locked(content.variant.campaign))
    content.delete()


def costs_stand(campaign: Campaign) -> str:
    """By which it shows whether cost lines are still as somebody saw them."""
    rows = [f"{cost.what} {cost.planned:f} {cost.actual}" for cost in campaign.costs.order_by("pk")]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


@transaction.atomic
def save_costs(
    campaign: Campaign, lines: list[tuple[str, Decimal, Decimal | None]], *, seen: str | None = None
) -> None:
    """Put these cost lines in place of those that stood: what, planned, spent. Refused with what stands where a colleague
    has changed them since they were `seen`; the same again changes nothing."""
    if _locked(campaign).state == CampaignState.CLOSED:
        raise CampaignError(_("This campaign is closed."))
    kept = list(campaign.costs.order_by("pk").values_list("what", "planned", "actual"))
    if kept == lines:
        return
    if seen is not None and seen != costs_stand(campaign):
        money = partial(formats.money, currency=campaign.manufacturer.currency, language=get_language())
        shown = [f"{what}: {money(planned)} / {money(actual)}" for what, planned, actual in kept]
        raise CampaignError(
            _("A colleague has changed the costs meanwhile, to “%(costs)s”. Save again to put yours in their place.")
            % {"costs": ", ".join(shown)}
        )
    campaign.costs.all().delete()
    CampaignCost.objects.bulk_create(
        [CampaignCost(campaign=campaign, what=what, planned=planned, actual=actual) for what, planned, actual in lines]
    )


@transaction.atomic
def save_checks(campaign: Campaign, lines: list[str]) -> None:
    """Put these checks in place of those that stood; one that stays as it was keeps who did it."""
    must_be_planned(_locked(campaign))
    done = {check.what: check for check in campaign.checks.all()}
    campaign.checks.all().delete()
    CampaignCheck.objects.bulk_create(
        [
            CampaignCheck(
                campaign=campaign,
                what=what,
                order=place,
                done_by_id=done[what].done_by_id if what in done else None,
                done_at=done[what].done_at if what in done else None,
            )
            for place, what in enumerate(dict.fromkeys(lines))
        ]
    )


def tick(check: CampaignCheck, *, is_done: bool, by: Membership) -> None:
    """Something is done, or was not after all. Ticked twice, the first who did it stands."""
    rows = CampaignCheck.objects.filter(pk=check.pk, done_at__isnull=is_done)
    rows.update(done_by=by if is_done else None, done_at=timezone.now() if is_done else None)


def missing(campaign: Campaign, *, today: dt.date | None = None) -> list[str]:
    """What a plan still needs before it can be approved, as sentences."""
    found = []
    if campaign.goal_value <= 0:
        found.append(_("Set the goal as a number."))
    if campaign.ends_on < (today or timezone.localdate()):
        found.append(_("Its period is over: set another."))
    if campaign.pilot_size and not campaign.rollout_on:
        found.append(_("Say when the roll-out comes: until then the pilot is watched."))
    variants = list(campaign.variants.prefetch_related("contents"))
    if not variants:
        found.append(_("Add a variant."))
    given = common_fields(campaign, "", get_language() or "en")
    for variant in variants:
        contents = list(variant.contents.all())
        if not contents:
            found.append(_("Variant %(label)s has no text yet.") % {"label": variant})
        found += [
            f"{variant}/{content.language}: {problem}"
            for content in contents
            for problem in (*problems_of(text_of(content)), *holes_in(text_of(content), given))
        ]
    return found


# --- The steps --------------------------------------------------------------------------------------------------------


@transaction.atomic
def advance(campaign: Campaign, to: str, *, by: Membership | None, note: str = "") -> Campaign:
    """Take a campaign to a state, if it may come next, and do what belongs to it.

    To approval: it is asked for; where no approval line fits, it is given at once. To the plan: frozen readers are
    forgotten. To the pilot and the roll-out: that part of the readers is written to. To the decision: the pilot's rule
    speaks, and who owns it is told. To the roll-out against the pilot's rule, stopped or analysed: only with a note. `by`
    is None for what the clock does. Refused with a sentence otherwise.
    """
    locked, note = _locked(campaign), note.strip()
    if to in (CampaignState.FREEZING, CampaignState.APPROVED):
        raise CampaignError(_("A campaign is approved by who decides on its approval."))
    if to not in NEXT_CAMPAIGN_STATES[locked.state]:
        raise CampaignError(
            _("This campaign is at “%(state)s”: “%(next)s” does not come after it.")
            % {"state": locked.get_state_display(), "next": CampaignState(to).label}
        )
    _check_note(locked, to, note)
    if prepare := PREPARE.get(to):
        prepare(locked, by)
    _step(locked, to, by=by, note=note)
    if follow := FOLLOW.get(to):
        follow(locked, by)
    campaign.refresh_from_db()
    return campaign


def _check_note(campaign: Campaign, to: str, note: str) -> None:
    if note:
        return
    if to == CampaignState.STOPPED:
        raise CampaignError(_("Say why it is stopped."))
    if to == CampaignState.ANALYSED:
        raise CampaignError(_("Say what was learned: the next campaign begins there."))
    is_against = campaign.state == CampaignState.DECISION and campaign.verdict.get("verdict") != Verdict.GO
    if to == CampaignState.ROLLOUT and is_against:
        raise CampaignError(_("The pilot's rule does not say go. Say why you go on all the same."))


def _ready_for_approval(campaign: Campaign, _by: Membership | None) -> None:
    if problems := missing(campaign):
        raise CampaignError(" ".join(problems))
    try:
        if not preview(campaign).spoken_to:
            raise CampaignError(_("Nobody is left to write to: look at who is left out, and why."))
    except BrokenAudienceError as error:
        raise CampaignError(str(error)) from error


def _ask(campaign: Campaign, by: Membership | None) -> None:
    check_links(campaign, by=by)
    request_approval(CAMPAIGN_SUBJECT, campaign.pk, campaign.name, by=by, amount=campaign.budget)


def _take_back(campaign: Campaign, _by: Membership | None) -> None:
    if campaign.state == CampaignState.APPROVAL:
        withdraw(CAMPAIGN_SUBJECT, campaign.pk, because=_("The campaign was taken back to its plan."))
    thaw(campaign)


def _all_checked(campaign: Campaign, _by: Membership | None) -> None:
    if left := list(campaign.checks.filter(done_at=None).values_list("what", flat=True)):
        raise CampaignError(_("Not done yet: %(checks)s.") % {"checks": ", ".join(left)})
    if campaign.ends_on < timezone.localdate():
        raise CampaignError(_("Its period is over. Take it back to the plan, and set another."))


def _pilot_ready(campaign: Campaign, by: Membership | None) -> None:
    if not campaign.pilot_size:
        raise CampaignError(_("This campaign has no pilot."))
    _all_checked(campaign, by)


def _rollout_ready(campaign: Campaign, by: Membership | None) -> None:
    if campaign.state == CampaignState.APPROVED and campaign.arms.get(Arm.PILOT):
        raise CampaignError(_("The pilot comes first."))
    _all_checked(campaign, by)


def _judge(campaign: Campaign, _by: Membership | None) -> None:
    campaign.verdict = verdict_of(campaign)
    campaign.save(update_fields=["verdict"])


def _tell_decision(campaign: Campaign, _by: Membership | None) -> None:
    _tell(campaign, kinds.DECISION_DUE, verdict=campaign.verdict)


def _tell_ended(campaign: Campaign, by: Membership | None) -> None:
    if by is None or by.pk != campaign.owner_id:
        _tell(campaign, kinds.ENDED)


def _send_to(kind: str) -> Callable[[Campaign, Membership | None], None]:
    """Write to a part of the readers; what keeps the mailing from being sent keeps the campaign from the step."""

    def send(campaign: Campaign, by: Membership | None) -> None:
        if by is not None and sending.readers_of(campaign, kind).exists():
            sending.start_mailing(campaign, kind, by)

    return send


def _stop_sending(campaign: Campaign, _by: Membership | None) -> None:
    sending.stop_all(campaign)


def _end(campaign: Campaign, by: Membership | None) -> None:
    _stop_sending(campaign, by)
    _tell_ended(campaign, by)


PREPARE: Mapping[str, Callable[[Campaign, Membership | None], None]] = {
    CampaignState.APPROVAL: _ready_for_approval,
    CampaignState.PLAN: _take_back,
    CampaignState.PILOT: _pilot_ready,
    CampaignState.ROLLOUT: _rollout_ready,
    CampaignState.DECISION: _judge,
}
"""What must be so, and is done, before a step."""
FOLLOW: Mapping[str, Callable[[Campaign, Membership | None], None]] = {
    CampaignState.APPROVAL: _ask,
    CampaignState.DECISION: _tell_decision,
    CampaignState.PILOT: _send_to(Mailing.Kind.PILOT),
    CampaignState.ROLLOUT: _send_to(Mailing.Kind.ROLLOUT),
    CampaignState.MEASURING: _end,
    CampaignState.STOPPED: _stop_sending,
}
"""What a step brings about."""


def approved(campaign: Campaign, *, by: Membership | None) -> None:
    """The last approval: a job freezes the readers, as many take seconds. Till then the campaign stands at “freezing”."""
    locked = _locked(campaign)
    if locked.state != CampaignState.APPROVAL:
        raise CampaignError(_("This campaign does not ask for approval any more."))
    _step(locked, CampaignState.FREEZING, by=by, note="")
    start_job(FREEZING, params={"campaign": locked.pk}, by=by, key=f"campaign-{locked.pk}")


@transaction.atomic
def freeze_approved(campaign: Campaign, *, by: Membership | None) -> Counts | None:
    """Freeze the readers of an approved campaign, and tell who owns it; None where it is not waited for any more.

    One transaction: who dies in it has done nothing, and whoever does it again does all of it. Where nobody is left to
    write to, it is a plan again with that reason, and its owner is told.
    """
    locked = _locked(campaign)
    if locked.state != CampaignState.FREEZING:
        return None
    try:
        with transaction.atomic():
            counts = freeze(locked)
    except DomainError as error:
        _step(locked, CampaignState.PLAN, by=None, note=str(error))
        _tell(locked, kinds.NOT_FROZEN, reason=str(error))
        return None
    _step(locked, CampaignState.APPROVED, by=by, note="")
    if by is None or by.pk != locked.owner_id:
        _tell(locked, kinds.APPROVED, readers=counts.readers, left_out=counts.out)
    return counts


def run_freezing(progress: Progress) -> dict[str, Any]:
    """The job: safe to run again."""
    campaign = Campaign.objects.filter(pk=progress.job.params["campaign"]).first()
    counts = freeze_approved(campaign, by=progress.job.created_by) if campaign else None
    return {"readers": counts.readers, "left_out": counts.out} if counts else {}


@transaction.atomic
def freezing_ended(job: Job) -> None:
    """Where the job failed or was cancelled, nobody would freeze the readers any more: it is a plan again with that
    reason, and its owner is told. Not where another job of the same campaign still waits or runs."""
    if job.kind != FREEZING or job.state == JobState.DONE:
        return
    campaign = Campaign.objects.filter(pk=job.params["campaign"]).first()
    others = Job.objects.filter(kind=FREEZING, key=job.key, state__in=Job.OPEN_STATES).exclude(pk=job.pk)
    if campaign is None or others.exists():
        return
    locked = _locked(campaign)
    if locked.state == CampaignState.FREEZING:
        _step(locked, CampaignState.PLAN, by=None, note=job.message)
        _tell(locked, kinds.NOT_FROZEN, reason=job.message)


def not_approved(campaign: Campaign, *, by: Membership | None, reason: str = "") -> None:
    """Refused or taken back: it is a plan again."""
    locked = _locked(campaign)
    if locked.state in (CampaignState.APPROVAL, CampaignState.FREEZING):
        _step(locked, CampaignState.PLAN, by=by, note=reason)


# --- The pilot's rule -------------------------------------------------------------------------------------------------

CAME_BACK: dict[str, str] = {
    CampaignGoal.CLICKS: "clicked_at",
    CampaignGoal.REPLIES: "replied_at",
    CampaignGoal.LEADS: "lead_at",
    CampaignGoal.ORDERS: "ordered_on",
}
"""Which first time of a reader says that the goal was reached with them."""


def pilot_counts(campaign: Campaign) -> tuple[int, int]:
    """How many of the pilot did what was asked, and how many it was sent to. One query."""
    sent = campaign.recipients.filter(arm=Arm.PILOT, sent_at__isnull=False)
    counted = sent.aggregate(n=Count("pk"), successes=Count(CAME_BACK[campaign.pilot_goal]))
    return counted["successes"], counted["n"]


def verdict_of(campaign: Campaign) -> dict[str, Any]:
    """What the rule says of the pilot now, as it is kept, the shares in per cent: open while nobody was sent anything."""
    successes, sent = pilot_counts(campaign)
    found = {"verdict": Verdict.OPEN.value, "goal": campaign.pilot_goal, "n": sent, "successes": successes}
    if not sent:
        return found
    decision = decide(successes, sent, campaign.pilot_at_least / 100, level=campaign.pilot_level / 100)
    return found | {
        "verdict": decision.verdict.value,
        "rate": round(100 * decision.rate.value, 2),
        "low": round(100 * decision.rate.low, 2),
        "high": round(100 * decision.rate.high, 2),
        "at_least": campaign.pilot_at_least,
        "level": campaign.pilot_level,
    }


# --- By the clock -----------------------------------------------------------------------------------------------------


def turn(today: dt.date) -> int:
    """Take what is due: pilots whose roll-out day has come wait for a decision, roll-outs whose period is over are
    measured, and who owns one whose answers have all been counted is told. Returns how many. Safe to run again.
    """
    ready = Campaign.objects.filter(state=CampaignState.PILOT, rollout_on__lte=today)
    over = Campaign.objects.filter(state=CampaignState.ROLLOUT, ends_on__lt=today)
    taken = sum(_advanced(campaign, CampaignState.DECISION) for campaign in ready.order_by("pk"))
    taken += sum(_advanced(campaign, CampaignState.MEASURING) for campaign in over.order_by("pk"))
    for campaign in Campaign.objects.filter(state=CampaignState.MEASURING, ends_on__lt=today).order_by("pk"):
        if campaign.ends_on + dt.timedelta(days=campaign.window_days) < today:
            taken += _tell(campaign, kinds.COUNTED)
    return taken


def _advanced(campaign: Campaign, to: str) -> bool:
    """Whether a campaign took a step that was due. One that somebody stops meanwhile must not keep the others from theirs."""
    try:
        advance(campaign, to, by=None)
    except DomainError:
        log.warning("Campaign %s does not go on to %s", campaign.pk, to, exc_info=True)
        return False
    return True


# --- The workings -----------------------------------------------------------------------------------------------------


def _locked(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("owner", "audience", "excluded", "manufacturer").get(pk=campaign.pk)


def _step(campaign: Campaign, to: str, *, by: Membership | None, note: str) -> None:
    CampaignStep.objects.create(campaign=campaign, from_state=campaign.state, to_state=to, by=by, note=note[:1000])
    campaign.state = to
    campaign.save(update_fields=["state"])


def _tell(campaign: Campaign, kind: Any, **facts: Any) -> int:
    key = f"{kind.key}-{campaign.pk}-{campaign.steps.count()}"
    given = {"campaign": campaign.pk, "name": campaign.name} | facts
    return tell_from([(campaign.owner_id, key, given)], kind)
