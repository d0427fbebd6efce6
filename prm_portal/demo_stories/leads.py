"""A year of enquiries: who asked for what, which partner took it, and what became of it."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from commerce.models import CustomerKind, CustomerSource, EndCustomer, Product, ProductCategory
from leads.models import KnownAt, Lead, LeadField, LeadKind, LeadReason, LeadSource, LeadState, ReasonUse
from leads.selectors.calendars import partner_calendars
from leads.selectors.leads import lead_owners
from leads.services.codes import default_lists
from leads.services.intake import new_reference
from leads.services.likeness import check_leads, write_customer_keys, write_lead_keys
from leads.services.web_forms import draft_form, publish_form
from partners.models import Partner, Stage
from prm_portal.demo import korea
from prm_portal.demo.shapes import read_data
from tenancy.models import Manufacturer, Membership

S = LeadState


@dataclass(frozen=True)
class Enquirer:
    """Somebody who may buy."""

    company: str
    name: str
    title: str
    email: str
    phone: str
    address: str
    city: str
    region: str
    postal_code: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Cast:
    """What the enquiries of one manufacturer are like."""

    language: str
    states: dict[LeadState, int]
    asked: list[tuple[str, str, int, int]]
    """What it is about, category, and the expected amount from and to."""
    messages: list[str]
    consent: str
    campaigns: list[str]
    kinds: list[tuple[str, dict[str, str]]]
    fields: list[dict[str, Any]]
    answers: Callable[[random.Random], dict[str, Any]]
    enquirers: Callable[[random.Random], Iterator[Enquirer]]


HANBIT_TRADES = (
    "건설", "인테리어", "디자인", "종합건설", "호텔", "병원", "유치원", "부동산", "리모델링", "학원", "스튜디오", "외식",
)  # fmt: skip


def hanbit_enquirers(rng: random.Random) -> Iterator[Enquirer]:
    """Companies and home owners all over Korea; more of them where more people live."""
    places = korea.places()
    stems = list(korea.STEMS.items())
    while True:
        place = places[min(int(rng.expovariate(0.06)), len(places) - 1)]
        name = korea.person_name(rng)
        number = rng.randint(1, 380)
        at = (place.latitude + rng.uniform(-0.03, 0.03), place.longitude + rng.uniform(-0.03, 0.03))
        rest = (
            f"{place.road} {number}", place.city, place.region, f"{place.postal}{rng.randint(10, 99)}", "KR",
            round(at[0], 5), round(at[1], 5),
        )  # fmt: skip
        if rng.random() < 0.55:
            (word, latin), trade = rng.choice(stems), rng.choice(HANBIT_TRADES)
            mail = f"{latin.lower()}{rng.randint(1, 99)}"
            yield Enquirer(
                f"{word}{trade}", name, rng.choice(["대표", "과장", "실장", "팀장", "대리", "이사"]),
                f"contact@{mail}.example", korea.office_phone(place, rng), *rest,
            )  # fmt: skip
        else:
            mail = f"{rng.choice(['home', 'happy', 'sky', 'dream', 'blue'])}{rng.randint(100, 9999)}@mail.example"
            yield Enquirer("", name, "", mail if rng.random() < 0.6 else "", korea.mobile_phone(rng), *rest)


def tokai_enquirers(rng: random.Random) -> Iterator[Enquirer]:
    """Shops, workshops and fleets where Tokai's buyers are, mostly in Europe."""
    towns = read_data("tokai_buyers.csv")
    words = ["Velo", "Cycle", "Rad", "Bike", "Wheel", "Pedal", "Gear", "Tandem", "Cargo", "Trail"]
    kinds = ["Works", "House", "Courier", "Rental", "Club", "Fleet", "Studio", "Depot"]
    first = ["Anna", "Jonas", "Marta", "Luc", "Erik", "Sofia", "Tom", "Ines", "Paul", "Clara", "Nils", "Eva"]
    last = ["Berg", "Weber", "Rossi", "Martin", "Visser", "Novak", "Silva", "Clarke", "Jensen", "Keller"]
    while True:
        town = rng.choice(towns)
        word, kind = rng.choice(words), rng.choice(kinds)
        name = f"{rng.choice(first)} {rng.choice(last)}"
        yield Enquirer(
            f"{word} {kind} {town['city']}", name, rng.choice(["Owner", "Buyer", "Mechanic", "Fleet manager"]),
            f"{name.split()[0].lower()}@{word.lower()}{kind.lower()}{rng.randint(1, 99)}.example",
            town["phone"][:-4] + f"{rng.randint(0, 9999):04d}", f"{town['address'].rsplit(' ', 1)[0]} {rng.randint(1, 90)}",
            town["city"], "", town["postal"], town["country"], float(town["latitude"]), float(town["longitude"]),
        )  # fmt: skip


