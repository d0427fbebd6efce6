"""Leads that somebody chose are handed out at once: one now, or many by a worker, each decided on its own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from leads.models import AUTOMATIC, Lead, LeadState, Mode, RoutingDecision
from leads.selectors.candidates import Candidates, Rules
from leads.services.offering import last_round
from leads.services.offers import OfferError
from leads.services.routing import route_lead
from leads.services.states import lock_lead
from pages import formats
from tenancy.models import Membership
from tenancy.rls import commit_chunk

ROUTE_JOB = "lead_routing"
ROUTABLE = (LeadState.NEW, LeadState.MANUAL)
PER_CHUNK = 100
MOST_ROUTED = 10_000
MODES = ("", Mode.BEST, Mode.TURNS, Mode.FIRST)


@transaction.atomic
def offer_now(lead: Lead, *, mode: str = "", by: Membership | None) -> RoutingDecision:
    """Offer a lead that waits, by the rule of its kind or the mode given; by hand means: to the best."""
    if mode not in MODES:
        raise OfferError(_("Choose one of the ways of distribution."))
    lead = lock_lead(lead)
    if lead.state not in ROUTABLE:
        raise OfferError(_("This lead is “%(state)s”: it cannot be offered now.") % {"state": lead.get_state_display()})
    found = Candidates([lead])
    return route_lead(lead, found, mode=_mode(mode, lead, found.rules), round_=last_round(lead) + 1, by=by)


def start_routing(lead_ids: list[int], *, mode: str = "", by: Membership) -> Job:
    """Have a worker offer these leads, each on its own."""
    return start_job(ROUTE_JOB, params={"leads": lead_ids, "mode": mode if mode in MODES else ""}, by=by)


def run_routing(progress: Progress) -> Mapping[str, Any]:
    """Offer the leads of a job. What was offered before a worker died is offered once: it waits no more."""
    lead_ids: list[int] = progress.job.params["leads"]
    mode: str = progress.job.params["mode"]
    by = progress.job.created_by
    progress.begin(len(lead_ids))
    for start in range(0, len(lead_ids), PER_CHUNK):
        chunk = lead_ids[start : start + PER_CHUNK]
        free = Lead.objects.select_for_update(no_key=True, of=("self",)).select_related("kind", "category")
        leads = list(free.filter(pk__in=chunk, state__in=ROUTABLE).order_by("pk"))
        leads.sort(key=lambda lead: (-(lead.score or 0), lead.received_at, lead.pk))
        found = Candidates(leads)
        for lead in leads:
            route_lead(lead, found, mode=_mode(mode, lead, found.rules), round_=1, by=by)
        commit_chunk()
        progress.advance(len(chunk))
    states = Lead.objects.filter(pk__in=lead_ids).order_by().values_list("state", flat=True)
    offered = sum(state == LeadState.OFFERED for state in states)
    return {"offered": offered, "chosen": len(lead_ids)}


def routing_started(count: int) -> str:
    """What is said when many leads were handed to a worker."""
    return ngettext(
        "%(count)s lead is being offered, decided on its own.",
        "%(count)s leads are being offered, each decided on its own.",
        count,
    ) % {"count": formats.number(count)}


def _mode(mode: str, lead: Lead, rules: Rules) -> str:
    if mode:
        return mode
    rule = rules.of(lead.kind_id)
    return rule.mode if rule.mode in AUTOMATIC else Mode.BEST
