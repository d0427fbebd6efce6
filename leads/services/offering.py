"""Offers come to be: rows first, with the facts a partner may know, the moment they end, and the notices."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Max
from django.utils import timezone

from leads.models import DistributionRule, Lead, LeadState, Offer, RoutingDecision
from leads.selectors.calendars import partner_calendars
from leads.selectors.candidates import Rules
from leads.selectors.masked import masked_facts
from leads.services import distribution_notices as telling
from leads.services.states import move_locked
from tenancy.business_time import BusinessTime
from tenancy.models import Membership

Wanted = tuple[Lead, int, RoutingDecision | None]


def make_offers(
    wanted: Sequence[Wanted],
    *,
    rules: Rules | None = None,
    is_exclusive: bool = True,
    round_: int = 1,
    by: Membership | None = None,
    now: dt.datetime | None = None,
) -> list[Offer]:
    """Offer locked leads of the pool to partners: (lead, partner id, decision). A fixed number of queries but for one
    a lead, however many there are; everybody who may answer is told.

    The rule of the lead's kind says how long there is to answer, counted in the partner's business hours.
    """
    if not wanted:
        return []
    moment = now or timezone.now()
    known = rules or Rules()
    calendars = partner_calendars([partner_id for _lead, partner_id, _decision in wanted], now=moment)
    leads = list({lead.pk: lead for lead, _partner_id, _decision in wanted}.values())
    facts = masked_facts(leads)
    offers = []
    for lead, partner_id, decision in wanted:
        rule = known.of(lead.kind_id)
        due_at, remind_at = limits(rule, calendars[partner_id], moment)
        offers.append(
            Offer(
                lead=lead,
                partner_id=partner_id,
                decision=decision,
                facts=facts[lead.pk],
                is_exclusive=is_exclusive,
                round=round_,
                offered_at=moment,
                offered_by=by,
                due_at=due_at,
                remind_at=remind_at,
            )
        )
    Offer.objects.bulk_create(offers)
    for lead in leads:
        if lead.state != LeadState.OFFERED:
            move_locked(lead, LeadState.OFFERED, state_since=moment)
    telling.offered(offers)
    return offers


def limits(
    rule: DistributionRule, calendar: BusinessTime, start: dt.datetime
) -> tuple[dt.datetime, dt.datetime | None]:
    """When an offer ends, and when its partner is reminded."""
    due_at = calendar.after(start, rule.answer_hours)
    if not rule.reminder_hours:
        return due_at, None
    return due_at, calendar.after(start, rule.answer_hours - rule.reminder_hours)


def last_round(lead: Lead) -> int:
    """The round that a lead has come to."""
    return Offer.objects.filter(lead=lead).aggregate(last=Max("round"))["last"] or 0