def hanbit_answers(rng: random.Random) -> dict[str, Any]:
    building = rng.choices(["아파트", "단독주택", "상가", "사무실", "공공시설"], [5, 2, 3, 2, 1])[0]
    return {
        "building": building,
        "floor_area": rng.choice([24, 33, 59, 84, 112, 150, 330, 660, 1200]),
        "decided": rng.random() < 0.35,
    }


def tokai_answers(rng: random.Random) -> dict[str, Any]:
    return {"bikes": rng.choice([5, 12, 30, 60, 150, 400]), "has_workshop": rng.random() < 0.6}


CASTS = {
    "hanbit": Cast(
        language="ko",
        states={S.NEW: 26, S.MANUAL: 9, S.ACCEPTED: 78, S.WON: 112, S.LOST: 131, S.DISCARDED: 44},
        asked=[
            ("거실과 방 3개 강마루 시공", "ENG", 1_800_000, 6_500_000),
            ("사무실 데코타일 교체", "LVT", 3_000_000, 28_000_000),
            ("아파트 전체 도배 (실크)", "SIL", 1_200_000, 4_800_000),
            ("신축 상가 바닥재 견적", "LAM", 5_000_000, 60_000_000),
            ("현관 중문 설치", "MID", 900_000, 2_600_000),
            ("학원 방음 공사", "ACO", 4_000_000, 35_000_000),
            ("실내 도어 40짝 납품", "DOR", 6_000_000, 18_000_000),
            ("공공 임대주택 장판 납품", "SHT", 20_000_000, 240_000_000),
            ("원목마루 상담", "SOL", 4_000_000, 22_000_000),
            ("외벽 단열재 견적", "INS", 3_000_000, 90_000_000),
        ],
        messages=[
            "다음 달 입주 예정이라 일정이 급합니다. 방문 상담 가능할까요?",
            "견본을 먼저 받아보고 싶습니다.",
            "평당 단가와 시공 가능 일정을 알려 주세요.",
            "두 군데 더 비교하고 있습니다. 이번 주 안에 견적 부탁드립니다.",
            "",
        ],
        consent="한빛건재와 그 파트너가 상담을 위해 위 정보를 이용하는 데 동의합니다.",
        campaigns=["2026-spring-floor", "2026-autumn-door", "koreabuild-2026"],
        kinds=[
            ("company", {"ko": "기업·시공사", "en": "Company", "ja": "法人"}),
            ("person", {"ko": "개인 고객", "en": "Home owner", "ja": "個人"}),
            ("project", {"ko": "건설 현장", "en": "Building project", "ja": "建設案件"}),
        ],
        fields=[
            {
                "key": "building",
                "labels": {"ko": "건물 유형", "en": "Building", "ja": "建物"},
                "type": LeadField.Type.CHOICE,
                "choices": ["아파트", "단독주택", "상가", "사무실", "공공시설"],
                "is_masked": False,
            },
            {
                "key": "floor_area",
                "labels": {"ko": "면적 (m²)", "en": "Area in m²", "ja": "面積 (m²)"},
                "type": LeadField.Type.NUMBER,
                "is_masked": False,
            },
            {
                "key": "decided",
                "labels": {"ko": "공사 확정", "en": "Work is decided", "ja": "工事決定"},
                "type": LeadField.Type.YES_NO,
                "is_masked": False,
            },
            {
                "key": "satisfaction",
                "labels": {"ko": "시공 만족도", "en": "Satisfaction", "ja": "満足度"},
                "type": LeadField.Type.NUMBER,
                "known_at": KnownAt.OUTCOME,
            },
        ],
        answers=hanbit_answers,
        enquirers=hanbit_enquirers,
    ),
    "tokai": Cast(
        language="en",
        states={S.NEW: 8, S.MANUAL: 3, S.ACCEPTED: 17, S.WON: 22, S.LOST: 24, S.DISCARDED: 7},
        asked=[
            ("Hubs for a rental fleet", "HUB", 150_000, 1_800_000),
            ("Disc brakes for cargo bikes", "DSC", 90_000, 2_400_000),
            ("Cranksets, first order", "CRK", 200_000, 900_000),
            ("Chains and cassettes, yearly need", "CHN", 300_000, 4_000_000),
            ("Wheel building parts", "SPK", 60_000, 500_000),
            ("Tools for a new workshop", "TOOL", 80_000, 350_000),
        ],
        messages=[
            "Please send your dealer price list.",
            "We need delivery before the season starts in March.",
            "Which of your partners is nearest to us?",
            "",
        ],
        consent="Tokai and its partners may use what I write here to answer me.",
        campaigns=["eurobike-2026", "cargo-2026"],
        kinds=[
            ("shop", {"en": "Shop", "ja": "販売店", "ko": "판매점"}),
            ("fleet", {"en": "Fleet", "ja": "フリート", "ko": "단체"}),
        ],
        fields=[
            {
                "key": "bikes",
                "labels": {"en": "Bikes a year", "ja": "年間台数", "ko": "연간 대수"},
                "type": LeadField.Type.NUMBER,
                "is_masked": False,
            },
            {
                "key": "has_workshop",
                "labels": {"en": "Own workshop", "ja": "自社整備場", "ko": "자체 정비소"},
                "type": LeadField.Type.YES_NO,
                "is_masked": False,
            },
        ],
        answers=tokai_answers,
        enquirers=tokai_enquirers,
    ),
}
SOURCES = {"website": 34, "call": 22, "campaign": 14, "fair": 12, "referral": 8, "locator": 6, "staff": 4}
LIKELY: dict[LeadState, dict[str, int]] = {S.WON: {"referral": 3, "locator": 2}, S.LOST: {"fair": 3, "campaign": 2}}
"""Where those that buy, and those that do not, come from more often: what a learned score finds."""
TELLING = {"decided": (0.75, 0.2), "has_workshop": (0.8, 0.4)}
"""Answers by which outcomes differ, with how often they are yes of what was won and lost."""


