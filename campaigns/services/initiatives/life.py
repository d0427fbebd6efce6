"""An initiative's way: written, started for its partners, ended; and written again."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.models import (
    Asset,
    Initiative,
    InitiativeMaterial,
    InitiativePartner,
    InitiativeState,
    InitiativeStep,
)
from campaigns.services.initiatives import telling
from campaigns.services.initiatives.common import InitiativeError, locked, must_be_draft, must_edit
from pages import formats
from partners.models import AudienceMember, Stage
from partners.selectors.partners import partners_for
from partners.services.audiences import freeze_audience
from tenancy.models import Membership

MOST_STEPS = 20
PLANNED = ("names", "goals", "kpi", "kpi_target", "owner", "audience", "starts_on", "ends_on")
STILL_OPEN = ("owner", "ends_on")
"""What is kept of its plan when it changes: of a draft all that is planned, of one that runs what can still change."""
LEAD = dt.timedelta(days=7)
"""A copy begins so many days from now."""

PUT_IN = """
    INSERT INTO campaigns_initiativepartner (initiative_id, partner_id, like_name, reason, done_count, told_at)
    SELECT %s, found.id, '', '', 0, NULL FROM ({companies}) found (id) ORDER BY found.id ON CONFLICT DO NOTHING
"""
GIVE_STEPS = """
    INSERT INTO campaigns_initiativework (row_id, initiative_id, partner_id, step_id, due_on, note)
    SELECT r.id, r.initiative_id, r.partner_id, s.id, coalesce(s.due_on, %(day)s::date + s.due_days), ''
    FROM campaigns_initiativepartner r
    JOIN campaigns_initiativestep s ON s.initiative_id = r.initiative_id
    WHERE r.initiative_id = %(initiative)s
    ORDER BY r.id, s."order", s.id
