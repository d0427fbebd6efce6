"""Programmes for tests."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from valuation import services
from valuation.models import Programme
from valuation.services import KpiDraft, ProgrammeDraft, TierDraft

D = Decimal
TIERS = {"gold": 80, "silver": 60, "bronze": 40, "registered": 0}
NAMES = {"gold": "Gold", "silver": "Silver", "bronze": "Bronze", "registered": "Registered"}


def by_target(key: str, target: int | str, weight: int = 1, **options: Any) -> KpiDraft:
    return KpiDraft(key, D(weight), "target", D(target), **options)


def by_rank(key: str, weight: int = 1, **options: Any) -> KpiDraft:
    return KpiDraft(key, D(weight), "percentile", **options)


def draft(
    *kpis: KpiDraft,
    tiers: Mapping[str, int] | None = None,
    requires: Mapping[str, Mapping[str, int]] | None = None,
    effective_from: dt.date = dt.date(2020, 1, 1),
    kinds: Sequence[int] = (),
    **options: Any,
) -> ProgrammeDraft:
    """A draft; without KPIs it takes revenue alone, against a target of 1000: one point for every 10."""
    return ProgrammeDraft(
        names={"en": "Test programme"},
        effective_from=effective_from,
        tiers=[
            TierDraft(
                code,
                {"en": NAMES.get(code, code.title()), "ko": f"{code}-ko"},
                code if code in NAMES else "bronze",
                D(score),
                {key: D(value) for key, value in (requires or {}).get(code, {}).items()},
            )
            for code, score in (tiers or TIERS).items()
        ],
        kpis=list(kpis) or [by_target("revenue", 1000)],
        kinds=list(kinds),
        **options,
    )


def published(manufacturer: Manufacturer, *kpis: KpiDraft, code: str = "test", **options: Any) -> Programme:
    """A programme in force."""
    with staff_scope(manufacturer.pk):
        programme = services.create_draft(draft(*kpis, **options), code=code, by=None)
        return services.publish(programme, by=None)
