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
from tenancy.rls import house_scope

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
    value) for the months from `first` to `last` (first days); `partners` and `keys` narrow it, None means all. Of what adds up
    there may be several rows of a month: whoever asks adds them.
    `covers()` is the last day that the data reach to, where they may lag behind today.
    """

    measures: Callable[[], Sequence[Measure]]
    rows: Callable[[dt.date, dt.date, Sequence[int] | None, Sequence[str] | None], Query]
    covers: Callable[[], dt.date | None] | None = None


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


def actuals_query(first: dt.date, last: dt.date, partners: Sequence[int] | None, keys: Sequence[str] | None) -> Query:
    """What was reached, of all sources together, as one query for whoever puts it into a larger statement."""
    if not _sources:
        return (
            "SELECT NULL::bigint AS partner_id, NULL AS measure, NULL::date AS month, 0::numeric AS value LIMIT 0",
            {},
        )
    parts: list[str] = []
    params: dict[str, Any] = {}
    for place, source in enumerate(_sources):
        sql, own = source.rows(first, last, partners, keys)
        parts.append(f"SELECT * FROM ({sql}) source_{place}")  # noqa: S608 - the sources' own texts; values are parameters
        params |= own
    return " UNION ALL ".join(parts), params


def actuals_of(
    partner_id: int, keys: Iterable[str], first: dt.date, last: dt.date
) -> dict[str, dict[dt.date, Decimal]]:
    """What one partner reached, by measure and month. One query."""
    wanted = sorted(set(keys))
    found: dict[str, dict[dt.date, Decimal]] = defaultdict(dict)
    if not wanted:
        return found
    sql, params = actuals_query(first, last, [partner_id], wanted)
    with connection.cursor() as cursor:
        sums = f"SELECT measure, month, sum(value) FROM ({sql}) actuals GROUP BY 1, 2"  # noqa: S608 - the sources' own texts
        cursor.execute(sums, params)
        for key, month, value in cursor.fetchall():
            found[key][month] = value
    return found


def day_of_figures(today: dt.date) -> dt.date:
    """Up to which day plans can be compared with what was reached: today, or the last one that the data reach to."""
    with house_scope():
        ends = [source.covers() for source in _sources if source.covers]
    return min([today, *(end for end in ends if end is not None)])


def autodiscover() -> None:
    """Import every app's `plan_measures.py`."""
    autodiscover_modules("plan_measures")
