"""The manufacturer's own lists of leads: the usual entries to begin with, and entries found by code."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import slugify

from leads.models import LeadKind, LeadReason, LeadSource, ReasonUse

WEB, HAND, CALL, LIST, LOCATOR, REFERRAL = "website", "staff", "call", "import", "locator", "referral"
"""Sources that steps of the product themselves write."""

SOURCES: list[tuple[str, dict[str, str]]] = [
    (WEB, {"en": "Website", "ko": "홈페이지", "ja": "ウェブサイト"}),
    (CALL, {"en": "Call centre", "ko": "콜센터", "ja": "コールセンター"}),
    ("fair", {"en": "Trade fair", "ko": "전시회", "ja": "展示会"}),
    ("campaign", {"en": "Campaign", "ko": "캠페인", "ja": "キャンペーン"}),
    (REFERRAL, {"en": "Partner's referral", "ko": "파트너 추천", "ja": "パートナー紹介"}),
    (LOCATOR, {"en": "Question to a partner", "ko": "파트너 찾기 문의", "ja": "店舗検索からの問い合わせ"}),
    (HAND, {"en": "Entered by staff", "ko": "직접 입력", "ja": "手入力"}),
    (LIST, {"en": "Imported list", "ko": "가져온 목록", "ja": "取り込みリスト"}),
]
KINDS: list[tuple[str, dict[str, str]]] = [
    ("company", {"en": "Company", "ko": "기업", "ja": "法人"}),
    ("person", {"en": "Private customer", "ko": "개인", "ja": "個人"}),
]
REASONS: dict[str, list[tuple[str, dict[str, str]]]] = {
    ReasonUse.DISCARD: [
        ("no_interest", {"en": "No interest", "ko": "관심 없음", "ja": "関心なし"}),
        ("unreachable", {"en": "Cannot be reached", "ko": "연락 안 됨", "ja": "連絡がつかない"}),
        ("wrong_number", {"en": "Wrong details", "ko": "잘못된 연락처", "ja": "連絡先の誤り"}),
        ("advertising", {"en": "Advertising", "ko": "광고성", "ja": "営業・広告"}),
        ("other", {"en": "Other", "ko": "기타", "ja": "その他"}),
    ],
    ReasonUse.DECLINE: [
        ("busy", {"en": "No capacity", "ko": "여력 없음", "ja": "対応余力なし"}),
        ("far", {"en": "Too far away", "ko": "거리가 멂", "ja": "遠方のため"}),
        ("product", {"en": "Not our product", "ko": "취급 제품 아님", "ja": "取扱製品外"}),
        ("known", {"en": "Known customer of somebody else", "ko": "다른 파트너의 고객", "ja": "他社の既存顧客"}),
        ("other", {"en": "Other", "ko": "기타", "ja": "その他"}),
    ],
    ReasonUse.LOST: [
        ("price", {"en": "Price", "ko": "가격", "ja": "価格"}),
        ("competitor", {"en": "Competitor", "ko": "경쟁사", "ja": "競合"}),
        ("time", {"en": "Delivery time", "ko": "납기", "ja": "納期"}),
        ("postponed", {"en": "Postponed", "ko": "보류", "ja": "延期"}),
        ("no_answer", {"en": "No answer", "ko": "회신 없음", "ja": "返答なし"}),
        ("other", {"en": "Other", "ko": "기타", "ja": "その他"}),
    ],
}


def default_lists() -> None:
    """Give a manufacturer that has no sources, kinds or reasons of its own the usual ones. Again changes nothing."""
    for model, rows in ((LeadSource, SOURCES), (LeadKind, KINDS)):
        entries: Any = model._default_manager
        if not entries.exists():
            entries.bulk_create(
                [model(code=code, names=names, order=order) for order, (code, names) in enumerate(rows)],
                ignore_conflicts=True,
            )
    if not LeadReason.objects.exists():
        LeadReason.objects.bulk_create(
            [
                LeadReason(use=use, code=code, names=names, order=order)
                for use, reasons in REASONS.items()
                for order, (code, names) in enumerate(reasons)
            ],
            ignore_conflicts=True,
        )


def source_of(code: str) -> LeadSource:
    """The source of this code; one that a step of the product needs is made where it is missing."""
    source = next(iter(LeadSource.objects.raw("SELECT * FROM leads_leadsource WHERE code = %s", [code])), None)
    if source is None:
        default_lists()
        source, _made = LeadSource.objects.get_or_create(code=code, defaults={"names": dict(SOURCES).get(code, {})})
    return source


def create_sources(names: Sequence[str]) -> None:
    """Sources of which only the name is known."""
    _create(LeadSource, names, "source")


def create_kinds(names: Sequence[str]) -> None:
    """Kinds of which only the name is known."""
    _create(LeadKind, names, "kind")


def _create(model: Any, names: Sequence[str], prefix: str) -> None:
    taken = set(model.objects.values_list("code", flat=True))
    for name in names:
        code = slugify(name)[:40] or f"{prefix}-{len(taken) + 1}"
        if code in taken:
            code = f"{code[:30]}-{len(taken) + 1}"
        model.objects.create(code=code, names={"en": name}, order=len(taken))
        taken.add(code)
