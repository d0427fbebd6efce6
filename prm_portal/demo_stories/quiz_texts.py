"""The questions of the demo, by the course whose quiz draws them.

A question: kind, difficulty, its texts, what can be answered (of options the first ones are right), and the explanation.
`is_bad` stands for one that nobody has looked at yet: better learners get it wrong.
"""

from typing import Any

BANKS: dict[str, dict[str, Any]] = {
    "INST-101": {
        "name": "시공 기초 문항",
        "title": {"ko": "확인 문제", "en": "Check what you know"},
        "questions": [
            {
                "kind": "single",
                "difficulty": 1,
                "tags": ["점검"],
                "texts": {
                    "ko": "바탕 바닥의 함수율은 얼마 이하여야 할까요?",
                    "en": "What moisture may the subfloor have at most?",
                },
                "options": [
                    {"ko": "4.5%", "en": "4.5 %"},
                    {"ko": "7%", "en": "7 %"},
                    {"ko": "10%", "en": "10 %"},
                    {"ko": "기준 없음", "en": "There is no limit"},
                ],
                "right": 1,
                "feedback": {
                    "ko": "4.5%를 넘으면 3일 더 건조한 뒤 다시 측정합니다.",
                    "en": "Above 4.5 % it dries for three more days.",
                },
            },
            {
                "kind": "multiple",
                "difficulty": 3,
                "tags": ["점검"],
                "texts": {
                    "ko": "자재를 내리기 전에 확인해야 하는 것을 모두 고르세요.",
                    "en": "What is checked before anything is unloaded?",
                },
                "options": [
                    {"ko": "평탄도", "en": "Evenness"},
                    {"ko": "함수율", "en": "Moisture"},
                    {"ko": "온도", "en": "Temperature"},
                    {"ko": "벽지 색상", "en": "Colour of the wallpaper"},
                ],
                "right": 3,
                "feedback": {
                    "ko": "세 가지 모두 시공 확인서에 적습니다.",
                    "en": "All three stand in the record of the site.",
                },
            },
            {
                "kind": "number",
                "difficulty": 2,
                "tags": ["점검"],
                "texts": {
                    "ko": "2m 직선자로 잴 때 허용되는 높이 차이는 몇 mm까지일까요?",
                    "en": "How many millimetres may a floor be uneven in 2 m?",
                },
                "solution": {"ranges": [[3, 3]]},
                "feedback": {"ko": "2m당 3mm 이하입니다.", "en": "3 mm in 2 m."},
            },
            {
                "kind": "single",
                "difficulty": 2,
                "tags": ["자재"],
                "texts": {
                    "ko": "자재는 시공할 방에 몇 시간 두어야 할까요?",
                    "en": "For how long do the boxes lie in the room first?",
                },
                "options": [
                    {"ko": "48시간", "en": "48 hours"},
                    {"ko": "24시간", "en": "24 hours"},
                    {"ko": "6시간", "en": "6 hours"},
                ],
                "right": 1,
                "feedback": {"ko": "겨울철에는 72시간을 권합니다.", "en": "In winter 72 hours are better."},
            },
            {
                "kind": "true",
                "difficulty": 1,
                "tags": ["자재"],
                "texts": {
                    "ko": "포장은 방에 들이자마자 뜯는 것이 좋다.",
                    "en": "Boxes are best opened as soon as they are in the room.",
                },
                "solution": {"is_true": False},
                "feedback": {"ko": "포장을 뜯지 않은 상태로 순응시킵니다.", "en": "They acclimatise closed."},
            },
            {
                "kind": "order",
                "difficulty": 4,
                "tags": ["시공"],
                "texts": {"ko": "시공 순서대로 놓으세요.", "en": "Put the work in its order."},
                "options": [
                    {"ko": "바닥 점검", "en": "Check the subfloor"},
                    {"ko": "자재 순응", "en": "Acclimatise the boxes"},
                    {"ko": "방습지 깔기", "en": "Lay the moisture barrier"},
                    {"ko": "마루 깔기", "en": "Lay the boards"},
                    {"ko": "걸레받이 마감", "en": "Fix the skirting"},
                ],
                "right": 5,
                "feedback": {},
            },
            {
                "kind": "single",
                "difficulty": 3,
                "tags": ["시공"],
                "texts": {
                    "ko": "벽과 마루 사이 간격은 얼마가 알맞을까요?",
                    "en": "How wide is the gap between floor and wall?",
                },
                "options": [
                    {"ko": "8~12mm", "en": "8 to 12 mm"},
                    {"ko": "10mm", "en": "10 mm"},
                    {"ko": "간격 없이", "en": "None"},
                    {"ko": "30mm 이상", "en": "30 mm or more"},
                ],
                "right": 1,
                "feedback": {"ko": "마루가 늘어날 자리가 필요합니다.", "en": "The floor needs room to grow."},
                "is_bad": True,
            },
        ],
    },
    "EB-101": {
        "name": "Service basics",
        "title": {"ja": "確認テスト", "en": "Check what you know"},
        "questions": [
            {
                "kind": "single",
                "difficulty": 2,
                "tags": ["inspection"],
                "texts": {
                    "ja": "納車前の後輪の空気圧は？",
                    "en": "What is the pressure of the rear tyre before delivery?",
                },
                "options": [
                    {"ja": "3.5 bar", "en": "3.5 bar"},
                    {"ja": "3.0 bar", "en": "3.0 bar"},
                    {"ja": "2.0 bar", "en": "2.0 bar"},
                ],
                "right": 1,
                "feedback": {"ja": "前輪は 3.0 bar です。", "en": "The front tyre has 3.0 bar."},
            },
            {
                "kind": "number",
                "difficulty": 3,
                "tags": ["inspection"],
                "texts": {"ja": "ステムの締付トルクは何 Nm？", "en": "To how many Nm is the stem bolt tightened?"},
                "solution": {"ranges": [[6, 6]]},
                "feedback": {
                    "ja": "必ずトルクレンチを使用してください。",
                    "en": "Without a torque wrench there is no warranty.",
                },
            },
            {
                "kind": "true",
                "difficulty": 1,
                "tags": ["brakes"],
                "texts": {
                    "ja": "パッドの残りが 2mm あればまだ使用できる。",
                    "en": "A pad of 2 mm may stay on the bike.",
                },
                "solution": {"is_true": True},
                "feedback": {"ja": "1mm 以下で交換します。", "en": "It is changed below 1 mm."},
            },
            {
                "kind": "match",
                "difficulty": 3,
                "tags": ["inspection"],
                "texts": {"ja": "部位と基準値を組み合わせてください。", "en": "What belongs together?"},
                "pairs": [
                    ({"ja": "前輪", "en": "Front tyre"}, {"ja": "3.0 bar", "en": "3.0 bar"}),
                    ({"ja": "ステム", "en": "Stem bolt"}, {"ja": "6 Nm", "en": "6 Nm"}),
                    ({"ja": "ブレーキパッド", "en": "Brake pad"}, {"ja": "1 mm 以上", "en": "At least 1 mm"}),
                ],
                "feedback": {},
            },
            {
                "kind": "single",
                "difficulty": 4,
                "tags": ["diagnosis"],
                "texts": {
                    "ja": "エラー E07 が出たら、まず何をしますか？",
                    "en": "The tool shows E07. What do you do first?",
                },
                "options": [
                    {"ja": "接点を清掃する", "en": "Clean the contacts"},
                    {"ja": "バッテリーを交換する", "en": "Change the battery"},
                    {"ja": "モーターを送り返す", "en": "Send the motor in"},
                    {"ja": "エラーを消去する", "en": "Delete the error"},
                ],
                "right": 1,
                "feedback": {
                    "ja": "原因の9割は接点の汚れです。",
                    "en": "Nine of ten errors E07 are dirty contacts.",
                },
            },
        ],
    },
}
