"""What we propose to begin with, in the languages of the portal; every manufacturer changes it at will."""

import uuid
from typing import Any

from django.db import transaction

from partners.models import JourneyPhase, JourneyStep, JourneyTemplate, PlaybookStep, Stage, StageReason

REASONS: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    ("fits", ("onboarding", "active"), "Fits our network", "당사 네트워크에 적합", "当社のネットワークに合う"),
    ("buys-again", ("active",), "Buys again", "거래 재개", "取引再開"),
    ("no-orders", ("dormant", "ended"), "No more orders", "주문 중단", "注文が途絶えた"),
    ("closed", ("ended",), "Business closed", "폐업", "廃業"),
    ("own-wish", ("ended",), "At its own wish", "파트너 요청", "先方の希望"),
    ("breach", ("ended",), "Breach of the agreement", "계약 위반", "契約違反"),
    ("competitor", ("ended", "dormant"), "Changed to a competitor", "경쟁사로 이동", "競合へ移った"),
    ("by-mistake", (), "Moved by mistake", "잘못 변경함", "誤って変更した"),
)

PLAYBOOKS: dict[str, tuple[tuple[str, int, str, str, str], ...]] = {
    Stage.PROSPECT: (
        ("manager", 3, "Call and ask what they look for", "전화로 필요 사항 파악하기", "電話で要望を聞く"),
        ("manager", 10, "Visit the shop or office", "매장 또는 사무실 방문하기", "店舗または事務所を訪ねる"),
        ("manager", 20, "Decide whether to invite an application", "신청 안내 여부 결정하기", "申請を勧めるか決める"),
    ),
    Stage.APPLICANT: (
        ("manager", 5, "Check references and credit", "평판과 신용 확인하기", "評判と信用を確かめる"),
        ("manager", 10, "Agree on terms and territory", "거래 조건과 담당 지역 협의하기", "取引条件と担当地域を話し合う"),
    ),
    Stage.ONBOARDING: (
        ("manager", 2, "Welcome call", "환영 전화하기", "歓迎の電話をする"),
        ("manager", 30, "Look at the first month together", "첫 달 함께 돌아보기", "最初の1か月を一緒に振り返る"),
    ),
    Stage.ACTIVE: (
        ("manager", 30, "Agree on goals for the first quarter", "첫 분기 목표 합의하기", "最初の四半期の目標を決める"),
        ("partner", 14, "Check that the profile is right", "프로필이 맞는지 확인하기", "プロフィールが正しいか確認する"),
    ),
    Stage.DORMANT: (
        ("manager", 3, "Call and ask why nothing was bought", "전화로 거래 중단 사유 묻기", "電話で取引が途絶えた理由を聞く"),
        ("manager", 14, "Offer a way back, such as a starter order", "재거래 제안하기(첫 주문 혜택 등)", "再開を提案する(初回注文の特典など)"),
        ("manager", 60, "Decide: win back or end", "재활성화 또는 종료 결정하기", "再開か終了かを決める"),
    ),
    Stage.ENDED: (
        ("manager", 7, "Collect samples, signs and material", "샘플·간판·자료 회수하기", "サンプル・看板・資料を回収する"),
        ("manager", 14, "Settle open invoices", "미결제 금액 정산하기", "未払い分を精算する"),
    ),
}  # fmt: skip

