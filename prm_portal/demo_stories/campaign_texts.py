"""What the demo's campaigns say, by language."""

KOREAN = {
    "catalogue": (
        "{partner} 담당자님, 신상품 카탈로그를 보내 드립니다",
        "인기 색상 12종과 새 규격을 한눈에",
        (
            "{name|담당자}님, 안녕하세요.\n\n신상품 **오크 클래식 시리즈**의 카탈로그가 나왔습니다.\n\n"
            "- 인기 색상 12종, 새 규격 2종\n- 소개 가격 {price}\n- {offer_until}까지 주문하시면 견본함을 함께 보내 드립니다\n\n"
            "견본이 필요하시면 아래 단추를 눌러 주세요. {payment}"
        ),
    ),
    "catalogue_b": (
        "지금 신청하시면 견본함을 무료로 보내 드립니다",
        "오크 클래식 12종 견본함, 선착순 200세트",
        (
            "{name|담당자}님, 안녕하세요.\n\n말씀보다 **직접 보시는 편이 빠릅니다**. 오크 클래식 12종 견본함을 매장으로 보내 드립니다.\n\n"
            "아래 단추 하나면 신청이 끝납니다. 배송비는 저희가 부담합니다."
        ),
    ),
    "promotion": (
        "성수기 {product} 특별 단가 안내",
        "행사 기간 출고분까지 적용됩니다",
        (
            "{name|담당자}님, 안녕하세요.\n\n성수기 물량을 미리 확보하실 수 있도록 {product}의 특별 단가를 준비했습니다.\n\n"
            "| 조건 | 내용 |\n|---|---|\n| 단가 | {price} |\n| 결제 | {payment} |\n| 납품 | {delivery} |\n\n"
            "물량 상담이 필요하시면 아래 단추로 알려 주세요. 담당자가 하루 안에 전화드립니다."
        ),
    ),
    "samples": (
        "견본 교체, 신청만 하시면 됩니다",
        "전시 견본을 새 시리즈로 바꿔 드립니다",
        "{name|담당자}님, 안녕하세요.\n\n매장 전시 견본을 새 시리즈로 바꿔 드리려고 합니다. 교체를 원하시면 아래에서 신청해 주세요.",
    ),
    "fair": (
        "{name|담당자}님을 신제품 설명회에 초대합니다",
        "하남 전시장, 점심 식사 제공",
        "{name|담당자}님, 안녕하세요.\n\n신제품 설명회를 엽니다.\n\n1. 신제품 8종 소개\n2. 시공 시연\n3. 내년 단가 정책 안내\n\n참석하실 분은 아래에서 알려 주세요.",
    ),
    "stock": (
        "한정 재고 특가: 한정 수량",
        "품목별 잔여 수량을 확인하세요",
        "{name|담당자}님, 안녕하세요.\n\n한정 재고를 특별 단가로 드립니다. 수량이 한정되어 있어 먼저 알려 드립니다.",
    ),
    "price": (
        "다음 분기 단가 조정 안내",
        "",
        "{name|담당자}님, 안녕하세요.\n\n원자재 가격 변동으로 다음 분기 출고분부터 일부 품목의 단가가 조정됩니다. 자세한 내용은 포털의 단가표를 확인해 주세요.",
    ),
}
JAPANESE = {
    "catalogue": (
        "{partner} 御中 新製品カタログをお届けします",
        "新シリーズの寸法と納期を一覧でご覧いただけます",
        (
            "{name|ご担当者}様\n\nいつもお世話になっております。\n\n新製品カタログができあがりました。**新シリーズ8点**の寸法、納期、価格を掲載しております。\n\n"
            "サンプルをご希望の際は、下のボタンからお知らせください。"
        ),
    ),
    "catalogue_b": (
        "サンプルを無料でお送りします",
        "先着100社様",
        "{name|ご担当者}様\n\nいつもお世話になっております。\n\n新シリーズの**実物サンプル**を無料でお送りします。下のボタンからお申し込みください。",
    ),
    "promotion": (
        "{product} 期間限定価格のご案内",
        "期間中の出荷分まで",
        "{name|ご担当者}様\n\nいつもお世話になっております。\n\n{product}を期間限定価格 {price} でご提供いたします。お支払い: {payment}、納品: {delivery}。",
    ),
    "samples": (
        "展示サンプル交換のご案内",
        "",
        "{name|ご担当者}様\n\n展示サンプルを新シリーズに交換いたします。ご希望の際は下のボタンからお知らせください。",
    ),
    "fair": (
        "新製品説明会へのご招待",
        "大阪ショールームにて",
        "{name|ご担当者}様\n\n新製品説明会を開催いたします。ご出席の可否を下のボタンからお知らせください。",
    ),
    "stock": (
        "在庫の特別販売",
        "数量限定",
        "{name|ご担当者}様\n\n在庫を特別価格でご提供いたします。数量に限りがございますので、先にご案内申し上げます。",
    ),
    "price": (
        "来期の価格改定について",
        "",
        "{name|ご担当者}様\n\n原材料価格の変動に伴い、来期の出荷分より一部製品の価格を改定いたします。詳しくはポータルの価格表をご覧ください。",
    ),
}
ENGLISH = {
    "catalogue": (
        "The new catalogue for {partner}",
        "New sizes, lead times and prices at a glance",
        "Dear {name|partner},\n\nour new catalogue is out: **new sizes**, lead times and prices at a glance.\n\nPress the button below for samples.",
    ),
    "catalogue_b": (
        "Free samples for your showroom",
        "For the first hundred who ask",
        "Dear {name|partner},\n\nsee it rather than read about it: we send you **samples of the new series**, free of charge.",
    ),
    "promotion": (
        "Special price for {product}",
        "For all deliveries in this period",
        "Dear {name|partner},\n\nfor the season we offer {product} at {price}. Payment: {payment}. Delivery: {delivery}.",
    ),
    "samples": (
        "New samples for your display",
        "",
        "Dear {name|partner},\n\nwe replace the samples on your display with the new series. Press the button below if you want them.",
    ),
    "fair": (
        "You are invited to our presentation",
        "New products, mounting shown live",
        "Dear {name|partner},\n\nwe present our new products soon. Please tell us below whether you will come.",
    ),
    "stock": (
        "Our stock at a special price",
        "Limited quantity",
        "Dear {name|partner},\n\nwe offer our stock at a special price, and tell you first.",
    ),
    "price": (
        "Price change next quarter",
        "",
        "Dear {name|partner},\n\nprices of some products change for deliveries of the next quarter. You find the new price list in the portal.",
    ),
}
TEXTS = {"ko": KOREAN, "ja": JAPANESE, "en": ENGLISH}
ANSWERS = {
    "catalogue": ["sample", "call", "not_interested"],
    "catalogue_b": ["sample", "not_interested"],
    "promotion": ["offer", "call", "not_interested"],
    "samples": ["sample", "later"],
    "fair": ["call", "not_interested"],
    "stock": ["offer", "call"],
    "price": [],
}
MESSENGER: dict[str, list[tuple[str, str, list[str], str, str]]] = {
    "ko": [
        ("견본 발송 안내", "{name|고객} 님, 요청하신 견본책을 오늘 발송했습니다. 궁금한 점은 아래 단추로 알려 주세요.", ["call"], "approved", ""),
        ("설명회 하루 전", "{name|고객} 님, 내일 오후 2시 신제품 설명회가 열립니다. 참석이 어려우시면 알려 주세요.", ["later"], "submitted", ""),
        ("특가 안내", "{name|고객} 님, 이번 주만 특별 단가입니다!", ["offer"], "rejected", "광고 문구는 광고 표기와 수신 거부 방법이 있어야 합니다."),
    ],
    "ja": [
        ("サンプル発送のお知らせ", "{name|お客様} 様、ご請求のサンプルを本日発送しました。ご不明な点は下のボタンでお知らせください。", ["call"], "approved", ""),
        ("説明会の前日", "{name|お客様} 様、明日14時より新製品説明会を開催します。ご都合が悪い場合はお知らせください。", ["later"], "submitted", ""),
        ("特別価格のお知らせ", "{name|お客様} 様、今週限りの特別価格です!", ["offer"], "rejected", "広告には送信者名と配信停止の方法が必要です。"),
    ],
}  # fmt: skip
WORDS = {
    "ko": {
        "catalogue": (
            "신상품 카탈로그",
            "신상품을 취급 대리점에 알리고 견본 신청을 받는다",
            "카탈로그 중심",
            "견본함 중심",
        ),
        "promotion": ("성수기 특별 단가", "성수기 전에 물량을 확보하게 한다", "", ""),
        "samples": ("전시 견본 교체", "전시 견본이 오래된 매장에 새 시리즈를 들인다", "", ""),
        "fair": ("신제품 설명회 초대", "설명회 참석자 120명", "", ""),
        "stock": ("한정 재고 특가", "재고 30% 소진", "", ""),
        "price": ("다음 분기 단가 조정 안내", "모든 거래처가 미리 알게 한다", "", ""),
        "next": ("다음 카탈로그", "", "", ""),
        "dropped": ("재고 할인 안내", "", "", ""),
        "copy": "인쇄·포장",
        "gift": "견본함 제작",
        "send": "발송 비용",
        "checks": ("단가 확정", "견본 재고 확인", "수신 동의 점검", "담당자에게 미리 알림"),
        "learned": "견본함을 앞세운 B안의 회신율이 두 배 가까이 높았다. 다음 카탈로그는 견본함을 제목에 넣는다.",
        "why_go": "규칙대로 진행",
        "why_stop": "시범 발송의 회신율이 목표의 절반에 못 미쳤고 수신거부가 많았다.",
        "asked": "설명회 일정에 맞춰 이번 주 안에 승인 부탁드립니다.",
        "pay": "월말 마감 익월 말 결제",
        "deliver": "주문 후 3일 이내 매장 납품",
        "consent": "박람회 명함 교환 시 동의",
        "postal": "서울특별시 강남구 테헤란로 152, 한빛건재",
    },
    "ja": {
        "catalogue": (
            "新製品カタログ",
            "新製品を取扱店に知らせ、サンプル請求を受ける",
            "カタログ中心",
            "サンプル中心",
        ),
        "promotion": ("期間限定価格", "繁忙期前に数量を確保していただく", "", ""),
        "samples": ("展示サンプルの交換", "古い展示サンプルを新シリーズに替える", "", ""),
        "fair": ("新製品説明会", "説明会の出席者60名", "", ""),
        "stock": ("在庫の特別販売", "在庫を3割減らす", "", ""),
        "price": ("来期の価格改定", "全取引先に事前に知らせる", "", ""),
        "next": ("次のカタログ", "", "", ""),
        "dropped": ("在庫の値引き案内", "", "", ""),
        "copy": "印刷・梱包",
        "gift": "サンプル箱の製作",
        "send": "配信費用",
        "checks": ("価格の確定", "サンプル在庫の確認", "配信同意の点検", "担当者への事前連絡"),
        "learned": "サンプルを前に出したB案の返信率が大きく上回った。次回は件名にサンプルを入れる。",
        "why_go": "ルールどおり本配信へ",
        "why_stop": "先行配信の返信率が目標の半分に届かず、配信停止も多かった。",
        "asked": "説明会に間に合うよう、今週中の承認をお願いします。",
        "pay": "月末締め翌月末払い",
        "deliver": "受注後5営業日以内",
        "consent": "展示会の名刺交換時に同意",
        "postal": "大阪府大阪市北区梅田1-1 東海",
    },
}
