"""Sequences by the clock: who enters by which event, and whose next step is due.

Nobody enters twice by one event, since its key stands once in a sequence. Those who are due are taken in batches that two
workers never share, and each batch is one transaction: where they stand, what they are to be sent and what is to be done
are kept together or not at all. What is to be sent stands in rows before anything goes (`campaigns.delivery`), so that a
worker may die at any moment.
"""

import datetime as dt
import logging
import re
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation

from campaigns.events import known_event
from campaigns.models import (
    Arm,
    CampaignChannel,
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
    SequenceVisit,
    StepKind,
    StopReason,
    VersionState,
)
from campaigns.models import Sequence as SequenceRow
from campaigns.sequence_facts import Facts, plan_of
from campaigns.sequence_walk import Taken, Walker, after_wait, walk
from campaigns.services.sending import start_sending
from campaigns.services.sequences import stop_entrants
from partners.models import Partner, Stage
from partners.selectors.audiences import audience_partners
from partners.selectors.partners import partners_for
from partners.services.tasks import create_task
from tenancy.models import LANGUAGE_OF_COUNTRY, Manufacturer, Membership
from tenancy.rls import platform_scope, staff_scope
from tenancy.translation import translated

log = logging.getLogger(__name__)

BATCH = 200
LOOK_BACK = dt.timedelta(days=14)
"""What is known of an event so late still lets its partner in: figures are brought in days after they were made."""
ON_TIME = dt.timedelta(hours=1)
"""Who is taken within this time of being due goes on as if it was to the minute, so that waits do not grow."""
TASK = "sequence"

# The draw of the hold-out goes by the company: the same in every version, and however often it enters.
ENTRANTS = """
    SELECT e.partner_id, e.contact_id, e.at, e.key,
        ('x' || substr(md5(%(seed)s || ':' || e.partner_id), 1, 8))::bit(32)::bigint < %(held)s AS is_held
    FROM ({event}) e JOIN partners_partner p ON p.id = e.partner_id
    WHERE p.stage <> '{ended}' AND p.id IN ({audience})
"""
ENTER = """
    INSERT INTO campaigns_sequenceentrant (
        sequence_id, version_id, partner_id, contact_id, event_key, event_at, entered_at, state, step_id, next_at, reason,
        error, ended_at
    )
    SELECT %(sequence)s, %(version)s, f.partner_id, f.contact_id, f.key, f.at, %(now)s,
        CASE WHEN f.is_held THEN 'held' ELSE 'active' END, %(step)s, CASE WHEN NOT f.is_held THEN %(now)s END, '', '', NULL
    FROM ({found}) f
    ORDER BY f.at, f.key
    ON CONFLICT DO NOTHING
"""


def entrants_sql(version: SequenceVersion, since: dt.datetime, until: dt.datetime) -> tuple[str, dict[str, Any]] | None:
    """Whom the events between two moments let in, as a statement with its parameters; none for an event that is gone.

    Raises BrokenAudienceError where the audience cannot be read.
    """
    event = known_event(version.event)
    if event is None:
        return None
    owner = version.sequence.owner
    partners = partners_for(owner) if version.audience is None else audience_partners(version.audience, owner)
    sql, params = partners.order_by().values("pk").query.sql_with_params()
    names = iter(range(len(params)))
    asked = {f"audience_{number}": value for number, value in enumerate(params)}
    named = re.sub(r"%s", lambda _match: f"%(audience_{next(names)})s", sql)
    return ENTRANTS.format(event=event.sql, ended=Stage.ENDED, audience=named), asked | {
        "since": since,
        "until": until,
        "days": version.event_days or event.days or 0,
        "zone": version.sequence.manufacturer.timezone,
        "seed": str(version.seed),
        "held": round(version.holdout / 100 * 2**32),
    }


def enter(sequence: SequenceRow, version: SequenceVersion, now: dt.datetime) -> int:
    """Let in whom an event concerns that happened since the sequence runs, one statement; returns how many."""
    first = version.steps.order_by("position").values_list("pk", flat=True).first()
    since = max(sequence.running_since or now, now - LOOK_BACK)
    found = entrants_sql(version, since, now)
    if found is None or first is None:
        return 0
    sql, asked = found
    with connection.cursor() as cursor:
        cursor.execute(
            ENTER.format(found=sql),
            asked | {"sequence": sequence.pk, "version": version.pk, "step": first, "now": now},
        )
        return int(cursor.rowcount)