Texts = tuple[str, str, str]
JOURNEY: tuple[tuple[Texts, tuple[tuple[str, str, str, int, Texts, Texts], ...]], ...] = (
    (
        ("Getting to know each other", "서로 알아가기", "お互いを知る"),
        (
            ("read", "partner", "", 3,
             ("Read how we work together", "협업 방식 읽어보기", "仕事の進め方を読む"),
             ("Who your contact is, how orders and service run, and what you can expect from us.",
              "담당자, 주문과 서비스 절차, 그리고 저희가 드리는 지원을 안내합니다.",
              "担当者、注文とサービスの流れ、当社の支援についてご案内します。")),
            ("form", "partner", "contact", 5,
             ("Say how customers reach you", "연락처 입력하기", "連絡先を入力する"),
             ("Phone and e-mail, as customers should see them.",
              "고객에게 표시할 전화번호와 이메일입니다.", "お客様に表示する電話番号とメールです。")),
            ("form", "partner", "address", 5,
             ("Give your address", "주소 입력하기", "住所を入力する"),
             ("So that customers near you find you.", "가까운 고객이 찾을 수 있도록 입력해 주십시오.",
              "近くのお客様が見つけられるようにご入力ください。")),
            ("meeting", "staff", "", 10,
             ("Meet for the first time", "첫 미팅 진행하기", "初回の面談をする"),
             ("At your place or online; either side fixes the date.",
              "방문 또는 온라인으로 진행하며, 어느 쪽이든 일정을 정할 수 있습니다.",
              "訪問またはオンラインで行います。日時はどちらからでも決められます。")),
        ),
    ),
    (
        ("Papers and agreement", "서류와 계약", "書類と契約"),
        (
            ("upload", "partner", "", 14,
             ("Hand in your business registration", "사업자등록증 제출하기", "登記事項証明書を提出する"),
             ("A photograph of it is enough.", "사진으로 찍어 올리셔도 됩니다.", "写真でも構いません。")),
            ("agreement", "partner", "", 14,
             ("Accept the partner agreement", "파트너 계약 동의하기", "パートナー契約に同意する"),
             ("Read it in full; ask your contact what is unclear.",
              "전문을 읽고 궁금한 점은 담당자에게 문의해 주십시오.",
              "全文をお読みのうえ、ご不明な点は担当者にお尋ねください。")),
            ("confirm", "staff", "", 16,
             ("Set up the account and payment terms", "거래 계정과 결제 조건 등록하기", "取引口座と支払条件を登録する"),
             ("", "", "")),
        ),
    ),
    (
        ("First business", "첫 거래", "最初の取引"),
        (
            ("course", "partner", "", 30,
             ("Pass the product course", "제품 교육 이수하기", "製品研修を修了する"),
             ("One person is enough to begin with.", "우선 한 분만 이수하셔도 됩니다.", "まずはお一人で構いません。")),
            ("first_order", "partner", "", 45,
             ("Place the first order", "첫 주문하기", "最初の注文をする"),
             ("It is ticked by itself when the order is in.", "주문이 등록되면 자동으로 완료됩니다.",
              "注文が登録されると自動的に完了します。")),
            ("confirm", "staff", "", 60,
             ("Look back together", "함께 돌아보기", "一緒に振り返る"),
             ("What went well, and what you still need.", "잘된 점과 더 필요한 점을 이야기합니다.",
              "良かった点と、まだ必要なことを話し合います。")),
        ),
    ),
)  # fmt: skip


def texts(en: str, ko: str, ja: str) -> dict[str, str]:
    """A text by language, without the empty ones."""
    return {code: text for code, text in (("en", en), ("ko", ko), ("ja", ja)) if text}


def default_reasons() -> list[StageReason]:
    """Why partners come and go."""
    return [
        StageReason(code=code, names=texts(*names), stages=list(stages), order=number)
        for number, (code, stages, *names) in enumerate(REASONS, start=1)
    ]


def default_playbooks() -> list[PlaybookStep]:
    """What to do at each stage."""
    return [
        PlaybookStep(stage=stage, who=who, days=days, titles=texts(*titles), order=number)
        for stage, steps in PLAYBOOKS.items()
        for number, (who, days, *titles) in enumerate(steps, start=1)
    ]


@transaction.atomic
def create_default_template(**fields: Any) -> JourneyTemplate:
    """A draft with the steps that most need."""
    template = JourneyTemplate.objects.create(
        family=uuid.uuid4(),
        names=texts("First steps with us", "함께 시작하기", "はじめの一歩"),
        **fields,
    )
    for order, (names, steps) in enumerate(JOURNEY, start=1):
        phase = JourneyPhase.objects.create(template=template, names=texts(*names), order=order)
        JourneyStep.objects.bulk_create(
            JourneyStep(
                phase=phase,
                type=kind,
                side=side,
                subject=subject,
                due_days=days,
                titles=texts(*titles),
                texts=texts(*more),
                order=number,
            )
            for number, (kind, side, subject, days, titles, more) in enumerate(steps, start=1)
        )
    return template
