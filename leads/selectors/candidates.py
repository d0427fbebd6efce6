"""Which partners a lead may go to, and how they compare: what `leads.matching` needs, read in a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.models import EndCustomer, ProductCategory
from leads.functions import LEADS
from leads.matching import (
    BEST,
    FAIR_DAYS,
    Candidate,
    LeadFacts,
    Network,
    Norms,
    PartnerFacts,
    Policy,
    norms_from,
    to_json,
)
from leads.models import DistributionRule, Ended, Lead, Offer, OfferState
from partners.models import Activity, Partner
from partners.selectors import may_by_line, territories_holding
from tenancy.rights import ROLE_RIGHTS, Right
from tenancy.rls import current_scope

SMALL_NETWORK = 300
"""A network up to this size is compared as a whole; of a larger one, so many partners at a time for a single lead."""
FEW_LEADS = 5
"""Up to so many leads are compared one by one with the partners around them; more with the whole network at once."""
RATE_DAYS = 730
ANSWER_DAYS = 365
NORMS_SECONDS = 900

ANSWERING_ROLES = sorted(role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_LEADS_WORK in rights)

FACTS = """
WITH asked AS (
    SELECT p.id, p.kind_id, p.product_lines, p.languages, p.country, p.latitude, p.longitude, p.lead_capacity,
        %(function)s = ANY (p.functions_off) OR %(function)s = ANY (k.functions_off) AS is_off
    FROM partners_partner p JOIN partners_partnerkind k ON k.id = p.kind_id
    WHERE p.merged_into_id IS NULL AND p.stage = ANY (%(stages)s) AND (%(all)s OR p.id = ANY (%(ids)s))
),
work AS (
    SELECT l.partner_id,
        count(*) FILTER (WHERE l.state = 'won' AND coalesce(l.closed_at, l.received_at) >= %(rate_since)s) AS won,
        count(*) FILTER (WHERE l.state IN ('won', 'lost') AND coalesce(l.closed_at, l.received_at) >= %(rate_since)s)
            AS closed,
        count(*) FILTER (WHERE l.state = 'accepted') AS open,
        count(*) FILTER (WHERE l.accepted_at >= %(fair_since)s) AS recent
    FROM leads_lead l WHERE l.partner_id IS NOT NULL AND (%(all)s OR l.partner_id = ANY (%(ids)s)) GROUP BY 1
),
offers AS (
    SELECT o.partner_id,
        count(*) FILTER (WHERE o.state = 'offered' AND o.due_at > %(now)s) AS open,
        count(*) FILTER (
            WHERE o.offered_at >= %(fair_since)s
            AND (o.state IN ('offered', 'declined', 'expired') OR (o.state = 'withdrawn' AND o.ended = 'taken_back'))
        ) AS recent,
        count(o.answer_hours) FILTER (WHERE o.offered_at >= %(answers_since)s) AS answers,
        avg(o.answer_hours) FILTER (WHERE o.offered_at >= %(answers_since)s) AS hours
    FROM leads_offer o WHERE (%(all)s OR o.partner_id = ANY (%(ids)s)) GROUP BY 1
),
areas AS (
    SELECT c.partner_id, array_agg(c.territory_id) AS own,
        coalesce(array_agg(c.territory_id) FILTER (WHERE c.is_exclusive), '{}') AS alone
    FROM partners_partnerterritory c WHERE (%(all)s OR c.partner_id = ANY (%(ids)s)) GROUP BY 1
),
skills AS (
    SELECT x.partner_id, array_agg(s.code) AS codes
    FROM partners_partnerspecialisation x JOIN partners_specialisation s ON s.id = x.specialisation_id
    WHERE (%(all)s OR x.partner_id = ANY (%(ids)s)) GROUP BY 1
),
people AS (
    SELECT m.partner_id FROM tenancy_membership m
    WHERE m.is_active AND m.role = ANY (%(roles)s) AND m.partner_id IS NOT NULL
    AND (%(all)s OR m.partner_id = ANY (%(ids)s)) GROUP BY 1
)
SELECT a.id, a.kind_id, a.product_lines, a.languages, a.country, a.latitude::float8, a.longitude::float8,
    a.lead_capacity, a.is_off, coalesce(work.won, 0), coalesce(work.closed, 0),
    coalesce(work.open, 0) + coalesce(offers.open, 0), coalesce(work.recent, 0) + coalesce(offers.recent, 0),
    coalesce(offers.answers, 0), coalesce(offers.hours, 0), areas.own, areas.alone, skills.codes,
    people.partner_id IS NOT NULL
