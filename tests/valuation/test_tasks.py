"""How a recompute is asked for: by night, by button, by command; and that a killed worker loses and repeats nothing."""

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.services import cancel_job, sweep_jobs
from jobs.tasks import run_job
from notices.models import Notice
from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.factories import ManufacturerFactory, PartnerFactory, PartnerKindFactory, PartnerMemberFactory
from tests.valuation.programmes import by_rank, by_target, published
from tests.valuation.sales import on, sell
from valuation import services, tasks
from valuation.models import Grade, GradeChange, GradeRun, Score

JUNE = dt.date(2026, 6, 30)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs handed to a worker, in place of a broker."""
    handed: list[int] = []
    monkeypatch.setattr(run_job, "delay", lambda *, manufacturer_id, job_id: handed.append(job_id))
    return handed


# --- By night


@pytest.mark.django_db
def test_grades_are_recomputed_where_it_is_night(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.recompute_grades, "delay", lambda *, manufacturer_id: asked.append(manufacturer_id))
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 6, 30, 17, 30, tzinfo=dt.UTC))
    seoul = ManufacturerFactory(timezone="Asia/Seoul")
    published(seoul)
    published(ManufacturerFactory(timezone="Europe/Oslo"))  # half past seven in the evening
    published(ManufacturerFactory(timezone="Asia/Seoul", is_active=False))
    PartnerFactory(manufacturer=ManufacturerFactory(timezone="Asia/Seoul"))  # nobody decided on a programme

    assert tasks.recompute_all_grades() == 1

    assert asked == [seoul.pk]


@pytest.mark.django_db
def test_a_recompute_touches_only_its_manufacturer(partner: Partner, other_manufacturer: Manufacturer) -> None:
    for manufacturer in (partner.manufacturer, other_manufacturer):
        published(manufacturer)
    tasks.recompute_grades(manufacturer_id=partner.manufacturer_id)
    with staff_scope(partner.manufacturer_id):
        assert Job.objects.get().kind == "grade_recompute"
    with staff_scope(other_manufacturer.pk):
        assert not Job.objects.exists()


def test_the_schedule_names_the_task() -> None:
    assert ("valuation.recompute_all_grades", "30 * * * *") in settings.SCHEDULES.values()


# --- By button


@pytest.mark.django_db(transaction=True)
def test_a_request_is_done_by_a_job(partner: Partner, manager: Membership, queued: list[int]) -> None:
    published(partner.manufacturer)
    with staff_scope(partner.manufacturer_id):
        job = services.request_recompute(day=JUNE, by=manager)
        assert services.request_recompute(day=JUNE, by=manager) == job
        assert services.request_recompute() != job
    run_job(manufacturer_id=partner.manufacturer_id, job_id=job.pk)

    with staff_scope(partner.manufacturer_id):
        job.refresh_from_db()
        run = GradeRun.objects.get()
        assert services.request_recompute(day=JUNE) != job
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)
    assert (job.result["partners"], job.result["changed"], run.job_id) == (1, 1, job.pk)
    assert run.result == job.result


@pytest.mark.django_db(transaction=True)
def test_a_job_without_a_programme_fails_with_a_sentence(manufacturer: Manufacturer, queued: list[int]) -> None:
    with staff_scope(manufacturer.pk):
        job = services.request_recompute(day=JUNE)
    run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    with staff_scope(manufacturer.pk):
        job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.message.startswith("There are no partners yet")


@pytest.mark.django_db(transaction=True)
def test_a_recompute_can_be_cancelled_between_chunks(
    manufacturer: Manufacturer, manager: Membership, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("valuation.services.recompute")
    monkeypatch.setattr(module, "PARTNERS_PER_CHUNK", 1)
    published(manufacturer)
    PartnerFactory.create_batch(4, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        job = services.request_recompute(day=JUNE)
    move = module._move_grades

    def move_and_cancel(*args: Any) -> Any:
        result = move(*args)
        cancel_job(job, by=manager)
        return result

    monkeypatch.setattr(module, "_move_grades", move_and_cancel)
    monkeypatch.setattr("jobs.running.HEARTBEAT_SECONDS", 0.01)
    advance = import_module("jobs.running").Progress.advance

    def unhurried(progress: Any, *args: Any) -> None:
        time.sleep(0.2)
        advance(progress, *args)

    monkeypatch.setattr("jobs.running.Progress.advance", unhurried)
    run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)

    with staff_scope(manufacturer.pk):
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert Grade.objects.count() == 1
        assert not GradeRun.objects.get().is_complete


# --- By command


def recompute_by_command(*arguments: str) -> str:
    out = StringIO()
    call_command("recompute_grades", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_prints_what_came_of_it(partner: Partner) -> None:
    published(partner.manufacturer)
    sell(partner, [on("2026-06-01", 700)])

    result = json.loads(recompute_by_command("hanbit", "--day", "2026-06-30", "--json"))

    assert result.pop("seconds") > 0
    assert result == {
        "day": "2026-06-30",
        "partners": 1,
        "changed": 1,
        "up": 0,
        "down": 0,
        "held_by_grace": 0,
        "warned": 0,
        "pending": 0,
        "is_past": False,
        "made_programme": "",
    }
    assert json.loads(recompute_by_command("hanbit", "--day", "2026-06-30", "--json"))["changed"] == 0


@pytest.mark.django_db
def test_the_command_says_in_words_what_it_did(partner: Partner) -> None:
    first = recompute_by_command("hanbit", "--day", "2026-06-30")
    assert "There was no programme: 'Standard' was made" in first
    assert "1 partners valued as of 2026-06-30" in first
    assert "The day lies before" in recompute_by_command("hanbit", "--day", "2026-05-30")


@pytest.mark.django_db
def test_the_command_refuses_with_a_sentence(manufacturer: Manufacturer) -> None:
    with pytest.raises(CommandError, match="no manufacturer 'nobody'"):
        recompute_by_command("nobody")
    with pytest.raises(CommandError, match="no partners yet"):
        recompute_by_command("hanbit", "--day", "2026-06-30")


# --- A killed worker

WORKER = """
import os
import signal
import sys
import threading
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from importlib import import_module
recompute = import_module("valuation.services.recompute")
recompute.PARTNERS_PER_CHUNK = 2
recompute.PARTNERS_IN_ONE = 0
killed_in, chunk = sys.argv[2], int(sys.argv[3])
if killed_in != "nothing":
    calls, work, one_at_a_time = [], getattr(recompute, killed_in), threading.Lock()
    def work_and_die(*args):
        with one_at_a_time:  # two chunks are worked at once: the other must not be committed before the kill
            calls.append(args)
            done = work(*args)
            if len(calls) == chunk:
                os.kill(os.getpid(), signal.SIGKILL)  # done, but not committed
            return done
    setattr(recompute, killed_in, work_and_die)
