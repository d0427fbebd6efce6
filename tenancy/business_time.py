"""Time limits in business hours. Pure: the manufacturer's hours and holidays come in as its settings keep them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_HOURS = {day: ["09:00", "18:00"] for day in DAYS[:5]}
"""What counts where a manufacturer has not said when it works."""
LONGEST_BREAK = 400
"""After so many days in a row without a business hour, plain hours are counted."""


@dataclass(frozen=True)
class BusinessTime:
    """When a manufacturer works: from and to by day of the week, its days off, and its time zone."""

    hours: Mapping[str, Sequence[str]]
    holidays: frozenset[dt.date]
    zone: ZoneInfo

    @classmethod
    def of(cls, hours: Mapping[str, Sequence[str]], holidays: Iterable[Mapping[str, Any]], zone: str) -> "BusinessTime":
        """From the settings: {"mon": ["09:00", "18:00"]}, [{"date": "2026-10-03", "name": ...}] and a zone's name."""
        days = frozenset(dt.date.fromisoformat(day["date"]) for day in holidays)
        return cls(hours or USUAL_HOURS, days, ZoneInfo(zone))

    def after(self, start: dt.datetime, hours: float) -> dt.datetime:
        """The moment at which `hours` business hours have gone by since `start`."""
        left = dt.timedelta(hours=hours)
        day = start.astimezone(self.zone).date()
        for _number in range(LONGEST_BREAK + ceil(hours)):
            opens, closes = self._open_on(day)
            begin = max(opens, start)
            if begin < closes:
                if left <= closes - begin:
                    return begin + left
                left -= closes - begin
            day += dt.timedelta(days=1)
        return start + dt.timedelta(hours=hours)

    def between(self, start: dt.datetime, end: dt.datetime) -> float:
        """How many business hours lie between two moments; 0 where the second is not later."""
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        found = dt.timedelta()
        while day <= last:
            opens, closes = self._open_on(day)
            found += max(dt.timedelta(), min(closes, end) - max(opens, start))
            day += dt.timedelta(days=1)
        return found / dt.timedelta(hours=1)

    def is_open_on(self, day: dt.date) -> bool:
        """Whether any work is done that day."""
        opens, closes = self._open_on(day)
        return opens < closes

    def _open_on(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """From when to when work goes on that day, in UTC; no time at all on a day off."""
        hours = [] if day in self.holidays else self.hours.get(DAYS[day.weekday()], [])
        begin, end = hours if len(hours) == 2 else ("00:00", "00:00")
        return self._moment(day, begin), self._moment(day, end)

    def _moment(self, day: dt.date, time: str) -> dt.datetime:
        return dt.datetime.combine(day, dt.time.fromisoformat(time), self.zone).astimezone(dt.UTC)
