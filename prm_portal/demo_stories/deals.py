"""Deals: what partners have registered in a quarter, what was answered, what is protected, asked for and appealed."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from commerce.models import EndCustomer, ProductCategory
from leads.models import (
    AnswerState,
    ClaimStep,
    DealAppeal,
    DealRegistration,
    DealState,
    ExtensionRequest,
    Protection,
    ProtectionEnd,
)
from leads.selectors.deals import calendar, deal_settings
from leads.services.claims import Claim, add_claims, lock_head
from leads.services.deals.common import facts_of, write_keys
from leads.services.deals.terms import save_terms
from partners.models import Partner, Stage
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

S = DealState
FIRST = {"hanbit": "admin@seoul-agency.example", "tokai": "buyer@oslo-sykkel.example"}
ABOUT = {
    "hanbit": [
        "객실 바닥재 교체", "사옥 로비 리모델링", "학교 강당 마루", "오피스텔 시공", "병원 복도 바닥", "카페 인테리어",
        "물류센터 사무동", "아파트 커뮤니티 센터",
    ],
    "tokai": [
        "Rental fleet", "Company bikes", "City bikes for a municipality", "Bikes for a hotel", "School project",
        "Delivery bikes", "Tour operator", "Campus bikes",
    ],
}  # fmt: skip
COMPETITORS = {"hanbit": ["", "", "동화", "LX하우시스"], "tokai": ["", "", "Gazelle", "Giant"]}
WORDS = {
    "hanbit": {
        "returned": "담당자가 누구인지, 언제 현장을 보셨는지 알려 주세요.",
        "refused": "본사에서 직접 진행 중인 고객입니다.",
        "extension": "입찰이 한 달 미뤄졌습니다. 공고문을 첨부합니다.",
        "appeal": "5월에 먼저 실측했습니다. 사진과 방문 기록을 첨부합니다.",
        "lost": "예산이 취소되었습니다.",
        "note": "현장 실측을 마치고 1차 견적을 냈습니다.",
    },
    "tokai": {
        "returned": "Whom did you speak to, and when did you see the customer?",
        "refused": "We are in talks with this customer ourselves.",
        "extension": "The tender was put off by a month. The notice is attached.",
        "appeal": "We measured there in May, before anybody else.",
        "lost": "The budget was cancelled.",
        "note": "We have visited them and made a first offer.",
    },
}
STATES = [
    (S.SUBMITTED, 6), (S.RETURNED, 2), (S.APPROVED, 24), (S.REFUSED, 5), (S.WON, 9), (S.LOST, 6), (S.EXPIRED, 4),
    (S.RELEASED, 2),
]  # fmt: skip


def tell_deals(manufacturer: Manufacturer, today: dt.date) -> None:
    """Three months of registrations of a dozen partners, the one whose people sign in among them."""
    if DealRegistration.objects.exists() or manufacturer.slug not in FIRST:
        return
    teller = _Teller(manufacturer)
    if not teller.customers or not teller.categories or not teller.partners:
        return
    save_terms(deal_settings(), {category.pk: 120 for category in teller.categories[:1]})
    for state, count in STATES:
        for _each in range(count):
            teller.tell(state)
    teller.keep()


class _Teller:
    """Tells registrations one after the other, then puts their steps into the log in the order of time."""

    def __init__(self, manufacturer: Manufacturer) -> None:
        self.rng = random.Random(manufacturer.slug)  # noqa: S311 - a story, not a secret
        self.slug, self.currency = manufacturer.slug, manufacturer.currency
        self.now, self.calendar = timezone.now(), calendar()
        self.zone = ZoneInfo(manufacturer.timezone)
        member = Membership.objects.filter(email=FIRST[self.slug]).select_related("partner").first()
        others = Partner.objects.filter(stage=Stage.ACTIVE).order_by("-summary__revenue", "pk")
        own = member.partner if member is not None else None
        self.partners = [*([own] if own else []), *others.exclude(pk=own.pk if own else 0)[:12]]
        self.reps = dict(
            Membership.objects.filter(partner__in=self.partners, is_active=True)
            .order_by("-pk")
            .values_list("partner_id", "pk")
        )
        self.names = dict(Membership.objects.values_list("pk", "name"))
        self.manager = Membership.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk").first()
        self.categories = list(ProductCategory.objects.order_by("order", "code")[:6])
        self.customers = list(EndCustomer.objects.filter(merged_into=None).order_by("pk")[:200])
        # One protection a customer and category: each pair is taken once.
        self.free = [(customer, category) for customer in self.customers for category in self.categories]
        self.rng.shuffle(self.free)
        self.number = 0
        self.told: list[tuple[dt.datetime, Claim]] = []

    def tell(self, state: DealState) -> None:
        """One registration that stands there now."""
        if not self.free:
            return
        self.number += 1
        partner = self.partners[0] if self.number % 4 == 1 else self.rng.choice(self.partners)
        customer, category = self.free.pop()
        ago = self.rng.uniform(0.1, 1.5) if state == S.SUBMITTED else self.rng.uniform(4, 84)
        if state == S.EXPIRED:
            ago = self.rng.uniform(95, 130)
        at = self.at_work(self.now - dt.timedelta(days=ago))
        small = Decimal(1) if self.currency == "KRW" else Decimal("0.1")
        amount = Decimal(self.rng.randint(3, 180)) * 1_000_000 * small
        deal = DealRegistration(
            reference=f"D{self.number:06}",
            registered_by_id=self.reps.get(partner.pk), title=self.rng.choice(ABOUT[self.slug]),
            customer_name=str(customer), contact_name=customer.contact_name, phone=customer.phone,
            email=customer.email, address=customer.address, city=customer.city, postal_code=customer.postal_code,
            country=customer.country, category=category, amount=amount, currency=self.currency, amount_base=amount,
            expected_on=(self.now + dt.timedelta(days=self.rng.randint(10, 150))).date(),
            competitor=self.rng.choice(COMPETITORS[self.slug]), note=WORDS[self.slug]["note"], state=state,
            customer=customer, submitted_at=at, due_at=self.calendar.after(at, 16),
        )  # fmt: skip
        deal.name_partner(partner)
        who = self.names.get(self.reps.get(partner.pk, 0), "")
        if state != S.SUBMITTED:
            answered = self.calendar.after(at, self.rng.choice([2, 3, 5, 6, 9, 11, 14, 22]))
            deal.answered_at, deal.answered_by = answered, self.manager
            deal.answer_minutes = int(60 * self.calendar.between(at, answered))
        if state in (S.RETURNED, S.REFUSED, S.LOST):
            deal.reason = WORDS[self.slug][state.value]
        deal.save()
        DealRegistration.objects.filter(pk=deal.pk).update(created_at=at)
        write_keys(deal)
        self.note(at, deal, ClaimStep.SUBMITTED, who, **facts_of(deal, files=[]))
        self.go_on(deal, state, who)

    def go_on(self, deal: DealRegistration, state: DealState, who: str) -> None:
        """What followed the answer."""
        if deal.answered_at is None:
            return
        staff, answered = self.manager.name if self.manager else "", deal.answered_at
        if state in (S.RETURNED, S.REFUSED):
            self.note(answered, deal, state.value, staff, reason=deal.reason)
            if state == S.REFUSED and self.number % 2:
                appeal = DealAppeal.objects.create(
                    deal=deal, text=WORDS[self.slug]["appeal"], asked_by_id=self.reps.get(deal.partner_id),
                    asked_by_name=who, asked_at=min(self.now, answered + dt.timedelta(hours=3)), against=self.manager,
                )  # fmt: skip
                self.note(appeal.asked_at, deal, ClaimStep.APPEALED, who, reason=appeal.text)
            return
        ends = answered + dt.timedelta(days=90)
        self.note(answered, deal, ClaimStep.APPROVED, staff, protected_from=answered, protected_until=ends)
        closed = answered + (self.now - answered) * 0.7
        ended = {S.EXPIRED: ProtectionEnd.EXPIRED, S.RELEASED: ProtectionEnd.RELEASED, S.LOST: ProtectionEnd.LOST}
        if state in (S.RELEASED, S.LOST):
            ends = closed
        if state in (S.WON, S.RELEASED, S.LOST, S.EXPIRED):
            deal.closed_at = ends if state == S.EXPIRED else closed
            self.note(deal.closed_at, deal, state.value, "" if state == S.EXPIRED else who, reason=deal.reason)
        Protection.objects.create(
            deal=deal, customer_id=deal.customer_id or 0, category_id=deal.category_id or 0, starts_at=answered, ends_at=ends,
            ended=ended.get(state, ""),
        )  # fmt: skip
        deal.protected_until = ends
        deal.save(update_fields=["protected_until", "closed_at"])
        if state == S.APPROVED and self.number % 6 == 0:
            asked = ExtensionRequest.objects.create(
                deal=deal, days=30, text=WORDS[self.slug]["extension"], asked_by_id=self.reps.get(deal.partner_id),
                asked_by_name=who, asked_at=self.now - dt.timedelta(hours=self.rng.randint(1, 30)),
                state=AnswerState.WAITING,
            )  # fmt: skip
            self.note(asked.asked_at, deal, ClaimStep.EXTENSION_ASKED, who, days=30, reason=asked.text)

    def at_work(self, at: dt.datetime) -> dt.datetime:
        """The same day, at an hour at which people work, and never in the future."""
        hour, minute = self.rng.randint(9, 17), self.rng.randrange(60)
        moved = at.astimezone(self.zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return min(moved, self.now - dt.timedelta(minutes=self.rng.randint(5, 90)))

    def note(self, at: dt.datetime, deal: DealRegistration, step: str, who: str, **facts: Any) -> None:
        """Remember a line of the log."""
        self.told.append((at, Claim(deal, step, facts, who)))

    def keep(self) -> None:
        """Put all lines down, the oldest first."""
        head = lock_head()
        head.deals = self.number
        head.save(update_fields=["deals"])
        for at, claim in sorted(self.told, key=lambda each: each[0]):
            add_claims(head, [claim], at=at)
