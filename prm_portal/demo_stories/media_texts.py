"""A course of the demo with a video, a PDF, a file to download and a video elsewhere: what they say."""

from typing import Any

MEDIA: dict[str, dict[str, Any]] = {
    "hanbit": {
        "code": "CARE-120",
        "tags": ["관리", "하자 예방"],
        "lines": ["LAM", "ENG"],
        "titles": {"ko": "강화마루 관리와 하자 예방", "en": "Floor care without complaints"},
        "summaries": {
            "ko": "영상과 안내서로 배우는 관리 요령. 고객 인도 때 그대로 쓰실 수 있습니다.",
            "en": "A film, a guide and a check list that you can hand over to your customers.",
        },
        "module": {"ko": "인도 후 관리", "en": "After hand-over"},
        "colour": "#1c5d99",
        "maker": "한빛건재",
        "language": "ko",
        "film": {"ko": "관리 요령 영상", "en": "Film: caring for the floor"},
        "film_text": {
            "ko": "소리 없이 보셔도 됩니다. 자막은 한국어와 영어가 있습니다.",
            "en": "It has no sound; captions are there in Korean and English.",
        },
        "slides": [
            (
                "강화마루, 오래 쓰는 법",
                ["인도 당일 고객과 함께 보세요", "5가지만 지키면 됩니다"],
                "How a laminate floor stays beautiful: five rules.",
            ),
            (
                "물기는 바로 닦기",
                ["마른 걸레가 기본", "물걸레는 꼭 짜서", "스팀 청소기는 금지"],
                "Wipe water away at once. Damp mops yes, steam no.",
            ),
            (
                "실내 습도 40–60%",
                ["겨울에는 가습기", "장마철에는 환기와 제습"],
                "Keep the air between 40 and 60 % humidity.",
            ),
            (
                "온돌은 천천히",
                ["하루에 5℃씩 올리기", "표면 온도 28℃ 이하"],
                "Warm up floor heating slowly, at most 28 °C at the surface.",
            ),
            (
                "무거운 가구",
                ["보호 패드 부착", "끌지 말고 들어서 옮기기"],
                "Felt pads below furniture; lift, never drag.",
            ),
            (
                "이상이 보이면",
                ["들뜸·벌어짐은 사진부터", "포털에서 A/S 접수"],
                "Gaps or swelling: take a photo and report it.",
            ),
        ],
        "guide": {"ko": "관리 안내서 (PDF)", "en": "The guide (PDF)"},
        "guide_text": {
            "ko": "인도할 때 고객에게 함께 드리는 안내서입니다. 2쪽의 표를 먼저 보세요.",
            "en": "Hand it over with the keys. Begin with the table on page 2.",
        },
        "guide_name": "floor-care",
        "guide_parts": {
            "ko": {
                "title": "강화마루 관리 안내서",
                "subtitle": "고객 인도용",
                "intro": "새 마루를 오래 아름답게 쓰는 방법을 한 권에 담았습니다.",
                "foot": "한빛건재 고객지원 1588-0000",
                "sections": [
                    (
                        "매일의 관리",
                        "마루는 물과 모래에 약합니다. 현관 매트를 깔고, 마른 걸레로 자주 닦아 주세요.",
                        [
                            ["무엇", "어떻게"],
                            ["먼지", "부직포 걸레"],
                            ["얼룩", "중성세제 묻힌 걸레"],
                            ["물", "즉시 닦기"],
                            ["스팀", "사용 금지"],
                        ],
                        [],
                    ),
                    (
                        "계절별 관리",
                        "습도가 낮으면 틈이 생기고, 높으면 부풀어 오릅니다.",
                        [],
                        [
                            "겨울: 가습기로 40% 이상을 유지합니다.",
                            "여름: 하루 두 번 환기하고 제습기를 씁니다.",
                            "난방: 하루에 5℃씩 올립니다.",
                        ],
                    ),
                ],
            },
            "en": {
                "title": "Caring for your floor",
                "subtitle": "For your customers",
                "intro": "How a new floor stays beautiful for years.",
                "foot": "Hanbit customer service, +82 2 1588 0000",
                "sections": [
                    (
                        "Every day",
                        "Water and sand are what floors fear. Lay a mat at the door and mop dry.",
                        [
                            ["What", "How"],
                            ["Dust", "dry mop"],
                            ["Stains", "damp cloth, mild soap"],
                            ["Water", "wipe away at once"],
                            ["Steam", "never"],
                        ],
                        [],
                    ),
                    (
                        "Through the year",
                        "Dry air opens gaps, humid air makes boards swell.",
                        [],
                        [
                            "Winter: keep the air above 40 %.",
                            "Summer: air twice a day.",
                            "Heating: no more than 5 °C up a day.",
                        ],
                    ),
                ],
            },
        },
        "list": {"ko": "하자 예방 점검표", "en": "Check list for hand-over"},
        "list_text": {
            "ko": "인도 전에 현장에서 한 줄씩 확인하세요. 작성한 점검표는 A/S 접수 때 함께 올립니다.",
            "en": "Go through it on site before hand-over, and keep it for claims.",
        },
        "list_name": "hand-over-check.xlsx",
        "list_head": ["점검 항목", "기준", "결과"],
        "list_rows": [
            ["평탄도", "2m당 3mm 이하", ""],
            ["신축 간격", "8–10mm", ""],
            ["걸레받이 고정", "흔들림 없음", ""],
            ["문틀 하부", "간격 5mm 이상", ""],
            ["표면 긁힘", "없음", ""],
            ["관리 안내서 전달", "고객 서명", ""],
        ],
        "more": {"ko": "더 보기: 시공 사례 영상", "en": "More: a film of a site"},
        "more_text": {
            "ko": "외부 사이트에서 열립니다. 선택 사항입니다.",
            "en": "It opens elsewhere, and is up to you.",
        },
        "link": "https://video.example/watch/hanbit-floor-site",
    },
    "tokai": {
        "code": "CARE-120",
        "tags": ["点検", "お客様対応"],
        "lines": ["BRAKE", "WHEEL"],
        "titles": {"ja": "納車後の日常点検", "en": "Daily checks after delivery"},
        "summaries": {
            "ja": "動画と手引きで学ぶ日常点検。納車時にお客様へそのままお渡しいただけます。",
            "en": "A film, a guide and a check list that you can hand over to your customers.",
        },
        "module": {"ja": "納車のあとで", "en": "After delivery"},
        "colour": "#8a1538",
        "maker": "東海サイクル",
        "language": "ja",
        "film": {"ja": "日常点検の動画", "en": "Film: daily checks"},
        "film_text": {
            "ja": "音声はありません。字幕は日本語と英語をお選びいただけます。",
            "en": "It has no sound; captions are there in Japanese and English.",
        },
        "slides": [
            (
                "乗る前の30秒点検",
                ["納車時にお客様とご一緒に", "順番は「ブタはしゃべる」"],
                "Thirty seconds before each ride.",
            ),
            (
                "ブレーキ",
                ["レバーと握りの間に指二本", "パッドは残り1mmで交換"],
                "Brakes: two fingers of room at the lever.",
            ),
            ("タイヤ", ["空気圧は月に一度", "前3.0 / 後3.5 bar"], "Tyres: once a month, 3.0 bar front and 3.5 rear."),
            ("ライトとベル", ["夜間は前後とも点灯", "レンズを拭く"], "Lights front and rear, and a clean lens."),
            (
                "バッテリー",
                ["20%を切る前に充電", "保管は50%、室内で"],
                "Charge before 20 %; store half full and indoors.",
            ),
            (
                "異常を感じたら",
                ["乗らずに写真を撮る", "ポータルから修理を依頼"],
                "When in doubt do not ride: take a photo and report it.",
            ),
        ],
        "guide": {"ja": "点検の手引き(PDF)", "en": "The guide (PDF)"},
        "guide_text": {
            "ja": "納車時にお渡しする手引きです。2ページの表からご覧ください。",
            "en": "Hand it over with the bike. Begin with the table on page 2.",
        },
        "guide_name": "daily-checks",
        "guide_parts": {
            "ja": {
                "title": "日常点検の手引き",
                "subtitle": "お客様向け",
                "intro": "電動アシスト自転車を安全に長くお使いいただくために。",
                "foot": "東海サイクル お客様相談室 0120-000-000",
                "sections": [
                    (
                        "毎日の点検",
                        "乗る前に30秒だけお時間をください。",
                        [
                            ["箇所", "見るところ"],
                            ["ブレーキ", "レバーの遊び"],
                            ["タイヤ", "空気圧とひび"],
                            ["ライト", "点灯"],
                            ["バッテリー", "残量と固定"],
                        ],
                        [],
                    ),
                    (
                        "月に一度",
                        "販売店での点検とあわせて行ってください。",
                        [],
                        ["空気圧を測ります。", "チェーンに注油します。", "ボルトの緩みを確認します。"],
                    ),
                ],
            },
            "en": {
                "title": "Daily checks",
                "subtitle": "For your customers",
                "intro": "How an e-bike stays safe for years.",
                "foot": "Tokai Cycle customer service",
                "sections": [
                    (
                        "Every day",
                        "Thirty seconds before the first ride.",
                        [
                            ["What", "Look at"],
                            ["Brakes", "room at the lever"],
                            ["Tyres", "pressure, cracks"],
                            ["Lights", "both on"],
                            ["Battery", "charge, lock"],
                        ],
                        [],
                    ),
                    (
                        "Once a month",
                        "Together with the visit to your shop.",
                        [],
                        ["Measure the pressure.", "Oil the chain.", "Look for loose bolts."],
                    ),
                ],
            },
        },
        "list": {"ja": "納車点検表", "en": "Check list for delivery"},
        "list_text": {
            "ja": "納車前に一行ずつご確認ください。記入した点検表は修理依頼の際に添付します。",
            "en": "Go through it before delivery, and keep it for claims.",
        },
        "list_name": "delivery-check.xlsx",
        "list_head": ["点検項目", "基準", "結果"],
        "list_rows": [
            ["ステム締付", "6 Nm", ""],
            ["空気圧(前)", "3.0 bar", ""],
            ["空気圧(後)", "3.5 bar", ""],
            ["ブレーキの遊び", "指二本", ""],
            ["ライト点灯", "前後", ""],
            ["手引きのお渡し", "お客様署名", ""],
        ],
        "more": {"ja": "参考:整備の動画", "en": "More: a film of a workshop"},
        "more_text": {"ja": "外部サイトで開きます。任意です。", "en": "It opens elsewhere, and is up to you."},
        "link": "https://video.example/watch/tokai-workshop",
    },
}
