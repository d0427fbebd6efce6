"""What partners were told: prices, products, papers and invitations, some read, some confirmed, some talked about."""

import datetime as dt
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from communication.models import Addressee, Announcement, AnnouncementComment, CommentAuthor, Names, Reading
from communication.services.announcements import publish, put_files
from notices.models import Notice
from partners.models import Audience
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

# Days ago (negative: days from now), kind, titles, texts, and what else is so.
TOLD: dict[str, list[tuple[int, str, dict[str, str], dict[str, str], dict[str, Any]]]] = {
    "hanbit": [
        (
            6,
            "price",
            {"ko": "강화마루 12월 단가 조정 안내", "en": "Laminate flooring: new prices from December"},
            {
                "ko": (
                    "안녕하세요. **12월 1일 출고분부터** 강화마루 일부 품목의 공급가가 조정됩니다.\n\n"
                    "| 품목 | 현재 | 12월부터 |\n|---|---|---|\n| 스탠다드 8mm | 18,500원/㎡ | 19,200원/㎡ |\n"
                    "| 프리미엄 12mm | 27,800원/㎡ | 28,600원/㎡ |\n\n"
                    "- 11월 30일까지 접수된 주문은 현재 단가로 출고합니다.\n- 현장 등록된 건은 등록 당시 단가를 유지합니다.\n\n"
                    "첨부한 단가표를 확인하신 뒤 **확인** 버튼을 눌러 주세요."
                ),
                "en": (
                    "From deliveries of **1 December** the prices of some laminate floorings change.\n\n"
                    "- Orders received by 30 November are delivered at today's price.\n"
                    "- Registered sites keep the price of their registration.\n\nPlease confirm that you have read it."
                ),
            },
            {"must_confirm": True, "confirm_in": 4, "is_pinned": True, "file": "강화마루 단가표 2026-12.csv"},
        ),
        (
            3,
            "product",
            {"ko": "방수 강화마루 ‘아쿠아 라인’ 출시", "en": "New: Aqua Line, laminate that bears water"},
            {
                "ko": (
                    "주방과 반려동물 가정을 위한 **아쿠아 라인** 6종을 출시합니다. 샘플북은 이번 주부터 순차 발송됩니다.\n\n"
                    "1. 24시간 표면 방수\n2. 논슬립 R10\n3. 무상 하자 보증 10년\n\n전시장 진열 계획과 궁금한 점을 댓글로 남겨 주세요."
                ),
                "en": "Six decors of the **Aqua Line** for kitchens and homes with pets. Sample books are on their way.",
            },
            {"comments_on": True, "names": Names.COMPANY},
        ),
        (
            40,
            "programme",
            {"ko": "2026년 하반기 등급 평가 일정", "en": "Grades: dates of the second half of 2026"},
            {
                "ko": "하반기 등급 평가는 12월 31일 실적까지 반영합니다. 등급 화면에서 다음 등급까지 남은 항목을 확인해 보세요.",
                "en": "The grades of the second half take in all sales up to 31 December.",
            },
            {"must_confirm": True, "confirm_in": 14},
        ),
        (
            20,
            "competition",
            {"ko": "경쟁사 가을 판촉 동향", "en": "What competitors promote this autumn"},
            {
                "ko": "A사가 SPC 바닥재를 8% 할인하고 있습니다. 대응 자료는 자료실의 ‘비교 제안서’를 활용해 주세요.",
                "en": "One competitor gives 8 % on SPC flooring. Use the comparison sheets in the library.",
            },
            {},
        ),
        (
            -3,
            "cooperation",
            {"ko": "코리아빌드 2027 공동 부스 참가 신청", "en": "Koreabuild 2027: share our stand"},
            {
                "ko": "공동 부스에 함께하실 대리점 8곳을 모십니다. 참가비의 절반을 판촉 지원금으로 드립니다.",
                "en": "We look for eight agencies to share our stand; half of the cost is paid by us.",
            },
            {"comments_on": True},
        ),
    ],
    "tokai": [
        (
            5,
            "price",
            {"ja": "来年1月船積み分からの価格改定", "en": "New export prices for shipments from January"},
            {
                "ja": (
                    "平素よりお引き立ていただき、誠にありがとうございます。**来年1月船積み分より**輸出価格を改定いたします。\n\n"
                    "- 12月20日までに確定したご注文は現行価格で承ります。\n- 新価格表は添付ファイルをご覧ください。"
                ),
                "en": (
                    "Our export prices change for **shipments from January**.\n\n"
                    "- Orders confirmed by 20 December keep today's price.\n- The new list is attached.\n\n"
                    "Please confirm that you have read it."
                ),
            },
            {"must_confirm": True, "confirm_in": 5, "is_pinned": True, "file": "Export prices 2027.csv"},
        ),
        (
            2,
            "document",
            {"ja": "電池輸送に関する新しい証明書", "en": "Battery shipments: new certificate UN 38.3"},
            {
                "ja": "リチウム電池の輸送に必要な UN 38.3 証明書を更新しました。通関書類には新しい版をご使用ください。",
                "en": "The UN 38.3 certificate for our batteries is renewed. Please use the new edition for customs.",
            },
            {"comments_on": True, "names": Names.HIDDEN},
        ),
        (
            30,
            "programme",
            {"ja": "サービス研修の必修化について", "en": "Service training becomes part of the programme"},
            {
                "ja": "来年度より、ゴールド以上の販売店様には認定整備士2名の在籍をお願いいたします。",
                "en": "From next year Gold partners and above have two certified mechanics. Dates follow.",
            },
            {"must_confirm": True, "confirm_in": 14},
        ),
    ],
}
SAID: dict[str, list[tuple[bool, str]]] = {
    "hanbit": [
        (False, "샘플북은 지방 대리점에도 같은 주에 도착하나요?"),
        (True, "네, 제주를 제외하고 금요일까지 모두 도착합니다. 제주는 다음 주 화요일 예정입니다."),
        (False, "전시장 입구에 진열하겠습니다. POP도 신청 가능할까요?"),
    ],
    "tokai": [
        (False, "Does the new certificate also cover the batteries that we have in stock?"),
        (True, "Yes, for all packs made since April 2025. The list of serial numbers is on page 3."),
    ],
}
# Of the partners with people who sign in: how many in a hundred have read, and of these have confirmed.
READ, CONFIRMED = 72, 80

