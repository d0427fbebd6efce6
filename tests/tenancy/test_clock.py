"""What a worker takes for today: the day at the manufacturer's, wherever the worker stands."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from leads.tasks.distribution import distribute
from tenancy.tasks import scoped_task
from tests.factories import ManufacturerFactory

pytestmark = pytest.mark.django_db

EVENING = dt.datetime(2026, 3, 2, 20, 0, tzinfo=dt.UTC)
"""The fifth hour of the next day in Seoul, still the same day in New York."""


@pytest.fixture
def evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EVENING)


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Seoul", dt.date(2026, 3, 3)), ("America/New_York", dt.date(2026, 3, 2))]
)
def test_a_task_goes_by_the_clock_of_its_manufacturer(zone: str, day: dt.date) -> None:
    manufacturer = ManufacturerFactory(timezone=zone)

    @scoped_task(name=f"tests.today.{zone}")
    def today(*, manufacturer_id: int) -> dt.date:
        return timezone.localdate()

    assert today(manufacturer_id=manufacturer.pk) == day
    assert timezone.localdate() == EVENING.date()


@pytest.mark.usefixtures("evening")
def test_leads_are_given_out_by_the_clock_of_their_manufacturer(
    manufacturer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[dt.date] = []
    monkeypatch.setattr("leads.services.offers.pull_back_due", lambda: days.append(timezone.localdate()) or 0)
    distribute(manufacturer_id=manufacturer.pk)
    assert days == [dt.date(2026, 3, 3)]
