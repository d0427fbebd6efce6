"""Who is told of opportunities."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from leads.models import Opportunity, StateRequest
from leads.notice_kinds import opportunities as kinds
from notices.services import tell_from
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with

CHUNK = 5000
NAMED = 3
"""So many are named in a notice about several."""


def tell_assigned(opportunity: Opportunity, *, by: Membership) -> int:
    """The rep hears that it is theirs now."""
    if opportunity.rep_id is None:
        return 0
    facts = _facts(opportunity) | {"who": by.name}
    key = f"opportunity-rep-{opportunity.pk}-{opportunity.rep_id}-{opportunity.updated_at:%Y%m%d%H%M%S}"
    return tell_from([(opportunity.rep_id, key, facts)], kinds.ASSIGNED)


def tell_won(opportunity: Opportunity, *, by: Membership) -> int:
    """Whoever looks after the partner hears what it won."""
    with house_scope():
        partner = Partner.objects.get(pk=opportunity.partner_id)
        if partner.channel_manager_id is None:
            return 0
        facts = _facts(opportunity) | {
            "partner_name": partner.names,
            "who": by.name,
            "amount": str(opportunity.won_amount),
            "currency": opportunity.currency,
        }
        key = f"opportunity-won-{opportunity.pk}-{opportunity.stage_since:%Y%m%d%H%M%S}"
        return tell_from([(partner.channel_manager_id, key, facts)], kinds.WON)


def tell_state_asked(requests: Sequence[StateRequest], *, by: Membership) -> int:
    """The rep, or without one whoever works on the partner's opportunities, is asked how it stands; with a link that
    answers without signing in.
    """
    workers = workers_of({request.partner_id for request in requests})
    rows = []
    for request in requests:
        opportunity = request.opportunity
        rows += [
            (
                member,
                f"state-asked-{request.pk}",
                _facts(opportunity) | {"request": request.pk, "partner": request.partner_id, "who": by.name},
            )
            for member in _who_works(opportunity, workers)
        ]
    return tell_from(rows, kinds.STATE_ASKED)


def tell_state_answered(request: StateRequest, *, by: Membership, text: str) -> int:
    """Who asked hears the answer."""
    if request.asked_by_id is None:
        return 0
    with house_scope():
        facts = _facts(request.opportunity) | {
            "partner_name": Partner.objects.get(pk=request.partner_id).names,
            "who": by.name,
            "text": text[:300],
        }
        return tell_from([(request.asked_by_id, f"state-answered-{request.pk}", facts)], kinds.STATE_ANSWERED)


def tell_stalled(keys: Sequence[int], *, day: dt.date) -> int:
    """What stands still: each hears once a day of all that is new, who works on it and who looks after the partner."""
    told = 0
    for start in range(0, len(keys), CHUNK):
        found = Opportunity.objects.filter(pk__in=keys[start : start + CHUNK])
        told += _tell_together(found, kinds.STALLED, f"stalled-{day}-{start}", with_staff=True)
    return told


def tell_steps_overdue(opportunities: QuerySet[Opportunity], *, day: dt.date) -> int:
    """Next steps that were due: each hears once of all of theirs."""
    return _tell_together(opportunities, kinds.STEP_OVERDUE, f"steps-overdue-{day}", with_staff=False)


def workers_of(partner_ids: Iterable[int]) -> dict[int, list[int]]:
    """Who works on opportunities, by partner."""
    found: dict[int, list[int]] = defaultdict(list)
    members = members_with(Right.PORTAL_LEADS_WORK).filter(partner__in=list(partner_ids)).order_by("pk")
    for partner, pk in members.values_list("partner_id", "pk"):
        found[partner].append(pk)
    return found


def _tell_together(opportunities: QuerySet[Opportunity], kind: Any, key: str, *, with_staff: bool) -> int:
    rows = list(opportunities.select_related("partner").only("name", "rep", "partner__channel_manager").order_by("pk"))
    workers = workers_of({row.partner_id for row in rows})
    by_reader: dict[int, list[Opportunity]] = defaultdict(list)
    for row in rows:
        for member in _who_works(row, workers):
            by_reader[member].append(row)
        if with_staff and row.partner.channel_manager_id:
            by_reader[row.partner.channel_manager_id].append(row)
    return tell_from(
        [
            (
                member,
                key,
                {
                    "count": len(own),
                    "names": ", ".join(row.name for row in own[:NAMED]),
                    "opportunity": own[0].pk if len(own) == 1 else None,
                },
            )
            for member, own in sorted(by_reader.items())
        ],
        kind,
    )


def _who_works(opportunity: Opportunity, workers: dict[int, list[int]]) -> list[int]:
    own = workers.get(opportunity.partner_id, [])
    return [opportunity.rep_id] if opportunity.rep_id in own else own


def _facts(opportunity: Opportunity) -> dict[str, Any]:
    return {"opportunity": opportunity.pk, "name": opportunity.name}
