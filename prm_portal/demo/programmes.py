"""The grading programmes of the demo manufacturers: tiers, weights and targets."""

from __future__ import annotations

from decimal import Decimal

from .shapes import DemoKpi, DemoProgramme, DemoTier

TIER_NAMES = {
    "platinum": {"en": "Platinum", "ko": "플래티넘", "ja": "プラチナ"},
    "gold": {"en": "Gold", "ko": "골드", "ja": "ゴールド"},
    "silver": {"en": "Silver", "ko": "실버", "ja": "シルバー"},
    "bronze": {"en": "Bronze", "ko": "브론즈", "ja": "ブロンズ"},
    "registered": {"en": "Registered", "ko": "등록", "ja": "登録"},
}


def _tiers(**minimums: dict[str, Decimal]) -> tuple[DemoTier, ...]:
    """The five usual tiers, highest first, with requirements on single KPIs where named."""
    scores = {"platinum": 90, "gold": 80, "silver": 60, "bronze": 40, "registered": 0}
    return tuple(DemoTier(code, TIER_NAMES[code], score, minimums.get(code, {})) for code, score in scores.items())


HANBIT_PROGRAMMES = (
    DemoProgramme(
        code="agencies",
        names={"ko": "대리점·딜러 등급제", "en": "Agency and dealer programme", "ja": "代理店・ディーラー プログラム"},
        kinds=("distributor", "agency", "dealer"),
        tiers=_tiers(
            platinum={"active_months": Decimal(11), "breadth": Decimal(30)}, gold={"active_months": Decimal(9)}
        ),
        kpis=(
            DemoKpi("revenue", 30),
            DemoKpi("growth", 20, Decimal(15)),
            DemoKpi("orders", 10),
            DemoKpi("active_months", 5, Decimal(12)),
            DemoKpi("recency", 10, Decimal(2)),
            DemoKpi("breadth", 10, Decimal(60)),
            DemoKpi("return_share", 10, Decimal("1.8")),
            DemoKpi("profile", 5, Decimal(100)),
        ),
        period="month",
        grace_periods=2,
    ),
    DemoProgramme(
        code="shops",
        names={"ko": "소매·시공점 등급제", "en": "Shop and installer programme", "ja": "小売店・施工店 プログラム"},
        kinds=("retailer", "installer"),
        tiers=_tiers(platinum={"active_months": Decimal(9)}),
        kpis=(
            DemoKpi("revenue", 40),
            DemoKpi("growth", 15, Decimal(15)),
            DemoKpi("active_months", 15, Decimal(12)),
            DemoKpi("recency", 10, Decimal(2)),
            DemoKpi("breadth", 10, Decimal(18)),
            DemoKpi("profile", 10, Decimal(100)),
        ),
        period="month",
        grace_periods=1,
    ),
)

TOKAI_PROGRAMMES = (
    DemoProgramme(
        code="buyers",
        names={"ja": "海外バイヤー プログラム", "en": "Export buyer programme", "ko": "해외 바이어 프로그램"},
        kinds=(),
        tiers=_tiers(),
        kpis=(
            DemoKpi("revenue", 40),
            DemoKpi("growth", 15, Decimal(15)),
            DemoKpi("orders", 15, Decimal(8)),
            DemoKpi("recency", 10, Decimal("1.5")),
            DemoKpi("breadth", 10, Decimal(40)),
            DemoKpi("profile", 10, Decimal(100)),
        ),
        period="quarter",  # orders are few: a month says little
        grace_periods=1,
    ),
)
