"""What the demo's sequences are called and say, by language."""

NAMES = {
    "ko": {
        "welcome": ("신규 대리점 환영", "거래를 시작한 대리점이 첫 주문까지 어려움 없이 올 수 있도록 돕습니다."),
        "silence": ("60일 무주문 대리점", "주문이 끊긴 이유를 묻고, 다시 주문할 계기를 드립니다."),
        "expiry": ("계약 만료 60일 전", "계약이 끊기지 않도록 갱신을 미리 준비합니다."),
    },
    "ja": {
        "welcome": ("新規販売店の歓迎", "取引を始めた販売店が、最初の注文まで迷わず進めるようにします。"),
        "silence": ("90日間注文のない販売店", "注文が止まった理由を伺い、再開のきっかけをつくります。"),
        "expiry": ("契約満了の60日前", "契約が途切れないよう、更新を早めに準備します。"),
    },
}

TASKS = {
    "ko": {
        "call": "환영 전화를 드리고 궁금한 점을 듣기",
        "visit": "방문하여 주문이 멈춘 이유 듣기",
        "renew": "계약 갱신 조건 준비",
    },
    "ja": {
        "call": "歓迎の電話をかけ、不明点を伺う",
        "visit": "訪問して注文が止まった理由を伺う",
        "renew": "契約更新の条件を準備する",
    },
    "en": {
        "call": "Call to welcome them and hear what they need",
        "visit": "Visit and hear why orders have stopped",
        "renew": "Prepare the terms of the renewal",
    },
}


def _said(subject: str, preheader: str, body: str) -> dict[str, str]:
    return {"subject": subject, "preheader": preheader, "body": body}


TEXTS = {
    "ko": {
        "welcome": _said(
            "{partner} 여러분, 환영합니다",
            "첫 주문까지 필요한 것을 모았습니다",
            "{name|담당자}님, 안녕하세요.\n\n함께하게 되어 기쁩니다. 포털에서 **자료**, **가격표**, **주문 안내**를 바로 보실 수 있습니다.\n\n"
            "며칠 안에 담당자가 전화드리겠습니다.",
        ),
        "portal": _said(
            "포털에서 시작하는 세 가지",
            "",
            "1. 회사 정보를 확인해 주세요.\n2. 동료를 초대해 주세요.\n3. 자료실에서 카탈로그를 내려받으세요.",
        ),
        "first_order": _said(
            "첫 주문, 도와드릴까요?",
            "견본과 초도 물량을 상담해 드립니다",
            "{name|담당자}님, 아직 첫 주문 전이시군요.\n\n견본이나 초도 물량 상담이 필요하시면 이 메일에 답장해 주세요.",
        ),
        "missed": _said(
            "{partner}의 소식이 궁금합니다",
            "불편하신 점이 있었는지 알려 주세요",
            "{name|담당자}님, 안녕하세요.\n\n한동안 주문이 없어 소식이 궁금합니다. 불편하신 점이 있었다면 이 메일에 답장해 주세요.",
        ),
        "offer": _said(
            "다시 시작하는 대리점을 위한 견본함",
            "신상품 12종 견본을 무료로 보내 드립니다",
            "{name|담당자}님, 신상품 견본함을 무료로 보내 드립니다. 답장 한 줄이면 됩니다.",
        ),
        "expiry": _said(
            "계약 갱신을 준비할 때입니다",
            "60일 뒤 계약이 만료됩니다",
            "{name|담당자}님, 현재 계약이 60일 뒤 만료됩니다. 담당자가 갱신 조건을 준비해 연락드리겠습니다.",
        ),
    },
    "ja": {
        "welcome": _said(
            "{partner}の皆さま、ようこそ",
            "最初のご注文までに必要なものをまとめました",
            "{name|ご担当者}様\n\nお取引を始めていただき、ありがとうございます。ポータルで**資料**、**価格表**、**注文のご案内**をご覧いただけます。\n\n"
            "数日以内に担当者からお電話いたします。",
        ),
        "portal": _said(
            "ポータルで始める三つのこと",
            "",
            "1. 会社情報をご確認ください。\n2. 同僚の方を招待してください。\n3. 資料室からカタログをダウンロードしてください。",
        ),
        "first_order": _said(
            "最初のご注文をお手伝いします",
            "サンプルと初回数量をご相談ください",
            "{name|ご担当者}様\n\n最初のご注文はまだのようです。サンプルや初回数量のご相談は、このメールにご返信ください。",
        ),
        "missed": _said(
            "{partner}の皆さまはいかがお過ごしですか",
            "お困りの点がありましたらお知らせください",
            "{name|ご担当者}様\n\nしばらくご注文がなく、いかがお過ごしかと存じます。お困りの点がありましたら、このメールにご返信ください。",
        ),
        "offer": _said(
            "新商品サンプルをお届けします",
            "新商品12種のサンプルを無料でお送りします",
            "{name|ご担当者}様\n\n新商品のサンプルセットを無料でお送りします。ご返信いただくだけで結構です。",
        ),
        "expiry": _said(
            "契約更新のご準備について",
            "60日後に契約が満了します",
            "{name|ご担当者}様\n\n現在の契約は60日後に満了します。担当者が更新条件を準備してご連絡いたします。",
        ),
    },
    "en": {
        "welcome": _said(
            "Welcome, {partner}",
            "All that you need until your first order",
            "Dear {name|partner},\n\nwe are glad to work with you. In the portal you find **material**, **prices** and **how to order**.\n\n"
            "Somebody will call you within a few days.",
        ),
        "portal": _said(
            "Three things to begin with in the portal",
            "",
            "1. Check your company's details.\n2. Invite your colleagues.\n3. Download the catalogue from the library.",
        ),
        "first_order": _said(
            "Shall we help with your first order?",
            "Ask us about samples and first quantities",
            "Dear {name|partner},\n\nyou have not ordered yet. If you would like to talk about samples or quantities, reply to this mail.",
        ),
        "missed": _said(
            "How are things at {partner}?",
            "Tell us if anything went wrong",
            "Dear {name|partner},\n\nwe have not had an order from you for a while. If anything went wrong, reply to this mail.",
        ),
        "offer": _said(
            "A free set of samples to start again",
            "Twelve new products, sent to you free",
            "Dear {name|partner},\n\nwe would like to send you a free set of samples. One line in reply is enough.",
        ),
        "expiry": _said(
            "Time to prepare the renewal of our agreement",
            "It ends in 60 days",
            "Dear {name|partner},\n\nour agreement ends in 60 days. Somebody will come to you with the terms of a renewal.",
        ),
    },
}
