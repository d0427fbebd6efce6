"""Sequences: a welcome and one for who has gone silent, with partners at several of their steps, and one being written."""

import datetime as dt
import heapq
import itertools
import zoneinfo
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.models import (
    CampaignVariant,
    EntrantState,
    Mailing,
    Message,
    MessageState,
    Recipient,
    Response,
    Sequence,
    SequenceEntrant,
    SequenceStep,
    SequenceVersion,
    SequenceVisit,
    StepKind,
    StopReason,
)
from campaigns.sequence_checks import problems_of
from campaigns.sequence_facts import Facts, plan_of
from campaigns.sequence_walk import Taken, Walker, walk
from campaigns.services.sequence_running import entrants_sql
from campaigns.services.sequence_trials import try_on_the_past
from campaigns.services.sequences import put_in_force, save_sequence, save_step
from partners.models import Journey, Stage, StageMove
from prm_portal.demo_stories.sequence_texts import NAMES, TASKS, TEXTS
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

AT_WORK = dt.timedelta(hours=10)
"""Mails of the past went so long after the day began."""
ANSWERS_EVERY, OPENS_EVERY = 9, 2
BACK = {"welcome": 90, "silence": 75}
"""For so many days each has been running."""

SILENT_FOR = {"ko": 60, "ja": 90}
"""After so many days without an order: the demo's dealers in Korea order often."""

Step = dict[str, Any]
STORIES: dict[str, tuple[dict[str, Any], list[Step]]] = {
    "welcome": (
        {"event": "welcomed", "is_advertising": False, "holdout": 0, "stops_on_answer": False},
        [
            {"kind": "message", "text": "welcome"},
            {"kind": "task", "text": "call", "days": 2, "is_business_days": True},
            {"kind": "wait", "days": 7},
            {"kind": "branch", "test": "opened", "to": 5},
            {"kind": "notice", "text": "portal"},
            {"kind": "wait", "days": 21},
            {"kind": "branch", "test": "ordered", "to": 8},
            {"kind": "message", "text": "first_order"},
        ],
    ),
    "silence": (
        {"event": "silence", "is_advertising": True, "holdout": 10, "stops_on_order": True},
        [
            {"kind": "message", "text": "missed"},
            {"kind": "wait", "days": 10, "is_business_days": True},
            {"kind": "message", "text": "offer"},
            {"kind": "wait", "days": 14},
            {"kind": "task", "text": "visit", "days": 5, "is_business_days": True},
        ],
    ),
    "expiry": (
        {"event": "agreement_ends", "event_days": 60, "is_advertising": False, "holdout": 0},
        [
            {"kind": "message", "text": "expiry"},
            {"kind": "task", "text": "renew", "days": 10, "is_business_days": True},
            {"kind": "wait", "days": 30},
        ],
    ),
}


def tell_sequences(manufacturer: Manufacturer, today: dt.date) -> None:
    """Two that run, with what they did so far walked as it would have been, and a draft."""
    if Sequence.objects.exists():
        return
    own = "ko" if "ko" in manufacturer.languages[:1] else "ja"
    staff = Membership.objects.filter(partner=None, is_active=True)
    owner = staff.filter(role=Role.MARKETING).order_by("pk").first() or staff.filter(role=Role.OWNER).get()
    _note_welcomes(owner)
    for key in STORIES:
        version = _write(key, manufacturer, own, owner)
        if key in BACK and not problems_of(version):
            try_on_the_past(version, by=owner)
            version = put_in_force(version.sequence, by=owner)
            _look_back(key, version)


def _note_welcomes(by: Membership) -> None:
    """Whoever is on a journey came to that stage on its first day."""
    known = StageMove.objects.filter(after=Stage.ONBOARDING).values("partner")
    journeys = Journey.objects.exclude(partner__in=known).order_by("started_at", "pk")
    StageMove.objects.bulk_create(
        StageMove(partner_id=partner, before=Stage.APPLICANT, after=Stage.ONBOARDING, at=at, by=by)
        for partner, at in journeys.values_list("partner", "started_at")
    )


def _write(key: str, manufacturer: Manufacturer, own: str, owner: Membership) -> SequenceVersion:
    values, steps = STORIES[key]
    name, purpose = NAMES[own][key]
    if key == "silence":
        values = values | {"event_days": SILENT_FOR[own]}
    sequence = Sequence(name=name, purpose=purpose, owner=owner)
    sequence.manufacturer = manufacturer
    version = SequenceVersion(**values)
    save_sequence(sequence, version, by=owner)
    made = []
    for fields in steps:
        own_fields = {field: value for field, value in fields.items() if field not in ("to", "text")}
        texts, text = None, fields.get("text", "")
        if fields["kind"] in ("message", "notice"):
            texts = {language: TEXTS[language][text] for language in manufacturer.languages if language in TEXTS}
        elif text:
            own_fields["titles"] = {language: TASKS[language][text] for language in TASKS}
        made.append(save_step(SequenceStep(version=version, **own_fields), texts=texts, by=owner))
    made.append(version.steps.get(kind=StepKind.END))
    for step, fields in zip(made, steps, strict=False):
        if "to" in fields:
            step.refresh_from_db()
            step.target = made[fields["to"]]
            save_step(step, by=owner)
    return version


