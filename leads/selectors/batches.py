"""What distributions of many leads are worked out from, and what is read of them."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils import timezone
from numpy.typing import NDArray

from leads.expected import chances, suitability
from leads.filters.batches import PoolFilterSet
from leads.functions import LEADS
from leads.matching import COMPONENTS, LeadFacts, Network
from leads.models import BatchItem, BatchShare, Lead, LeadBatch, LeadState
from leads.selectors.candidates import ANSWERING_ROLES, Candidates, Rules, policy_of
from partners.models import STAGE_ALLOWS, Activity, Partner
from partners.selectors import barred_from
from tenancy.models import Membership
from tenancy.rights import Right

FREE_STATES = (LeadState.NEW, LeadState.MANUAL)
"""In the pool, and not with a partner to answer."""
FEW_CLOSED = 5
"""A partner that has closed fewer leads is new: nobody can say yet how often it wins."""
MOST_LEADS = 50_000
"""A distribution holds so many leads at most, the oldest first."""

NEEDED = (
    "kind_id", "category_id", "country", "region", "postal_code", "latitude", "longitude", "language", "customer_id",
    "probability", "amount_base", "received_at", "state",
)  # fmt: skip


def may_distribute(member: Membership) -> bool:
    """Whether the member may distribute the whole pool: who sees only some partners cannot weigh all of them."""
    return member.can(Right.LEADS_DISTRIBUTE) and member.can(Right.PARTNERS_VIEW_ALL)


def free_leads(query: str = "") -> QuerySet[Lead]:
    """The leads that nobody has and nobody is asked about, narrowed by filters as in an address; the oldest first."""
    leads = Lead.objects.filter(state__in=FREE_STATES).order_by("received_at", "pk")
    filterset = PoolFilterSet(data=QueryDict(query), queryset=leads)
    return filterset.qs


def batches() -> QuerySet[LeadBatch]:
    """All distributions, with who started them and their job."""
    return LeadBatch.objects.select_related("created_by", "job")


def items_of(batch: LeadBatch) -> QuerySet[BatchItem]:
    """The leads of a distribution, with what a list shows of them."""
    return batch.items.select_related("lead", "lead__kind", "partner").only(
        "batch_id", "state", "value", "note", "changed_at", "proposed_id", "partner_id", "lead_id",
        "lead__reference", "lead__company", "lead__name", "lead__city", "lead__region", "lead__state",
        "lead__amount_base", "lead__received_at", "lead__kind__code", "lead__kind__names",
        "partner__name", "partner__local_name", "partner__code",
    )  # fmt: skip


def shares_of(batch: LeadBatch) -> QuerySet[BatchShare]:
    """What each partner gets."""
    return batch.shares.select_related("partner").only(
        "batch_id", "room", "is_new", "leads", "value", "partner__name", "partner__local_name", "partner__code"
    )


def counts_of(batch: LeadBatch) -> Counter[str]:
    """How many of its leads are in which state. One query."""
    rows = batch.items.order_by().values_list("state").annotate(count=Count("pk"))
    return Counter(dict(rows))


@dataclass(frozen=True)
class Choice:
    """A candidate of a lead of a distribution, as a page shows it."""

    partner: Partner
    value: float
    share: BatchShare | None
    is_chosen: bool
    is_proposed: bool


def candidates_of(item: BatchItem) -> list[Choice]:
    """Whom a lead may go to, the greatest expected value first. Two queries."""
    partners = Partner.objects.in_bulk(item.candidates)
    shares = {share.partner_id: share for share in BatchShare.objects.filter(batch=item.batch_id, partner__in=partners)}
    return [
        Choice(partners[pk], value, shares.get(pk), pk == item.partner_id, pk == item.proposed_id)
        for pk, value in zip(item.candidates, item.candidate_values, strict=True)
        if pk in partners
    ]


ROOM = """
WITH able AS (
    SELECT p.id, coalesce(p.lead_capacity, %(usual)s) AS capacity
    FROM partners_partner p JOIN partners_partnerkind k ON k.id = p.kind_id
    WHERE p.merged_into_id IS NULL AND p.stage = ANY (%(stages)s)
    AND NOT %(function)s = ANY (p.functions_off) AND NOT %(function)s = ANY (k.functions_off)
    AND EXISTS (
        SELECT FROM tenancy_membership m WHERE m.partner_id = p.id AND m.is_active AND m.role = ANY (%(roles)s)
    )
),
taken AS (
    SELECT partner_id, sum(leads) AS leads FROM (
        SELECT partner_id, count(*) AS leads FROM leads_lead
        WHERE state = 'accepted' AND partner_id IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT partner_id, count(*) FROM leads_offer WHERE state = 'offered' AND due_at > %(now)s GROUP BY 1
    ) open GROUP BY 1
)
SELECT count(*), coalesce(sum(a.capacity - coalesce(t.leads, 0)), 0)
FROM able a LEFT JOIN taken t ON t.partner_id = a.id
WHERE a.capacity > coalesce(t.leads, 0) AND a.id NOT IN ({barred})
"""
"""What `partner_facts` and the limits of a rule say of all partners, added up."""


def room_now() -> tuple[int, int]:
    """How many partners can take on leads now, and how many leads together. Two queries."""
    usual = policy_of(Rules().of(None)).usual_capacity
    barred = barred_from(Activity.LEADS, "p.stage = ANY (%(stages)s)")
    with connection.cursor() as cursor:
        cursor.execute(
            ROOM.replace("{barred}", barred.sql),
            {
                "usual": usual,
                "stages": [stage for stage, allowed in STAGE_ALLOWS.items() if Activity.LEADS in allowed],
                "function": LEADS.key,
                "roles": ANSWERING_ROLES,
                "now": timezone.now(),
            },
        )
        partners, room = cursor.fetchone()
    return partners, int(room)


@dataclass(frozen=True)
class Part:
    """Leads of one rule with their candidates, as arrays: row n is a lead, columns from best to worst suited."""

    partners: NDArray[np.int64]
    """Ids; -1 where there are fewer candidates."""
    values: NDArray[np.float64]
    chances: NDArray[np.float64]
    components: NDArray[np.float32]


@dataclass
class Pool:
    """Leads with their candidates, ready to be distributed."""

    leads: list[Lead]
    values: dict[int, dict[int, float]] = field(default_factory=dict)
    """Lead -> candidate -> expected value; leads in the order in which they came."""
    room: dict[int, int] = field(default_factory=dict)
    """How many more leads each candidate can take on."""
    new: set[int] = field(default_factory=set)
    """Candidates that have closed few leads yet."""
    amounts: dict[int, float] = field(default_factory=dict)
    typical_amount: float = 0.0
    """What stands for the amount of leads that name none."""
    without_amount: int = 0
    _places: dict[int, tuple[Part, int]] = field(default_factory=dict)

    def add(self, facts: Sequence[LeadFacts], network: Network) -> None:
        """Compare leads with the partners of a network."""
        best = network.best(facts)
        ids = np.array([partner.id for partner in network.partners] or [0], dtype=np.int64)
        partners = np.where(best.partners >= 0, ids[best.partners], -1)
        general = network.norms.rates[-1][0]
        given = {lead.pk: lead.probability for lead in self.leads}
        own = np.array([given[each.id] if given[each.id] is not None else general for each in facts], dtype=float)
        rates = network.win_rates[best.partners] if len(network.partners) else np.zeros(partners.shape)
        chance = chances(own[:, None], rates, general, suitability(best.components, network.policy.weights))
        worth = chance * np.array([self.amounts[each.id] for each in facts])[:, None]
        part = Part(partners, worth, chance, best.components)
        for row, (each, row_partners, row_worth) in enumerate(
            zip(facts, partners.tolist(), worth.tolist(), strict=True)
        ):
            self._places[each.id] = part, row
            self.values[each.id] = {
                partner: value for partner, value in zip(row_partners, row_worth, strict=True) if partner >= 0
            }
        asked = set(np.unique(partners).tolist())
        for partner in network.partners:
            if partner.id in asked:
                limit = network.policy.usual_capacity if partner.capacity is None else partner.capacity
                self.room[partner.id] = max(0, limit - partner.open)
                if partner.closed < FEW_CLOSED:
                    self.new.add(partner.id)

    def ranked(self, lead: int) -> list[tuple[int, float]]:
        """The candidates of a lead with the expected value of each, the greatest first."""
        return sorted(self.values[lead].items(), key=lambda each: (-each[1], each[0]))

    def basis(self, lead: int, partner: int) -> dict[str, float]:
        """What the expected value of a lead with a partner rests on, as it is kept."""
        part, row = self._places[lead]
        column = int(np.flatnonzero(part.partners[row] == partner)[0])
        parts = zip(COMPONENTS, part.components[row, column].tolist(), strict=True)
        kept = {component.value: round(value, 4) for component, value in parts}
        return kept | {"chance": round(float(part.chances[row, column]), 4), "amount": round(self.amounts[lead], 2)}


def pool_of(batch: LeadBatch) -> Pool:
    """The free leads that a distribution is for, each with its best candidates. A fixed number of queries."""
    leads = list(free_leads(batch.query).only(*NEEDED)[:MOST_LEADS])
    amounts = {lead.pk: float(lead.amount_base) for lead in leads if lead.amount_base}
    typical = statistics.median(amounts.values()) if amounts else usual_amount()
    pool = Pool(
        leads,
        amounts={lead.pk: amounts.get(lead.pk, typical) for lead in leads},
        typical_amount=typical,
        without_amount=len(leads) - len(amounts),
    )
    if not leads:
        return pool
    candidates = Candidates(leads)
    rules = {kind: candidates.rules.of(kind) for kind in {lead.kind_id for lead in leads}}
    alike: dict[Any, list[Lead]] = defaultdict(list)
    for lead in leads:
        alike[rules[lead.kind_id].pk, None if candidates.is_whole else lead.pk].append(lead)
    for together in alike.values():
        rule = rules[together[0].kind_id]
        facts = [candidates.facts_of(lead, rule) for lead in together]
        pool.add(facts, candidates.network(together[0], rule))
    pool.values = {lead.pk: pool.values[lead.pk] for lead in leads}
    return pool


def usual_amount() -> float:
    """The median amount of the latest leads that name one; 1 where none does, so that chances alone count."""
    named = Lead.objects.exclude(amount_base=None).order_by("-received_at", "-pk")
    latest = [float(amount) for amount in named.values_list("amount_base", flat=True)[:500] if amount]
    return statistics.median(latest) if latest else 1.0
