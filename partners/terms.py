"""Terms of agreements: pure arithmetic of days and months, without a database.

A term of months ends on the day before the one with the same number; where the last month has no such day, on its last
day: from 31 January one month lasts to 28 February, from 1 March 2027 twelve months last to 29 February 2028.
"""

import calendar
import datetime as dt

WARN_DAYS = (60, 30, 7)
"""How many days before an end both sides are warned."""


def add_months(day: dt.date, months: int) -> dt.date:
    """The day with the same number so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def term_end(starts_on: dt.date, months: int) -> dt.date:
    """The last day of a term of `months` that begins on `starts_on`."""
    same_day = add_months(starts_on, months)
    return same_day - dt.timedelta(days=1) if same_day.day == starts_on.day else same_day


def period(first_day: dt.date, months: int, number: int) -> tuple[dt.date, dt.date]:
    """First and last day of the term's `number`-th period (1 is the first): each begins the day after the one before.

    All are counted from the very first day, so that a term begun on the 31st does not creep towards the 28th.
    """
    starts_on = first_day if number == 1 else term_end(first_day, months * (number - 1)) + dt.timedelta(days=1)
    return starts_on, term_end(first_day, months * number)


def last_day_after_notice(given_on: dt.date, notice_months: int, term_ends_on: dt.date | None) -> dt.date:
    """The earliest last day of an agreement of which notice is given: notice ends it, or its term if that ends before.

    `term_ends_on` is None where nothing ends it by itself: no term, or one that renews itself.
    """
    earliest = add_months(given_on, notice_months)
    return earliest if term_ends_on is None else min(earliest, term_ends_on)
