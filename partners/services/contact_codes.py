"""The manufacturer's lists for its contacts, which begin with sensible entries."""

from partners.models import CodeList, ContactCode

DEFAULTS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    CodeList.CHANNEL: [
        ("call", "", {"en": "Call", "ko": "전화", "ja": "電話"}),
        ("visit", "", {"en": "Visit", "ko": "방문", "ja": "訪問"}),
        ("mail", "", {"en": "E-mail", "ko": "이메일", "ja": "メール"}),
        ("online-meeting", "", {"en": "Online meeting", "ko": "화상 회의", "ja": "オンライン会議"}),
        ("message", "", {"en": "Message", "ko": "메시지", "ja": "メッセージ"}),
        ("web", "", {"en": "Web enquiry", "ko": "웹 문의", "ja": "Webからの問い合わせ"}),
        ("fax", "", {"en": "Fax", "ko": "팩스", "ja": "FAX"}),
        ("letter", "", {"en": "Letter", "ko": "우편", "ja": "郵送"}),
        ("event", "", {"en": "Event", "ko": "행사", "ja": "イベント"}),
    ],
    CodeList.SUBJECT: [
        ("sales", "", {"en": "Sales", "ko": "영업", "ja": "営業"}),
        ("price", "sales", {"en": "Prices and terms", "ko": "가격·거래 조건", "ja": "価格・取引条件"}),
        ("order", "sales", {"en": "Order and delivery", "ko": "주문·납기", "ja": "受注・納期"}),
        ("product", "sales", {"en": "Products", "ko": "제품", "ja": "製品"}),
        ("project", "sales", {"en": "Project", "ko": "프로젝트", "ja": "案件"}),
        ("relationship", "", {"en": "Relationship", "ko": "관계 관리", "ja": "関係づくり"}),
        ("plan", "relationship", {"en": "Channel plan", "ko": "채널 계획", "ja": "チャネル計画"}),
        ("agreement", "relationship", {"en": "Agreement", "ko": "계약", "ja": "契約"}),
        ("training", "relationship", {"en": "Training", "ko": "교육", "ja": "研修"}),
        ("support", "", {"en": "Support", "ko": "지원", "ja": "サポート"}),
        ("complaint", "support", {"en": "Complaint", "ko": "불만", "ja": "クレーム"}),
        ("technical", "support", {"en": "Technical question", "ko": "기술 문의", "ja": "技術的な問い合わせ"}),
        ("payment", "support", {"en": "Invoice and payment", "ko": "청구·결제", "ja": "請求・支払い"}),
    ],
    CodeList.OUTCOME: [
        ("agreed", "", {"en": "Agreed", "ko": "합의", "ja": "合意"}),
        ("follow-up", "", {"en": "To be followed up", "ko": "후속 조치 필요", "ja": "フォローが必要"}),
        ("waiting", "", {"en": "Waiting for the partner", "ko": "파트너 회신 대기", "ja": "パートナーの回答待ち"}),
        ("solved", "", {"en": "Solved", "ko": "해결", "ja": "解決"}),
        ("not-reached", "", {"en": "Not reached", "ko": "연락 안 됨", "ja": "連絡つかず"}),
        ("refused", "", {"en": "Refused", "ko": "거절", "ja": "拒否"}),
        ("information", "", {"en": "For information", "ko": "정보 공유", "ja": "情報共有"}),
    ],
}


def ensure_codes() -> None:
    """Give a manufacturer that has no list of a kind yet the usual one. Two at once make each entry once."""
    begun = set(ContactCode.objects.values_list("list", flat=True).distinct())
    for name, entries in DEFAULTS.items():
        if name in begun:
            continue
        for wanted in (False, True):  # those that others stand below come first
            parents = dict(ContactCode.objects.filter(list=name).values_list("code", "pk"))
            ContactCode.objects.bulk_create(
                [
                    ContactCode(list=name, code=code, names=names, order=order, parent_id=parents.get(parent))
                    for order, (code, parent, names) in enumerate(entries)
                    if bool(parent) is wanted
                ],
                ignore_conflicts=True,
            )
