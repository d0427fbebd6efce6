"""The courses of the demo: what each manufacturer teaches its partners' people.

A course: code, product lines, tags, minutes and what it needs; its titles and summaries; its modules, each of lessons: kind, minutes, titles,
texts (page) or nothing more than words beside a file.
"""

from typing import Any

Texts = dict[str, str]
COURSES: dict[str, list[dict[str, Any]]] = {
    "hanbit": [
        {
            "code": "INST-101",
            "lines": ["LAM", "ENG"],
            "tags": ["시공", "기초"],
            "titles": {"ko": "강화마루 시공 기초", "en": "Installing laminate: the basics"},
            "summaries": {
                "ko": "현장 점검부터 마감까지, 하자 없는 시공의 다섯 단계를 배웁니다.",
                "en": "From looking at the site to the last skirting: five steps to a floor without complaints.",
            },
            "modules": [
                (
                    {"ko": "시작하기 전에", "en": "Before you begin"},
                    [
                        (
                            5,
                            {"ko": "바닥 상태 점검", "en": "Look at the subfloor"},
                            {
                                "ko": (
                                    "## 왜 먼저 점검할까요?\n\n하자의 **절반 이상**은 마루가 아니라 바탕 바닥에서 시작됩니다. "
                                    "자재를 내리기 전에 아래 세 가지를 반드시 확인하세요.\n\n"
                                    "| 항목 | 기준 | 방법 |\n|---|---|---|\n| 평탄도 | 2m당 3mm 이하 | 2m 직선자 |\n"
                                    "| 함수율 | 4.5% 이하 | CM 측정기 |\n| 온도 | 15–28℃ | 온습도계 |\n\n"
                                    "> [!WARNING]\n> 함수율이 기준을 넘으면 시공하지 마세요. 3일 더 건조한 뒤 다시 측정합니다.\n\n"
                                    "측정값은 현장 사진과 함께 시공 확인서에 기록합니다."
                                ),
                                "en": (
                                    "## Why look first?\n\nMore than **half of all complaints** begin below the floor. "
                                    "Check three things before anything is unloaded.\n\n| What | Limit | With |\n|---|---|---|\n"
                                    "| Evenness | 3 mm in 2 m | straight edge |\n| Moisture | 4.5 % | CM meter |\n"
                                    "| Temperature | 15–28 °C | thermometer |\n\n"
                                    "> [!WARNING]\n> Above the limit, do not install. Dry for three days and measure again."
                                ),
                            },
                        ),
                        (
                            4,
                            {"ko": "자재 보관과 순응", "en": "Store and acclimatise"},
                            {
                                "ko": (
                                    "포장을 뜯지 않은 상태로 시공할 방에 **48시간** 두세요.\n\n- 벽에서 50cm 이상 띄웁니다.\n"
                                    "- 4단 이상 쌓지 않습니다.\n- 난방은 시공 이틀 전에 끕니다.\n\n"
                                    "> [!NOTE]\n> 겨울철에는 72시간을 권합니다."
                                ),
                                "en": "Leave the closed boxes for **48 hours** in the room in which they are laid.",
                            },
                        ),
                    ],
                ),
                (
                    {"ko": "시공", "en": "Laying"},
                    [
                        (
                            6,
                            {"ko": "첫 줄과 신축 간격", "en": "The first row and the gap"},
                            {
                                "ko": (
                                    "벽을 따라 **8–10mm**의 간격을 둡니다. 마루는 숨을 쉽니다.\n\n"
                                    "1. 첫 줄은 빛이 들어오는 방향과 나란히 놓습니다.\n2. 쐐기를 40cm마다 끼웁니다.\n"
                                    "3. 마지막 조각이 30cm보다 짧으면 첫 조각을 잘라 맞춥니다.\n\n"
                                    "> [!DANGER]\n> 문틀 아래를 실리콘으로 막지 마세요. 들뜸의 가장 흔한 원인입니다."
                                ),
                                "en": "Leave **8–10 mm** along the walls: the floor breathes. Wedges every 40 cm.",
                            },
                        ),
                        (
                            5,
                            {"ko": "마감과 인도", "en": "Finish and hand over"},
                            {
                                "ko": (
                                    "걸레받이를 고정한 뒤 고객과 함께 바닥 전체를 걸어 보세요.\n\n- 삐걱거림이 없는가\n"
                                    "- 문이 걸리지 않는가\n- 관리 안내서를 드렸는가\n\n인도 사진 3장을 포털에 올리면 보증이 시작됩니다."
                                ),
                                "en": "Walk the whole floor with the customer. Three photos in the portal start the warranty.",
                            },
                        ),
                    ],
                ),
            ],
        },
        {
            "code": "PROD-201",
            "lines": ["LVT"],
            "tags": ["제품", "판매"],
            "titles": {"ko": "아쿠아 라인 제품 지식", "en": "Aqua Line: product knowledge"},
            "summaries": {
                "ko": "방수 강화마루의 구조, 경쟁 제품과의 차이, 고객이 가장 많이 묻는 질문 일곱 가지.",
                "en": "How it is built, how it differs, and the seven questions that customers ask.",
            },
            "modules": [
                (
                    {"ko": "제품 이해", "en": "The product"},
                    [
                        (
                            5,
                            {"ko": "아쿠아 라인은 무엇이 다른가", "en": "What is different"},
                            {
                                "ko": (
                                    "아쿠아 라인은 **24시간 표면 방수** 강화마루입니다.\n\n| | 스탠다드 | 아쿠아 라인 |\n|---|---|---|\n"
                                    "| 표면 방수 | 2시간 | 24시간 |\n| 미끄럼 | R9 | R10 |\n| 하자 보증 | 5년 | 10년 |\n\n"
                                    "주방, 현관, 반려동물이 있는 집에 먼저 권하세요."
                                ),
                                "en": "Laminate that bears water for **24 hours**. Recommend it for kitchens and homes with pets.",
                            },
                        ),
                        (
                            5,
                            {"ko": "고객이 자주 묻는 질문", "en": "Questions that customers ask"},
                            {
                                "ko": (
                                    "**욕실에도 쓸 수 있나요?** 아니요. 배수구가 있는 공간에는 시공하지 않습니다.\n\n"
                                    "**온돌에 괜찮나요?** 네. 표면 온도 28℃ 이하를 지켜 주세요.\n\n"
                                    "**물걸레 청소기를 써도 되나요?** 네. 스팀 청소기만 피하면 됩니다."
                                ),
                                "en": "Not for bathrooms; yes on floor heating up to 28 °C; wet mops yes, steam no.",
                            },
                        ),
                    ],
                )
            ],
        },
        {
            "code": "SALE-110",
            "tags": ["판매", "프로세스"],
            "titles": {"ko": "본사 리드 응대 프로세스", "en": "How we work with leads"},
            "summaries": {
                "ko": "리드 수락부터 견적, 계약 등록까지. 첫 연락은 24시간 안에.",
                "en": "From accepting a lead to registering the order: the first call within 24 hours.",
            },
            "needs": ["PROD-201"],
            "modules": [
                (
                    {"ko": "리드에서 계약까지", "en": "From lead to order"},
                    [
                        (
                            4,
                            {"ko": "수락과 첫 연락", "en": "Accept and call"},
                            {
                                "ko": (
                                    "첫 연락이 **24시간**을 넘기면 계약 확률이 절반으로 떨어집니다.\n\n"
                                    "1. 포털에서 리드를 수락합니다.\n2. 문의 내용을 읽고 전화합니다.\n3. 통화 결과를 한 줄로 남깁니다."
                                ),
                                "en": "After **24 hours** the chance is halved. Accept, read, call, write one line.",
                            },
                        ),
                        (
                            5,
                            {"ko": "방문 견적", "en": "Visit and quote"},
                            {
                                "ko": "샘플북은 세 가지 색만 꺼내세요. 많이 보여 줄수록 결정이 늦어집니다.",
                                "en": "Show three colours, not thirty.",
                            },
                        ),
                        (
                            4,
                            {"ko": "현장 등록과 보호", "en": "Register the site"},
                            {
                                "ko": "견적을 낸 현장은 그날 등록하세요. 먼저 등록한 대리점이 보호됩니다.",
                                "en": "Register the site on the same day: who registers first is protected.",
                            },
                        ),
                    ],
                )
            ],
        },
        {
            "code": "SAFE-001",
            "tags": ["안전"],
            "titles": {"ko": "현장 안전 기본", "en": "Safe at work"},
            "summaries": {
                "ko": "절단 작업, 분진, 운반. 모든 시공 인력의 필수 과정입니다.",
                "en": "Cutting, dust, carrying: for everybody who installs.",
            },
            "is_open": False,
            "modules": [
                (
                    {"ko": "필수 안전 수칙", "en": "The rules"},
                    [
                        (
                            5,
                            {"ko": "절단 작업과 분진", "en": "Cutting and dust"},
                            {
                                "ko": (
                                    "> [!DANGER]\n> 보안경과 방진 마스크 없이는 절단하지 않습니다.\n\n"
                                    "- 집진기를 연결합니다.\n- 실내 절단은 창을 열고 합니다.\n- 톱날은 전원을 뽑고 교체합니다."
                                ),
                                "en": "> [!DANGER]\n> Never cut without goggles and a mask.\n\nConnect the dust extractor.",
                            },
                        ),
                        (
                            4,
                            {"ko": "무거운 자재 운반", "en": "Carry heavy boxes"},
                            {
                                "ko": "한 상자는 18kg입니다. 계단에서는 둘이 나르고, 무릎을 굽혀 들어 올립니다.",
                                "en": "A box weighs 18 kg: two people on stairs, lift from the knees.",
                            },
                        ),
                    ],
                )
            ],
        },
        {
            "code": "INST-210",
            "lines": ["ENG", "SOL"],
            "tags": ["시공"],
            "titles": {"ko": "헤링본 시공 심화", "en": "Herringbone, advanced"},
            "summaries": {"ko": "기준선 잡기와 경계 처리. 작성 중입니다.", "en": "Guide lines and borders."},
            "needs": ["INST-101"],
            "is_draft": True,
            "modules": [
                (
                    {"ko": "기준선", "en": "Guide lines"},
                    [
                        (
                            8,
                            {"ko": "중심선 잡기", "en": "Find the centre line"},
                            {
                                "ko": "방의 긴 벽 두 곳에서 중심을 표시합니다.",
                                "en": "Mark the centre on both long walls.",
                            },
                        )
                    ],
                )
            ],
        },
    ],
    "tokai": [
        {
            "code": "EB-101",
            "lines": ["DRIVE", "BRAKE"],
            "tags": ["service", "basics"],
            "titles": {"ja": "電動アシスト自転車 整備の基礎", "en": "E-bike service: the basics"},
            "summaries": {
                "ja": "点検、ブレーキ、電装診断。認定整備士への第一歩です。",
                "en": "Inspection, brakes, diagnosis: the first step to a certified mechanic.",
            },
            "modules": [
                (
                    {"ja": "納車前点検", "en": "Pre-delivery inspection"},
                    [
                        (
                            5,
                            {"ja": "12の点検項目", "en": "The twelve points"},
                            {
                                "ja": (
                                    "## 納車前に必ず確認\n\n| 項目 | 基準値 |\n|---|---|\n| 空気圧 前 | 3.0 bar |\n| 空気圧 後 | 3.5 bar |\n"
                                    "| ステム締付 | 6 Nm |\n\n> [!WARNING]\n> トルクレンチを使わない締付は保証の対象外です。"
                                ),
                                "en": (
                                    "## Before every delivery\n\n| What | Value |\n|---|---|\n| Front tyre | 3.0 bar |\n"
                                    "| Rear tyre | 3.5 bar |\n| Stem bolt | 6 Nm |\n\n"
                                    "> [!WARNING]\n> Bolts tightened without a torque wrench are not under warranty."
                                ),
                            },
                        ),
                        (
                            6,
                            {"ja": "ブレーキの調整", "en": "Adjust the brakes"},
                            {
                                "ja": "パッドの残りが1mm以下なら交換します。左右の引きしろをそろえてください。",
                                "en": "Change pads below 1 mm. Set both levers to the same travel.",
                            },
                        ),
                        (
                            5,
                            {"ja": "診断ツールの使い方", "en": "Use the diagnosis tool"},
                            {
                                "ja": "エラー E07 は接点の汚れが原因の9割です。交換の前に清掃してください。",
                                "en": "Nine of ten errors E07 are dirty contacts. Clean before you replace.",
                            },
                        ),
                    ],
                )
            ],
        },
        {
            "code": "BAT-050",
            "tags": ["safety", "battery"],
            "titles": {"ja": "リチウム電池の安全な取り扱い", "en": "Handle lithium batteries safely"},
            "summaries": {
                "ja": "保管、輸送、損傷時の対応。すべての販売店で必須です。",
                "en": "Storage, transport and what to do when one is damaged. Needed at every dealer.",
            },
            "is_open": False,
            "modules": [
                (
                    {"ja": "安全の基本", "en": "The rules"},
                    [
                        (
                            5,
                            {"ja": "保管と充電", "en": "Store and charge"},
                            {
                                "ja": "> [!DANGER]\n> 損傷した電池は充電しないでください。\n\n保管は残量30〜60%、10〜25℃で。",
                                "en": "> [!DANGER]\n> Never charge a damaged battery.\n\nStore at 30–60 % and 10–25 °C.",
                            },
                        ),
                        (
                            4,
                            {"ja": "輸送の規則 UN 38.3", "en": "Shipping: UN 38.3"},
                            {
                                "ja": "100Whを超える電池は危険物として申告します。書類はポータルの資料室にあります。",
                                "en": "Above 100 Wh a battery is declared as dangerous goods. Papers are in the library.",
                            },
                        ),
                    ],
                )
            ],
        },
        {
            "code": "SELL-020",
            "tags": ["sales"],
            "titles": {"ja": "試乗から成約へ", "en": "From test ride to order"},
            "summaries": {
                "ja": "お客様の走り方を聞き、二台だけ試していただく。成約率が上がる順序です。",
                "en": "Ask how they ride, let them try two bikes, and quote the same day.",
            },
            "modules": [
                (
                    {"ja": "試乗", "en": "The test ride"},
                    [
                        (
                            4,
                            {"ja": "三つの質問", "en": "Three questions"},
                            {
                                "ja": "1. どこを走りますか。\n2. どのくらいの距離ですか。\n3. 何を運びますか。",
                                "en": "1. Where do you ride?\n2. How far?\n3. What do you carry?",
                            },
                        ),
                        (
                            5,
                            {"ja": "二台を比べる", "en": "Compare two"},
                            {
                                "ja": "三台目は見せません。迷いが増えるほど成約は遠のきます。",
                                "en": "No third bike: more choice, fewer orders.",
                            },
                        ),
                    ],
                )
            ],
        },
    ],
}
