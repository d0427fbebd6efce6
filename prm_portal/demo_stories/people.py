"""The people of partners, what was talked about with them, birthdays ahead, a few gifts, and somebody who left."""

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from partners import selectors
from partners.models import (
    Contact,
    ContactCode,
    ContactConsent,
    ContactEntry,
    ContactInsight,
    Favour,
    Partner,
    PeopleSettings,
)
from partners.services import contact_history, people
from partners.services.contact_codes import ensure_codes
from partners.services.greetings import ensure_texts
from prm_portal.demo import korea
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

PARTNERS = 90
LATIN = {"김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho", "윤": "Yoon"}
ENGLISH_NAMES = (
    "James Mwangi", "Grace Otieno", "Ali Hassan", "Nadia Rahman", "Peter Banda", "Ruth Chanda", "Omar Siddiqui",
    "Maria Santos", "David Kamau", "Aisha Bello", "John Mensah", "Elena Petrova", "Sanjay Perera", "Fatima Noor",
    "Thomas Wright", "Linda Moyo", "Carlos Rojas", "Mere Tamihana", "Kevin Phiri", "Sofia Almeida",
)  # fmt: skip
ROLES = {
    "ko": [("owner", "대표"), ("purchasing", "구매 담당"), ("sales", "영업 실장")],
    "ja": [("owner", "Managing Director"), ("purchasing", "Purchasing Manager"), ("sales", "Showroom Manager")],
}
TALKS: dict[str, list[tuple[str, str, str, str, str, str, str]]] = {
    # channel, direction, subject, outcome, in one line, summary, next step
    "ko": [
        ("call", "out", "order", "agreed", "바닥재 납기 조정", "성수기 물량 때문에 납기를 일주일 당기기로 했습니다. 물류팀 확인 완료.", ""),
        ("visit", "out", "product", "follow-up", "신제품 샘플 전달", "친환경 벽지 샘플 12종을 전달하고 진열 위치를 함께 정했습니다.", "샘플 반응 확인 전화"),
        ("call", "in", "price", "waiting", "몰딩 단가 문의", "경쟁사 단가표를 받았다고 합니다. 3% 조정 가능 여부를 내부에서 검토하기로 했습니다.", "단가 회신"),
        ("mail", "in", "complaint", "solved", "도어 표면 흠집 접수", "사진 4장 확인. 교체품을 발송했고 현장에서 만족하셨습니다.", ""),
        ("online-meeting", "out", "plan", "agreed", "하반기 판매 계획 협의", "욕실 제품군 목표를 15% 올리고, 전시 지원을 함께 진행하기로 합의했습니다.", "계획서 초안 공유"),
        ("message", "in", "technical", "solved", "시공 매뉴얼 요청", "접착식 마루 시공 매뉴얼 최신판을 보냈습니다.", ""),
        ("visit", "out", "relationship", "information", "명절 인사 방문", "대표님이 내년 전시장 확장을 고민 중입니다.", ""),
        ("call", "out", "payment", "not-reached", "미수금 안내 전화", "담당자 부재. 메모를 남겼습니다.", "다시 전화"),
    ],
    "ja": [
        ("mail", "in", "order", "agreed", "次回の船積み", "コンテナ2本分の電動アシスト自転車。船積み日を了承済み。", ""),
        ("call", "out", "price", "waiting", "電動アシスト車の価格交渉", "為替を理由に2%の値引きを希望。社内で検討する。", "価格の回答"),
        ("online-meeting", "out", "plan", "agreed", "下期の仕入れ計画", "ロードバイクを中心に月40台を目標とすることで合意した。", "計画書の送付"),
        ("message", "in", "technical", "solved", "検査書類の問い合わせ", "検査証明書の写しを送付した。", ""),
        ("mail", "in", "complaint", "follow-up", "フレームの傷についての連絡", "写真を受領。補償の範囲を確認中。", "補償額の連絡"),
        ("call", "out", "relationship", "information", "近況の確認", "新しいショールームを来年開く予定とのこと。", ""),
    ],
}  # fmt: skip
INSIGHTS = {
    "ko": [
        ("decides", "자녀 교육, 지역 상공회의소 활동", "등산, 녹차. 술은 드시지 않음"),
        ("shapes", "전시장 인테리어, 온라인 판매", "커피, 야구 관람"),
    ],
    "ja": [
        ("decides", "家族、地元のサッカークラブ", "紅茶、日本の工芸品"),
        ("shapes", "整備士の育成", "アルコールは不可"),
    ],
}
MAIL = {
    "ko": ("전시장 리뉴얼 일정 문의", ("안녕하세요.\n\n다음 달 전시장 리뉴얼을 준비하고 있습니다. 신제품 진열대 지원이 가능한지와 "
           "설치 일정을 알려 주시면 감사하겠습니다.\n\n감사합니다.")),
    "ja": ("Next shipment and inspection papers", ("Dear Sir or Madam,\n\ncould you please send us the inspection papers for "
           "the next two containers? Customs asks for them a week ahead.\n\nKind regards")),
}  # fmt: skip
MOVED = {"ko": "경쟁 대리점으로 이직", "ja": "Joined another dealer"}
SOURCE = {"ko": "거래 개시 신청서", "ja": "Registration form"}
GIFTS = {
    "ko": [("gift", "추석 선물 세트"), ("hospitality", "점심 식사")],
    "ja": [("gift", "日本茶の詰め合わせ"), ("hospitality", "昼食会")],
}


