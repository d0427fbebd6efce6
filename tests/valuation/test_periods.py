"""The calendar: windows of twelve months, and the periods of grace."""

import datetime as dt
import itertools

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from valuation.periods import grace_end, months_before, period_index, period_start, window_months, window_start

DAY = dt.date
days = st.dates(DAY(2000, 1, 1), DAY(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (DAY(2026, 6, 30), DAY(2025, 7, 1)),
        (DAY(2026, 6, 15), DAY(2025, 6, 16)),
        (DAY(2024, 2, 28), DAY(2023, 2, 28)),  # the next day is the 29th, which 2023 does not have
        (DAY(2024, 2, 29), DAY(2023, 3, 1)),
        (DAY(2025, 2, 28), DAY(2024, 3, 1)),
        (DAY(2025, 12, 31), DAY(2025, 1, 1)),
    ],
)
def test_a_window_ends_with_its_day(day: dt.date, start: dt.date) -> None:
    assert window_start(day) == start


@given(days, st.integers(0, 40))
def test_months_before_counts_as_calendars_do(day: dt.date, months: int) -> None:
    assert months_before(day, months) == day - relativedelta(months=months)
    assert months_before(day, -months) == day + relativedelta(months=months)


@given(days)
def test_a_window_has_twelve_months(day: dt.date) -> None:
    parts = [window_start(day), *window_months(day), day + dt.timedelta(days=1)]
    assert len(parts) == 13
    assert all(first < following for first, following in itertools.pairwise(parts))


@given(days, st.sampled_from(["month", "quarter"]))
def test_a_day_lies_in_its_period(day: dt.date, period: str) -> None:
    index = period_index(day, period)
    assert period_start(index, period) <= day < period_start(index + 1, period)


@pytest.mark.parametrize(
    ("below", "period", "grace", "end"),
    [
        (DAY(2026, 1, 1), "quarter", 2, DAY(2026, 7, 1)),
        (DAY(2026, 3, 31), "quarter", 2, DAY(2026, 7, 1)),
        (DAY(2026, 11, 20), "quarter", 1, DAY(2027, 1, 1)),
        (DAY(2026, 11, 20), "month", 3, DAY(2027, 2, 1)),
    ],
)
def test_grace_ends_with_the_beginning_of_a_period(below: dt.date, period: str, grace: int, end: dt.date) -> None:
    assert grace_end(below, period, grace) == end