def tell_leads(manufacturer: Manufacturer, today: dt.date) -> None:
    """The lists, the public form, the leads of a year with who took them, and the customers that came of them."""
    cast = CASTS.get(manufacturer.slug)
    if cast is None or Lead.objects.exists():
        return
    LeadKind.objects.bulk_create(
        [LeadKind(code=code, names=names, order=order) for order, (code, names) in enumerate(cast.kinds)]
    )
    default_lists()
    for language in manufacturer.languages:
        publish_form(draft_form(language), by=None)
    LeadField.objects.bulk_create([LeadField(order=order, **field) for order, field in enumerate(cast.fields)])
    _Year(manufacturer, cast, today).tell()


class _Year:
    def __init__(self, manufacturer: Manufacturer, cast: Cast, today: dt.date) -> None:
        self.manufacturer = manufacturer
        self.cast = cast
        self.now = timezone.now()
        self.rng = random.Random(f"leads of {manufacturer.slug}")  # noqa: S311 (a story, not a secret)
        self.sources = {row.code: row for row in LeadSource.objects.all()}
        self.kinds = list(LeadKind.objects.all())
        self.categories = {row.code: row for row in ProductCategory.objects.all()}
        self.products: dict[int, list[str]] = {}
        for code, category in Product.objects.filter(is_active=True).order_by("pk").values_list("code", "category"):
            self.products.setdefault(category or 0, []).append(code)
        self.reasons = {use: list(LeadReason.objects.filter(use=use)) for use in (ReasonUse.DISCARD, ReasonUse.LOST)}
        self.partners = list(
            Partner.objects.filter(stage=Stage.ACTIVE, latitude__isnull=False).order_by("pk").only(
                "pk", "latitude", "longitude", "country"
            )
        )  # fmt: skip
        self.calendars = partner_calendars([partner.pk for partner in self.partners])
        self.owners: list[Membership] = list(lead_owners())

    def tell(self) -> None:
        """Write all rows in a few statements, with the keys by which duplicates are found."""
        enquirers = self.cast.enquirers(self.rng)
        states = [state for state, count in self.cast.states.items() for _ in range(count)]
        leads = [self.lead(next(enquirers), state) for state in states]
        for place in range(3):  # three ask again
            leads.append(self.again(leads[place]))
        leads.sort(key=lambda lead: lead.received_at)
        Lead.objects.bulk_create(leads)
        self.customers([lead for lead in leads if lead.state == S.WON])
        write_lead_keys(leads)
        check_leads([lead.pk for lead in leads if lead.state in (S.NEW, S.MANUAL)])

    def lead(self, who: Enquirer, state: LeadState) -> Lead:
        """One enquiry, as old as its state asks for."""
        rng = self.rng
        subject, category, low, high = rng.choice(self.cast.asked)
        days = {S.NEW: (0, 3), S.MANUAL: (2, 9), S.ACCEPTED: (3, 70)}.get(state, (25, 360))
        received = self.at_work(self.now - dt.timedelta(days=rng.uniform(*days)))
        chosen = self.categories.get(category)
        amount = Decimal(rng.randint(low // 10_000, high // 10_000) * 10_000)
        likely = LIKELY.get(state, {})
        weights = [weight * likely.get(code, 1) for code, weight in SOURCES.items()]
        source = rng.choices(list(SOURCES), weights)[0]
        by_form = source in ("website", "campaign")
        codes = self.products.get(chosen.pk, []) if chosen else []
        lead = Lead(
            reference=new_reference(),
            company=who.company,
            name=who.name,
            title=who.title,
            email=who.email,
            phone=who.phone,
            address=who.address,
            city=who.city,
            region=who.region,
            postal_code=who.postal_code,
            country=who.country,
            latitude=Decimal(str(who.latitude)),
            longitude=Decimal(str(who.longitude)),
            language=self.cast.language,
            kind=self.kind(who, amount),
            source=self.sources[source],
            campaign_code=rng.choice(self.cast.campaigns) if source in ("campaign", "fair") else "",
            referred_by=rng.choice(self.partners) if source == "referral" and self.partners else None,
            subject=subject,
            message=rng.choice(self.cast.messages),
            category=chosen,
            products=rng.sample(codes, k=min(len(codes), rng.choice([0, 0, 1, 2]))),
            amount=amount if rng.random() < 0.85 else None,
            currency=self.manufacturer.currency,
            custom=self.answers(state),
            consent=self.cast.consent if by_form else "",
            consent_version=f"{self.cast.language}-1" if by_form else "",
            consented_at=received if by_form else None,
            owner=rng.choice(self.owners) if self.owners and rng.random() < 0.5 else None,
            state=state,
            received_at=received,
            state_since=received,
        )
        lead.amount_base = lead.amount
        lead.wanted_on = (received + dt.timedelta(days=rng.randint(14, 120))).date() if rng.random() < 0.5 else None
        self.outcome(lead)
        return lead

    def answers(self, state: LeadState) -> dict[str, Any]:
        """What the form asked. Who has decided on the work, or has a workshop, buys more often."""
        given = self.cast.answers(self.rng)
        for key, (won, lost) in TELLING.items():
            if key in given and state in (S.WON, S.LOST):
                given[key] = self.rng.random() < (won if state == S.WON else lost)
        return given

    def outcome(self, lead: Lead) -> None:
        """Who took it, how fast, and how it ended."""
        rng = self.rng
        if lead.state in (S.ACCEPTED, S.WON, S.LOST) and self.partners:
            lead.partner = self.near(lead)
            works = self.calendars[lead.partner.pk]
            lead.accepted_at = min(works.after(lead.received_at, rng.lognormvariate(1.3, 0.6)), self.now)
            lead.state_since = lead.accepted_at
            if lead.state != S.ACCEPTED or rng.random() < 0.7:
                called = works.after(lead.accepted_at, rng.lognormvariate(1.0, 0.7))
                lead.first_contact_at = min(called, self.now)
        if lead.state in (S.WON, S.LOST, S.DISCARDED):
            begun = lead.accepted_at or lead.received_at
            lead.closed_at = min(begun + dt.timedelta(days=rng.uniform(4, 60)), self.now)
            lead.state_since = lead.closed_at
        if lead.state == S.LOST:
            lead.reason = rng.choice(self.reasons[ReasonUse.LOST])
        if lead.state == S.DISCARDED:
            lead.reason = rng.choice(self.reasons[ReasonUse.DISCARD])
        if lead.state == S.WON and "satisfaction" in {field["key"] for field in self.cast.fields}:
            lead.custom["satisfaction"] = rng.choice([3, 4, 4, 5, 5])

    def again(self, known: Lead) -> Lead:
        """The same person asks a second time, writing itself a little differently."""
        twin = self.lead(
            Enquirer(
                known.company and f"{known.company} ",
                known.name,
                known.title,
                known.email,
                known.phone.replace("-", " "),
                "",
                known.city,
                known.region,
                known.postal_code,
                known.country,
                float(known.latitude or 0),
                float(known.longitude or 0),
            ),
            S.NEW,
        )
        twin.company = twin.company.strip()
        twin.received_at = twin.state_since = self.now - dt.timedelta(hours=self.rng.randint(1, 20))
        return twin

    def kind(self, who: Enquirer, amount: Decimal) -> LeadKind:
        by_code = {kind.code: kind for kind in self.kinds}
        if "person" in by_code:
            if not who.company:
                return by_code["person"]
            return by_code["project"] if amount > 40_000_000 else by_code["company"]
        return self.rng.choice(self.kinds)

    def near(self, lead: Lead) -> Partner:
        """One of the nearest five, the nearest most often."""

        def distance(partner: Partner) -> float:
            east = float(partner.longitude or 0) - float(lead.longitude or 0)
            return float((float(partner.latitude or 0) - float(lead.latitude or 0)) ** 2 + (0.8 * east) ** 2)

        nearest = sorted(self.partners, key=distance)[:5]
        return self.rng.choices(nearest, [5, 3, 2, 1, 1][: len(nearest)])[0]

    def customers(self, won: list[Lead]) -> None:
        """Who bought is an end customer of the partner that sold."""
        rows = [
            EndCustomer(
                kind=CustomerKind.COMPANY if lead.company else CustomerKind.PERSON,
                name=lead.company or lead.name,
                contact_name=lead.name if lead.company else "",
                contact_title=lead.title,
                email=lead.email,
                phone=lead.phone,
                address=lead.address,
                city=lead.city,
                region=lead.region,
                postal_code=lead.postal_code,
                country=lead.country,
                latitude=lead.latitude,
                longitude=lead.longitude,
                language=lead.language,
                served_by_id=lead.partner_id,
                source=CustomerSource.LEAD,
                consent=lead.consent,
                consented_at=lead.consented_at,
            )
            for lead in won
        ]
        EndCustomer.objects.bulk_create(rows)
        for lead, customer in zip(won, rows, strict=True):
            lead.customer = customer
        Lead.objects.bulk_update(won, ["customer"])
        write_customer_keys(rows)

    def at_work(self, at: dt.datetime) -> dt.datetime:
        """The same day, at an hour at which people write, and never in the future."""
        local = at.astimezone(ZoneInfo(self.manufacturer.timezone))
        moved = local.replace(hour=self.rng.randint(8, 20), minute=self.rng.randrange(60), second=0, microsecond=0)
        return min(moved, self.now - dt.timedelta(minutes=self.rng.randint(5, 90)))