READ_BY = """
WITH people AS (
    SELECT DISTINCT ON (m.partner_id) m.partner_id, m.id AS member_id
    FROM tenancy_membership m WHERE m.is_active AND m.partner_id IS NOT NULL ORDER BY m.partner_id, m.id
), drawn AS (
    SELECT a.id, p.member_id, a.partner_id, (a.id * 7919 + a.partner_id * 104729) %% 100 AS lot,
        (a.id * 31337 + a.partner_id * 7907) %% 100 AS second, least(%(now)s, a.addressed_at
            + make_interval(hours => ((a.partner_id * 7907) %% 60 + 1)::int)) AS at
    FROM communication_addressee a JOIN people p USING (partner_id)
    WHERE a.announcement_id = %(announcement)s AND a.partner_id <> ALL (%(left_alone)s)
), noted AS (
    UPDATE communication_addressee a SET read_at = d.at,
        confirmed_at = CASE WHEN %(must)s AND d.second < %(confirmed)s THEN d.at END,
        confirmed_by_id = CASE WHEN %(must)s AND d.second < %(confirmed)s THEN d.member_id END
    FROM drawn d WHERE d.id = a.id AND d.lot < %(read)s
    RETURNING a.partner_id, d.member_id, d.at
)
INSERT INTO communication_reading (announcement_id, partner_id, member_id, read_at)
SELECT %(announcement)s, partner_id, member_id, at FROM noted
"""