FROM asked a
LEFT JOIN work ON work.partner_id = a.id LEFT JOIN offers ON offers.partner_id = a.id
LEFT JOIN areas ON areas.partner_id = a.id LEFT JOIN skills ON skills.partner_id = a.id
LEFT JOIN people ON people.partner_id = a.id
"""
"""What matching needs of partners: one row each. Drafts and ended partners never get leads and are not read."""

LOOKED_AT = ("prospect", "applicant", "onboarding", "active", "dormant")

AROUND = """
SELECT p.id FROM partners_partner p
WHERE p.merged_into_id IS NULL AND p.stage = 'active'
AND (NOT %(by_territory)s OR EXISTS (
    SELECT FROM partners_partnerterritory c WHERE c.partner_id = p.id AND c.territory_id = ANY (%(territories)s)
))
AND (NOT %(by_country)s OR p.country IN ('', %(country)s))
AND (NOT %(by_line)s OR p.product_lines && %(lines)s::varchar[])
ORDER BY
    CASE WHEN %(latitude)s::float8 IS NOT NULL THEN
        (p.latitude::float8 - %(latitude)s::float8) ^ 2
        + ((p.longitude::float8 - %(longitude)s::float8) * cos(radians(%(latitude)s::float8))) ^ 2
    END NULLS LAST,
    hashint8extended(p.id, %(lead)s)
LIMIT %(most)s
"""
"""The partners of a large network that a lead is compared with: the nearest; where no distance is known, each lead sees
others of them."""


# --- Rules --------------------------------------------------------------------------------------------------------------


class Rules:
    """The manufacturer's rules of distribution: for each kind of lead its own, else that for all, else by hand."""

    def __init__(self) -> None:
        self._by_kind = {rule.kind_id: rule for rule in DistributionRule.objects.select_related("kind")}

    def of(self, kind_id: int | None) -> DistributionRule:
        found = self._by_kind.get(kind_id) or self._by_kind.get(None)
        return found or DistributionRule()

    def automatic_kinds(self) -> tuple[Q, bool]:
        """The leads that are offered as soon as they arrive, as a condition, and whether there can be any."""
        own = {kind: rule.is_automatic for kind, rule in self._by_kind.items() if kind is not None}
        automatic = Q(kind__in=[kind for kind, is_automatic in own.items() if is_automatic])
        if self.of(None).is_automatic:
            automatic |= Q(kind=None) | ~Q(kind__in=list(own))
        return automatic, any(own.values()) or self.of(None).is_automatic


def policy_of(rule: DistributionRule) -> Policy:
    """How a rule wants partners compared."""
    return Policy(
        weights={name: float(weight) for name, weight in rule.weights.items()},
        near_km=rule.near_km,
        quick_hours=rule.quick_hours,
        usual_capacity=rule.usual_capacity,
        by_territory=rule.by_territory,
        by_line=rule.by_line,
    )


# --- Facts --------------------------------------------------------------------------------------------------------------


def lead_facts(leads: Sequence[Lead]) -> dict[int, LeadFacts]:
    """What matching needs of these leads, by lead. Five queries, however many leads there are."""
    categories = Categories()
    held = territories_holding([(lead.country, lead.region, lead.postal_code) for lead in leads])
    customers = {lead.customer_id for lead in leads if lead.customer_id}
    served = dict(EndCustomer.objects.filter(pk__in=customers).values_list("pk", "served_by")) if customers else {}
    asked: dict[int, set[int]] = defaultdict(set)
    before = (
        Offer.objects.filter(lead__in=[lead.pk for lead in leads])
        .exclude(state=OfferState.OFFERED)
        .exclude(state=OfferState.WITHDRAWN, ended__in=(Ended.TAKEN, Ended.CLOSED))
    )
    for lead_id, partner_id in before.values_list("lead_id", "partner_id"):
        asked[lead_id].add(partner_id)
    return {
        lead.pk: LeadFacts(
            id=lead.pk,
            categories=categories.up(lead.category_id),
            parts=categories.below(lead.category_id),
            territories=territories,
            country=lead.country,
            latitude=None if lead.latitude is None else float(lead.latitude),
            longitude=None if lead.longitude is None else float(lead.longitude),
            language=lead.language,
            served_by=served.get(lead.customer_id) if lead.customer_id else None,
            asked=frozenset(asked[lead.pk]),
        )
        for lead, territories in zip(leads, held, strict=True)
    }


