"""How the leads of the demo came to their partners, and what is offered and waits today."""

import datetime as dt
import random
from collections.abc import Sequence

from django.utils import timezone

from leads.models import (
    AnsweredBy,
    DistributionRule,
    Lead,
    LeadKind,
    LeadReason,
    LeadState,
    Mode,
    Offer,
    OfferState,
    ReasonUse,
)
from leads.selectors.calendars import partner_calendars
from leads.selectors.candidates import ANSWERING_ROLES, Candidates
from leads.selectors.masked import masked_facts
from leads.services.offers import offer_by_hand
from leads.services.scores import score_leads
from partners.models import Partner, Stage
from tenancy.models import Manufacturer, Membership

CASTS = ("hanbit", "tokai")
OFFERED_NOW = 9
TO_EACH = 3


def tell_lead_offers(manufacturer: Manufacturer, today: dt.date) -> None:
    """The rules, the offers of a year with their answers, and some that wait for an answer now."""
    if manufacturer.slug not in CASTS or Offer.objects.exists() or not Lead.objects.exists():
        return
    rng = random.Random(f"offers of {manufacturer.slug}")  # noqa: S311 (a story, not a secret)
    DistributionRule.objects.create(mode=Mode.HAND, answer_hours=8, reminder_hours=2, rounds=3)
    first = LeadKind.objects.order_by("order").first()
    if first is not None:
        DistributionRule.objects.create(kind=first, mode=Mode.BATCH, answer_hours=6, reminder_hours=1, rounds=2)
    _past(rng)
    _now()


def _past(rng: random.Random) -> None:
    """Each lead that a partner has was offered to it; every fourth had been offered to another before."""
    leads = list(Lead.objects.filter(partner__isnull=False).select_related("kind", "category").order_by("pk"))
    facts = masked_facts(leads)
    partners = list(Partner.objects.filter(stage=Stage.ACTIVE).order_by("pk").values_list("pk", flat=True))
    reasons = list(LeadReason.objects.filter(use=ReasonUse.DECLINE))
    calendars = partner_calendars([*partners, *(lead.partner_id or 0 for lead in leads)])
    offers = []
    for lead in leads:
        accepted_at = lead.accepted_at or lead.received_at
        start = lead.received_at + (accepted_at - lead.received_at) / 3
        rounds = 1
        if rng.random() < 0.25:
            rounds = 2
            other = rng.choice([pk for pk in partners if pk != lead.partner_id])
            declined = rng.random() < 0.6 and bool(reasons)
            offers.append(
                Offer(
                    lead=lead,
                    partner_id=other,
                    facts=facts[lead.pk],
                    state=OfferState.DECLINED if declined else OfferState.EXPIRED,
                    offered_at=lead.received_at,
                    due_at=start,
                    answered_at=start,
                    answered_via=AnsweredBy.PORTAL if declined else "",
                    answer_hours=calendars[other].between(lead.received_at, start),
                    reason=rng.choice(reasons) if declined else None,
                )
            )
        assert lead.partner_id is not None
        calendar = calendars[lead.partner_id]
        offers.append(
            Offer(
                lead=lead,
                partner_id=lead.partner_id,
                facts=facts[lead.pk],
                round=rounds,
                state=OfferState.ACCEPTED,
                offered_at=start,
                due_at=max(calendar.after(start, 8), accepted_at),
                answered_at=accepted_at,
                answered_via=rng.choice([AnsweredBy.PORTAL, AnsweredBy.PORTAL, AnsweredBy.MAIL]),
                answer_hours=calendar.between(start, accepted_at),
            )
        )
    Offer.objects.bulk_create(offers)


def _now() -> None:
    """Leads of the last days wait for the answers of partners that sign in."""
    new = list(Lead.objects.filter(state=LeadState.NEW).order_by("received_at", "pk")[:OFFERED_NOW])
    score_leads([lead.pk for lead in new])
    signing_in = Membership.objects.filter(is_active=True, role__in=ANSWERING_ROLES, partner__stage=Stage.ACTIVE)
    partners = list(dict.fromkeys(signing_in.order_by("pk").values_list("partner_id", flat=True)))[:TO_EACH]
    chosen = Partner.objects.in_bulk([pk for pk in partners if pk is not None])
    for number, lead in enumerate(new):
        partner = _suits(lead, [chosen[pk] for pk in partners if pk in chosen], number)
        if partner is not None:
            offer_by_hand(lead, partner, by=None, now=timezone.now() - dt.timedelta(minutes=17 * number))


def _suits(lead: Lead, partners: Sequence[Partner], number: int) -> Partner | None:
    """One of these that may get leads, in turn."""
    may = {each.partner_id for each in Candidates([lead]).rank(lead, most=None) if not each.obstacles}
    fitting = [partner for partner in partners if partner.pk in may]
    return fitting[number % len(fitting)] if fitting else None
