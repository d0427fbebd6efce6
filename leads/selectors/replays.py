"""The past as `leads.replay` wants it: leads as they stood, who could have got them, and what became of them.

Where a decision was kept with a lead, the candidates are those of that decision, with the facts as of then. Else they are
put together anew: territories, product lines and places as they are now, which is as near as can be come.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.matching import COMPONENTS, UNKNOWN, Component, Network, PartnerFacts, Policy
from leads.models import Ended, Lead, LeadState, Offer, OfferState, Replay, RoutingDecision
from leads.replay import Answer, PastLead, PastPartner, ReplayPolicy
from leads.selectors.batches import usual_amount
from leads.selectors.candidates import lead_facts, partner_facts
from partners.models import Partner

MOST_LEADS = 20_000
"""So many leads are replayed at most, the latest of the period; those before the period teach, as many again."""
CANDIDATES = 40
"""So many candidates of a lead take part: the best by fit and distance, which do not change with time."""
AT_ONCE = 1_000
SEEN = (LeadState.ACCEPTED, LeadState.WON, LeadState.LOST)
"""What a partner has had: of other leads nobody knows yet where they go."""

NEEDED = (
    "kind_id", "category_id", "country", "region", "postal_code", "latitude", "longitude", "language", "customer_id",
    "amount_base", "received_at", "closed_at", "state", "partner_id",
)  # fmt: skip

Found = dict[int, tuple[float, float]]
"""Candidate -> how well it fits and how near it is, 0 to 1."""


@dataclass
class Past:
    """What is replayed, and how much of it is as it was kept then."""

    leads: list[PastLead] = field(default_factory=list)
    partners: list[PastPartner] = field(default_factory=list)
    judged: int = 0
    kept: int = 0
    """Judged leads whose candidates were kept with their decision."""
    is_cut: bool = False
    """Whether the period holds more leads than are replayed."""


def replays() -> QuerySet[Replay]:
    """All trials of policies, with who started them and their job."""
    return Replay.objects.select_related("created_by", "job")


def past_leads(*, before: dt.datetime, since: dt.datetime | None = None) -> QuerySet[Lead]:
    """The leads that came in a period and went to a partner, the latest first."""
    leads = Lead.objects.filter(received_at__lt=before, state__in=SEEN, partner__isnull=False)
    return (leads.filter(received_at__gte=since) if since else leads).order_by("-received_at", "-pk")


def past_of(since: dt.date, until: dt.date, policy: ReplayPolicy, *, tell: Callable[[], object] = lambda: None) -> Past:
    """The leads of a period (both days counted), with those before it that teach. `tell` is called between chunks."""
    begin, end = _midnight(since), _midnight(until + dt.timedelta(days=1))
    judged = list(past_leads(since=begin, before=end).only(*NEEDED)[: MOST_LEADS + 1])
    teaching = list(past_leads(before=begin).only(*NEEDED)[:MOST_LEADS])
    past = Past(is_cut=len(judged) > MOST_LEADS)
    judged = judged[:MOST_LEADS]
    past.judged = len(judged)
    network = _network(policy, {lead.partner_id for lead in (*judged, *teaching) if lead.partner_id is not None})
    past.partners = [PastPartner(each.id, each.group, each.capacity) for each in network.partners]
    known = {partner.id for partner in network.partners}
    typical = usual_amount()
    for chunk in _chunks(teaching):
        answers = _answers(chunk)
        past.leads += [_past_lead(lead, {}, answers[lead.pk], typical, is_judged=False) for lead in chunk]
        tell()
    for chunk in _chunks(judged):
        answers, kept, anew = _answers(chunk), _kept(chunk, policy, known), _found_anew(chunk, network)
        past.kept += len(kept)
        for lead in chunk:
            found = kept.get(lead.pk) or anew[lead.pk]
            if lead.partner_id is not None:  # who had it could get it, whatever is known of it today
                found.setdefault(lead.partner_id, (UNKNOWN, UNKNOWN))
            past.leads.append(_past_lead(lead, found, answers[lead.pk], typical, is_judged=True))
        tell()
    return past


def _network(policy: ReplayPolicy, had: set[int]) -> Network:
    """The partners, as far as they do not change from lead to lead. Load, limits and what stands against them today say
    nothing of the past, so they are left out; who may not get leads today takes part where it had some."""
    facts = {partner.id: partner for partner in partner_facts()}
    for partner in Partner.objects.filter(pk__in=had - facts.keys()).only("kind_id", "lead_capacity"):
        facts[partner.pk] = PartnerFacts(partner.pk, group=partner.kind_id, capacity=partner.lead_capacity)
    steady = [
        replace(each, open=0, recent=0, obstacles=(), closed_lines=frozenset(), has_people=True)
        for each in facts.values()
        if each.id in had or (each.has_people and not each.obstacles)
    ]
    return Network(steady, Policy(weights={Component.FIT: 1.0, Component.DISTANCE: 1.0}, near_km=policy.near_km))


def _found_anew(leads: Sequence[Lead], network: Network) -> dict[int, Found]:
    """Who could get each lead by what is known today; who serves the customer now may do so because of this lead."""
    facts = [replace(each, asked=frozenset(), served_by=None) for each in lead_facts(leads).values()]
    best = network.best(facts, most=CANDIDATES)
    ids = np.array([partner.id for partner in network.partners] or [0])
    fit, near = COMPONENTS.index(Component.FIT), COMPONENTS.index(Component.DISTANCE)
    found: dict[int, Found] = {}
    for row, lead in enumerate(best.lead_ids.tolist()):
        columns = np.flatnonzero(best.partners[row] >= 0)
        partners = ids[best.partners[row, columns]].tolist()
        values = best.components[row, columns].astype(float)
        found[lead] = dict(
            zip(partners, zip(values[:, fit].tolist(), values[:, near].tolist(), strict=True), strict=True)
        )
    return found


def _kept(leads: Sequence[Lead], policy: ReplayPolicy, known: set[int]) -> dict[int, Found]:
    """The candidates of the first decision kept with each lead, with the facts as of then."""
    decisions = RoutingDecision.objects.filter(lead__in=[lead.pk for lead in leads]).order_by("-made_at", "-pk")
    found: dict[int, Found] = {}
    for lead, candidates, near_km in decisions.values_list("lead_id", "candidates", "inputs__policy__near_km"):
        compared: Found = {
            each["partner"]: (
                each["components"][Component.FIT],
                _rescaled(each["components"][Component.DISTANCE], float(near_km or policy.near_km) / policy.near_km),
            )
            for each in candidates
            if each["partner"] in known and each["components"]
        }
        if compared:
            found[lead] = compared  # the earliest is read last
    return found


def _rescaled(near: float, ratio: float) -> float:
    """Nearness by another half-distance; what says that nothing is known stays."""
    return near if near in (0.0, UNKNOWN) else near**ratio


def _answers(leads: Sequence[Lead]) -> dict[int, dict[int, Answer]]:
    """What partners did with their offers of these leads; who was withdrawn from before it answered says nothing."""
    settled = Q(state__in=(OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED))
    offers = Offer.objects.filter(settled | Q(ended=Ended.TAKEN_BACK), lead__in=[lead.pk for lead in leads])
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    for lead, partner, state, offered, answered in offers.order_by("pk").values_list(
        "lead_id", "partner_id", "state", "offered_at", "answered_at"
    ):
        is_accepted = state in (OfferState.ACCEPTED, OfferState.WITHDRAWN)
        if answered is not None:
            found[lead][partner] = Answer(max(0.0, _hours(answered) - _hours(offered)), is_accepted)
    return found


def _past_lead(lead: Lead, found: Found, answers: dict[int, Answer], typical: float, *, is_judged: bool) -> PastLead:
    amount = float(lead.amount_base) if lead.amount_base else typical
    at = _hours(lead.received_at)
    is_closed = lead.state in (LeadState.WON, LeadState.LOST) and lead.closed_at is not None
    return PastLead(
        id=lead.pk,
        at=at,
        amount=amount,
        segment=f"kind {lead.kind_id}" if lead.kind_id else f"category {lead.category_id}",
        candidates=tuple(found),
        fits=tuple(fit for fit, _near in found.values()),
        nears=tuple(near for _fit, near in found.values()),
        partner=lead.partner_id,
        closed_at=max(at, _hours(lead.closed_at)) if is_closed and lead.closed_at else None,
        worth=(amount if lead.state == LeadState.WON else 0.0) if is_closed else None,
        answers=answers,
        is_judged=is_judged,
    )


def _hours(moment: dt.datetime) -> float:
    return moment.timestamp() / 3600


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _chunks(leads: Sequence[Lead]) -> Iterable[Sequence[Lead]]:
    for start in range(0, len(leads), AT_ONCE):
        yield leads[start : start + AT_ONCE]
