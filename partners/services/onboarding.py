"""Journeys: started, gone through, and reminded of; the only writer of journeys and their steps."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell_from
from partners.journey_checks import step_type, step_types
from partners.models import (
    Journey,
    JourneyItem,
    JourneyPhase,
    JourneyStep,
    JourneyTemplate,
    Paper,
    PaperType,
    Partner,
    Stage,
)
from partners.notice_kinds.partners import JOURNEY_DONE, JOURNEY_DUE, JOURNEY_REMINDER, JOURNEY_STALLED, JOURNEY_STARTED
from partners.selectors.onboarding import may_tick, stalled
from partners.services.papers import hand_in_paper
from partners.services.partners import PartnerError
from tenancy.files import clean_name, digest
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with

UPLOAD = "upload"
CHUNK = 500
"""Journeys are looked at so many at a time."""

RUNNING = Journey.State.RUNNING
Side = JourneyStep.Side


def template_for(partner: Partner) -> JourneyTemplate | None:
    """The published template for the partner's kind, else the one for all kinds."""
    published = JourneyTemplate.objects.filter(state=JourneyTemplate.State.PUBLISHED)
    return published.filter(kind=partner.kind_id).first() or published.filter(kind=None).first()


@transaction.atomic
def start_journey(partner: Partner, *, by: Membership | None, template: JourneyTemplate | None = None) -> Journey:
    """Send a partner on its way; the one that runs already stays. What is done already is ticked at once."""
    Partner.objects.select_for_update(no_key=True, of=("self",)).get(pk=partner.pk)
    running = Journey.objects.filter(partner=partner, state=RUNNING).first()
    if running is not None:
        return running
    template = template or template_for(partner)
    if template is None:
        raise PartnerError(_("There is no journey for “%(kind)s” yet. Publish one first.") % {"kind": partner.kind})
    now, today = timezone.now(), timezone.localdate()
    steps = list(JourneyStep.objects.filter(phase__template=template))
    journey = Journey.objects.create(
        partner=partner, template=template, started_at=now, started_by=by, moved_at=now, steps=len(steps)
    )
    JourneyItem.objects.bulk_create(
        JourneyItem(
            journey=journey,
            partner=partner,
            step=step,
            position=number,
            due_on=today + dt.timedelta(days=step.due_days),
        )
        for number, step in enumerate(steps, start=1)
    )
    check_journeys(Journey.objects.filter(pk=journey.pk))
    journey.refresh_from_db()
    if journey.state == RUNNING:
        tell_from(
            [
                (member.pk, f"journey-{journey.pk}", {"template": template.names, "steps": journey.steps})
                for member in _partner_people([partner.pk])
            ],
            JOURNEY_STARTED,
        )
    return journey


@transaction.atomic
def stop_journey(journey: Journey) -> Journey:
    """The journey is not needed any more; what was done stays."""
    journey = Journey.objects.select_for_update().get(pk=journey.pk)
    if journey.state == RUNNING:
        journey.state, journey.finished_at = Journey.State.STOPPED, timezone.now()
        journey.save(update_fields=["state", "finished_at"])
    return journey


# --- Found out -------------------------------------------------------------------------------------------------------


def check_journeys(journeys: QuerySet[Journey] | None = None) -> int:
    """Tick what is done meanwhile in running journeys, all of them if none are named; returns how many steps.

    Set-based: the queries depend on the steps of the templates, not on the number of partners. Safe to run again.
    """
    chosen = (journeys if journeys is not None else Journey.objects.all()).filter(state=RUNNING)
    keys = list(chosen.order_by("pk").values_list("pk", flat=True))
    return sum(_check_chunk(keys[start : start + CHUNK]) for start in range(0, len(keys), CHUNK))


