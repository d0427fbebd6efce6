"""Funds: two budgets of each manufacturer, and requests of the signed-in partner and others in every state."""

import datetime as dt
import io
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from PIL import Image, ImageDraw

from campaigns.models import ClaimLine, Fund, FundActivity, FundRequest
from campaigns.services import funds as services
from partners.models import Partner, Stage
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

FIRST = {"hanbit": "admin@seoul-agency.example", "tokai": "buyer@oslo-sykkel.example"}


@dataclass(frozen=True)
class Wish:
    """A request: what, which activity, its costs, what is claimed of each, and how far it has come."""

    title: str
    code: str
    costs: tuple[tuple[str, int], ...]
    state: str
    ago: int
    days: int = 2
    claimed: tuple[int, ...] = ()
    supplier: str = ""
    reason: str = ""
    purpose: str = ""
    outcome: str = ""
    number: str = ""
    is_other: bool = False


@dataclass(frozen=True)
class Story:
    """What a manufacturer's funds are called, hold, and were asked for."""

    names: tuple[str, str]
    notes: tuple[str, str]
    amounts: tuple[int, int]
    given: int
    cap: int
    answers: dict[str, str]
    wishes: list[Wish] = field(default_factory=list)


STORIES = {
    "hanbit": Story(
        ("2026년 하반기 대리점 판촉비", "지역 전시회 공동 지원"),
        (
            "광고, 전시회, 쇼룸 비용의 50%를 지원합니다. 세금계산서와 현장 사진을 첨부해 주세요.",
            "지역 건축·인테리어 전시회 참가비를 먼저 신청한 순서대로 지원합니다.",
        ),
        (120_000_000, 40_000_000),
        8_000_000,
        6_000_000,
        {"vat": "부가세는 지원 대상이 아닙니다.", "longer": "세금계산서 발행이 다음 달로 미뤄졌습니다.", "ok": "확인했습니다."},
        [
            Wish("강남 쇼룸 진열대 교체", "showroom", (("진열대 제작", 3_200_000), ("설치", 800_000)), "settled", 75,
                 claimed=(3_100_000, 880_000), supplier="대성디스플레이", purpose="신제품 원목마루 12종 전시",
                 outcome="방문 상담 46건, 계약 7건", number="2026-0911"),
            Wish("동네 아파트 입주 박람회 부스", "fair", (("부스 임차", 2_400_000), ("전단 5,000부", 600_000)), "claimed", 30,
                 claimed=(2_400_000, 720_000), supplier="한길전시", purpose="입주 세대 상담 100건", outcome="상담 132건",
                 number="A-20261031"),
            Wish("네이버 지역 광고 3개월", "online", (("광고비", 1_800_000),), "returned", 40, days=10,
                 claimed=(1_800_000,), supplier="온마케팅", reason="광고 집행 화면과 월별 내역을 함께 올려 주세요.",
                 number="ON-778"),
            Wish("가을 인테리어 세미나", "event", (("장소", 900_000), ("강사", 600_000)), "approved", 12, days=4,
                 purpose="인테리어 사업자 40명 초청"),
            Wish("버스 정류장 광고", "advertising", (("광고비", 2_600_000),), "submitted", 2, days=20,
                 purpose="지점 이전 안내"),
            Wish("직원 단체복 제작", "print", (("단체복", 1_000_000),), "refused", 55, reason="판촉 활동으로 볼 수 없습니다."),
            Wish("부산 입주 박람회 부스", "fair", (("부스 임차", 2_400_000),), "claimed", 28, claimed=(2_400_000,),
                 supplier="한길전시", number="A20261031", is_other=True),
            Wish("시공 기사 교육", "training", (("교육장", 700_000),), "submitted", 1, days=15, is_other=True),
        ],
    ),
    "tokai": Story(
        ("2026年下期 販促支援金", "展示会共同出展枠"),
        (
            "広告・展示会・店頭什器の費用の50%を負担します。請求書と現場写真を添付してください。",
            "地域の展示会への出展費を、申請順に負担します。",
        ),
        (12_000_000, 4_000_000),
        800_000,
        600_000,
        {"vat": "消費税は対象外です。", "longer": "請求書の発行が来月になりました。", "ok": "確認しました。"},
        [
            Wish("New shop display", "showroom", (("Display stands", 320_000), ("Fitting", 80_000)), "settled", 75,
                 claimed=(310_000, 88_000), supplier="Nordisk Display AS", purpose="Show six new e-bikes",
                 outcome="58 test rides, 9 orders", number="2026-0911"),
            Wish("Stand at the Oslo bike fair", "fair", (("Stand", 240_000), ("Printed catalogues", 60_000)), "claimed", 30,
                 claimed=(240_000, 72_000), supplier="Oslo Messe", purpose="20 enquiries of companies", outcome="27 enquiries",
                 number="A-20261031"),
            Wish("Online advertising, 3 months", "online", (("Advertising", 180_000),), "returned", 40, days=10, claimed=(180_000,),
                 supplier="Fjord Media", reason="掲載画面と月別の明細も添付してください。", number="ON-778"),
            Wish("Autumn test-ride day", "event", (("Venue", 90_000), ("Set-up", 60_000)), "approved", 12, days=4,
                 purpose="Invite 30 company customers"),
            Wish("Bus stop posters", "advertising", (("Posters", 260_000),), "submitted", 2, days=20, purpose="Tell that we have moved"),
            Wish("Staff jackets", "print", (("Jackets", 100_000),), "refused", 55, reason="販促活動とは認められません。"),
            Wish("Stand at the Bergen fair", "fair", (("Stand", 240_000),), "claimed", 28, claimed=(240_000,),
                 supplier="Oslo Messe", number="A20261031", is_other=True),
            Wish("Course for mechanics", "training", (("Room", 70_000),), "submitted", 1, days=15, is_other=True),
        ],
    ),
}  # fmt: skip


