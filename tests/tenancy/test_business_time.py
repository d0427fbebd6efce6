import datetime as dt

import pytest

from tenancy.business_time import USUAL_HOURS, BusinessTime

SEOUL = dt.timezone(dt.timedelta(hours=9))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-07-01T10:00", 4, "2026-07-01T14:00"),  # a Wednesday
        ("2026-07-01T16:00", 4, "2026-07-02T11:00"),
        ("2026-07-03T17:00", 2, "2026-07-06T10:00"),  # over the weekend
        ("2026-07-04T12:00", 1, "2026-07-06T10:00"),
        ("2026-07-01T06:00", 9, "2026-07-01T18:00"),
        ("2026-07-01T23:00", 9, "2026-07-02T18:00"),
        ("2026-07-01T09:00", 18, "2026-07-02T18:00"),
        ("2026-07-16T17:00", 2, "2026-07-20T10:00"),  # the 17th is a holiday
    ],
)
def test_only_business_hours_count(start, hours, end):
    time = BusinessTime.of(USUAL_HOURS, [{"date": "2026-07-17", "name": "제헌절"}], "Asia/Seoul")

    assert time.after(at(start), hours) == at(end)


def test_without_hours_the_usual_ones_count():
    assert BusinessTime.of({}, [], "Asia/Seoul").after(at("2026-07-03T17:30"), 1) == at("2026-07-06T09:30")


def test_the_clock_change_neither_adds_nor_takes_an_hour_of_work():
    time = BusinessTime.of({"sat": ["20:00", "23:00"], "sun": ["01:00", "05:00"]}, [], "Europe/Berlin")
    saturday = dt.datetime(2026, 3, 28, 22, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))

    # One hour on Saturday; on Sunday the hour from two to three does not exist, so the third ends at five.
    assert time.after(saturday, 4).isoformat() == "2026-03-29T03:00:00+00:00"


def test_who_never_works_gets_plain_hours():
    time = BusinessTime.of({"mon": ["09:00", "18:00"]}, [{"date": str(day)} for day in mondays()], "Asia/Seoul")

    assert time.after(at("2026-07-01T10:00"), 5) == at("2026-07-01T15:00")


def mondays() -> list[dt.date]:
    return [dt.date(2026, 6, 29) + dt.timedelta(weeks=week) for week in range(80)]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-07-01T10:00", "2026-07-01T14:30", 4.5),
        ("2026-07-01T16:00", "2026-07-02T11:00", 4),
        ("2026-07-03T17:00", "2026-07-06T10:00", 2),  # over the weekend
        ("2026-07-04T12:00", "2026-07-05T12:00", 0),
        ("2026-07-16T17:00", "2026-07-20T10:00", 2),  # the 17th is a holiday
        ("2026-07-02T10:00", "2026-07-01T10:00", 0),
    ],
)
def test_business_hours_between_two_moments(start, end, hours):
    time = BusinessTime.of(USUAL_HOURS, [{"date": "2026-07-17", "name": "제헌절"}], "Asia/Seoul")

    assert time.between(at(start), at(end)) == hours