def check_partner(partner: Partner) -> int:
    """Something about the partner changed: tick what it completes. One query where the partner is on no journey."""
    if not Journey.objects.filter(partner=partner, state=RUNNING).exists():
        return 0
    with house_scope():
        return check_journeys(Journey.objects.filter(partner=partner))


@transaction.atomic
def _check_chunk(keys: Sequence[int]) -> int:
    # Locked in one order, so that what two find at once is counted by both.
    locked = list(
        Journey.objects.select_for_update()
        .filter(pk__in=keys, state=RUNNING)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    automatic = [each.key for each in step_types() if each.is_automatic]
    open_items = JourneyItem.objects.filter(journey__in=locked, done_at=None, step__type__in=automatic)
    waiting: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for item, partner, kind, subject in open_items.values_list("pk", "partner", "step__type", "step__subject"):
        waiting[kind, subject][partner].append(item)
    done: list[int] = []
    for (kind, subject), by_partner in waiting.items():
        check = step_type(kind).done
        found = check(list(by_partner), subject) if check else set()
        done += [item for partner in found for item in by_partner.get(partner, [])]
    if done:
        JourneyItem.objects.filter(pk__in=done, done_at=None).update(done_at=timezone.now(), how=JourneyItem.How.CHECK)
    _count(locked)
    return len(done)


COUNT = """
UPDATE partners_journey j
SET done = c.done, moved_at = greatest(j.moved_at, c.moved_at), next_due_on = c.next_due_on
FROM (
    SELECT journey_id, count(done_at) AS done, max(done_at) AS moved_at,
        min(due_on) FILTER (WHERE done_at IS NULL) AS next_due_on
    FROM partners_journeyitem WHERE journey_id = ANY (%(keys)s) GROUP BY journey_id
) c
WHERE c.journey_id = j.id
    AND (j.done, j.next_due_on) IS DISTINCT FROM (c.done, c.next_due_on)
"""


def _count(keys: Sequence[int]) -> None:
    """Bring the totals of journeys in step with their items, and finish those where all is done."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"keys": list(keys)})
    finished = list(
        Journey.objects.filter(pk__in=keys, state=RUNNING, steps__gt=0, done=F("steps")).select_related(
            "partner", "template"
        )
    )
    if finished:
        Journey.objects.filter(pk__in=[journey.pk for journey in finished]).update(
            state=Journey.State.DONE, finished_at=timezone.now()
        )
    for journey in finished:
        _finish(journey)


def _finish(journey: Journey) -> None:
    from partners.services.lifecycle import propose_stage, set_stage

    partner = journey.partner
    if partner.stage in (Stage.PROSPECT, Stage.APPLICANT, Stage.ONBOARDING):
        if journey.template.finish == JourneyTemplate.Finish.AUTOMATIC:
            set_stage(partner, Stage.ACTIVE, note=_("All steps of its journey are done"))
        else:
            propose_stage(partner, Stage.ACTIVE, {"journey": journey.pk})
    people = [member.pk for member in _partner_people([partner.pk])]
    if partner.channel_manager_id:
        people.append(partner.channel_manager_id)
    facts = {"partner": partner.names, "journey": journey.pk, "steps": journey.steps}
    tell_from([(pk, f"journey-done-{journey.pk}", facts) for pk in people], JOURNEY_DONE)


# --- By hand -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def complete_item(
    item: JourneyItem,
    *,
    by: Membership,
    note: str = "",
    meeting_at: dt.datetime | None = None,
    upload: Any = None,
    upload_type: str = "",
) -> JourneyItem:
    """Tick a step. Again, or by two at once, it stays as the first one left it."""
    if not may_tick(item, by):
        raise PartnerError(_("This step is not yours to tick."))
    with house_scope():
        item = _locked_item(item)
        if item.done_at is not None:
            return item
        _refuse_too_early(item)
        takes = step_type(item.step.type).takes
        if takes == "file" and upload is None and not by.is_staff:
            raise PartnerError(_("Choose the file first."))
        if upload is not None:
            _store(item, upload, upload_type)
            _keep_paper(item, upload, by)
        if meeting_at is not None:
            item.meeting_at = meeting_at
        item.done_at, item.done_by, item.how = timezone.now(), by, JourneyItem.How.HAND
        item.note = note.strip()[:500]
        item.save()
        _count([item.journey_id])
        return item


def _keep_paper(item: JourneyItem, upload: Any, by: Membership) -> None:
    """A step that names a compliance paper hands it in as such: from the partner it waits for review."""
    if item.step.type != UPLOAD or not item.step.subject:
        return
    kind = PaperType.objects.filter(code=item.step.subject, is_retired=False).first()
    if kind is not None:
        upload.seek(0)
        try:
            hand_in_paper(item.partner, kind, upload=upload, by=by, on_journey=True)
        except ValidationError as error:
            raise PartnerError(" ".join(error.messages)) from error


def paper_handed_in(paper: Paper) -> int:
    """A paper came by another way: the step of a running journey that asks for it is done. Returns how many are."""
    with house_scope():
        items = JourneyItem.objects.filter(
            partner=paper.partner_id,
            done_at=None,
            journey__state=RUNNING,
            step__type=UPLOAD,
            step__subject=paper.type.code,
        )
        found = list(items.order_by("pk").values_list("pk", "journey_id"))
        JourneyItem.objects.filter(pk__in=[pk for pk, _journey in found], done_at=None).update(
            done_at=timezone.now(), how=JourneyItem.How.CHECK, note=paper.original_name[:500]
        )
        if found:
            _count(sorted({journey for _pk, journey in found}))
        return len(found)


@transaction.atomic
def reopen_item(item: JourneyItem, *, by: Membership) -> JourneyItem:
    """Staff take a tick back while the journey runs."""
    if not (by.is_staff and by.can(Right.PARTNERS_EDIT)):
        raise PartnerError(_("This step is not yours to tick."))
    item = _locked_item(item)
    item.done_at, item.done_by, item.how = None, None, ""
    item.save(update_fields=["done_at", "done_by", "how"])
    _count([item.journey_id])
    return item


@transaction.atomic
def fix_meeting(item: JourneyItem, *, by: Membership, meeting_at: dt.datetime) -> JourneyItem:
    """Say when both meet; either side may, until they have met."""
    may = may_tick(item, by) or (not by.is_staff and by.partner_id == item.partner_id and by.can(Right.PORTAL_WORK))
    if not may or step_type(item.step.type).takes != "meeting":
        raise PartnerError(_("This step has no meeting to fix."))
    with house_scope():
        item = _locked_item(item)
        if item.done_at is not None:
            raise PartnerError(_("You have met already."))
        item.meeting_at = meeting_at
        item.save(update_fields=["meeting_at"])
    return item


def _locked_item(item: JourneyItem) -> JourneyItem:
    """The item as it is now, its journey locked and running."""
    journey = Journey.objects.select_for_update().get(pk=item.journey_id)
    if journey.state != RUNNING:
        raise PartnerError(_("This journey is over; its steps stay as they are."))
    return JourneyItem.objects.select_related("step").get(pk=item.pk)


def _refuse_too_early(item: JourneyItem) -> None:
    if not item.step.after_previous:
        return
    before = (
        JourneyItem.objects.filter(journey=item.journey_id, position__lt=item.position)
        .select_related("step")
        .order_by("-position")
        .first()
    )
    if before is not None and before.done_at is None:
        raise PartnerError(_("First comes “%(step)s”.") % {"step": before.step})


def _store(item: JourneyItem, upload: Any, content_type: str) -> None:
    item.file_name, item.file_type, item.file_sha256 = clean_name(upload.name), content_type, digest(upload)
    item.file.save(upload.name, upload, save=False)


# --- Reminders -------------------------------------------------------------------------------------------------------


def remind(journeys: QuerySet[Journey]) -> int:
    """Remind partners of what they have to do next; the same partner once a day. Returns how many journeys."""
    chosen = list(journeys.filter(state=RUNNING).order_by("pk").select_related("template"))
    rows, today = [], timezone.localdate()
    next_items = _next_items([journey.pk for journey in chosen], Side.PARTNER)
    people = _people_by_partner([journey.partner_id for journey in chosen])
    reminded = 0
    for journey in chosen:
        item = next_items.get(journey.pk)
        if item is None or journey.partner_id not in people:
            continue
        reminded += 1
        facts = {"step": item.step.titles, "due_on": item.due_on, "left": journey.steps - journey.done}
        rows += [(pk, f"journey-remind-{journey.pk}-{today}", facts) for pk in people[journey.partner_id]]
    tell_from(rows, JOURNEY_REMINDER)
    return reminded


def remind_of_due(today: dt.date) -> int:
    """Tell both sides of steps that are due and journeys that stand still: each once. Returns how many were told."""
    told = 0
    due = (
        JourneyItem.objects.filter(journey__state=RUNNING, done_at=None, due_on__lte=today)
        .values("journey", "partner", "step__side", "partner__channel_manager")
        .annotate(count=Count("pk"), latest=Max("due_on"))
        .order_by("journey", "step__side")
    )
    found = list(due)
    people = _people_by_partner([row["partner"] for row in found if row["step__side"] == Side.PARTNER])
    names = _partner_names([row["partner"] for row in found])
    rows: list[tuple[int, str, dict[str, Any]]] = []
    for row in found:
        facts = {"count": row["count"], "partner": names[row["partner"]], "journey": row["journey"]}
        key = f"journey-due-{row['journey']}-{row['step__side']}-{row['latest']}"
        if row["step__side"] == Side.PARTNER:
            rows += [(pk, key, facts) for pk in people.get(row["partner"], [])]
        elif row["partner__channel_manager"]:
            rows.append((row["partner__channel_manager"], key, facts))
    told += tell_from(rows, JOURNEY_DUE)
    still: list[tuple[int, str, dict[str, Any]]] = [
        (
            journey.partner.channel_manager_id or 0,
            f"journey-stalled-{journey.pk}-{timezone.localdate(journey.moved_at)}",
            {
                "partner": journey.partner.names,
                "journey": journey.pk,
                "days": (today - timezone.localdate(journey.moved_at)).days,
            },
        )
        for journey in stalled(Journey.objects.filter(partner__channel_manager__isnull=False), today).select_related(
            "partner"
        )
    ]
    return told + tell_from(still, JOURNEY_STALLED)


def _next_items(keys: Iterable[int], side: str) -> dict[int, JourneyItem]:
    """The first open step of a side in each journey."""
    items = (
        JourneyItem.objects.filter(journey__in=list(keys), done_at=None, step__side=side)
        .order_by("journey", "position")
        .distinct("journey")
        .select_related("step")
    )
    return {item.journey_id: item for item in items}


def _partner_people(partner_ids: Iterable[int]) -> QuerySet[Membership]:
    """Who hears of journeys at partners: those who can do what they ask for."""
    return members_with(Right.PORTAL_PROFILE_EDIT).filter(partner__in=list(partner_ids))


def _people_by_partner(partner_ids: Iterable[int]) -> dict[int, list[int]]:
    people: dict[int, list[int]] = defaultdict(list)
    for pk, partner in _partner_people(set(partner_ids)).values_list("pk", "partner").order_by("pk"):
        people[partner].append(pk)
    return people


def _partner_names(partner_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    found = Partner.objects.filter(pk__in=set(partner_ids)).only("name", "local_name")
    return {partner.pk: partner.names for partner in found}


# --- Templates -------------------------------------------------------------------------------------------------------


def is_frozen(template: JourneyTemplate) -> bool:
    """Whether a journey follows this version, so that it stays as it is."""
    return template.state == JourneyTemplate.State.RETIRED or template.journeys.exists()


def refuse_frozen(template: JourneyTemplate) -> None:
    """Stop whoever would change a version that journeys follow."""
    if is_frozen(template):
        raise PartnerError(_("Journeys follow this version, so it stays as it is. Make a new version to change it."))


@transaction.atomic
def save_template(template: JourneyTemplate) -> JourneyTemplate:
    """Keep what is said about a template; a new one begins as a draft. One that was published since it was read stays out."""
    if template.pk:
        refuse_frozen(JourneyTemplate.objects.select_for_update(no_key=True).get(pk=template.pk))
        template.save(update_fields=["names", "kind", "finish", "stalled_days"])
    else:
        template.family = uuid.uuid4()
        template.save()
    return template


@transaction.atomic
def publish_template(template: JourneyTemplate) -> JourneyTemplate:
    """From now on new journeys of the kind follow this version; the one before retires."""
    template = JourneyTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if template.state == JourneyTemplate.State.PUBLISHED:
        return template
    if not JourneyStep.objects.filter(phase__template=template).exists():
        raise PartnerError(_("A journey needs at least one step before it is published."))
    published = JourneyTemplate.objects.filter(kind=template.kind_id, state=JourneyTemplate.State.PUBLISHED)
    published.update(state=JourneyTemplate.State.RETIRED)
    template.state, template.published_at = JourneyTemplate.State.PUBLISHED, timezone.now()
    template.save(update_fields=["state", "published_at"])
    return template


@transaction.atomic
def new_version(template: JourneyTemplate) -> JourneyTemplate:
    """A draft with the same phases and steps, to change; the draft there is already, if there is one."""
    family = JourneyTemplate.objects.select_for_update(of=("self",)).filter(family=template.family)
    versions = list(family.order_by("version"))
    draft = next((each for each in versions if each.state == JourneyTemplate.State.DRAFT), None)
    if draft is not None:
        return draft
    phases = list(template.phases.prefetch_related("steps"))
    copy = JourneyTemplate.objects.create(
        family=template.family,
        version=versions[-1].version + 1,
        names=template.names,
        kind=template.kind,
        finish=template.finish,
        stalled_days=template.stalled_days,
    )
    for phase in phases:
        steps = list(phase.steps.all())
        phase.pk, phase.template = None, copy
        phase._state.adding = True
        phase.save()
        for step in steps:
            step.pk, step.phase = None, phase
        JourneyStep.objects.bulk_create(steps)
    return copy


@transaction.atomic
def retire_template(template: JourneyTemplate) -> JourneyTemplate | None:
    """No new journey follows it; a draft that nothing follows goes altogether, and nothing is returned."""
    if template.state == JourneyTemplate.State.DRAFT and not template.journeys.exists():
        template.delete()
        return None
    template.state = JourneyTemplate.State.RETIRED
    template.save(update_fields=["state"])
    return template


@transaction.atomic
def save_phase(phase: JourneyPhase) -> JourneyPhase:
    """Keep a phase; a new one comes last."""
    refuse_frozen(phase.template)
    if not phase.pk:
        phase.order = (phase.template.phases.aggregate(last=Max("order"))["last"] or 0) + 1
    phase.save()
    return phase


@transaction.atomic
def save_step(step: JourneyStep) -> JourneyStep:
    """Keep a step; a new one comes last in its phase."""
    refuse_frozen(step.phase.template)
    if not step.pk:
        step.order = (step.phase.steps.aggregate(last=Max("order"))["last"] or 0) + 1
    step.save()
    return step


def remove_part(part: JourneyPhase | JourneyStep) -> None:
    """Take a phase with its steps, or a step, out of a template that nothing follows."""
    refuse_frozen(part.template if isinstance(part, JourneyPhase) else part.phase.template)
    part.delete()
