"""Workers that are killed, a broker that forgets and a PostgreSQL that crashes in the middle of pulling offers back."""

import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from leads.models import DistributionRule, Lead, LeadState, Mode, Offer, OfferState
from leads.services import arrivals
from leads.tasks.distribution import sweep
from prm_portal.embedded import Home
from prm_portal.embedded.keeper import postgres_binaries
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
settings.DATABASES["default"] |= {"HOST": sys.argv[1], "NAME": sys.argv[2]}
if len(sys.argv) > 3:
    from leads.services import offers
    go_on, count = offers.go_on, [0]
    def wait_in_the_middle(*args, **kwargs):
        go_on(*args, **kwargs)
        count[0] += 1
        if count[0] == 5 and not os.path.exists(sys.argv[3]):
            open(sys.argv[3], "w").close()
            time.sleep(float(sys.argv[4]))
    offers.go_on = wait_in_the_middle
from prm_portal.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle"])
"""


@contextlib.contextmanager
def worker(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker in a process of its own, on the test's database."""
    database = connection.settings_dict
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, database["HOST"], database["NAME"], *arguments],
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


@contextlib.contextmanager
def own_postgres() -> Iterator[Home]:
    """A durable PostgreSQL with all that the test's database holds; the test works on it meanwhile.

    The run's own is shared with other tests: theirs would fall with it.
    """
    folder = Path(tempfile.mkdtemp(prefix="prm-chaos-"))
    folder.chmod(0o755)  # the servers run as nobody, who must get there
    home, settings_dict = Home(folder / "data"), connection.settings_dict
    name, shared = settings_dict["NAME"], settings_dict["HOST"]
    connection.close()
    with home.hold():
        dump = folder / "dump.sql"
        postgres_says("pg_dump", shared, "-C", "-f", str(dump), name)
        postgres_says("psql", str(home.sockets), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(dump))
        settings_dict["HOST"] = str(home.sockets)
        try:
            yield home
        finally:
            connection.close()
            settings_dict["HOST"] = shared
    home.remove()
    shutil.rmtree(folder)


def postgres_says(program: str, host: str, *arguments: str) -> None:
    command = [str(postgres_binaries() / program), "-h", host, "-U", "postgres", *arguments]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def postmaster(home: Home) -> int:
    """The process of the server, or 0 while there is none."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int((home.pgdata / "postmaster.pid").read_text().split()[0])
    return 0


def database_answers() -> bool:
    connection.close()
    with contextlib.suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["the worker", "the worker and the broker"])
def test_offers_are_pulled_back_once_though_a_worker_dies(
    manufacturer: Manufacturer, tmp_path: Path, lost: str
) -> None:
    reached = tmp_path / "reached"
    with worker(str(reached), "90") as first:
        sweep()
        wait_until(reached.exists)
        assert next_round(manufacturer) == 0  # all of it or nothing
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait(60) == -signal.SIGKILL
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


@pytest.mark.slow
@pytest.mark.skipif(settings.DATABASES["default"]["HOST"][:1] != "/", reason="PostgreSQL is not this run's own")
def test_offers_are_pulled_back_once_though_postgres_crashes(manufacturer: Manufacturer, tmp_path: Path) -> None:
    """The server goes down without a checkpoint while a worker is in the middle, and comes again from its log."""
    reached = tmp_path / "reached"
    with own_postgres() as home, worker(str(reached), "2"):
        sweep()
        wait_until(reached.exists)
        before = postmaster(home)
        os.kill(before, signal.SIGQUIT)
        wait_until(lambda: postmaster(home) not in (0, before) and database_answers())
        with staff_scope(manufacturer.pk):
            assert Offer.objects.filter(state=OfferState.OFFERED, round=1).count() == LEADS
        assert next_round(manufacturer) == 0
        cache.clear()  # half a minute passes
        sweep()  # the same worker goes on with new connections
        wait_until(lambda: next_round(manufacturer) == LEADS)
        check_nothing_is_lost_or_double(manufacturer)
