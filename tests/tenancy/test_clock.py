"""What a worker takes for today: the day at the manufacturer's, wherever the worker stands."""

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from leads.tasks.distribution import distribute
from tenancy.tasks import active_clocks, scoped_task
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


def test_the_clocks_of_the_active_manufacturers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EVENING)
    seoul = ManufacturerFactory(timezone="Asia/Seoul")
    new_york = ManufacturerFactory(timezone="America/New_York")
    ManufacturerFactory(timezone="Asia/Seoul", is_active=False)

    assert [(pk, clock.replace(tzinfo=None)) for pk, clock in active_clocks()] == [
        (seoul.pk, dt.datetime(2026, 3, 3, 5)),
        (new_york.pk, dt.datetime(2026, 3, 2, 15)),
    ]
    assert [pk for pk, _clock in active_clocks(15)] == [new_york.pk]
    assert active_clocks(20) == []


@pytest.mark.parametrize(
    ("module", "every", "each", "hour", "with_day"),
    [
        ("campaigns.tasks.campaigns", "turn_all", "turn", 7, True),
        ("campaigns.tasks.consents", "remind_all", "remind", 7, True),
        ("campaigns.tasks.funds", "turn_all_funds", "turn_funds", 7, True),
        ("campaigns.tasks.initiatives", "turn_all_initiatives", "turn_initiatives", 7, True),
        ("communication.tasks.announcements", "turn_all", "turn", 7, True),
        ("leads.tasks.conflicts", "find_all_conflicts", "find_conflicts", None, False),
        ("leads.tasks.deals", "remind_of_all_protections", "remind_of_protections", 8, False),
        ("leads.tasks.deals", "prove_all_claims", "prove_claims", 2, False),
        ("leads.tasks.opportunities", "look_through_all_opportunities", "look_through_opportunities", 7, True),
        ("leads.tasks.scoring", "look_after_all_scores", "look_after_scores", 4, False),
        ("partners.tasks", "look_at_every_life_cycle", "look_at_life_cycle", 7, True),
        ("partners.tasks", "check_all_journeys", "check_journeys", None, False),
        ("partners.tasks", "look_through_all_agreements", "look_through_agreements", 7, True),
        ("partners.tasks", "send_all_due_greetings", "send_due_greetings", 7, True),
        ("partners.tasks", "find_all_duplicates", "find_duplicates", 3, False),
        ("partners.tasks", "settle_all_qualifications", "settle_qualifications", 0, True),
        ("partners.tasks", "remind_everybody_of_tasks", "remind_of_tasks", 7, True),
        ("partners.tasks", "recount_all_audiences", "recount_audiences", 3, False),
        ("training.tasks.analysis", "look_after_all", "look_after", 5, False),
        ("training.tasks.certificates", "turn_all_certificates", "turn_certificates", 7, True),
        ("training.tasks.live", "count_all_points", "count_points", None, False),
        ("training.tasks.programmes", "assign_all_programmes", "assign_programmes", 3, False),
        ("training.tasks.programmes", "remind_all_of_programmes", "remind_of_programmes", 7, True),
    ],
)
def test_each_manufacturer_has_a_task_of_its_own_at_its_own_hour(
    monkeypatch: pytest.MonkeyPatch, module: str, every: str, each: str, hour: int | None, with_day: bool
) -> None:
    tasks, started = import_module(module), []
    monkeypatch.setattr(getattr(tasks, each), "delay", lambda **given: started.append(given))
    seoul = ManufacturerFactory(timezone="Asia/Seoul")
    ManufacturerFactory(timezone="Asia/Seoul", is_active=False)
    for at in (hour or 0, (hour or 0) + 1):
        moment = dt.datetime(2026, 3, 3, at, 30, tzinfo=dt.timezone(dt.timedelta(hours=9)))
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        getattr(tasks, every)()
    given = {"manufacturer_id": seoul.pk} | ({"day": "2026-03-03"} if with_day else {})
    assert started == [given] * (2 if hour is None else 1)
