"""What a walk through a sequence asks, answered from the database: each question once for all partners in hand."""

import datetime as dt
import zoneinfo
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from campaigns.models import (
    Campaign,
    MessageState,
    Readers,
    Recipient,
    SequenceStep,
    SequenceVersion,
    StepKind,
)
from campaigns.selectors.calendar import PERSON, sends_between, weekly_cap
from campaigns.sequence_walk import Plan, Reader, Step, Walker
from campaigns.services.freezing import look_for_readers
from commerce.models import SalesDay
from pages.weeks import monday_of
from partners.models import Audience, Contact, Partner, Stage
from partners.selectors.audiences import audience_partners
from tenancy.business_time import BusinessTime
from tenancy.cursors import dict_rows

NO_CAP = 2**31 - 1
"""Given where the mails of a week are counted by the walk itself, week by week."""

READERS = """
    SELECT partner_id, key, contact_id, member_id, name, partner_name, address, language, country, grade, left_out
    FROM campaign_reader ORDER BY partner_id, key
"""
MAILS = f"""
    SELECT person, week, count(*) FROM (
        SELECT {PERSON} AS person, s.week
        FROM unnest(%(campaigns)s::bigint[], %(arms)s::text[], %(weeks)s::date[]) s (campaign_id, arm, week)
        JOIN campaigns_recipient r ON r.campaign_id = s.campaign_id AND r.arm = s.arm
        WHERE r.partner_id = ANY (%(partners)s)
        UNION ALL
        SELECT {PERSON}, date_trunc('week', coalesce(m.sent_at, m.due_at) AT TIME ZONE %(zone)s)::date
        FROM campaigns_recipient r
        JOIN campaigns_campaign c ON c.id = r.campaign_id
        JOIN campaigns_message m ON m.recipient_id = r.id
        WHERE r.entrant_id IS NOT NULL AND r.partner_id = ANY (%(partners)s) AND c.channel <> 'portal'
            AND r.campaign_id <> ALL (%(but)s) AND m.state = ANY (%(states)s)
    ) one
    WHERE person IS NOT NULL GROUP BY 1, 2
"""  # noqa: S608 (our own words)


def plan_of(version: SequenceVersion, steps: Collection[SequenceStep]) -> Plan:
    """The steps of a version as the walk takes them."""
    return Plan(
        tuple(
            Step(
                step.pk,
                step.position,
                step.kind,
                step.days,
                step.is_business_days,
                step.test,
                step.audience_id,
                step.target_id,
            )
            for step in steps
        ),
        stops_on_answer=version.stops_on_answer,
        stops_on_order=version.stops_on_order,
        waits_for_cap=version.on_cap == "wait",
    )


