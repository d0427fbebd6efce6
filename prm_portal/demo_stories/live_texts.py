"""A course of the demo that is more than reading: a day in the workshop, a survey, a task, and what learners asked."""

from typing import Any

LIVE: dict[str, dict[str, Any]] = {
    "hanbit": {
        "code": "INST-150",
        "titles": {"ko": "강화마루 현장 실습", "en": "Laying laminate: in the workshop"},
        "summaries": {
            "ko": "실습장에서 하루, 내 현장에서 한 번. 강사가 직접 확인합니다.",
            "en": "A day in the workshop and a floor of your own, looked at by the trainer.",
        },
        "page": (
            {"ko": "실습 준비물", "en": "What to bring"},
            {
                "ko": "작업복, 안전화, 줄자를 가져오세요. 공구는 실습장에 있습니다.",
                "en": "Work clothes, safety shoes, a tape.",
            },
        ),
        "live": (
            {"ko": "실습장 집합 교육", "en": "A day in the workshop"},
            {"ko": "절단, 첫 줄, 문틀 마감을 직접 해 봅니다.", "en": "Cut, lay the first row, finish at the door."},
        ),
        "task": (
            {"ko": "내 현장 시공 사진", "en": "A floor of your own"},
            {
                "ko": "이번 달에 시공한 현장 한 곳의 사진 3장(첫 줄, 문틀, 완성)과 함수율 측정값을 올려 주세요.",
                "en": "Three photos of a floor that you have laid, and the moisture that you measured.",
            },
        ),
        "survey": (
            {"ko": "교육 만족도 조사", "en": "How was it?"},
            {"ko": "1분이면 됩니다. 다음 교육이 더 좋아집니다.", "en": "One minute, and the next one gets better."},
        ),
        "questions": [
            ("scale", {"ko": "현장에서 바로 쓸 수 있었나요?", "en": "Can you use it at work?"}, []),
            (
                "choice",
                {"ko": "가장 도움이 된 것은?", "en": "What helped most?"},
                [
                    {"ko": "절단", "en": "Cutting"},
                    {"ko": "첫 줄 놓기", "en": "The first row"},
                    {"ko": "문틀 마감", "en": "Doors"},
                ],
            ),
            ("text", {"ko": "무엇을 더 배우고 싶으세요?", "en": "What else would you like to learn?"}, []),
        ],
        "said": ["계단 마감도 배우고 싶습니다.", "헤링본 실습", "", "걸레받이 모서리 처리", "", "온돌 현장 사례"],
        "place": "용인 실습장 2층",
        "note": "주차는 건물 뒤편에 하세요.",
        "work": "서초동 아파트 32평, 함수율 3.8%입니다. 문틀은 하부를 절단해 마감했습니다.",
        "comment_again": "첫 줄과 벽 사이 간격이 5mm입니다. 8mm 이상으로 다시 시공해 주세요.",
        "comment_passed": "문틀 마감이 아주 깔끔합니다.",
        "asked": [
            (
                "겨울에도 48시간 순응이면 충분한가요?",
                "겨울에는 72시간을 권합니다. 난방을 켠 상태에서 포장을 뜯지 말고 두세요.",
            ),
            ("기존 장판 위에 바로 시공해도 되나요?", "아니요. 장판은 걷어 내고 바닥 함수율을 먼저 측정해야 합니다."),
            ("문틀 하부를 자를 수 없는 현장은 어떻게 하나요?", ""),
            ("실습장에 개인 공구를 가져가도 되나요?", ""),
        ],
    },
    "tokai": {
        "code": "EB-150",
        "titles": {"ja": "整備実習:ブレーキと診断", "en": "In the workshop: brakes and diagnosis"},
        "summaries": {
            "ja": "実習場で半日、自店で一台。講師が確認します。",
            "en": "Half a day in the workshop and one bike of your own, looked at by the trainer.",
        },
        "page": (
            {"ja": "持ち物", "en": "What to bring"},
            {"ja": "作業着と保護メガネをご用意ください。", "en": "Work clothes and goggles."},
        ),
        "live": (
            {"ja": "実習(集合研修)", "en": "Half a day in the workshop"},
            {"ja": "ブレーキ調整とE07の診断を実際に行います。", "en": "Adjust brakes and find an E07 yourself."},
        ),
        "task": (
            {"ja": "自店での整備記録", "en": "A bike of your own"},
            {
                "ja": "納車前点検を一台行い、12項目の記録と写真を提出してください。",
                "en": "Inspect one bike before delivery and hand in the twelve points with photos.",
            },
        ),
        "survey": (
            {"ja": "受講アンケート", "en": "How was it?"},
            {"ja": "1分で終わります。", "en": "It takes a minute."},
        ),
        "questions": [
            ("scale", {"ja": "店舗ですぐに役立ちましたか。", "en": "Can you use it at work?"}, []),
            (
                "choice",
                {"ja": "一番役立った内容は。", "en": "What helped most?"},
                [{"ja": "ブレーキ", "en": "Brakes"}, {"ja": "診断", "en": "Diagnosis"}],
            ),
            ("text", {"ja": "次に学びたいこと。", "en": "What else would you like to learn?"}, []),
        ],
        "said": ["変速機の調整", "", "バッテリーの診断", "", "ホイールの振れ取り", ""],
        "place": "名古屋実習センター",
        "note": "駐車場はございません。",
        "work": "点検12項目を完了しました。ステム締付 6 Nm、空気圧 前3.0/後3.5 bar です。",
        "comment_again": "後輪の空気圧の写真がありません。もう一度提出してください。",
        "comment_passed": "記録が丁寧です。",
        "asked": [
            (
                "E07 が清掃後も消えない場合は?",
                "コネクタのピン曲がりを確認し、それでも消えなければ交換部品を依頼してください。",
            ),
            ("パッドの残量はどこで測りますか。", "一番薄い部分で測ってください。"),
            ("他社製モーターにも使えますか。", ""),
        ],
    },
}
