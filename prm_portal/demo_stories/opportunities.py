"""What the demo's partners work on: an opportunity for each lead they accepted, what they did, and past forecasts."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from commerce.models import CustomerKind, CustomerSource, EndCustomer
from leads.models import (
    ActivityKind,
    ForecastSnapshot,
    Lead,
    LeadReason,
    LeadState,
    Opportunity,
    OpportunityActivity,
    OpportunityMove,
    PipelineStage,
    ReasonUse,
    StageOutcome,
)
from leads.selectors.forecasts import later
from leads.services.likeness import write_customer_keys
from leads.services.opportunities import mark_stalled
from leads.services.stages import ensure_stages
from partners.models import Partner
from tenancy.models import Manufacturer, Membership

STEPS = {
    "ko": ["현장 방문해 실측하기", "샘플 보내기", "견적서 보내기", "결정 시기 묻기", "납기 확인해 주기"],
    "ja": ["Send the quote", "Call about the colour", "Ask for the container size", "Confirm the delivery date"],
}
SAID = {
    "ko": [
        ("call", "전화로 면적과 시공 시기를 확인함"),
        ("visit", "현장을 방문해 실측함"),
        ("sample", "샘플 3종 발송"),
        ("quote", "견적서를 메일로 보냄"),
        ("note", "경쟁사 견적과 비교 중이라고 함"),
    ],
    "ja": [
        ("call", "Asked for quantities and the port of arrival"),
        ("mail", "Sent the data sheets"),
        ("quote", "Quote sent, valid for 30 days"),
        ("note", "Compares with an offer from another maker"),
    ],
}
OWN = {
    "ko": ["자체 고객 리모델링", "단골 매장 추가 시공", "신축 빌라 공급"],
    "ja": ["Own customer, repeat order", "Showroom refit"],
}
CUSTOMERS = {"ko": ["새봄인테리어", "온누리건설", "한마음호텔"], "ja": ["Harbour Homes", "Pacific Builders"]}


def tell_opportunities(manufacturer: Manufacturer, today: dt.date) -> None:
    """Everything is inserted at once; dates follow those of the leads."""
    if not manufacturer.languages or ForecastSnapshot.objects.exists() or not Lead.objects.exists():
        return
    Story(manufacturer, today).tell()


class Story:
    def __init__(self, manufacturer: Manufacturer, today: dt.date) -> None:
        self.rng = random.Random(f"opportunities of {manufacturer.slug}")  # noqa: S311 (a story, not a secret)
        self.manufacturer, self.today, self.now = manufacturer, today, timezone.now()
        self.language = "ko" if manufacturer.languages[0] == "ko" else "ja"
        stages = ensure_stages()
        self.opened = [stage for stage in stages if stage.outcome == StageOutcome.OPEN]
        self.ends = {stage.outcome: stage for stage in stages if stage.outcome != StageOutcome.OPEN}
        self.reasons = list(LeadReason.objects.filter(use=ReasonUse.LOST))
        self.reps: dict[int, list[Membership]] = {}
        for member in Membership.objects.filter(partner__isnull=False, is_active=True).order_by("pk"):
            self.reps.setdefault(member.partner_id or 0, []).append(member)
        self.ways: list[tuple[Opportunity, list[PipelineStage]]] = []

    def tell(self) -> None:
        taken = (LeadState.ACCEPTED, LeadState.WON, LeadState.LOST)
        # Who has accepted an offer a moment ago has its opportunity already.
        leads = list(Lead.objects.filter(state__in=taken, partner__isnull=False, opportunities=None).order_by("pk"))
        self.customers(leads)
        for lead in leads:
            self.of_lead(lead)
        for partner in Partner.objects.filter(pk__in=self.reps).order_by("pk")[:12]:
            self.own(partner)
        Opportunity.objects.bulk_create([opportunity for opportunity, _way in self.ways], batch_size=500)
        self.history()
        write_customer_keys(EndCustomer.objects.filter(match_keys=None))
        mark_stalled()
        self.forecasts()

    def customers(self, leads: list[Lead]) -> None:
        """Who wrote is an end customer of the partner now."""
        without = [lead for lead in leads if lead.customer_id is None]
        made = EndCustomer.objects.bulk_create(
            [
                EndCustomer(
                    kind=CustomerKind.COMPANY if lead.company else CustomerKind.PERSON,
                    name=lead.company or lead.name or lead.reference,
                    contact_name=lead.name if lead.company else "",
                    phone=lead.phone,
                    email=lead.email,
                    city=lead.city,
                    country=lead.country,
                    served_by_id=lead.partner_id,
                    source=CustomerSource.LEAD,
                    consent=lead.consent,
                    consented_at=lead.consented_at,
                )
                for lead in without
            ]
        )
        for lead, customer in zip(without, made, strict=True):
            lead.customer = customer
        Lead.objects.bulk_update(without, ["customer"], batch_size=500)

    def of_lead(self, lead: Lead) -> None:
        began = lead.accepted_at or lead.received_at
        amount = lead.amount or Decimal(self.rng.randrange(20, 400) * 100000)
        opportunity = Opportunity(
            name=lead.subject or str(lead),
            partner_id=lead.partner_id or 0,
            lead=lead,
            customer_id=lead.customer_id,
            category_id=lead.category_id,
            created_at=began,
            note=lead.message,
        )
        ended = lead.closed_at if lead.state != LeadState.ACCEPTED else None
        outcome = StageOutcome.OPEN if ended is None else lead.state
        self.put(opportunity, amount, lead.amount_base or amount, lead.currency, outcome, ended)
        if outcome == StageOutcome.LOST:
            opportunity.reason_id = lead.reason_id or (self.rng.choice(self.reasons).pk if self.reasons else None)

    def own(self, partner: Partner) -> None:
        """Some that the partner has found itself."""
        for title, name in zip(OWN[self.language], CUSTOMERS[self.language], strict=False):
            customer = EndCustomer.objects.create(name=name, served_by=partner, source=CustomerSource.PARTNER)
            amount = Decimal(self.rng.randrange(30, 300) * 100000)
            began = self.now - dt.timedelta(days=self.rng.randrange(4, 50))
            opportunity = Opportunity(name=f"{name}: {title}", partner=partner, customer=customer, created_at=began)
            self.put(opportunity, amount, amount, self.manufacturer.currency, StageOutcome.OPEN, None)

    def put(
        self, opportunity: Opportunity, amount: Decimal, base: Decimal, currency: str, outcome: str, ended: Any
    ) -> None:
        rng, began = self.rng, opportunity.created_at
        people = self.reps.get(opportunity.partner_id, [])
        opportunity.rep = rng.choice(people) if people else None
        opportunity.amount, opportunity.amount_base = amount, base
        opportunity.currency = currency or self.manufacturer.currency
        reached = rng.choices(range(len(self.opened)), [4, 3, 3, 2])[0] if len(self.opened) == 4 else 0
        way = self.opened[: reached + 1]
        if outcome == StageOutcome.OPEN:
            last = self.now - dt.timedelta(
                days=rng.choices([0, 2, 5, 9, 20], [3, 4, 3, 2, 1])[0], minutes=rng.randrange(900)
            )
            last = max(began, last)
            opportunity.expected_close = self.today + dt.timedelta(days=rng.randrange(-10, 150))
            if rng.random() < 0.85:
                opportunity.next_step = rng.choice(STEPS[self.language])
                opportunity.next_step_on = self.today + dt.timedelta(days=rng.randrange(-3, 14))
        else:
            way = [*self.opened, self.ends[outcome]] if outcome == StageOutcome.WON else [*way, self.ends[outcome]]
            last = max(began, ended)
            opportunity.closed_at = last
            opportunity.expected_close = timezone.localdate(last) + dt.timedelta(days=rng.randrange(-20, 20))
            if outcome == StageOutcome.WON:
                share = Decimal(rng.randrange(85, 108)) / 100
                opportunity.won_amount = (amount * share).quantize(Decimal(1))
                opportunity.won_amount_base = (base * share).quantize(Decimal(1))
        opportunity.stage, opportunity.last_activity_at = way[-1], last
        opportunity.stage_since = last if outcome != StageOutcome.OPEN else began + (last - began) * 0.7
        opportunity.due_on = opportunity.next_step_on or timezone.localdate(opportunity.stage_since)
        self.ways.append((opportunity, way))

    def history(self) -> None:
        """How each went through its stages, and what was done on the way."""
        moves, activities = [], []
        said = SAID[self.language]
        for opportunity, way in self.ways:
            span = opportunity.stage_since - opportunity.created_at
            name = opportunity.rep.name if opportunity.rep else ""
            common = {"partner_id": opportunity.partner_id, "opportunity": opportunity}
            for place, stage in enumerate(way):
                moves.append(
                    OpportunityMove(
                        **common,
                        from_stage=way[place - 1] if place else None,
                        to_stage=stage,
                        amount_base=opportunity.amount_base,
                        at=opportunity.created_at + span * (place / max(len(way) - 1, 1)),
                        by=opportunity.rep,
                        by_name=name,
                    )
                )
            for kind, text in said[: min(len(way), self.rng.randrange(1, len(said) + 1))]:
                at = (
                    opportunity.created_at + (opportunity.last_activity_at - opportunity.created_at) * self.rng.random()
                )
                activities.append(
                    OpportunityActivity(
                        **common, kind=ActivityKind(kind), summary=text, at=at, by=opportunity.rep, by_name=name
                    )
                )
        OpportunityMove.objects.bulk_create(moves, batch_size=1000)
        OpportunityActivity.objects.bulk_create(activities, batch_size=1000)

    def forecasts(self) -> None:
        """What was expected at the beginning of each of the last eleven months: somewhat more than came, as ever."""
        first, rows = self.today.replace(day=1), []
        for back in range(1, 12):
            month = later(first, -back)
            zone = timezone.get_current_timezone()
            start = dt.datetime.combine(month, dt.time(), zone)
            end = dt.datetime.combine(later(month, 1), dt.time(), zone)
            came = (
                Opportunity.objects.filter(won_amount_base__isnull=False, closed_at__gte=start, closed_at__lt=end)
                .values("partner_id", "category_id")
                .annotate(amount=Sum("won_amount_base"))
            )
            for row in came:
                weighted = (row["amount"] * Decimal(self.rng.randrange(70, 150)) / 100).quantize(Decimal(1))
                rows.append(
                    ForecastSnapshot(
                        taken_on=month,
                        month=month,
                        partner_id=row["partner_id"],
                        category_id=row["category_id"],
                        open_amount=weighted * 2,
                        weighted=weighted,
                    )
                )
        ForecastSnapshot.objects.bulk_create(rows, batch_size=1000)