def manufacturers_with_sequences() -> list[int]:
    """Whose sequences run."""
    with platform_scope():
        running = SequenceRow.objects.filter(state=SequenceState.RUNNING, manufacturer__is_active=True)
        return sorted(set(running.values_list("manufacturer_id", flat=True)))


def run(manufacturer_id: int) -> dict[str, int]:
    """Let in, stop whom an answer stops, and take all who are due on, by the manufacturer's days; outside any scope.

    Safe to run again, and at once.
    """
    with staff_scope(manufacturer_id):
        zone = Manufacturer.objects.values_list("timezone", flat=True).get(pk=manufacturer_id)
    counted = {"entered": 0, "stopped": 0, "advanced": 0}
    with timezone.override(zone):
        with staff_scope(manufacturer_id):
            counted["stopped"] = stop_answered()
            counted["entered"] = enter_all()
        while True:
            with staff_scope(manufacturer_id):
                taken = advance()
            counted["advanced"] += taken
            if not taken:
                return counted


def enter_all() -> int:
    """Let in whom the events of all that runs concern; returns how many."""
    entered = 0
    running = SequenceVersion.objects.filter(state=VersionState.LIVE, sequence__state=SequenceState.RUNNING)
    for version in running.select_related("sequence__manufacturer", "sequence__owner", "audience").order_by("pk"):
        try:
            with transaction.atomic():
                entered += enter(version.sequence, version, timezone.now())
        except Exception:
            # One sequence whose audience is broken must not stop the others.
            log.exception("Nobody can enter sequence %s", version.sequence_id)
    return entered


def stop_answered() -> int:
    """End it for those of whom somebody answered, where an answer ends it; returns for how many."""
    answers = Recipient.objects.filter(entrant=OuterRef("pk"), replied_at__isnull=False)
    under_way = SequenceEntrant.objects.filter(state=EntrantState.ACTIVE, version__stops_on_answer=True)
    answered = list(under_way.filter(Exists(answers)).values_list("pk", flat=True))
    return stop_entrants(answered, StopReason.ANSWERED)


@transaction.atomic
def advance(batch: int = BATCH) -> int:
    """Take a batch of those who are due on; returns how many. Nobody whom another worker has in hand."""
    now = timezone.now()
    due = (
        SequenceEntrant.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(state=EntrantState.ACTIVE, next_at__lte=now, sequence__state=SequenceState.RUNNING)
        .order_by("next_at", "pk")
    )
    entrants = list(due[:batch])
    by_version: dict[int, list[SequenceEntrant]] = defaultdict(list)
    for entrant in entrants:
        by_version[entrant.version_id].append(entrant)
    versions = SequenceVersion.objects.select_related("sequence__manufacturer", "sequence__owner").in_bulk(by_version)
    for pk, own in by_version.items():
        _advance_all(versions[pk], own, now)
    return len(entrants)


def _advance_all(version: SequenceVersion, entrants: list[SequenceEntrant], now: dt.datetime) -> None:
    """All of one version at once; where that fails, one by one, so that one does not keep the others."""
    try:
        with transaction.atomic():
            Batch(version, entrants, now).run()
    except Exception as error:
        if len(entrants) > 1:
            for entrant in entrants:
                entrant.refresh_from_db()
                _advance_all(version, [entrant], now)
            return
        log.exception("Partner %s cannot go on in sequence %s", entrants[0].partner_id, version.sequence_id)
        stop_entrants([entrants[0].pk], StopReason.ERROR, error=f"{type(error).__name__}: {error}")


