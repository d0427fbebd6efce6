"""An import by a real worker process that is killed after its lines are written and before they are committed."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from django.utils import timezone

from commerce.models import SalesLine
from jobs import uploads
from jobs.models import ImportFile, ImportState, Job, JobState
from jobs.services import sweep_jobs
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.commerce.totals import totals_of_lines, totals_stored
from tests.factories import ManufacturerFactory, MembershipFactory, PartnerFactory

LINES = 500
WORKER = """
import os, sys, time
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
if len(sys.argv) > 2:
    from commerce.services import sell_in
    in_step = sell_in.bring_totals_in_step
    def wait_to_be_killed(stage, sums):
        in_step(stage, sums)
        open(sys.argv[2], "w").close()
        time.sleep(60)
    sell_in.bring_totals_in_step = wait_to_be_killed
from prm_portal.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle"])
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


def wait_until(condition: Callable[[], bool], seconds: float = 90) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "It did not happen in time."
        time.sleep(0.05)


@pytest.fixture
def manufacturer(transactional_db: None) -> Manufacturer:
    return ManufacturerFactory(name="Hanbit")


@pytest.fixture
def file(manufacturer: Manufacturer) -> ImportFile:
    """Lines that were brought, matched and checked."""
    PartnerFactory(manufacturer=manufacturer, code="A")
    text = "partner_code,date,amount\n" + "".join(f"A,2026-01-{n % 28 + 1:02},{n}\n" for n in range(LINES))
    upload = TemporaryUploadedFile("lines.csv", "text/csv", len(text), "utf-8")
    upload.write(text.encode())
    upload.seek(0)
    by = MembershipFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        brought = uploads.receive_file("sell_in", upload, by=by)
        upload.close()
        ImportFile.objects.filter(pk=brought.pk).update(state=ImportState.CHECKED)
        uploads.start_import(brought, only_good=False, create_missing=False, by=by)
    return brought


def state_of(job: Any) -> str:
    with staff_scope(job.manufacturer_id):
        return Job.objects.get(pk=job.pk).state


@pytest.mark.slow
def test_a_killed_import_leaves_nothing_and_is_done_by_the_next_worker(
    manufacturer: Manufacturer, file: ImportFile, tmp_path: Path
) -> None:
    with staff_scope(manufacturer.pk):
        job = Job.objects.get(kind="import_run")
    written = tmp_path / "written"
    with worker(str(written)) as first:
        wait_until(written.exists)
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait(60) == -signal.SIGKILL
    with staff_scope(manufacturer.pk):
        assert not SalesLine.objects.exists()
        assert totals_stored() == [set(), set(), set()]
        # Time passes: the lease of the dead worker ends, and beat sweeps.
        assert Job.objects.get(pk=job.pk).state == JobState.RUNNING
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    with worker():
        sweep_jobs()
        wait_until(lambda: state_of(job) not in Job.OPEN_STATES)

    with staff_scope(manufacturer.pk):
        job.refresh_from_db()
        assert (job.state, job.attempts, job.result["new"]) == (JobState.DONE, 2, LINES)
        assert ImportFile.objects.get(pk=file.pk).state == ImportState.IMPORTED
        assert SalesLine.objects.count() == LINES
        assert totals_stored() == totals_of_lines()


@pytest.mark.slow
def test_a_running_import_can_be_cancelled_and_leaves_nothing(
    manufacturer: Manufacturer, file: ImportFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cancel is heard by the heartbeat while the import's own transaction is open."""
    from jobs import running
    from jobs.imports import running as imports
    from jobs.reading import delimited

    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(delimited, "BLOCK", 2000)
    with staff_scope(manufacturer.pk):
        job = Job.objects.get(kind="import_run")
    copied = []
    copy = imports._copy

    def copy_and_cancel(*args: Any) -> None:
        copy(*args)
        copied.append(args)
        if len(copied) == 2:
            with staff_scope(manufacturer.pk):
                Job.objects.filter(pk=job.pk).update(cancel_requested=True)
            connection.close()
            time.sleep(0.5)

    monkeypatch.setattr(imports, "_copy", copy_and_cancel)
    running.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)

    with staff_scope(manufacturer.pk):
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert ImportFile.objects.get(pk=file.pk).state == ImportState.CHECKED
        assert not SalesLine.objects.exists()
    assert len(copied) < 5