from prm_portal.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle"])
"""


@contextlib.contextmanager
def worker(killed_in: str = "nothing", chunk: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker in a process of its own, on the test's database, that kills itself in the middle of a chunk."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], killed_in, str(chunk)],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("killed_in", "chunk", "committed"),
    [("_store_kpis", 2, 0), ("tell_partners", 3, 4), ("tell_staff", 1, 8)],
)
def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    manufacturer: Manufacturer, owner: Membership, killed_in: str, chunk: int, committed: int
) -> None:
    published(manufacturer, by_rank("revenue"), by_target("orders", 1))
    kind = PartnerKindFactory(manufacturer=manufacturer)
    partners = PartnerFactory.create_batch(8, manufacturer=manufacturer, kind=kind)
    members = [PartnerMemberFactory(manufacturer=manufacturer, partner=partner) for partner in partners]
    for number, partner in enumerate(partners):
        sell(partner, [on("2026-06-20", 100 * number + 1)])
    with staff_scope(manufacturer.pk):
        job = services.request_recompute(day=JUNE)

    with worker(killed_in, chunk) as first:
        assert first.wait(120) == -signal.SIGKILL
    with staff_scope(manufacturer.pk):
        assert GradeChange.objects.count() == Grade.objects.count() == committed
        assert not GradeRun.objects.get().is_complete
        # Time passes: the dead worker's lease ends, and beat sweeps.
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))

    with worker():
        sweep_jobs()
        ends = time.monotonic() + 120
        while True:
            with staff_scope(manufacturer.pk):
                job.refresh_from_db()
            if not job.is_open:
                break
            assert time.monotonic() < ends, "The job was not done in time."
            time.sleep(0.2)

    assert (job.state, job.attempts) == (JobState.DONE, 2)
    with staff_scope(manufacturer.pk):
        assert GradeRun.objects.get().is_complete
        assert Score.objects.filter(score__isnull=False).count() == 8
        assert Grade.objects.count() == GradeChange.objects.count() == 8
        assert [Notice.objects.filter(recipient=member).count() for member in members] == [1] * 8
        [digest] = Notice.objects.filter(recipient=owner)
    assert digest.facts["first"] == 8