class Categories:
    """The tree of product categories, by code. One query."""

    def __init__(self) -> None:
        self._rows = {pk: (code, parent) for pk, code, parent in self._all()}

    def _all(self) -> Iterable[tuple[int, str, int | None]]:
        return ProductCategory.objects.order_by("pk").values_list("pk", "code", "parent_id")

    def up(self, category_id: int | None) -> tuple[str, ...]:
        """A category's code and those of all above it, from its own to the root."""
        found: list[str] = []
        while category_id in self._rows and len(found) <= len(self._rows):
            code, category_id = self._rows[category_id]
            found.append(code)
        return tuple(found)

    def below(self, category_id: int | None) -> frozenset[str]:
        """The codes of all below a category."""
        if category_id is None:
            return frozenset()
        found: set[int] = {category_id}
        while new := {pk for pk, (_code, parent) in self._rows.items() if parent in found} - found:
            found |= new
        return frozenset(self._rows[pk][0] for pk in found - {category_id})


def partner_facts(partner_ids: Iterable[int] | None = None, *, now: dt.datetime | None = None) -> list[PartnerFacts]:
    """What matching needs of these partners, or of all. Two queries, however many there are."""
    moment = now or timezone.now()
    ids = [] if partner_ids is None else sorted(set(partner_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            FACTS,
            {
                "all": partner_ids is None,
                "ids": ids,
                "stages": list(LOOKED_AT),
                "function": LEADS.key,
                "roles": ANSWERING_ROLES,
                "now": moment,
                "rate_since": moment - dt.timedelta(days=RATE_DAYS),
                "fair_since": moment - dt.timedelta(days=FAIR_DAYS),
                "answers_since": moment - dt.timedelta(days=ANSWER_DAYS),
            },
        )
        rows = cursor.fetchall()
    permissions = may_by_line([row[0] for row in rows], Activity.LEADS)
    return [_facts(row, *permissions[row[0]]) for row in rows]


def _facts(row: Sequence[Any], permission: Any, closed_lines: Iterable[str]) -> PartnerFacts:
    (
        pk, kind, lines, languages, country, latitude, longitude, capacity, is_off, won, closed, open_, recent, answers,
        hours, territories, alone, skills, has_people,
    ) = row  # fmt: skip
    obstacles = tuple(str(reason) for reason in permission.reasons)
    return PartnerFacts(
        id=pk,
        group=kind,
        lines=frozenset(lines),
        specialisations=frozenset(skills or ()),
        languages=frozenset(languages),
        territories=frozenset(territories or ()),
        alone=frozenset(alone or ()),
        country=country,
        latitude=latitude,
        longitude=longitude,
        won=won,
        closed=closed,
        answers=answers,
        answer_hours=float(hours),
        open=open_,
        capacity=capacity,
        recent=recent,
        obstacles=(*obstacles, str(_("The function of leads is switched off"))) if is_off else obstacles,
        closed_lines=frozenset(closed_lines),
        has_people=has_people,
    )


# --- Comparing ----------------------------------------------------------------------------------------------------------


class Candidates:
    """Compares leads with partners, each lead by the rule of its kind.

    Small networks, or many leads at once, are read as a whole; for a few leads in a large network, only the partners
    around each. What one lead brings a partner, `note_offer` lets the next ones see.
    """

    def __init__(self, leads: Sequence[Lead], *, rules: Rules | None = None, now: dt.datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.rules = rules or Rules()
        self.leads = {lead.pk: lead for lead in leads}
        self.facts = lead_facts(leads)
        self._whole: list[PartnerFacts] | None = None
        self._networks: dict[Any, Network] = {}
        self._noted: list[int] = []
        if len(leads) > FEW_LEADS or not _is_large():
            self._whole = partner_facts(now=self.now)

    @property
    def is_whole(self) -> bool:
        """Whether every partner was compared, so that it can be said of each why not it."""
        return self._whole is not None

    def facts_of(self, lead: Lead, rule: DistributionRule) -> LeadFacts:
        """The lead's facts, with what its rule looks for."""
        facts = self.facts[lead.pk]
        return replace(facts, specialisations=frozenset(rule.specialisations)) if rule.specialisations else facts

    def network(self, lead: Lead, rule: DistributionRule) -> Network:
        """The partners that this lead is compared with."""
        key = (rule.pk, None if self.is_whole else lead.pk)
        if key not in self._networks:
            network = self._network(lead, rule)
            for partner_id in self._noted:
                network.note_offer(partner_id)
            self._networks[key] = network
        return self._networks[key]

    def _network(self, lead: Lead, rule: DistributionRule) -> Network:
        policy = policy_of(rule)
        if self._whole is not None:
            return Network(self._whole, policy)
        norms = _norms(policy, now=self.now)
        facts = self.facts[lead.pk]
        ids = _around(facts, policy, norms)
        if facts.served_by is not None:
            ids.append(facts.served_by)
        return Network(partner_facts(ids, now=self.now), policy, norms=norms)

    def rank(self, lead: Lead, *, most: int | None = BEST) -> list[Candidate]:
        """The partners compared with a lead, the best first; those that may not get it behind, with the reasons."""
        rule = self.rules.of(lead.kind_id)
        return self.network(lead, rule).rank(self.facts_of(lead, rule), most=most)

    def add(self, lead: Lead, partner_ids: Iterable[int]) -> list[Candidate]:
        """Certain partners compared with a lead, whether or not they are among those around it."""
        rule = self.rules.of(lead.kind_id)
        network = self.network(lead, rule)
        wanted = set(partner_ids)
        if not self.is_whole:
            network = Network(partner_facts(wanted, now=self.now), network.policy, norms=network.norms)
        return [each for each in network.rank(self.facts_of(lead, rule)) if each.partner_id in wanted]

    def note_offer(self, partner_id: int) -> None:
        """A partner has just been offered or given a lead."""
        self._noted.append(partner_id)
        for network in self._networks.values():
            network.note_offer(partner_id)


def _is_large() -> bool:
    active = Partner.objects.filter(merged_into=None).exclude(stage__in=("draft", "ended"))
    return len(active.order_by().values_list("pk", flat=True)[: SMALL_NETWORK + 1]) > SMALL_NETWORK


def _around(facts: LeadFacts, policy: Policy, norms: Norms) -> list[int]:
    alone = facts.territories & norms.alone
    with connection.cursor() as cursor:
        cursor.execute(
            AROUND,
            {
                "lead": facts.id,
                "by_territory": policy.by_territory and bool(facts.territories),
                "territories": list(alone or facts.territories),
                "by_country": policy.by_territory and not facts.territories and bool(facts.country),
                "country": facts.country,
                "by_line": policy.by_line and norms.uses_lines and bool(facts.categories),
                "lines": [*facts.categories, *sorted(facts.parts)],
                "latitude": facts.latitude if facts.longitude is not None else None,
                "longitude": facts.longitude,
                "most": SMALL_NETWORK,
            },
        )
        return [pk for (pk,) in cursor.fetchall()]


def _norms(policy: Policy, *, now: dt.datetime) -> Norms:
    """What the partners of a large network are compared with: read of all of them every quarter of an hour."""
    key = f"leads.norms.{current_scope().manufacturer}.{policy.usual_capacity}.{policy.quick_hours}"
    kept: Mapping[str, Any] | None = cache.get(key)
    if kept is None:
        kept = to_json(Network(partner_facts(now=now), policy).norms)
        cache.set(key, kept, NORMS_SECONDS)
    return norms_from(kept)
