"""Terms of agreements: month ends, leap days, notice, warnings."""

import datetime as dt
import itertools

import pytest

from partners.terms import add_months, last_day_after_notice, period, term_end

D = dt.date


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (D(2026, 1, 1), 12, D(2026, 12, 31)),
        (D(2026, 3, 15), 1, D(2026, 4, 14)),
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2028, 1, 31), 1, D(2028, 2, 29)),
        (D(2026, 1, 30), 1, D(2026, 2, 28)),
        (D(2026, 1, 29), 1, D(2026, 2, 28)),
        (D(2028, 1, 29), 1, D(2028, 2, 28)),
        (D(2027, 3, 1), 12, D(2028, 2, 29)),
        (D(2028, 2, 29), 12, D(2029, 2, 28)),
        (D(2028, 2, 29), 48, D(2032, 2, 28)),
        (D(2026, 8, 31), 6, D(2027, 2, 28)),
        (D(2026, 12, 1), 1, D(2026, 12, 31)),
    ],
)
def test_a_term_ends_the_day_before_or_at_the_months_end(start: dt.date, months: int, end: dt.date) -> None:
    assert term_end(start, months) == end


def test_periods_follow_each_other_without_a_gap_and_do_not_creep() -> None:
    periods = [period(D(2026, 1, 31), 1, number) for number in range(1, 14)]
    assert periods[:3] == [
        (D(2026, 1, 31), D(2026, 2, 28)), (D(2026, 3, 1), D(2026, 3, 30)), (D(2026, 3, 31), D(2026, 4, 30)),
    ]  # fmt: skip
    assert periods[12] == (D(2027, 1, 31), D(2027, 2, 28))
    for (_first, end), (start, _end) in itertools.pairwise(periods):
        assert start == end + dt.timedelta(days=1)


def test_months_are_added_to_the_last_day_where_there_is_no_same_day() -> None:
    assert add_months(D(2026, 11, 30), 3) == D(2027, 2, 28)
    assert add_months(D(2027, 11, 30), 3) == D(2028, 2, 29)
    assert add_months(D(2026, 12, 31), 1) == D(2027, 1, 31)


def test_notice_ends_it_unless_the_term_does_before() -> None:
    assert last_day_after_notice(D(2026, 11, 30), 3, None) == D(2027, 2, 28)
    assert last_day_after_notice(D(2026, 11, 30), 3, D(2026, 12, 31)) == D(2026, 12, 31)
    assert last_day_after_notice(D(2026, 11, 30), 0, D(2026, 12, 31)) == D(2026, 11, 30)
