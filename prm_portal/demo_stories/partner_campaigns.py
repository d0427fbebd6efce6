"""Templates released to partners, and what some partners sent to customers of their own."""

import datetime as dt
import zoneinfo
from random import Random
from typing import Any

from django.utils import timezone

from campaigns.models import (
    MessageState,
    OwnCustomer,
    OwnMessage,
    OwnState,
    OwnSuppression,
    PartnerBrand,
    PartnerCampaign,
    PartnerTemplate,
    PartnerTemplateText,
    PartnerWords,
    ReleaseState,
)
from campaigns.services.asset_branding import brand_of
from partners.models import Partner, Stage
from tenancy.models import LANGUAGE_OF_COUNTRY, Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope

TEMPLATES: dict[str, list[dict[str, Any]]] = {
    "hanbit": [
        {
            "names": {"ko": "여름 냉방 점검 안내", "en": "Summer check of cooling systems"},
            "about": {
                "ko": "6월 전에 기존 고객에게 점검을 제안할 때",
                "en": "To offer existing customers a check before June",
            },
            "texts": {
                "ko": (
                    "{sender} 여름 점검을 미리 예약하세요",
                    (
                        "{name|고객} 님, 안녕하세요.\n\n{own: 인사말 | 올해도 더위가 일찍 찾아온다고 합니다.}\n\n"
                        "더워지기 전에 냉방 설비를 점검하면 **전기 요금과 고장**을 줄일 수 있습니다. "
                        "6월 전에 예약하시면 점검 일정을 먼저 잡아 드립니다.\n\n"
                        "{own: 우리 회사의 제안 | 가까운 날로 방문 일정을 알려 드리겠습니다.}"
                    ),
                ),
                "en": (
                    "Book your summer check with {sender}",
                    (
                        "Dear {name|customer},\n\n{own: your greeting | Summer comes early this year.}\n\n"
                        "A check before the heat saves **power and repairs**. Who books before June is served first.\n\n"
                        "{own: your offer | We will propose a day soon.}"
                    ),
                ),
            },
            "answers": ["call", "visit", "not_interested"],
            "age": 48,
            "sent": 4,
        },
        {
            "names": {"ko": "신제품 소개: 고효율 라인", "en": "New: the high-efficiency line"},
            "about": {
                "ko": "교체를 고민하는 고객에게 신제품을 알릴 때",
                "en": "To tell customers who think of a replacement",
            },
            "texts": {
                "ko": (
                    "고효율 신제품을 소개합니다",
                    (
                        "{name|고객} 님, 안녕하세요.\n\n새로 나온 고효율 라인은 같은 냉방에 **전기를 18 % 덜** 씁니다.\n\n"
                        "{own: 우리 회사의 제안 | 매장에서 직접 보실 수 있습니다.}"
                    ),
                )
            },
            "answers": ["offer", "call", "not_interested"],
            "age": 12,
            "sent": 2,
        },
        {
            "names": {"ko": "가을 보상 판매", "en": "Autumn trade-in"},
            "about": {"ko": "9월부터 쓸 초안", "en": "For September on"},
            "texts": {"ko": ("가을 보상 판매를 시작합니다", "{name|고객} 님, 쓰시던 제품을 보상해 드립니다.")},
            "answers": ["call"],
            "age": 3,
            "sent": -1,
        },
    ],
    "tokai": [
        {
            "names": {"ja": "定期点検のご案内", "en": "Yearly check"},
            "about": {"ja": "納入から一年経ったお客様へ", "en": "To customers a year after delivery"},
            "texts": {
                "ja": (
                    "{sender}より定期点検のご案内",
                    (
                        "{name|お客様} 様\n\n{own: ごあいさつ | いつもお世話になっております。}\n\n"
                        "納入から一年が過ぎました。**定期点検**で故障を未然に防ぎましょう。\n\n"
                        "{own: 自社からのご提案 | ご都合のよい日をお知らせください。}"
                    ),
                ),
                "en": (
                    "Your yearly check with {sender}",
                    (
                        "Dear {name|customer},\n\nA year has passed since delivery. A **yearly check** prevents failures.\n\n"
                        "{own: your offer | Tell us which day suits you.}"
                    ),
                ),
            },
            "answers": ["visit", "later"],
            "age": 40,
            "sent": 3,
        },
    ],
}
GROUPS = {"ko": ("전시회 방문", "기존 고객"), "ja": ("展示会", "既存のお客様"), "en": ("Fair", "Customers")}
FAMILY = {
    "ko": "김이박최정강조윤장임",
    "ja": ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"],
    "en": ["Hansen", "Johansen", "Olsen", "Larsen", "Berg", "Haugen", "Dahl", "Lund", "Moen", "Strand"],
}
GIVEN = {
    "ko": ["민수", "서연", "지훈", "하은", "준호", "유진", "도윤", "수빈", "현우", "지민"],
    "ja": ["健", "美咲", "翔太", "陽子", "大輔", "優子", "拓也", "直美", "誠", "恵"],
    "en": ["Anna", "Lars", "Ingrid", "Ola", "Kari", "Erik", "Sofie", "Magnus", "Nora", "Henrik"],
}


