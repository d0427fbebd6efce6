"""What can be planned with a partner: apps above say it, so that nothing here has to know sales or KPIs.

register_measures(MeasureSource(measures=..., rows=...))     # in the app's `plan_measures.py`, found as Django finds `admin.py`
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import connection
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from pages import formats

Unit = Literal["money", "count", "percent", "number"]
Query = tuple[str, Mapping[str, Any]]

MAIN = "sales.revenue"
"""What plans are rolled up by, unless somebody asks for another one."""


@dataclass(frozen=True)
class Measure:
    """Something that a target can be set for.

    is_sum: it adds up month by month (what is bought); else it is a level that is reached (a KPI at a date).
    """

    key: str
    name: Any
    unit: Unit
    group: Any
    is_sum: bool = True
    higher_is_better: bool = True

    def tell(self, value: Any, currency: str, language: str | None) -> str:
        """A value in the reader's format, short."""
        if value is None:
            return formats.NOTHING
        if self.unit == "money":
            return formats.money_short(value, currency, language)
        if self.unit == "percent":
            return formats.percent(value)
        return formats.number(value, 0 if self.unit == "count" else None)

    def digits(self, value: Any, currency: str) -> str:
        """A value with all its digits, for tables."""
        if value is None:
            return formats.NOTHING
        if self.unit == "money":
            return formats.money_digits(value, currency)
        return self.tell(value, currency, None)


@dataclass(frozen=True)
class MeasureSource:
    """Measures that one app knows.

    `rows(first, last, partners, keys)` returns a query and its named parameters. It yields (partner_id, measure, month,
    value) for the months from `first` to `last` (first days); `partners` and `keys` narrow it, None means all.
    """

    measures: Callable[[], Sequence[Measure]]
    rows: Callable[[dt.date, dt.date, Sequence[int] | None, Sequence[str] | None], Query]


_sources: list[MeasureSource] = []


def register_measures(source: MeasureSource) -> MeasureSource:
    """Make a source known; called from an app's `plan_measures.py`."""
    _sources.append(source)
    return source


def all_measures() -> dict[str, Measure]:
    """Every measure there is now, by key, in the order in which they are offered."""
    return {measure.key: measure for source in _sources for measure in source.measures()}


def unknown_measure(key: str) -> Measure:
    """What stands for a measure that no app knows any more: plans outlive categories."""
    return Measure(key, key.rpartition(".")[2], "number", _("Not measured any more"))


def actual_queries(
    first: dt.date, last: dt.date, partners: Sequence[int] | None, keys: Sequence[str] | None
) -> list[Query]:
    """The queries of all sources, for whoever puts them into a larger statement."""
    return [source.rows(first, last, partners, keys) for source in _sources]


def actuals_of(
    partner_id: int, keys: Iterable[str], first: dt.date, last: dt.date
) -> dict[str, dict[dt.date, Decimal]]:
    """What one partner reached, by measure and month. One query per source."""
    wanted = sorted(set(keys))
    found: dict[str, dict[dt.date, Decimal]] = defaultdict(dict)
    if not wanted:
        return found
    with connection.cursor() as cursor:
        for sql, params in actual_queries(first, last, [partner_id], wanted):
            cursor.execute(sql, params)
            for _partner, key, month, value in cursor.fetchall():
                found[key][month] = value
    return found


def autodiscover() -> None:
    """Import every app's `plan_measures.py`."""
    autodiscover_modules("plan_measures")
