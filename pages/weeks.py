"""Weeks as the portal counts them: from Monday to Sunday."""

import datetime as dt


def monday_of(day: dt.date) -> dt.date:
    """The first day of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def sunday_of(day: dt.date) -> dt.date:
    """The last day of a day's week."""
    return monday_of(day) + dt.timedelta(days=6)
