"""The KPIs that programmes can be made of. Each app registers its own in `<app>/kpis.py` (V-1)."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.module_loading import autodiscover_modules

from tenancy.rls import current_scope


class Unit(StrEnum):
    """What a KPI's value is counted in; pages choose the format by it."""

    CURRENCY = "currency"
    PERCENT = "percent"
    COUNT = "count"
    MONTHS = "months"
    RATIO = "ratio"
    DAYS = "days"


def for_partner() -> bool:
    """Whether a partner's person looks."""
    return current_scope().actor == "partner"


@dataclass(frozen=True)
class Kpi:
    """A figure that partners are valued by.

    `weight` and `target` are what a new programme suggests; without a target the KPI is ranked within the kind of
    partner. `effort` is how hard a whole target is to win compared with other KPIs: it decides which way to the next
    tier counts as the cheapest. `step` is the smallest change that makes sense; `limit` the best value there can be.
    `partner_name` and `partner_explanation` are what partners call it, where that is another word: what a manufacturer
    sells in, they buy.
    """

    key: str
    name: Any
    explanation: Any
    unit: Unit
    period: Any
    higher_is_better: bool = True
    weight: int = 0
    target: Decimal | None = None
    effort: Decimal = Decimal(1)
    step: Decimal = Decimal("0.01")
    limit: Decimal | None = None
    partner_name: Any = ""
    partner_explanation: Any = ""

    @property
    def shown_name(self) -> str:
        """In the words of who looks."""
        return str((for_partner() and self.partner_name) or self.name)

    @property
    def shown_explanation(self) -> str:
        return str((for_partner() and self.partner_explanation) or self.explanation)


@dataclass(frozen=True)
class KpiSource:
    """Several KPIs that one statement computes.

    `rows(day, first, last)` returns a query and its parameters, as a cursor takes them. It yields `(partner_id, kpis,
    facts)` for the partners with ids from `first` to `last`: `kpis` is a jsonb object from key to value as text, without
    those that have none; `facts` a jsonb object of what `PartnerSummary` needs beside them, or NULL.

    `covers()` is the last day that the data reach to, where they may lag behind today: as of a later day everybody would
    seem to have fallen silent.
    """

    kpis: Sequence[Kpi]
    rows: Callable[[dt.date, int, int], tuple[str, Mapping[str, Any] | tuple[Any, ...]]]
    covers: Callable[[], dt.date | None] | None = None


_sources: list[KpiSource] = []


def register_source(source: KpiSource) -> KpiSource:
    """Make a source and its KPIs known; called from an app's `kpis.py`."""
    known = {kpi.key for kpi in all_kpis()}
    for kpi in source.kpis:
        if kpi.key in known:
            raise ValueError(f"Two KPIs are registered as {kpi.key!r}.")
    _sources.append(source)
    return source


def sources() -> list[KpiSource]:
    """Every registered source."""
    return list(_sources)


def present_day(today: dt.date) -> dt.date:
    """The day as of which partners can be valued: today, or the last one that the data of every source reach to."""
    ends = [source.covers() for source in _sources if source.covers]
    return min([today, *(end for end in ends if end is not None)])


def all_kpis() -> list[Kpi]:
    """Every registered KPI, heaviest suggestion first."""
    return sorted((kpi for source in _sources for kpi in source.kpis), key=lambda kpi: -kpi.weight)


def kpi(key: str) -> Kpi:
    """The KPI of this key; KeyError for none."""
    for candidate in all_kpis():
        if candidate.key == key:
            return candidate
    raise KeyError(f"No KPI is registered as {key!r}.")


def find_kpi(key: str) -> Kpi | None:
    """The KPI of this key, or None: programmes outlive the apps that gave them KPIs."""
    return next((candidate for candidate in all_kpis() if candidate.key == key), None)


def lower_is_better() -> list[str]:
    """The keys of KPIs of which less is better."""
    return [candidate.key for candidate in all_kpis() if not candidate.higher_is_better]


def autodiscover() -> None:
    """Import every app's `kpis.py`."""
    autodiscover_modules("kpis")
