"""Sequences from their first step to their end: written, put in force, changed by a new version, paused and ended."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import (
    Campaign,
    CampaignChannel,
    CampaignContent,
    CampaignState,
    CampaignVariant,
    EntrantState,
    Mailing,
    MailingState,
    Message,
    MessageState,
    Recipient,
    SequenceEntrant,
    SequenceState,
    SequenceStep,
    SequenceVersion,
    StepKind,
    StopReason,
    VersionState,
)
from campaigns.models import Sequence as SequenceRow
from campaigns.models.campaigns import CARRIER_MARK
from campaigns.models.sequences import SPOKEN
from campaigns.sequence_checks import problems_of
from campaigns.sequence_facts import fit_carrier
from campaigns.services.sending import start_sending
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

MOST_STEPS = 40
FOREVER = dt.timedelta(days=365 * 50)
"""For so long what carries a message of a sequence stays open."""
SEQUENCE_FIELDS = ("name", "purpose", "owner")
"""What is typed of a sequence."""
VERSION_FIELDS = (
    "event",
    "event_days",
    "audience",
    "readers",
    "roles",
    "is_advertising",
    "holdout",
    "stops_on_answer",
    "stops_on_order",
    "on_cap",
    "window_days",
)
"""What is typed of a version."""
ENTRY_FIELDS = ("event", "event_days", "audience_id")
"""What says who enters by a version."""
CHANNELS = {StepKind.MESSAGE: CampaignChannel.EMAIL, StepKind.NOTICE: CampaignChannel.PORTAL}


class SequenceError(DomainError):
    """A step that a sequence cannot take."""


def _must(by: Membership, right: Right) -> None:
    if not by.can(right):
        raise SequenceError(_("Your role does not allow that."))


# --- Sequences and versions -------------------------------------------------------------------------------------------


@transaction.atomic
def save_sequence(sequence: SequenceRow, version: SequenceVersion, *, by: Membership) -> SequenceRow:
    """Keep a sequence, new or changed, with what its draft goes by; a new one begins with its end.

    Of one that is there, only what is typed is kept: a colleague may have paused it or put it in force meanwhile.
    """
    _must(by, Right.CAMPAIGNS_EDIT)
    version.changed_at = timezone.now()
    if sequence._state.adding:
        sequence.created_by = by
        sequence.save()
        version.sequence = sequence
        version.seed = secrets.randbelow(2**31 - 1)
        version.save()
        SequenceStep.objects.create(version=version, position=1, kind=StepKind.END)
    else:
        _locked(sequence)
        _open(version)
        sequence.save(update_fields=SEQUENCE_FIELDS)
        version.save(update_fields=[*VERSION_FIELDS, "changed_at"])
    Campaign.every.filter(pk__in=_carriers(sequence).values("carrier")).update(owner=sequence.owner)
    return sequence


def draft_of(sequence: SequenceRow) -> SequenceVersion | None:
    """The version that is being written, if one is."""
    return sequence.versions.filter(state=VersionState.DRAFT).first()


def live_of(sequence: SequenceRow) -> SequenceVersion | None:
    """The version by which partners enter now."""
    return sequence.versions.filter(state=VersionState.LIVE).first()


@transaction.atomic
def new_version(sequence: SequenceRow, *, by: Membership) -> SequenceVersion:
    """Begin to change a sequence that is in force: all is copied, and stays in force until the new version is."""
    _must(by, Right.CAMPAIGNS_EDIT)
    _locked(sequence)
    if draft := draft_of(sequence):
        return draft
    last = sequence.versions.order_by("-number").first()
    if last is None:
        raise SequenceError(_("This sequence has no version to begin with."))
    steps = list(last.steps.order_by("position"))
    version = SequenceVersion.objects.get(pk=last.pk)
    version.pk, version._state.adding = None, True
    version.number, version.state = last.number + 1, VersionState.DRAFT
    version.trial, version.tried_at, version.changed_at = {}, None, timezone.now()
    version.published_at = version.published_by = None
    version.save()
    copies: dict[int, SequenceStep] = {}
    for step in steps:
        copy = SequenceStep.objects.get(pk=step.pk)
        copy.pk, copy._state.adding, copy.version, copy.target, copy.carrier = None, True, version, None, None
        copy.save()
        if step.carrier_id:
            _carry(copy, version)
            _copy_texts(step, copy)
        copies[step.pk] = copy
    for step in steps:
        if step.target_id:
            SequenceStep.objects.filter(pk=copies[step.pk].pk).update(target=copies[step.target_id])
    return version


@transaction.atomic
def drop_draft(sequence: SequenceRow, *, by: Membership) -> None:
    """Give up what is being written. Of a sequence that never ran, nothing is left."""
    _must(by, Right.CAMPAIGNS_EDIT)
    _locked(sequence)
    draft = draft_of(sequence)
    if draft is None:
        raise SequenceError(_("Nothing is being changed."))
    carriers = list(draft.steps.filter(carrier__isnull=False).values_list("carrier", flat=True))
    draft.steps.update(target=None)
    draft.steps.all().delete()
    draft.delete()
    _drop_carriers(carriers)
    if not sequence.versions.exists():
        sequence.delete()


# --- Steps ------------------------------------------------------------------------------------------------------------


def _open(version: SequenceVersion) -> SequenceVersion:
    """The version, locked, while it is being written."""
    found = SequenceVersion.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
    if found is None:
        raise SequenceError(_("Nothing is being changed."))
    if found.state != VersionState.DRAFT:
        raise SequenceError(_("What is in force is changed by a new version."))
    return found


def _touch(version: SequenceVersion) -> None:
    version.changed_at = timezone.now()
    SequenceVersion.objects.filter(pk=version.pk).update(changed_at=version.changed_at)


@transaction.atomic
def save_step(
    step: SequenceStep,
    *,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    answers: Sequence[str] = (),
    by: Membership,
) -> SequenceStep:
    """Keep a step, new or changed, with what it says by language. A new one comes before the end that closes the sequence."""
    _must(by, Right.CAMPAIGNS_EDIT)
    version = _open(step.version)
    if step._state.adding:
        last = version.steps.order_by("-position").first()
        count = version.steps.count()
        if count >= MOST_STEPS:
            raise SequenceError(_("A sequence has at most %(count)s steps.") % {"count": MOST_STEPS})
        step.position = count + 1
        if last is not None and last.kind == StepKind.END and step.kind != StepKind.END:
            SequenceStep.objects.filter(pk=last.pk).update(position=count + 1)
            step.position = count
    step.save()
    if step.kind in SPOKEN:
        if step.carrier_id is None:
            _carry(step, version)
        if texts is not None:
            _keep_texts(step, texts, answers)
    _touch(version)
    return step


@transaction.atomic
def move_step(step: SequenceStep, *, up: bool, by: Membership) -> bool:
    """Let a step and its neighbour change places; whether there was one."""
    _must(by, Right.CAMPAIGNS_EDIT)
    version = _open(step.version)
    step.refresh_from_db(fields=["position"])
    beside = version.steps.filter(position=step.position + (-1 if up else 1)).first()
    if beside is None:
        return False
    SequenceStep.objects.filter(pk=beside.pk).update(position=step.position)
    SequenceStep.objects.filter(pk=step.pk).update(position=beside.position)
    _touch(version)
    return True


@transaction.atomic
def remove_step(step: SequenceStep, *, by: Membership) -> None:
    """Take a step out; branches that led to it lead nowhere until they are mended."""
    _must(by, Right.CAMPAIGNS_EDIT)
    version = _open(step.version)
    step.refresh_from_db(fields=["position"])
    version.steps.filter(target=step).update(target=None)
    version.steps.filter(position__gt=step.position).update(position=F("position") - 1)
    carriers = [step.carrier_id] if step.carrier_id else []
    step.delete()
    _drop_carriers(carriers)
    _touch(version)


def _drop_carriers(carriers: Sequence[int]) -> None:
    """Of steps that are gone before anything was sent: what they would have said goes with them."""
    variants = CampaignVariant.objects.filter(campaign__in=carriers)
    CampaignContent.objects.filter(variant__in=variants.values("pk")).delete()
    variants.order_by()._raw_delete(using="default")
    Campaign.every.filter(pk__in=carriers)._raw_delete(using="default")


def _carriers(sequence: SequenceRow) -> QuerySet[SequenceStep]:
    return SequenceStep.objects.filter(version__sequence=sequence, carrier__isnull=False)


def _carry(step: SequenceStep, version: SequenceVersion) -> None:
    """Make what carries the messages of a step."""
    sequence = version.sequence
    today = timezone.localdate()
    step.carrier = Campaign.every.create(
        name=f"{sequence.name}{CARRIER_MARK}{step.pk}",
        is_carrier=True,
        state=CampaignState.PLAN,
        owner=sequence.owner,
        goal_value=0,
        channel=CHANNELS[StepKind(step.kind)],
        starts_on=today,
        ends_on=today,
        holdout=0,
    )
    step.save(update_fields=["carrier"])
    CampaignVariant.objects.create(campaign=step.carrier, label="A")


def _keep_texts(step: SequenceStep, texts: Mapping[str, Mapping[str, str]], answers: Sequence[str]) -> None:
    variant = CampaignVariant.objects.get(campaign=step.carrier_id)
    for language, said in texts.items():
        rows = CampaignContent.objects.filter(variant=variant, language=language, country="")
        if not any(text.strip() for text in said.values()):
            rows.delete()
        elif not rows.update(**said, answers=list(answers)):
            CampaignContent.objects.create(variant=variant, language=language, answers=list(answers), **said)


def _copy_texts(step: SequenceStep, copy: SequenceStep) -> None:
    variant = CampaignVariant.objects.get(campaign=copy.carrier_id)
    for content in CampaignContent.objects.filter(variant__campaign=step.carrier_id):
        content.pk, content._state.adding, content.variant = None, True, variant
        content.save()


# --- In force ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def put_in_force(sequence: SequenceRow, *, by: Membership) -> SequenceVersion:
    """Let partners enter by the version that was being written; those under way finish by theirs.

    Where it says anew who enters, what happened before lets nobody in. Refused with everything that is wrong, and until it was tried on the past as it stands.
    """
    _must(by, Right.CAMPAIGNS_SEND)
    sequence = _locked(sequence)
    if sequence.state == SequenceState.ENDED:
        raise SequenceError(_("This sequence has ended."))
    version = draft_of(sequence)
    if version is None:
        raise SequenceError(_("Nothing is being changed."))
    if problems := problems_of(version):
        raise SequenceError(" ".join(problem.text for problem in problems))
    if version.tried_at is None or version.tried_at < version.changed_at:
        raise SequenceError(_("Try it on the past first: it was changed since it was last tried, or never was."))
    now = timezone.now()
    before = live_of(sequence)
    sequence.versions.filter(state=VersionState.LIVE).update(state=VersionState.OLD)
    version.state, version.published_at, version.published_by = VersionState.LIVE, now, by
    version.save(update_fields=["state", "published_at", "published_by"])
    for step in version.steps.filter(carrier__isnull=False).select_related("carrier__owner"):
        assert step.carrier is not None
        carrier = fit_carrier(step.carrier, step, version)
        carrier.state, carrier.ends_on = CampaignState.ROLLOUT, carrier.starts_on + FOREVER
        carrier.save()
        Mailing.objects.create(
            campaign=carrier,
            kind=Mailing.Kind.ROLLOUT,
            state=MailingState.PAUSED if sequence.state == SequenceState.PAUSED else MailingState.SENDING,
            starts_at=now,
            started_by=by,
        )
    if sequence.state == SequenceState.DRAFT:
        sequence.state, sequence.running_since = SequenceState.RUNNING, now
        sequence.save(update_fields=["state", "running_since"])
    elif before is None or any(getattr(before, name) != getattr(version, name) for name in ENTRY_FIELDS):
        sequence.running_since = now
        sequence.save(update_fields=["running_since"])
    return version


@transaction.atomic
def pause(sequence: SequenceRow, *, by: Membership) -> None:
    """Nobody enters, nobody goes on, and nothing is sent until it is resumed."""
    _change(sequence, by, {SequenceState.RUNNING}, SequenceState.PAUSED, _("Only a running sequence can be paused."))
    _mailings(sequence).filter(state=MailingState.SENDING).update(state=MailingState.PAUSED)


@transaction.atomic
def resume(sequence: SequenceRow, *, by: Membership) -> None:
    """Go on where it was. What happened meanwhile lets nobody in."""
    _change(sequence, by, {SequenceState.PAUSED}, SequenceState.RUNNING, _("Only a paused sequence can be resumed."))
    SequenceRow.objects.filter(pk=sequence.pk).update(running_since=timezone.now())
    _mailings(sequence).filter(state=MailingState.PAUSED).update(state=MailingState.SENDING)
    start_sending(sequence.manufacturer_id)


@transaction.atomic
def end(sequence: SequenceRow, *, by: Membership) -> int:
    """End it for good, for everybody in it; returns how many those were."""
    _change(
        sequence,
        by,
        {SequenceState.RUNNING, SequenceState.PAUSED},
        SequenceState.ENDED,
        _("Only a sequence that is in force can be ended."),
    )
    under_way = list(sequence.entrants.filter(state=EntrantState.ACTIVE).values_list("pk", flat=True))
    stopped = stop_entrants(under_way, StopReason.BY_HAND)
    _mailings(sequence).exclude(state=MailingState.SENT).update(state=MailingState.STOPPED, ended_at=timezone.now())
    return stopped


def stop_by_hand(entrants: QuerySet[SequenceEntrant], *, by: Membership) -> int:
    """Take partners out of their sequence; returns how many were under way."""
    _must(by, Right.CAMPAIGNS_SEND)
    return stop_entrants(list(entrants.values_list("pk", flat=True)), StopReason.BY_HAND)


@transaction.atomic
def stop_entrants(entrants: Sequence[int], reason: StopReason, *, error: str = "") -> int:
    """End it for these, and what waits to be sent to them is not; returns how many were under way."""
    if not entrants:
        return 0
    rows = SequenceEntrant.objects.filter(pk__in=entrants, state=EntrantState.ACTIVE)
    stopped = rows.update(
        state=EntrantState.STOPPED, reason=reason, ended_at=timezone.now(), next_at=None, error=error[:500]
    )
    Message.objects.filter(
        recipient__in=Recipient.objects.filter(entrant__in=entrants).values("pk"), state=MessageState.WAITING
    ).update(state=MessageState.REFUSED, error="stopped")
    return stopped


@transaction.atomic
def try_again(sequence: SequenceRow, *, by: Membership) -> int:
    """Let all go on at the step at which something went wrong; returns how many."""
    _must(by, Right.CAMPAIGNS_SEND)
    broken = sequence.entrants.filter(state=EntrantState.STOPPED, reason=StopReason.ERROR, step__isnull=False)
    return broken.update(state=EntrantState.ACTIVE, reason="", error="", ended_at=None, next_at=timezone.now())


def let_go(sequence: SequenceRow, *, by: Membership) -> int:
    """Leave those at whom something went wrong out; returns how many."""
    _must(by, Right.CAMPAIGNS_SEND)
    broken = sequence.entrants.filter(state=EntrantState.STOPPED, reason=StopReason.ERROR)
    return broken.update(reason=StopReason.BY_HAND)


def _mailings(sequence: SequenceRow) -> QuerySet[Mailing]:
    return Mailing.objects.filter(campaign__in=_carriers(sequence).values("carrier"))


def _locked(sequence: SequenceRow) -> SequenceRow:
    found: Any = SequenceRow.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "manufacturer", "owner"
    )
    return found.get(pk=sequence.pk)


def _change(sequence: SequenceRow, by: Membership, before: set[str], after: str, otherwise: str) -> None:
    _must(by, Right.CAMPAIGNS_SEND)
    if not SequenceRow.objects.filter(pk=sequence.pk, state__in=before).update(state=after):
        raise SequenceError(otherwise)
    sequence.refresh_from_db(fields=["state", "running_since"])