def tell_people(manufacturer: Manufacturer, day: dt.date) -> None:
    """Once per manufacturer: where people are noted, the story has been told."""
    if Contact.objects.exists():
        return
    language = manufacturer.languages[0] if manufacturer.languages[0] in TALKS else "ja"
    random = Random(f"people-{manufacturer.slug}")  # noqa: S311
    with translation.override(language):
        ensure_codes()
        ensure_texts()
        PeopleSettings.objects.create(yearly_limit=Decimal(300_000 if manufacturer.currency == "KRW" else 30_000))
        partners = list(
            Partner.objects.filter(summary__isnull=False).order_by("-summary__revenue_order", "pk")[:PARTNERS]
        )
        for partner in partners[:12]:
            people.contacts_from_members(partner)
        contacts = _write_contacts(random, partners, language, day)
        _write_talks(random, partners, contacts, language, manufacturer)
        _write_facts(random, contacts, language, day)
        _file_a_mail(partners[0], contacts, language)


def _write_contacts(random: Random, partners: list[Partner], language: str, day: dt.date) -> list[Contact]:
    made = []
    for number, partner in enumerate(partners):
        for place, (role, title) in enumerate(random.sample(ROLES[language], random.choice((1, 2, 2, 3)))):
            name, latin = _name(random, language)
            made.append(
                Contact(
                    partner=partner,
                    name=name,
                    latin_name=latin,
                    position=title,
                    role=role,
                    is_primary=place == 0,
                    email=f"contact{number}.{place}@{partner.email_domain or 'partners.example'}",
                    mobile=f"010-{random.randrange(2000, 9999)}-{random.randrange(1000, 9999)}"
                    if language == "ko"
                    else "",
                    language="ko" if language == "ko" else "en",
                    messenger_kind=("kakao" if language == "ko" else "whatsapp") if random.random() < 0.4 else "",
                    messenger=f"contact{number}" if random.random() < 0.4 else "",
                    birthday=_day_like(random, day, range(1961, 1996), near=number % 18 == 0 and place == 0),
                    joined_on=_day_like(random, day, range(2008, 2024), near=number % 31 == 3 and place == 0),
                )
            )
    for contact in made:
        if not contact.messenger_kind or not contact.messenger:
            contact.messenger_kind = contact.messenger = ""
    Contact.objects.bulk_create(made)
    gone = [contact for contact in made[5::37] if not contact.is_primary] or made[-1:]
    for contact in gone[:4]:
        people.leave(contact, left_on=day - dt.timedelta(days=random.randrange(10, 60)), moved_to=MOVED[language])
    return list(Contact.objects.filter(left_on=None).select_related("partner").order_by("pk"))


def _name(random: Random, language: str) -> tuple[str, str]:
    if language != "ko":
        return random.choice(ENGLISH_NAMES), ""
    surname = random.choice(korea.SURNAMES)
    return surname + random.choice(korea.GIVEN_NAMES), LATIN.get(surname, "")


def _day_like(random: Random, day: dt.date, years: range, *, near: bool) -> dt.date | None:
    """A day of one of these years; `near`: one that comes round within days."""
    if near:
        soon = day + dt.timedelta(days=random.randrange(0, 7))
        return dt.date(random.choice(years), soon.month, min(soon.day, 28))
    if random.random() < 0.35:
        return None
    return dt.date(random.choice(years), random.randrange(1, 13), random.randrange(1, 29))