class Facts:
    """A `World` for the partners in hand. `first` is the day from which orders and mails may matter."""

    def __init__(
        self,
        version: SequenceVersion,
        steps: Sequence[SequenceStep],
        walkers: Sequence[Walker],
        *,
        first: dt.date,
        last: dt.date,
        is_trial: bool = False,
    ) -> None:
        self.version = version
        self.sequence = version.sequence
        self.manufacturer = version.sequence.manufacturer
        self.steps = {step.pk: step for step in steps}
        self.partners = sorted({walker.partner for walker in walkers})
        self.contacts = sorted({walker.contact for walker in walkers if walker.contact})
        self.entrants = [] if is_trial else [walker.key for walker in walkers]
        self.first, self.last = first, last
        self.is_trial = is_trial
        self.zone: dt.tzinfo = zoneinfo.ZoneInfo(self.manufacturer.timezone)
        self._readers: dict[int, dict[int, list[Reader]]] = {}
        self._members: dict[int, set[int]] = {}

    # --- What the walk asks ---

    @cached_property
    def cap(self) -> int:
        return weekly_cap()

    def has_ended(self, walker: Walker) -> bool:
        return walker.partner in self._ended

    def has_left(self, walker: Walker) -> bool:
        return walker.contact in self._left

    def has_answered(self, walker: Walker) -> bool:
        return walker.key in self._came_back[0]

    def has_opened(self, walker: Walker) -> bool:
        return walker.key in self._came_back[1]

    def has_ordered(self, walker: Walker) -> bool:
        days = self._orders.get(walker.partner, [])
        until = walker.at.astimezone(self.zone).date()
        return bisect_right(days, until) > bisect_right(days, walker.event_on)

    def is_in(self, walker: Walker, audience: int | None) -> bool:
        if audience is None:
            return False
        if audience not in self._members:
            chosen = Audience.objects.get(pk=audience)
            fitting = audience_partners(chosen, self.sequence.owner).filter(pk__in=self.partners)
            self._members[audience] = set(fitting.order_by().values_list("pk", flat=True))
        return walker.partner in self._members[audience]

    def readers(self, walker: Walker, step: Step) -> Sequence[Reader]:
        if step.pk not in self._readers:
            self._readers[step.pk] = self._find(self.steps[step.pk])
        found = self._readers[step.pk].get(walker.partner, [])
        return [reader for reader in found if not walker.contact or reader.row["contact_id"] == walker.contact]

    def mails(self, reader: Reader, week: dt.date) -> int:
        return self._mails[reader.key, week]

    def note_mail(self, reader: Reader, week: dt.date) -> None:
        self._mails[reader.key, week] += 1

    def business(self, walker: Walker) -> BusinessTime:
        return self._business

    # --- Found once ---

    @cached_property
    def _business(self) -> BusinessTime:
        own = self.manufacturer
        return BusinessTime.of(own.business_hours, own.holidays, own.timezone)

    @cached_property
    def _ended(self) -> set[int]:
        ended = Partner.objects.filter(pk__in=self.partners, stage=Stage.ENDED)
        return set(ended.values_list("pk", flat=True))

    @cached_property
    def _left(self) -> set[int]:
        if not self.contacts:
            return set()
        gone = Contact.objects.filter(pk__in=self.contacts, left_on__lte=timezone.localdate())
        return set(gone.values_list("pk", flat=True))

    @cached_property
    def _came_back(self) -> tuple[set[Any], set[Any]]:
        """Those of whom somebody answered, and of whom somebody opened. What is tried on the past was sent to nobody."""
        if not self.entrants:
            return set(), set()
        rows = Recipient.objects.filter(entrant__in=self.entrants).filter(
            Q(replied_at__isnull=False) | Q(opened_at__isnull=False)
        )
        found = list(rows.values_list("entrant", "replied_at", "opened_at"))
        return {pk for pk, replied, _opened in found if replied}, {pk for pk, _replied, opened in found if opened}

    @cached_property
    def _orders(self) -> dict[int, list[dt.date]]:
        days: dict[int, list[dt.date]] = defaultdict(list)
        rows = SalesDay.objects.filter(partner__in=self.partners, orders__gt=0, date__gte=self.first)
        for partner, day in rows.order_by("partner", "date").values_list("partner", "date"):
            days[partner].append(day)
        return days

    @cached_property
    def _mails(self) -> Counter[tuple[str, dt.date]]:
        """How many mails each person got or gets in each week, by whatever."""
        sends = sends_between(monday_of(self.first), monday_of(self.last) + dt.timedelta(days=6))
        own = [
            step.carrier_id
            for step in SequenceStep.objects.filter(version__sequence=self.sequence, carrier__isnull=False)
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                MAILS,
                {
                    "campaigns": [send.campaign for send in sends],
                    "arms": [str(send.arm) for send in sends],
                    "weeks": [send.week for send in sends],
                    "partners": self.partners,
                    "zone": self.manufacturer.timezone,
                    "but": own if self.is_trial else [],
                    "states": [MessageState.WAITING, MessageState.SENDING, MessageState.SENT],
                },
            )
            return Counter({(person, week): count for person, week, count in cursor.fetchall()})

    def _find(self, step: SequenceStep) -> dict[int, list[Reader]]:
        """Everybody at the partners in hand, with the reason why not."""
        carrier = carrier_now(step, self.version)
        companies = Partner.objects.filter(pk__in=self.partners).order_by().values("pk")
        found: dict[int, list[Reader]] = defaultdict(list)
        with connection.cursor() as cursor:
            look_for_readers(cursor, carrier, companies, sends=[], weeks=[], cap=NO_CAP, is_by_company=True)
            cursor.execute(READERS)
            for row in dict_rows(cursor):
                found[row["partner_id"]].append(Reader(row["key"], row["left_out"], row))
        return found


def carrier_now(step: SequenceStep, version: SequenceVersion) -> Campaign:
    """What carries a message, as its version has it today."""
    rows = Campaign.every.select_related("manufacturer", "owner", "audience", "excluded")
    carrier = rows.get(pk=step.carrier_id or 0)
    return fit_carrier(carrier, step, version)


def fit_carrier(carrier: Campaign, step: SequenceStep, version: SequenceVersion) -> Campaign:
    """What carries a step's messages as its version has it, in its days from today on; not kept."""
    carrier.owner = version.sequence.owner
    carrier.readers = Readers.USERS if step.kind == StepKind.NOTICE else version.readers
    carrier.roles = version.roles
    carrier.is_advertising = version.is_advertising
    carrier.window_days = version.window_days
    carrier.starts_on = carrier.ends_on = timezone.localdate()
    return carrier
