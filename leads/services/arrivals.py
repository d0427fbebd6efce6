"""What has arrived is scored, and offered where the rule of its kind says so."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leads.models import Lead, LeadState
from leads.selectors.candidates import Candidates, Rules
from leads.selectors.coverage import Covering
from leads.services.direct import territory_partners
from leads.services.likeness import check_leads
from leads.services.routing import route_lead, territory_candidate
from leads.services.scores import score_leads
from tenancy.rls import current_scope


def start_distribution() -> None:
    """After commit, set a worker on what has arrived. When the broker is away, the sweep does it later."""
    from leads.tasks import distribution as tasks

    manufacturer_id = current_scope().manufacturer
    if manufacturer_id is not None:
        transaction.on_commit(lambda: tasks.start_chain(manufacturer_id), robust=True)


def arrived(rules: Rules) -> Q:
    """The new leads that a worker has to look at: those not scored yet, and those of kinds that are offered at once."""
    automatic, is_any = rules.automatic_kinds()
    waiting = Q(scored_at=None)
    return Q(state=LeadState.NEW) & ((waiting | automatic) if is_any else waiting)


def take_in_arrivals(*, now: dt.datetime | None = None, most: int = 50) -> int:
    """Score new leads, and route those whose kind is offered at once; returns how many were looked at.

    What came by the public form is compared with who is known first: visitors do not wait for that.
    A request that came in directly goes to the partner of its territory where a rule says so, whatever its kind says.
    Leads that another worker has in hand are left to it. Safe to run again: a lead that was routed is new no more.
    """
    moment = now or timezone.now()
    rules = Rules()
    free = Lead.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    waiting = free.filter(arrived(rules)).order_by("received_at", "pk")
    rows = list(waiting.values_list("pk", "scored_at", "form_key")[:most])
    if not rows:
        return 0
    keys = [pk for pk, _scored, _form in rows]
    check_leads([pk for pk, scored, form in rows if scored is None and form is not None])
    score_leads(keys)
    Lead.objects.filter(pk__in=keys, scored_at=None).update(scored_at=moment)
    automatic, is_any = rules.automatic_kinds()
    covering = territory_partners(keys)
    routed = Q(pk__in=list(covering))
    if is_any:
        routed |= automatic
    if is_any or covering:
        scored = Lead.objects.filter(routed, pk__in=keys).select_related("kind", "category")
        leads = sorted(scored, key=lambda lead: (-(lead.score or 0), lead.received_at, lead.pk))
        found = Candidates(leads, rules=rules, now=moment)
        for lead in leads:
            _route(lead, found, covering.get(lead.pk), moment)
    return len(keys)


def _route(lead: Lead, found: Candidates, covering: Covering | None, now: dt.datetime) -> None:
    """To the partner of the territory first; where it may not get the lead, as the rule of its kind says."""
    if found.rules.of(lead.kind_id).is_automatic or (
        covering is not None and territory_candidate(lead, found, found.rank(lead), covering)
    ):
        route_lead(lead, found, covering=covering, now=now)