def _write_talks(
    random: Random, partners: list[Partner], contacts: list[Contact], language: str, manufacturer: Manufacturer
) -> None:
    codes = {(code.list, code.code): code for code in ContactCode.objects.all()}
    staff = list(Membership.objects.filter(partner=None, role__in=[Role.MANAGER, Role.SERVICE]).order_by("pk"))
    by_partner: dict[int, list[Contact]] = {}
    for contact in contacts:
        by_partner.setdefault(contact.partner_id, []).append(contact)
    now = timezone.now()
    entries = []
    for number, partner in enumerate(partners):
        for _each in range(random.randrange(2, 9) if number > 3 else 14):
            channel, direction, subject, outcome, title, summary, step = random.choice(TALKS[language])
            at = now - dt.timedelta(days=random.randrange(0, 300), minutes=random.randrange(0, 480))
            manager = next((one for one in staff if one.pk == partner.channel_manager_id), random.choice(staff))
            entries.append(
                ContactEntry(
                    partner=partner,
                    direction=direction,
                    channel=codes["channel", channel],
                    subject=codes["subject", subject],
                    outcome=codes["outcome", outcome],
                    at=at.replace(hour=random.randrange(0, 9), second=0, microsecond=0),
                    contact=random.choice(by_partner[partner.pk]) if partner.pk in by_partner else None,
                    by=manager,
                    created_by=manager,
                    title=title,
                    summary=summary,
                    next_step=step,
                    next_step_on=(at + dt.timedelta(days=7)).date() if step else None,
                    is_shared=outcome == "agreed",
                )
            )
    ContactEntry.objects.bulk_create([entry for entry in entries if entry.at <= now])
    recent = ContactEntry.objects.filter(next_step_on__gte=now.date()).exclude(next_step="").order_by("-at")[:8]
    for entry in recent.select_related("partner", "by"):
        if entry.by is not None:
            contact_history.update_entry(entry, by=entry.by)


def _write_facts(random: Random, contacts: list[Contact], language: str, day: dt.date) -> None:
    """Consents, what staff know, and gifts."""
    staff = Membership.objects.filter(partner=None, role=Role.MANAGER).order_by("pk").first()
    consents, favours = [], []
    insights: list[ContactInsight] = []
    for contact in contacts:
        for channel, share in (("email", 0.7), ("phone", 0.6), ("messenger", 0.3)):
            if random.random() < share:
                given = day - dt.timedelta(days=random.randrange(30, 900))
                consents.append(
                    ContactConsent(
                        partner_id=contact.partner_id,
                        contact=contact,
                        channel=channel,
                        given_on=given,
                        source=SOURCE[language],
                        recorded_by=staff,
                    )
                )
        if contact.is_primary and random.random() < 0.6:
            influence, cares, tastes = random.choice(INSIGHTS[language])
            insights.append(
                ContactInsight(
                    contact=contact,
                    influence=influence,
                    cares_about=cares,
                    tastes=tastes,
                    news_every=("month", "quarter", "")[len(insights) % 3],
                    updated_by=staff,
                )
            )
            kind, what = random.choice(GIFTS[language])
            worth: Any = random.choice((30, 50, 80, 120)) * (1000 if language == "ko" else 100)
            favours.append(
                Favour(
                    contact=contact,
                    kind=kind,
                    what=what,
                    value=Decimal(worth),
                    given_on=max(dt.date(day.year, 1, 1), day - dt.timedelta(days=random.randrange(5, 200))),
                    by=staff,
                )
            )
    ContactConsent.objects.bulk_create(consents)
    ContactInsight.objects.bulk_create(insights)
    Favour.objects.bulk_create(favours)


def _file_a_mail(partner: Partner, contacts: list[Contact], language: str) -> None:
    """One mail that came in, as a member would file it."""
    writer = next((contact for contact in contacts if contact.partner_id == partner.pk), None)
    member = Membership.objects.filter(partner=None, role=Role.OWNER).select_related("manufacturer").first()
    if writer is None or member is None:
        return
    subject, text = MAIL[language]
    sent = timezone.now() - dt.timedelta(days=2)
    mail = (
        f"From: {writer.email}\r\nTo: {member.email}\r\nSubject: {subject}\r\n"
        f"Date: {sent:%a, %d %b %Y %H:%M:%S +0000}\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    )
    upload = SimpleUploadedFile("mail.eml", mail.encode())
    contact_history.file_letter(upload, partner=partner, by=member, visible=selectors.partners_for(member))
