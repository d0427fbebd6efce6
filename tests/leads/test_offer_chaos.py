"""Workers that are killed, a broker that forgets and a database that goes away in the middle of pulling offers back."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from leads.models import DistributionRule, Lead, LeadState, Mode, Offer, OfferState
from leads.services import arrivals
from leads.tasks.distribution import sweep
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import ManufacturerFactory
from tests.leads.factories import LeadFactory
from tests.leads.test_candidates import answering

LEADS = 12
WORKER = """
import os, sys, time
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
if len(sys.argv) > 2:
    from leads.services import offers
    go_on, count = offers.go_on, [0]
    def wait_in_the_middle(*args, **kwargs):
        go_on(*args, **kwargs)
        count[0] += 1
        if count[0] == 5 and not os.path.exists(sys.argv[2]):
            open(sys.argv[2], "w").close()
            time.sleep(float(sys.argv[3]))
    offers.go_on = wait_in_the_middle
from prm_portal.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle"])
"""


@contextlib.contextmanager
def worker(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker in a process of its own, on the test's database."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], *arguments],
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "It did not happen in time."
        time.sleep(0.1)


@pytest.fixture
def manufacturer(transactional_db: None) -> Manufacturer:
    """Leads that are offered, with offers that ran out an hour ago, which nobody has noted."""
    manufacturer = ManufacturerFactory(name="Hanbit")
    for _number in range(5):
        answering(manufacturer)
    LeadFactory.create_batch(LEADS, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        DistributionRule.objects.create(mode=Mode.BEST, rounds=9)
        arrivals.take_in_arrivals()
        over = timezone.now() - dt.timedelta(hours=1)
        Offer.objects.update(offered_at=over - dt.timedelta(hours=8), due_at=over, remind_at=None)
    forget_everything()
    return manufacturer


def forget_everything() -> None:
    """The broker and the cache lose all they hold."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    cache.clear()


def next_round(manufacturer: Manufacturer) -> int:
    with staff_scope(manufacturer.pk):
        return Offer.objects.filter(state=OfferState.OFFERED, round=2).count()


def check_nothing_is_lost_or_double(manufacturer: Manufacturer) -> None:
    with staff_scope(manufacturer.pk):
        assert Lead.objects.filter(state=LeadState.OFFERED).count() == LEADS
        for lead in Lead.objects.all():
            first, second = Offer.objects.filter(lead=lead).order_by("pk")
            assert (first.state, first.round, second.state, second.round) == ("expired", 1, "offered", 2)
            assert first.answered_at == first.due_at  # its end is honoured, whenever it was noted
            assert second.offered_at >= first.due_at  # never two at a time
            assert second.partner_id != first.partner_id


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["the worker", "the worker and the broker", "the database"])
def test_offers_are_pulled_back_once_though_something_dies(
    manufacturer: Manufacturer, tmp_path: Path, lost: str
) -> None:
    reached = tmp_path / "reached"
    with worker(str(reached), "3" if lost == "the database" else "90") as first:
        sweep()
        wait_until(reached.exists)
        assert next_round(manufacturer) == 0  # all of it or nothing
        if lost == "the database":
            with connection.cursor() as cursor:  # what every client sees when PostgreSQL is restarted
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()"
                )
            time.sleep(3)
            cache.clear()
            sweep()  # the same worker goes on with new connections
            wait_until(lambda: next_round(manufacturer) == LEADS)
        else:
            os.kill(first.pid, signal.SIGKILL)
            assert first.wait(60) == -signal.SIGKILL
    if lost != "the database":
        with staff_scope(manufacturer.pk):
            assert Offer.objects.filter(state=OfferState.OFFERED, round=1).count() == LEADS
        if lost.endswith("broker"):
            forget_everything()
        else:
            cache.clear()  # half a minute passes
        with worker():
            assert sweep() == [manufacturer.pk]
            wait_until(lambda: next_round(manufacturer) == LEADS)
    check_nothing_is_lost_or_double(manufacturer)