def tell_partner_campaigns(manufacturer: Manufacturer, today: dt.date) -> None:
    """Templates, and for the partners with a place in the portal their lists, what they sent and what came back."""
    told = TEMPLATES.get(manufacturer.slug)
    if told is None or PartnerTemplate.objects.exists():
        return
    random = Random(f"partner campaigns {manufacturer.slug}")  # noqa: S311
    noon = timezone.make_aware(dt.datetime.combine(today, dt.time(10)), zoneinfo.ZoneInfo(manufacturer.timezone))
    templates = [_template(each, noon) for each in told]
    admins = Membership.objects.filter(role=Role.PARTNER_ADMIN, is_active=True, partner__merged_into=None)
    seen: set[int] = set()
    for number, admin in enumerate(admins.exclude(partner__stage=Stage.ENDED).select_related("partner").order_by("pk")):
        partner = admin.partner
        if partner is None or partner.pk in seen or len(seen) == 4:
            continue
        seen.add(partner.pk)
        _brand(partner, admin)
        spoken = LANGUAGE_OF_COUNTRY.get(partner.country, "en")
        with partner_scope(manufacturer.pk, partner.pk):
            customers = _customers(partner, spoken, 14 + 9 * (3 - len(seen) % 4), today, random)
            for each, template in zip(told, templates, strict=True):
                if len(seen) <= each["sent"]:
                    _sent(template, admin, customers, noon - dt.timedelta(days=each["age"] - 4 - number % 3), random)


def _template(told: dict[str, Any], noon: dt.datetime) -> PartnerTemplate:
    at = noon - dt.timedelta(days=told["age"])
    is_out = told["sent"] >= 0
    template = PartnerTemplate.objects.create(
        names=told["names"],
        about=told["about"],
        state=ReleaseState.RELEASED if is_out else ReleaseState.DRAFT,
        released_at=at if is_out else None,
    )
    PartnerTemplateText.objects.bulk_create(
        [
            PartnerTemplateText(
                template=template, language=language, subject=subject, body=body, answers=told["answers"]
            )
            for language, (subject, body) in told["texts"].items()
        ]
    )
    return template


def _brand(partner: Partner, admin: Membership) -> None:
    brand: PartnerBrand = brand_of(partner)
    if brand._state.adding:
        brand.contact, brand.email = admin.name[:80], brand.email or admin.email
        brand.save()


def _customers(partner: Partner, language: str, count: int, today: dt.date, random: Random) -> list[OwnCustomer]:
    made = []
    for number in range(count):
        family, given = random.choice(FAMILY[language]), random.choice(GIVEN[language])
        name = {"ko": f"{family}{given}", "ja": f"{family} {given}", "en": f"{given} {family}"}[language]
        made.append(
            OwnCustomer(
                partner=partner,
                email=f"customer{number + 1}@example.com",
                name=name,
                language=language,
                country=partner.country,
                group=GROUPS[language][number % 2],
                agreed_on=today - dt.timedelta(days=random.randrange(30, 500)) if number % 9 else None,
            )
        )
    return OwnCustomer.objects.bulk_create(made)


def _sent(
    template: PartnerTemplate, admin: Membership, customers: list[OwnCustomer], at: dt.datetime, random: Random
) -> None:
    partner = admin.partner_id or 0
    readers = [customer for customer in customers if customer.agreed_on]
    campaign = PartnerCampaign.objects.create(
        partner_id=partner, template=template, state=OwnState.SENT, started_by=admin, created_at=at,
        started_at=at, ended_at=at + dt.timedelta(minutes=2), people=len(readers), sent=len(readers),
    )  # fmt: skip
    PartnerWords.objects.create(partner_id=partner, campaign=campaign)
    messages = []
    for reader in readers:
        luck, later = random.random(), at + dt.timedelta(hours=1 + random.random() * 40)
        messages.append(
            OwnMessage(
                partner_id=partner, campaign=campaign, customer=reader, email=reader.email, name=reader.name,
                language=reader.language, country=reader.country, state=MessageState.SENT, due_at=at, sent_at=at,
                opened_at=later if luck < 0.55 else None,
                clicked_at=later if luck < 0.28 else None,
                answered_at=later if luck < 0.16 else None,
                answer=random.choice(("call", "visit", "offer")) if luck < 0.16 else "",
                unsubscribed_at=later if luck > 0.97 else None,
            )
        )  # fmt: skip
    OwnMessage.objects.bulk_create(messages)
    gone = [message for message in messages if message.unsubscribed_at]
    OwnSuppression.objects.bulk_create(
        [
            OwnSuppression(partner_id=partner, email=each.email, reason="unsubscribed", at=each.unsubscribed_at or at)
            for each in gone
        ],
        ignore_conflicts=True,
    )
    PartnerCampaign.objects.filter(pk=campaign.pk).update(
        **{
            name: sum(getattr(message, f"{name}_at") is not None for message in messages)
            for name in ("opened", "clicked", "answered", "unsubscribed")
        }
    )