def _look_back(key: str, version: SequenceVersion) -> None:
    """Whoever would have entered since it runs stands where it would stand now."""
    now = timezone.now()
    since = now - dt.timedelta(days=BACK[key])
    Sequence.objects.filter(pk=version.sequence_id).update(running_since=since, created_at=since - dt.timedelta(days=3))
    SequenceVersion.objects.filter(pk=version.pk).update(published_at=since)
    found = entrants_sql(version, since, now)
    assert found is not None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({found[0]}) f ORDER BY f.at, f.key", found[1])  # noqa: S608 (our own words)
        rows = cursor.fetchall()
    steps = list(version.steps.order_by("position"))
    entrants = SequenceEntrant.objects.bulk_create(
        SequenceEntrant(
            sequence_id=version.sequence_id,
            version=version,
            partner_id=partner,
            contact_id=contact,
            event_key=event,
            event_at=at,
            entered_at=at,
            state=EntrantState.HELD if is_held else EntrantState.ACTIVE,
            step=steps[0],
            next_at=None if is_held else at,
        )
        for partner, contact, at, event, is_held in rows
    )
    zone = zoneinfo.ZoneInfo(version.sequence.manufacturer.timezone)
    under_way = {entrant.pk: entrant for entrant in entrants if entrant.state == EntrantState.ACTIVE}
    walkers = [
        Walker(pk, row.partner_id, row.contact_id, row.event_at.astimezone(zone).date(), steps[0].pk, row.event_at)
        for pk, row in under_way.items()
    ]
    facts = Facts(version, steps, walkers, first=since.date(), last=now.date(), is_trial=True)
    taken = _walk_until(now, version, steps, walkers, facts)
    SequenceVisit.objects.bulk_create(
        SequenceVisit(
            entrant_id=walker.key,
            step_id=each.step.pk,
            at=each.at,
            outcome=each.outcome,
            people=len(each.readers),
            left_out=each.left_out,
        )
        for walker, each in taken
    )
    answered = _send(version, steps, taken, now)
    for walker in walkers:
        entrant = under_way[walker.key]
        entrant.state, entrant.reason, entrant.step_id = walker.state, walker.reason, walker.step
        entrant.held_weeks = walker.held_weeks
        is_active = walker.state == EntrantState.ACTIVE
        if is_active and walker.key in answered and version.stops_on_answer:
            entrant.state, entrant.reason, is_active = EntrantState.STOPPED, StopReason.ANSWERED, False
        entrant.next_at = walker.at if is_active else None
        entrant.ended_at = None if is_active else min(walker.at, now)
    SequenceEntrant.objects.bulk_update(
        under_way.values(), ["state", "reason", "step", "next_at", "ended_at", "held_weeks"]
    )


def _walk_until(
    now: dt.datetime, version: SequenceVersion, steps: list[SequenceStep], walkers: list[Walker], facts: Facts
) -> list[tuple[Walker, Taken]]:
    plan, order = plan_of(version, steps), itertools.count()
    waiting = [(walker.at, next(order), walker) for walker in walkers]
    heapq.heapify(waiting)
    taken = []
    while waiting and waiting[0][0] <= now:
        _at, _number, walker = heapq.heappop(waiting)
        taken += [(walker, each) for each in walk(plan, walker, facts)]
        if walker.state == EntrantState.ACTIVE:
            heapq.heappush(waiting, (walker.at, next(order), walker))
    return taken


def _send(
    version: SequenceVersion, steps: list[SequenceStep], taken: list[tuple[Walker, Taken]], now: dt.datetime
) -> set[int]:
    """What was sent on the way, and what came back on it; whose people answered."""
    answered: set[int] = set()
    lot = itertools.count(1)
    for step in steps:
        own = [(walker, each) for walker, each in taken if each.step.pk == step.pk and each.readers]
        if not own:
            continue
        mailing = Mailing.objects.get(campaign=step.carrier_id)
        variant = CampaignVariant.objects.get(campaign=step.carrier_id)
        recipients = []
        for walker, each in own:
            sent = min(each.at + AT_WORK, now - dt.timedelta(minutes=5))
            for reader in each.readers:
                number = next(lot)
                came = sent + dt.timedelta(minutes=20 + 37 * (number % 60))
                is_answer = number % ANSWERS_EVERY == 0 and came < now
                if is_answer:
                    answered.add(walker.key)
                recipients.append(
                    Recipient(
                        campaign=mailing.campaign,
                        entrant_id=walker.key,
                        variant=variant,
                        arm="rest",
                        sent_at=sent,
                        opened_at=came if came < now and (is_answer or number % OPENS_EVERY == 0) else None,
                        clicked_at=came if is_answer else None,
                        replied_at=came if is_answer else None,
                        **{name: value for name, value in reader.row.items() if name not in ("key", "left_out")},
                    )
                )
        Recipient.objects.bulk_create(recipients)
        Message.objects.bulk_create(
            Message(
                mailing=mailing,
                recipient=row,
                domain=row.address.rpartition("@")[2],
                state=MessageState.SENT,
                due_at=row.sent_at or now,
                sent_at=row.sent_at,
                attempts=1,
            )
            for row in recipients
        )
        Response.objects.bulk_create(
            Response(recipient=row, kind=kind, at=at, detail=detail)
            for row in recipients
            for kind, at, detail in (("open", row.opened_at, ""), ("answer", row.replied_at, "call"))
            if at
        )
    return answered