class Batch:
    """Partners of one version who are due."""

    def __init__(self, version: SequenceVersion, entrants: Sequence[SequenceEntrant], now: dt.datetime) -> None:
        self.version, self.now = version, now
        self.entrants = {entrant.pk: entrant for entrant in entrants}
        self.steps = list(version.steps.order_by("position", "pk"))
        zone = zoneinfo.ZoneInfo(version.sequence.manufacturer.timezone)
        self.walkers = [
            Walker(
                key=entrant.pk,
                partner=entrant.partner_id,
                contact=entrant.contact_id,
                event_on=entrant.event_at.astimezone(zone).date(),
                step=entrant.step_id or 0,
                at=self._moment(entrant),
                held_weeks=entrant.held_weeks,
            )
            for entrant in entrants
        ]
        first = min(walker.event_on for walker in self.walkers)
        self.facts = Facts(version, self.steps, self.walkers, first=first, last=now.astimezone(zone).date())

    def _moment(self, entrant: SequenceEntrant) -> dt.datetime:
        planned = entrant.next_at or self.now
        return planned if self.now - planned <= ON_TIME else self.now

    def run(self) -> None:
        """Walk, and keep what came of it."""
        plan = plan_of(self.version, self.steps)
        taken = [(walker, each) for walker in self.walkers for each in walk(plan, walker, self.facts)]
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
        for step in self.steps:
            own = [(walker, each) for walker, each in taken if each.step.pk == step.pk]
            if step.kind == StepKind.TASK:
                self._give_tasks(step, own)
            elif any(each.readers for _walker, each in own):
                self._write(step, own)
        self._keep()

    def _keep(self) -> None:
        for walker in self.walkers:
            entrant = self.entrants[walker.key]
            entrant.state, entrant.reason, entrant.held_weeks = walker.state, walker.reason, walker.held_weeks
            entrant.step_id = walker.step
            is_active = walker.state == EntrantState.ACTIVE
            entrant.next_at = walker.at if is_active else None
            entrant.ended_at = None if is_active else self.now
        SequenceEntrant.objects.bulk_update(
            self.entrants.values(), ["state", "reason", "held_weeks", "step", "next_at", "ended_at"]
        )

    def _write(self, step: SequenceStep, taken: Iterable[tuple[Walker, Taken]]) -> None:
        """A row for each person and message, which the senders of campaigns find."""
        mailing = Mailing.objects.select_related("campaign").get(campaign=step.carrier_id)
        variant = CampaignVariant.objects.get(campaign=step.carrier_id)
        is_mail = mailing.campaign.channel == CampaignChannel.EMAIL
        recipients = Recipient.objects.bulk_create(
            Recipient(
                campaign=mailing.campaign,
                entrant_id=walker.key,
                variant=variant,
                arm=Arm.REST,
                **{name: value for name, value in reader.row.items() if name not in ("key", "left_out")},
            )
            for walker, each in taken
            for reader in each.readers
        )
        Message.objects.bulk_create(
            Message(
                mailing=mailing,
                recipient=recipient,
                domain=recipient.address.rpartition("@")[2].lower() if is_mail else mailing.campaign.channel,
                state=MessageState.WAITING,
                due_at=self.now,
            )
            for recipient in recipients
        )
        if mailing.state == MailingState.SENDING:
            start_sending(self.version.manufacturer_id)

    def _give_tasks(self, step: SequenceStep, taken: Sequence[tuple[Walker, Taken]]) -> None:
        partners = Partner.objects.select_related("channel_manager").in_bulk(
            [walker.partner for walker, _each in taken]
        )
        sequence, business = self.version.sequence, self.facts.business(self.walkers[0])
        for walker, each in taken:
            partner = partners[walker.partner]
            manager: Membership | None = partner.channel_manager
            owner = manager if manager and manager.is_active else sequence.owner
            language = _language_of(partner, step) if step.for_partner else owner.language
            with translation.override(language):
                title, detail = translated(step.titles), translated(step.details)
            create_task(
                partner=partner,
                title=title,
                detail=detail,
                due_on=after_wait(each.step, each.at, business).astimezone(self.facts.zone).date(),
                owner=None if step.for_partner else owner,
                for_partner=step.for_partner,
                kind=TASK,
                key=f"{walker.key}-{step.pk}",
                url_name="" if step.for_partner else "campaigns:sequence",
                url_kwargs={} if step.for_partner else {"pk": sequence.pk},
            )


def _language_of(partner: Partner, step: SequenceStep) -> str:
    """The first of a partner's languages in which a task is written."""
    known = [language for language in partner.languages if step.titles.get(language)]
    usual = LANGUAGE_OF_COUNTRY.get(partner.country, "en")
    return known[0] if known else usual
