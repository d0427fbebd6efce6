"""The calendar of valuation: rolling windows and grace periods. Pure."""

import datetime as dt


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, or its last day where it has fewer days (as PostgreSQL counts)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def window_start(day: dt.date, months: int = 12) -> dt.date:
    """The first day of the rolling window of so many months that ends with `day`."""
    return months_before(day + dt.timedelta(days=1), months)


def window_months(day: dt.date) -> list[dt.date]:
    """The first days of months 2 to 12 of the window that ends with `day`: what parts it into twelve."""
    return [months_before(window_start(day), -number) for number in range(1, 12)]


def period_index(day: dt.date, period: str) -> int:
    """The running number of the month or quarter of `day`."""
    months = day.year * 12 + day.month - 1
    return months // 3 if period == "quarter" else months


def period_start(index: int, period: str) -> dt.date:
    """The first day of the month or quarter with this running number."""
    months = index * 3 if period == "quarter" else index
    return dt.date(months // 12, months % 12 + 1, 1)


def grace_end(below_since: dt.date, period: str, grace_periods: int) -> dt.date:
    """The first day on which a partner below its tier since `below_since` can lose it."""
    return period_start(period_index(below_since, period) + grace_periods, period)


def _days_in(year: int, month: int) -> int:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day
