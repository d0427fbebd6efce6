"""Which partner a lead goes to: decided by the rule of its kind, offered, and kept with all that was known then."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.matching import BEST, Candidate, Network, lead_from, norms_from, partner_from, policy_from, to_json
from leads.models import (
    AUTOMATIC,
    DistributionRule,
    Lead,
    LeadState,
    Mode,
    Offer,
    Outcome,
    QueuedBecause,
    RoutingDecision,
    TurnsBy,
)
from leads.selectors.candidates import Candidates
from leads.selectors.coverage import Covering
from leads.services import distribution_notices as telling
from leads.services.offering import make_offers
from leads.services.states import move_locked
from tenancy.models import Membership

LEFT_OUT_SHOWN = 10


@transaction.atomic
def route_lead(
    lead: Lead,
    found: Candidates,
    *,
    mode: str | None = None,
    round_: int = 1,
    by: Membership | None = None,
    now: dt.datetime | None = None,
    covering: Covering | None = None,
) -> RoutingDecision:
    """Offer a locked lead of the pool to whom the rule of its kind, or the `mode` given, chooses.

    covering: the partner of its territory, where a rule for direct requests names it; it comes before all others, unless
    it may not get the lead. Where nobody may get it, it waits to be placed by hand. Each call looks at this lead alone: many leads chosen
    together never all go to one partner but for good reasons.
    """
    moment = now or timezone.now()
    rule = found.rules.of(lead.kind_id)
    mode = mode or rule.mode
    network = found.network(lead, rule)
    ranking = found.rank(lead, most=None if mode == Mode.TURNS else BEST + LEFT_OUT_SHOWN)
    eligible = [candidate for candidate in ranking if candidate.is_eligible]
    named = None if covering is None else territory_candidate(lead, found, ranking, covering)
    if named is not None and named not in ranking:
        ranking = [*ranking, named]
    chosen = _chosen(eligible, network, rule, mode) if named is None else [named]
    because = ""
    if not chosen:
        because = QueuedBecause.NOBODY_LEFT if found.facts[lead.pk].asked else QueuedBecause.NOBODY
    decision = keep_decision(
        lead,
        found,
        ranking,
        outcome=Outcome.OFFERED if chosen else Outcome.QUEUED,
        mode=mode if mode in AUTOMATIC else Mode.BEST,
        round_=round_,
        because=because,
        by=by,
        now=moment,
        chosen=[candidate.partner_id for candidate in chosen],
        covering=covering if named is not None else None,
    )
    if chosen:
        wanted = [(lead, candidate.partner_id, decision) for candidate in chosen]
        make_offers(wanted, rules=found.rules, is_exclusive=len(chosen) == 1, round_=round_, by=by, now=moment)
        for candidate in chosen:
            found.note_offer(candidate.partner_id)
    else:
        queue(lead, because, now=moment)
    return decision


def territory_candidate(
    lead: Lead, found: Candidates, ranking: Sequence[Candidate], covering: Covering
) -> Candidate | None:
    """The partner of a lead's territory as it compares, where it may get the lead."""
    known = [candidate for candidate in ranking if candidate.partner_id == covering.partner]
    for candidate in known or found.add(lead, [covering.partner]):
        if candidate.is_eligible:
            return candidate
    return None


def _chosen(eligible: Sequence[Candidate], network: Network, rule: DistributionRule, mode: str) -> list[Candidate]:
    if not eligible:
        return []
    if mode == Mode.FIRST:
        return list(eligible[: rule.at_once])
    if mode == Mode.TURNS:
        return [_next_in_turn(eligible, network, rule)]
    return [eligible[0]]


def _next_in_turn(eligible: Sequence[Candidate], network: Network, rule: DistributionRule) -> Candidate:
    """Whose turn it is: the one that with this lead would have the fewest for its weight (the highest averages of
    Jefferson and D'Hondt), so that turns follow the weights without a counter that could be lost."""
    partners = {partner.id: partner for partner in network.partners}

    def turn(candidate: Candidate) -> float:
        partner = partners[candidate.partner_id]
        weight = 1.0
        if rule.turns_by == TurnsBy.CAPACITY:
            weight = float(rule.usual_capacity if partner.capacity is None else partner.capacity)
        elif rule.turns_by == TurnsBy.TOTAL:
            weight = candidate.total
        return (partner.recent + 1) / max(weight, 0.001)

    return min(eligible, key=turn)  # of equals the one who suits best