def tell_funds(manufacturer: Manufacturer, today: dt.date) -> None:
    """A fund given to each partner and one for who asks first; requests in every state, with what is to be looked at."""
    story = STORIES.get(manufacturer.slug)
    if story is None or Fund.objects.exists():
        return
    with timezone.override(manufacturer.timezone), translation.override(manufacturer.languages[0]):
        _Teller(manufacturer, story, today).tell()


class _Teller:
    def __init__(self, manufacturer: Manufacturer, story: Story, today: dt.date) -> None:
        self.manufacturer, self.story, self.today = manufacturer, story, today
        staff = Membership.objects.filter(role=Role.MANAGER, assigned_only=False, is_active=True)
        self.manager = staff.order_by("pk").first()
        self.own = Membership.objects.filter(email=FIRST[manufacturer.slug]).select_related("partner").first()
        self.others = Membership.objects.filter(
            role=Role.PARTNER_ADMIN, is_active=True, partner__stage=Stage.ACTIVE
        ).exclude(partner=self.own.partner_id if self.own else None)

    def tell(self) -> None:
        """Both budgets, and what was asked for of the first."""
        other = self.others.select_related("partner").order_by("pk").first()
        if self.manager is None or self.own is None:
            return
        for member in (self.manager, self.own, other):
            if member is not None:
                member.manufacturer = self.manufacturer
        services.default_activities()
        fund = self.fund(0)
        self.fund(1)
        partners = list(Partner.objects.filter(stage=Stage.ACTIVE).order_by("-summary__revenue", "pk")[:8])
        known = {partner.pk: partner for partner in partners}
        for member in (self.own, other):
            if member is not None and member.partner is not None:
                known.setdefault(member.partner.pk, member.partner)
        for partner in known.values():
            services.allot(fund, partner, Decimal(self.story.given), by=self.manager)
        for wish in self.story.wishes:
            by = other if wish.is_other else self.own
            if by is not None:
                self.ask(fund, wish, by)

    def fund(self, place: int) -> Fund:
        """One of the two budgets."""
        assert self.manager is not None
        fund = Fund(
            name=self.story.names[place],
            note=self.story.notes[place],
            currency=self.manufacturer.currency,
            starts_on=self.today - dt.timedelta(days=120),
            ends_on=self.today + dt.timedelta(days=90),
            request_until=self.today + dt.timedelta(days=60),
            share=Decimal(50),
            is_common=place == 1,
            cap=Decimal(self.story.cap) if place == 1 else None,
            activities=["fair"] if place == 1 else [],
        )
        return services.save_fund(fund, by=self.manager, amount=Decimal(self.story.amounts[place]))

    def ask(self, fund: Fund, wish: Wish, by: Membership) -> None:
        """A request, taken as far as it has come; its steps are of the days on which they would have been."""
        assert self.manager is not None
        begin = self.today - dt.timedelta(days=wish.ago) + dt.timedelta(days=10 if wish.state == "submitted" else 5)
        request = services.hand_in(
            FundRequest(
                fund_id=fund.pk, activity=FundActivity.objects.get(code=wish.code), title=wish.title,
                purpose=wish.purpose, starts_on=begin, ends_on=begin + dt.timedelta(days=wish.days), currency=fund.currency,
            ),
            [(what, Decimal(cost)) for what, cost in wish.costs],
            by=by,
        )  # fmt: skip
        if wish.state == "refused":
            services.refuse_request(request, by=self.manager, reason=wish.reason)
        elif wish.state != "submitted":
            services.approve_request(request, by=self.manager)
            if wish.claimed:
                self.claim(request, wish, by)
        self.date(request, wish)

    def claim(self, request: FundRequest, wish: Wish, by: Membership) -> None:
        """Its invoices with a photo, and the answers of staff."""
        assert self.manager is not None
        FundRequest.objects.filter(pk=request.pk).update(claim_until=self.today + dt.timedelta(days=9))
        for place, (line, amount) in enumerate(zip(request.lines.all(), wish.claimed, strict=False)):
            said = ClaimLine(
                line=line, what=line.what, supplier=wish.supplier, amount=Decimal(amount), currency=request.currency,
                invoice_number=wish.number if not place else f"{wish.number}-{place + 1}",
                invoice_on=self.today - dt.timedelta(days=max(wish.ago - 8, 1)),
            )  # fmt: skip
            services.add_claim_line(
                request, said, by=by, upload=_picture(wish.number, f"invoice-{place + 1}.png", place)
            )
        services.add_proof(request, _picture(wish.title, "photo.png", 7), by=by)
        services.hand_in_claim(request, by=by, outcome=wish.outcome)
        if wish.state == "returned":
            services.return_claim(request, by=self.manager, reason=wish.reason)
        elif wish.state == "settled":
            for row, (_what, planned) in zip(ClaimLine.objects.filter(request=request), wish.costs, strict=True):
                is_over = row.amount > planned
                services.answer_line(
                    row, by=self.manager, answer="cut" if is_over else "approved", allowed=Decimal(planned),
                    reason=self.story.answers["vat"] if is_over else "",
                )  # fmt: skip
            services.settle(request, by=self.manager, note=self.story.answers["ok"])

    def date(self, request: FundRequest, wish: Wish) -> None:
        """A request is of the day on which it would have been handed in."""
        asked_at = timezone.now() - dt.timedelta(days=wish.ago)
        FundRequest.objects.filter(pk=request.pk).update(asked_at=asked_at)
        if wish.state == "approved":
            FundRequest.objects.filter(pk=request.pk).update(
                claim_until=self.today + dt.timedelta(days=11),
                wanted_until=self.today + dt.timedelta(days=40),
                wanted_why=self.story.answers["longer"],
            )


def _picture(words: str, name: str, place: int) -> SimpleUploadedFile:
    """A small picture of a sheet, the same for the same words."""
    image = Image.new("RGB", (240, 320), "white")
    draw = ImageDraw.Draw(image)
    for row in range(14):
        length = 40 + (hash_of(words) * (row + 3 + place) * 37) % 160
        draw.rectangle((20, 20 + row * 20, 20 + length, 28 + row * 20), fill=(60, 70, 80 + row * 8))
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


def hash_of(words: str) -> int:
    """A number of a text, the same in every run."""
    return sum(ord(sign) * (place + 1) for place, sign in enumerate(words)) % 997 + 1