def tell_announcements(manufacturer: Manufacturer, day: dt.date) -> None:
    """News of some weeks, one still planned, and a draft; the partner that the demo shows has the newest unread."""
    if Announcement.objects.exists() or manufacturer.slug not in TOLD:
        return
    owner = (
        Membership.objects.filter(role__in=[Role.MARKETING, Role.OWNER], is_active=True).order_by("role", "pk").first()
    )
    if owner is None:
        return
    owner.manufacturer = manufacturer
    audience = Audience.objects.filter(is_shared=True, is_archived=False).order_by("pk").first()
    now = timezone.now()
    shown = list(
        Membership.objects.filter(partner__isnull=False, is_active=True)
        .order_by("pk")
        .values_list("partner", flat=True)[:3]
    )
    for number, (ago, kind, titles, bodies, more) in enumerate(TOLD[manufacturer.slug]):
        begins = now - dt.timedelta(days=ago)
        told = Announcement.objects.create(
            kind=kind,
            titles=titles,
            bodies=bodies,
            owner=owner,
            created_at=begins - dt.timedelta(days=1),
            publish_at=begins if ago < 0 else None,
            must_confirm=more.get("must_confirm", False),
            confirm_by=timezone.localdate() + dt.timedelta(days=more["confirm_in"]) if "confirm_in" in more else None,
            is_pinned=more.get("is_pinned", False),
            comments_on=more.get("comments_on", False),
            names=more.get("names", Names.HIDDEN),
            takes_newcomers=number == 0,
        )
        if "file" in more:
            upload: Any = SimpleUploadedFile(more["file"], b"code;price\nA-100;19200\nA-120;28600\n")
            upload.checked_type = "text/csv"
            put_files(told, [upload], by=owner)
        publish(told, by=owner)
        if ago >= 0:
            _in_the_past(told, begins, more)
            with connection.cursor() as cursor:
                cursor.execute(
                    READ_BY,
                    {
                        "announcement": told.pk,
                        "must": told.must_confirm,
                        "read": READ,
                        "confirmed": CONFIRMED,
                        "now": now,
                        "left_alone": shown if ago < 10 else [],
                    },
                )
            if told.comments_on:
                _talk(told, owner, manufacturer.slug, begins)
    if audience is not None:
        Announcement.objects.create(
            kind="document",
            titles={"en": "Installation guide, new edition", "ko": "시공 안내서 개정판", "ja": "施工ガイド改訂版"},
            bodies={
                "en": "The new edition is in the library.",
                "ko": "개정판을 자료실에 올렸습니다.",
                "ja": "改訂版を資料室に掲載しました。",
            },
            audience=audience,
            owner=owner,
        )


def _in_the_past(told: Announcement, begins: dt.datetime, more: dict[str, Any]) -> None:
    """As if it had been published and told when the story says so."""
    due_on = timezone.localdate(begins) + dt.timedelta(days=more["confirm_in"] + 3) if told.must_confirm else None
    Announcement.objects.filter(pk=told.pk).update(published_at=begins, confirm_by=due_on)
    Addressee.objects.filter(announcement=told).update(addressed_at=begins, due_on=due_on)
    is_old = timezone.now() - begins > dt.timedelta(days=10)
    Notice.objects.filter(key=f"announcement-{told.pk}").update(
        created_at=begins, read_at=begins + dt.timedelta(hours=6) if is_old else None
    )


def _talk(told: Announcement, owner: Membership, slug: str, begins: dt.datetime) -> None:
    read = list(Reading.objects.filter(announcement=told).select_related("member__partner").order_by("pk")[:40])
    random = Random(told.pk)  # noqa: S311 (a story, not a secret)
    for number, (is_staff, body) in enumerate(SAID[slug]):
        if not is_staff and not read:
            continue
        by = owner if is_staff else random.choice(read).member
        shown = by.name if is_staff else str(by.partner) if told.names == Names.COMPANY else ""
        comment = AnnouncementComment.objects.create(
            announcement=told,
            body=body,
            shown_name=shown,
            is_staff=is_staff,
            at=begins + dt.timedelta(hours=5 + 7 * number),
        )
        CommentAuthor.objects.create(comment=comment, partner_id=by.partner_id, member=by, name=by.name)
