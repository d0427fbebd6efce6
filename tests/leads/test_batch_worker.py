"""A distribution sent by a real worker process that is killed between the offers of a chunk and their commit."""

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
from django.conf import settings
from django.db import connection
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.services import sweep_jobs
from leads.models import BatchState, ItemState, Lead, LeadBatch, LeadState, Offer
from leads.services import batches
from notices.models import Notice
from tenancy.models import Manufacturer
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import ManufacturerFactory, MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.leads.factories import LeadFactory

LEADS, CHUNK, KILLED_IN_CHUNK = 25, 10, 2
WORKER = """
import sys, time
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from leads.services import batches
batches.SENT_AT_ONCE = int(sys.argv[2])
if len(sys.argv) > 3:
    send, chunks = batches._send, []
    def wait_to_be_killed(batch, items):
        send(batch, items)
        chunks.append(items)
        if len(chunks) == int(sys.argv[4]):
            open(sys.argv[3], "w").close()
            time.sleep(60)
    batches._send = wait_to_be_killed
from prm_portal.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle"])
"""


@contextlib.contextmanager
def worker(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker in a process of its own, on the test's database."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], str(CHUNK), *arguments],
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


def state_of(manufacturer: Manufacturer) -> str:
    with staff_scope(manufacturer.pk):
        return LeadBatch.objects.get().state


@pytest.mark.slow
def test_a_killed_sending_goes_on_where_it_was_and_offers_each_lead_once(
    transactional_db: None, tmp_path: Path
) -> None:
    manufacturer = ManufacturerFactory(name="Hanbit")
    by = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER)
    for _number in range(3):
        partner = PartnerFactory(manufacturer=manufacturer, lead_capacity=100)
        PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_REP)
    LeadFactory.create_batch(LEADS, manufacturer=manufacturer)
    chunk_written = tmp_path / "written"
    with worker(str(chunk_written), str(KILLED_IN_CHUNK)) as first:
        with staff_scope(manufacturer.pk):
            batch = batches.save_batch(LeadBatch(name="Autumn", maximum_share=100), by=by)
            batches.request_solution(batch, by=by)
        wait_until(lambda: state_of(manufacturer) == BatchState.READY)
        with staff_scope(manufacturer.pk):
            batches.request_sending(batch, by=by)
        wait_until(chunk_written.exists)
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait(60) == -signal.SIGKILL
    with staff_scope(manufacturer.pk):
        # The first chunk stands, nothing of the second does.
        assert Offer.objects.count() == Lead.objects.filter(state=LeadState.OFFERED).count() == CHUNK
        assert batch.items.filter(state=ItemState.SENT).count() == CHUNK
        assert Job.objects.get(kind=batches.SEND_JOB).state == JobState.RUNNING
        # Time passes: the lease of the dead worker ends, and beat sweeps.
        Job.objects.filter(kind=batches.SEND_JOB).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    with worker():
        sweep_jobs()
        wait_until(lambda: state_of(manufacturer) == BatchState.SENT)

    with staff_scope(manufacturer.pk):
        assert Offer.objects.count() == Offer.objects.values("lead").distinct().count() == LEADS
        assert Lead.objects.filter(state=LeadState.OFFERED).count() == LEADS
        assert batch.items.filter(state=ItemState.SENT).count() == LEADS
        assert Notice.objects.filter(kind="leads.offered").count() in (0, LEADS)
        job = Job.objects.get(kind=batches.SEND_JOB)
        assert (job.done, job.total, job.result["sent"]) == (LEADS, LEADS, LEADS)