"""


# --- Writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_initiative(initiative: Initiative, *, by: Membership) -> Initiative:
    """Keep its plan, new or changed. Of one that runs, its last day and whose it is can still change."""
    if initiative._state.adding:
        initiative.save()
        return initiative
    before = locked(initiative.pk)
    must_edit(before, by)
    if before.is_ended:
        raise InitiativeError(_("It has ended: what was planned stays as it was."))
    if before.state != initiative.state:
        raise InitiativeError(
            _("A colleague has started it meanwhile: open it again, and change what still can change.")
        )
    initiative.save(update_fields=[*(PLANNED if before.is_draft else STILL_OPEN), "updated_at"])
    return initiative


@transaction.atomic
def save_step(step: InitiativeStep, assets: Sequence[Asset], *, by: Membership) -> InitiativeStep:
    """Keep a step with its material, new at the end or changed."""
    initiative = locked(step.initiative_id)
    must_edit(initiative, by)
    must_be_draft(initiative)
    if step._state.adding:
        orders = list(initiative.steps.values_list("order", flat=True))
        if len(orders) >= MOST_STEPS:
            raise InitiativeError(_("An initiative has at most %(most)s steps.") % {"most": MOST_STEPS})
        step.order = max(orders, default=0) + 1
    step.save()
    step.materials.exclude(asset__in=assets).delete()
    InitiativeMaterial.objects.bulk_create(
        [InitiativeMaterial(step=step, asset=asset) for asset in assets], ignore_conflicts=True
    )
    return step


@transaction.atomic
def remove_step(initiative: Initiative, key: int, *, by: Membership) -> None:
    """Take a step out."""
    initiative = locked(initiative.pk)
    must_edit(initiative, by)
    must_be_draft(initiative)
    InitiativeMaterial.objects.filter(step__initiative=initiative, step=key).delete()
    initiative.steps.filter(pk=key).delete()


@transaction.atomic
def move_step(initiative: Initiative, key: int, *, by: Membership) -> None:
    """Put a step before the one that stands before it."""
    initiative = locked(initiative.pk)
    must_edit(initiative, by)
    must_be_draft(initiative)
    steps = list(initiative.steps.order_by("order", "pk"))
    place = next((number for number, step in enumerate(steps) if step.pk == key), 0)
    if place:
        steps[place - 1], steps[place] = steps[place], steps[place - 1]
        for number, step in enumerate(steps, start=1):
            step.order = number
        InitiativeStep.objects.bulk_update(steps, ["order"])


@transaction.atomic
def copy_initiative(initiative: Initiative, *, by: Membership) -> Initiative:
    """A draft after this one, from next week on: its words, steps, material and audience, owned by who copies it."""
    moved = timezone.localdate() + LEAD - initiative.starts_on
    copied = Initiative.objects.create(
        names={code: _("%(name)s (copy)") % {"name": name} for code, name in initiative.names.items()},
        goals=initiative.goals,
        kpi=initiative.kpi,
        kpi_target=initiative.kpi_target,
        owner=by,
        starts_on=initiative.starts_on + moved,
        ends_on=initiative.ends_on + moved,
        audience=initiative.audience,
    )
    copy_steps(initiative, copied, moved)
    return copied


def copy_steps(initiative: Initiative, copied: Initiative, moved: dt.timedelta) -> None:
    """The same steps with their material, their days moved by so much."""
    steps = list(initiative.steps.order_by("order", "pk").prefetch_related("materials"))
    twins = InitiativeStep.objects.bulk_create(
        [
            InitiativeStep(
                initiative=copied,
                order=step.order,
                titles=step.titles,
                instructions=step.instructions,
                due_on=step.due_on + moved if step.due_on else None,
                due_days=step.due_days,
                proof=step.proof,
            )
            for step in steps
        ]
    )
    InitiativeMaterial.objects.bulk_create(
        [
            InitiativeMaterial(step=twin, asset_id=material.asset_id)
            for step, twin in zip(steps, twins, strict=True)
            for material in step.materials.all()
        ]
    )


@transaction.atomic
def discard(initiative: Initiative, *, by: Membership) -> None:
    """Throw a draft away."""
    initiative = locked(initiative.pk)
    must_edit(initiative, by)
    if not initiative.is_draft:
        raise InitiativeError(_("Only a draft can be thrown away. End what runs."))
    initiative.rows.all().delete()
    InitiativeMaterial.objects.filter(step__initiative=initiative).delete()
    initiative.steps.all().delete()
    initiative.delete()


# --- Start and end ----------------------------------------------------------------------------------------------------


@transaction.atomic
def start(initiative: Initiative, *, by: Membership) -> int:
    """Fix who is in it and by when each step is due, and tell the partners; how many those are.

    They are those of its audience whom its owner sees; of one that is carried over, those proposed that it still sees.
    """
    initiative = locked(initiative.pk)
    must_edit(initiative, by)
    if not initiative.is_draft:
        raise InitiativeError(_("It has started already."))
    now, today = timezone.now(), timezone.localdate()
    steps = list(initiative.steps.order_by("order", "pk"))
    _check(initiative, steps, today)
    seen = partners_for(initiative.owner).exclude(stage=Stage.ENDED).order_by()
    if initiative.carried_from_id:
        InitiativePartner.objects.filter(initiative=initiative).exclude(partner__in=seen.values("pk")).delete()
    else:
        InitiativePartner.objects.filter(initiative=initiative).delete()
        if initiative.audience is not None:
            initiative.snapshot = freeze_audience(initiative.audience, by=initiative.owner, note=initiative.name[:200])
            members = AudienceMember.objects.filter(snapshot=initiative.snapshot).values("partner")
            seen = seen.filter(pk__in=members)
        _put_in(initiative, seen.values("pk"))
    due = [day for step in steps if (day := due_day(step, today))]
    count = InitiativePartner.objects.filter(initiative=initiative).update(
        told_at=now, next_due_on=min(due, default=None)
    )
    if not count:
        raise InitiativeError(_("Nobody is in its audience now, so nobody would carry it out."))
    with connection.cursor() as cursor:
        cursor.execute(GIVE_STEPS, {"initiative": initiative.pk, "day": today})
    initiative.state, initiative.started_at, initiative.started_by = InitiativeState.RUNNING, now, by
    initiative.starts_on, initiative.step_count = today, len(steps)
    initiative.save(
        update_fields=["state", "started_at", "started_by", "starts_on", "step_count", "snapshot", "updated_at"]
    )
    telling.tell_new(initiative)
    return count


def due_day(step: InitiativeStep, begins: dt.date) -> dt.date | None:
    """By when a step is due of an initiative that begins on a day."""
    return begins + dt.timedelta(days=step.due_days) if step.due_days is not None else step.due_on


def missing(initiative: Initiative, steps: Sequence[InitiativeStep], today: dt.date) -> list[str]:
    """What a draft still needs before it can start, as sentences."""
    found = []
    if not steps:
        found.append(_("Say what is to be done: add a step."))
    if initiative.ends_on < today:
        found.append(_("Its last day is over: set another."))
    for step in steps:
        day = due_day(step, today)
        if day is not None and not today <= day <= initiative.ends_on:
            found.append(
                _("“%(step)s” would be due on %(day)s: that is not between today and its last day.")
                % {"step": step.title, "day": formats.date(day, get_language())}
            )
    return found


def _check(initiative: Initiative, steps: Sequence[InitiativeStep], today: dt.date) -> None:
    if problems := missing(initiative, steps, today):
        raise InitiativeError(problems[0])


def _put_in(initiative: Initiative, companies: object) -> None:
    sql, params = companies.query.sql_with_params()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN.format(companies=sql), [initiative.pk, *params])


@transaction.atomic
def end(initiative: Initiative, *, by: Membership | None, reason: str = "") -> Initiative:
    """End it: partners read it still, and mark nothing any more. By a person with a reason; by the clock without."""
    initiative = locked(initiative.pk)
    reason = reason.strip()
    if by is not None:
        must_edit(initiative, by)
        if not reason:
            raise InitiativeError(_("Say why it ends: it is kept with it."))
    if not initiative.is_running:
        raise InitiativeError(_("It does not run any more."))
    initiative.state, initiative.ended_at, initiative.ended_by = InitiativeState.ENDED, timezone.now(), by
    initiative.end_reason = reason[:500]
    initiative.save(update_fields=["state", "ended_at", "ended_by", "end_reason", "updated_at"])
    return initiative
