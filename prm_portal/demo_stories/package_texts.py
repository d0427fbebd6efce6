"""What the demo's packages say: slides with a title, a sentence and points, and a question; the first answer need not be right."""

from typing import Any

KOREAN = {"next": "다음", "back": "이전", "right": "맞습니다. 이 단원을 마쳤습니다.", "wrong": "다시 생각해 보세요."}
JAPANESE = {
    "next": "次へ",
    "back": "戻る",
    "right": "正解です。この単元は修了です。",
    "wrong": "もう一度考えてみましょう。",
}

PACKAGES: dict[str, dict[str, Any]] = {
    "PROD-201": {
        "name": "aqua-line-tour",
        "version": "2004",
        "language": "ko",
        "title": "아쿠아 라인 둘러보기",
        "titles": {"ko": "아쿠아 라인 둘러보기", "en": "A tour of the Aqua Line"},
        "minutes": 8,
        "words": KOREAN,
        "parts": [
            {
                "title": "방수 구조",
                "slides": [
                    {
                        "title": "물에 강한 이유",
                        "text": "아쿠아 라인은 코어와 체결부를 모두 방수 처리했습니다.",
                        "points": ["고밀도 방수 코어", "왁스 처리한 체결부", "표면 24시간 침수 시험 통과"],
                    },
                    {
                        "title": "어디에 시공할까요?",
                        "text": "주방과 현관, 반려동물이 있는 집에 권합니다.",
                        "points": ["주방·현관: 권장", "욕실 바닥: 시공 불가", "온돌: 27℃ 이하에서 사용"],
                    },
                ],
                "question": {
                    "text": "아쿠아 라인을 시공할 수 없는 곳은 어디일까요?",
                    "options": ["주방", "욕실 바닥", "현관"],
                    "right": 1,
                },
            },
            {
                "title": "색상과 규격",
                "slides": [
                    {
                        "title": "여섯 가지 색상",
                        "text": "공간의 밝기에 맞춰 제안합니다.",
                        "points": ["북향 거실: 밝은 오크", "남향 거실: 월넛", "상업 공간: 스톤 그레이"],
                    }
                ],
                "question": {
                    "text": "북향 거실에 먼저 제안할 색상은 무엇일까요?",
                    "options": ["밝은 오크", "월넛", "스톤 그레이"],
                    "right": 0,
                },
            },
            {
                "title": "고객 응대",
                "slides": [
                    {
                        "title": "자주 받는 질문",
                        "text": "짧고 정확하게 답하면 신뢰가 생깁니다.",
                        "points": ["보증 기간은 15년", "부분 교체 가능", "물걸레 청소 가능, 스팀 청소 불가"],
                    }
                ],
                "question": {
                    "text": "아쿠아 라인의 보증 기간은 몇 년일까요?",
                    "options": ["5년", "10년", "15년"],
                    "right": 2,
                },
            },
        ],
    },
    "BAT-050": {
        "name": "battery-check",
        "version": "1.2",
        "language": "ja",
        "title": "電池の受け入れ点検",
        "titles": {"ja": "電池の受け入れ点検", "en": "Check batteries that arrive"},
        "minutes": 5,
        "words": JAPANESE,
        "parts": [
            {
                "title": "電池の受け入れ点検",
                "slides": [
                    {
                        "title": "箱を開ける前に",
                        "text": "輸送中の衝撃は外から分かります。",
                        "points": ["角のつぶれ、ぬれ跡がないか", "衝撃ラベルの色", "異臭や熱がないか"],
                    },
                    {
                        "title": "異常を見つけたら",
                        "text": "充電も通電もせず、屋外の不燃の場所へ移します。",
                        "points": ["写真を撮る", "ほかの電池から5m以上離す", "本部のサポート窓口へ連絡する"],
                    },
                ],
                "question": {
                    "text": "膨らんだ電池を見つけたとき、最初にすることはどれでしょう。",
                    "options": ["充電して様子を見る", "屋外の不燃の場所へ離す", "棚に戻して後日返品する"],
                    "right": 1,
                },
            }
        ],
    },
}
