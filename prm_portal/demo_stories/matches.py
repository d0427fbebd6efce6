"""Partners that show each other cards and agree on joint bids and referrals, and rewards for introductions."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from partners.models import (
    Enquiry,
    EnquiryKind,
    EnquiryMessage,
    EnquiryState,
    IntroductionReward,
    Partner,
    PartnerCard,
    Prospect,
    RewardState,
    Stage,
)
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

CARDS = 24
FIRST = {"hanbit": "admin@seoul-agency.example", "tokai": "buyer@oslo-sykkel.example"}
OFFERS = {
    "hanbit": [
        ("강마루·타일 시공팀 3팀, 주말 공사 가능", "아파트 단지 공동 입찰을 함께할 판매점"),
        ("전시장과 상담 인력, 수도권 배송 차량", "도배·마루 시공을 맡아 줄 시공점"),
        ("상업 공간 설계와 현장 감리", "대량 납품이 가능한 대리점"),
    ],
    "tokai": [
        ("Workshop with four mechanics, repairs of hub gears", "A shop that sends us its e-bike service"),
        ("Warehouse with room for two containers", "Shops nearby that share a container"),
        ("Fleet bikes for hotels, with maintenance", "A partner for a tender of a city"),
    ],
}
ASKED = {
    "hanbit": [
        (EnquiryKind.REFERRAL, "해운대 아파트 32평 마루 교체 고객", "고객이 부산에 있어 시공까지 맡아 주실 곳을 찾습니다.", 7, EnquiryState.OPEN),
        (EnquiryKind.JOINT_BID, "초등학교 바닥재 교체 공동 입찰", "학교 3곳, 9월 입찰입니다. 납품은 저희가, 시공은 귀사에서 맡는 조건입니다.", None, EnquiryState.ACCEPTED),
        (EnquiryKind.REFERRAL, "카페 인테리어 타일 고객 소개", "", 5, EnquiryState.DECLINED),
    ],
    "tokai": [
        (EnquiryKind.JOINT_BID, "City bikes for a municipality", "Eighty bikes with service for three years.", None, EnquiryState.OPEN),
        (EnquiryKind.REFERRAL, "A hotel that wants forty rental bikes", "They are closer to you than to us.", 6, EnquiryState.ACCEPTED),
        (EnquiryKind.REFERRAL, "A school looking for children’s bikes", "", 4, EnquiryState.DECLINED),
    ],
}  # fmt: skip
SAID = {
    "hanbit": ["현장 실측은 이번 주 금요일에 가능합니다.", "좋습니다. 견적 초안을 올려 두겠습니다."],
    "tokai": ["We can measure the bays on Friday.", "Good. We will send the draft of the offer."],
}
FAVOURS = {"hanbit": "신제품 설명회 우선 초대", "tokai": "A place at the spring training"}


def tell_matches(manufacturer: Manufacturer, today: dt.date) -> None:
    """Two dozen cards, three enquiries of the partner whose people sign in, and three rewards."""
    if PartnerCard.objects.exists() or manufacturer.slug not in FIRST:
        return
    member = Membership.objects.filter(email=FIRST[manufacturer.slug]).select_related("partner").first()
    if member is None or member.partner is None:
        return
    partners = [member.partner]
    others = Partner.objects.filter(stage=Stage.ACTIVE).exclude(pk=member.partner.pk)
    partners += list(others.order_by("-summary__revenue", "pk")[: CARDS - 1])
    _cards(manufacturer.slug, partners)
    _enquiries(manufacturer.slug, member, partners[1:], today)
    _rewards(manufacturer.slug, today)


def _cards(slug: str, partners: list[Partner]) -> None:
    kinds = dict(Partner.objects.filter(pk__in=[each.pk for each in partners]).values_list("pk", "kind__code"))
    skills: dict[int, list[str]] = {}
    rows = Partner.specialisations.through.objects.filter(partner__in=partners)
    for partner, code in rows.values_list("partner_id", "specialisation__code"):
        skills.setdefault(partner, []).append(code)
    PartnerCard.objects.bulk_create(
        PartnerCard(
            partner=partner,
            is_published=True,
            name=partner.local_name if slug == "hanbit" and partner.local_name else partner.name,
            kinds=[kinds[partner.pk]],
            specialisations=skills.get(partner.pk, []),
            region=partner.region,
            country=partner.country,
            languages=partner.languages,
            offers=OFFERS[slug][number % 3][0],
            seeks=OFFERS[slug][number % 3][1],
        )
        for number, partner in enumerate(partners)
    )


def _enquiries(slug: str, member: Membership, others: list[Partner], today: dt.date) -> None:
    names = dict(PartnerCard.objects.values_list("partner_id", "name"))
    own = member.partner_id or 0
    for number, (kind, subject, text, share, state) in enumerate(ASKED[slug]):
        other = others[number]
        asking, asked = (other.pk, own) if number == 0 else (own, other.pk)
        enquiry = Enquiry.objects.create(
            asking_id=asking, asked_id=asked, asking_name=names[asking], asked_name=names[asked], kind=kind,
            subject=subject, text=text, share=None if share is None else Decimal(share), state=state,
            by=member if asking == own else None, by_name=member.name if asking == own else names[asking],
            answered_at=None if state == EnquiryState.OPEN else timezone.now() - dt.timedelta(days=number),
            answered_by_name="" if state == EnquiryState.OPEN else names[asked],
        )  # fmt: skip
        Enquiry.objects.filter(pk=enquiry.pk).update(created_at=timezone.now() - dt.timedelta(days=1 + 3 * number))
        if state == EnquiryState.ACCEPTED:
            EnquiryMessage.objects.bulk_create(
                EnquiryMessage(enquiry=enquiry, partner_id=own, by=member, by_name=member.name, body=body)
                for body in SAID[slug]
            )


def _rewards(slug: str, today: dt.date) -> None:
    by = Membership.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk").first()
    introduced = Prospect.objects.filter(introduced_by_partner__isnull=False).select_related("introduced_by_partner")
    for number, prospect in enumerate(introduced.order_by("partner_id", "pk")[:3]):
        is_paid = number == 1
        IntroductionReward.objects.create(
            partner_id=prospect.introduced_by_partner_id or 0,
            prospect=prospect,
            company=str(prospect),
            amount=None if number == 2 else Decimal(300_000 if slug == "hanbit" else 40_000),
            favour=FAVOURS[slug] if number == 2 else "",
            state=RewardState.PAID if is_paid else RewardState.DUE,
            due_on=today + dt.timedelta(days=14),
            paid_on=today - dt.timedelta(days=9) if is_paid else None,
            by=by,
        )