def queue(lead: Lead, because: str, *, now: dt.datetime | None = None) -> None:
    """A locked lead waits to be placed by hand, and staff hear of it."""
    if lead.state != LeadState.MANUAL:
        move_locked(lead, LeadState.MANUAL, state_since=now or timezone.now())
    telling.queued(lead, because)


# --- Decisions --------------------------------------------------------------------------------------------------------


def keep_decision(
    lead: Lead,
    found: Candidates,
    ranking: Iterable[Candidate],
    *,
    outcome: str,
    mode: str,
    round_: int = 1,
    because: str = "",
    by: Membership | None = None,
    now: dt.datetime | None = None,
    chosen: Sequence[int] = (),
    covering: Covering | None = None,
) -> RoutingDecision:
    """Keep what was decided for a lead, with the facts of the best candidates and of those chosen."""
    rule = found.rules.of(lead.kind_id)
    network = found.network(lead, rule)
    compared = list(ranking)
    best = [candidate for candidate in compared if candidate.is_eligible][:BEST]
    others = [candidate for candidate in compared if not candidate.is_eligible][:LEFT_OUT_SHOWN]
    kept = {each.partner_id for each in (*best, *others)} | set(chosen)
    facts = [partner for partner in network.partners if partner.id in kept]
    return RoutingDecision.objects.create(
        lead=lead,
        rule=rule if rule.pk else None,
        mode=mode,
        round=round_,
        outcome=outcome,
        because=because,
        made_by=by,
        made_at=now or timezone.now(),
        inputs={
            "lead": to_json(found.facts_of(lead, rule)),
            "policy": to_json(network.policy),
            "norms": to_json(network.norms),
            "partners": [to_json(partner) for partner in facts],
            "chosen": list(chosen),
            **({"territory": {"id": covering.territory, "why": covering.why}} if covering else {}),
        },
        candidates=[
            {
                "partner": candidate.partner_id,
                "total": candidate.total,
                "components": {name: round(value, 6) for name, value in candidate.components.items()},
            }
            for candidate in compared
            if candidate.is_eligible and candidate.partner_id in kept
        ],
        left_out=network.hindered(found.facts_of(lead, rule)) if found.is_whole else {},
    )


def replayed(decision: RoutingDecision) -> list[Candidate]:
    """The ranking as it was when the decision was made, with its reasons, from what was kept of it alone."""
    kept: Mapping[str, Any] = decision.inputs
    if not kept.get("partners"):
        return []
    network = Network(
        [partner_from(each) for each in kept["partners"]], policy_from(kept["policy"]), norms=norms_from(kept["norms"])
    )
    return network.rank(lead_from(kept["lead"]))


# --- When an offer has ended ------------------------------------------------------------------------------------------


def go_on(
    lead: Lead, found: Candidates, *, after: Offer, by: Membership | None = None, now: dt.datetime | None = None
) -> None:
    """A locked lead whose last open offer has ended goes on: to the next round, back to the pool, or to a person."""
    rule = found.rules.of(lead.kind_id)
    if rule.mode == Mode.BATCH and after.round < rule.rounds:
        move_locked(lead, LeadState.NEW, state_since=now or timezone.now())
    elif rule.mode in AUTOMATIC and after.round < rule.rounds:
        route_lead(lead, found, round_=after.round + 1, now=now)
    else:
        RoutingDecision.objects.create(
            lead=lead,
            rule=rule if rule.pk else None,
            mode=rule.mode,
            round=after.round,
            outcome=Outcome.QUEUED,
            because=QueuedBecause.ROUNDS,
            made_by=by,
            made_at=now or timezone.now(),
        )
        queue(lead, QueuedBecause.ROUNDS, now=now)
