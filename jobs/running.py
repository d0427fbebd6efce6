"""How a job is run: claimed with a lease, kept alive by a heartbeat, ended once.

The heartbeat is a thread with a connection of its own. It renews the lease, shows progress and hears of a cancel while
the work holds a long transaction open. Who lost the lease (a worker that was thought dead and is not) cannot end the job:
each claim counts up `attempts`, and only the latest claim may write.
"""

import datetime as dt
import logging
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import pghistory
from django.db import Error, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from jobs import hooks
from jobs.models import Job, JobState
from jobs.registry import job_kind
from tenancy.errors import DomainError
from tenancy.rls import staff_scope

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=60)
HEARTBEAT_SECONDS = 2.0
MOST_ATTEMPTS = 3


class JobCancelledError(Exception):
    """Somebody asked for the job to stop."""


class LeaseLostError(Exception):
    """Another worker has taken the job over."""


class Progress:
    """What running work tells of itself: how far it is, and whether it should stop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._done = job.done
        self._total = job.total
        self._message = job.message
        self._conclusion = ""
        self._is_cancelled = False
        self._is_lost = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def begin(self, total: int, message: str = "") -> None:
        """Say how much there is to do, in any unit."""
        self._done, self._total, self._message = 0, total, message
        self.check()

    def advance(self, count: int = 1, message: str | None = None) -> None:
        """So much more is done. Raises where the work should stop: call it between chunks."""
        self._done += count
        if message is not None:
            self._message = message
        self.check()

    def tell(self, done: int, total: int, message: str) -> None:
        """Say where the work stands, all at once. Raises where it should stop."""
        self._done, self._total, self._message = done, total, message
        self.check()

    def conclude(self, sentence: str) -> None:
        """Say what came of it. At its good end a job says this or nothing: what it did last is of no use any more."""
        self._conclusion = sentence

    def check(self) -> None:
        """Raise JobCancelledError if somebody cancelled the job, LeaseLostError if another worker has it."""
        if self._is_lost:
            raise LeaseLostError
        if self._is_cancelled:
            raise JobCancelledError

    @property
    def state(self) -> dict[str, Any]:
        """What is shown of it now, as columns of the job."""
        return {"done": self._done, "total": self._total, "message": self._message[:500]}

    @property
    def final_state(self) -> dict[str, Any]:
        """What is shown of it after a good end."""
        return self.state | {"message": self._conclusion[:500]}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the heartbeat; what is shown stays as it was last."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(HEARTBEAT_SECONDS):
                try:
                    self._beat_once()
                except Error:  # the database restarts: the lease is long enough for another try
                    logger.warning("The heartbeat of job %s failed.", self.job.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()

    def _beat_once(self) -> None:
        with staff_scope(self.job.manufacturer_id):
            mine = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts)
            renewed = mine.update(lease_until=timezone.now() + LEASE, **self.state)
            self._is_lost = renewed == 0
            self._is_cancelled = mine.filter(cancel_requested=True).exists()


def run_job(*, manufacturer_id: int, job_id: int) -> Job | None:
    """Run a job that waits, or whose worker is gone, to its end. None if there is nothing to run.

    Must be called outside any scope: the work commits chunk by chunk.
    """
    with staff_scope(manufacturer_id):
        job = _claim(job_id)
    if job is None:
        return None
    with translation.override(job.created_by_language):
        _work_off(job)
    return job


def _work_off(job: Job) -> None:
    """Do the work and end the job, however it ends; what is said of its end is in the language of who started it."""
    progress = Progress(job)
    try:
        with (
            progress,
            timezone.override(job.manufacturer.timezone),
            pghistory.context(task=f"jobs.{job.kind}", user=job.created_by_user),
            staff_scope(job.manufacturer_id),
        ):
            result = job_kind(job.kind).run(progress)
            progress.stop()
            _end(job, JobState.DONE, progress, result=result)
    except LeaseLostError:
        logger.warning("Job %s was taken over by another worker.", job.pk)
    except JobCancelledError:
        _end_apart(job, JobState.CANCELLED, progress, message=_("Cancelled."))
    except DomainError as error:
        _end_apart(job, JobState.FAILED, progress, message=str(error))
    except Error as error:
        if _is_passing(error):
            connection.close()
            raise  # the lease runs out, and the sweep starts it again
        logger.exception("Job %s failed.", job.pk)
        _end_apart(job, JobState.FAILED, progress, message=_("It stopped on an error that is ours to mend."))
    except Exception:
        logger.exception("Job %s failed.", job.pk)
        _end_apart(job, JobState.FAILED, progress, message=_("It stopped on an error that is ours to mend."))


def _claim(job_id: int) -> Job | None:
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=timezone.now())
    job = (
        Job.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("manufacturer", "created_by")
        .filter(free, pk=job_id)
        .first()
    )
    if job is None:
        return None
    now = timezone.now()
    if job.attempts >= MOST_ATTEMPTS:
        with translation.override(job.created_by_language):
            given_up = _("It was given up after %(count)s attempts.") % {"count": job.attempts}
        _finish(job, JobState.FAILED, message=given_up)
        return None
    job.state, job.lease_until, job.started_at = JobState.RUNNING, now + LEASE, job.started_at or now
    job.attempts += 1
    job.save(update_fields=["state", "lease_until", "started_at", "attempts"])
    return job


def _end(job: Job, state: JobState, progress: Progress, *, result: Mapping[str, Any]) -> None:
    """End the job in the transaction of its last chunk, so that result and work come together."""
    still_mine = Job.objects.select_for_update(no_key=True).filter(
        pk=job.pk, state=JobState.RUNNING, attempts=job.attempts
    )
    if not still_mine.exists():
        raise LeaseLostError
    _finish(job, state, result=dict(result), **progress.final_state)


def _end_apart(job: Job, state: JobState, progress: Progress, *, message: str) -> None:
    """End the job after its work was rolled back."""
    with staff_scope(job.manufacturer_id):
        mine = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)
        if mine.update(lease_until=F("lease_until")):
            _finish(job, state, **(progress.state | {"message": message[:500]}))


def _finish(job: Job, state: JobState, **fields: Any) -> None:
    fields |= {"state": state, "finished_at": timezone.now(), "lease_until": None}
    for name, value in fields.items():
        setattr(job, name, value)
    with transaction.atomic():
        job.save(update_fields=[*fields, "result_file", "error_file"])
        hooks.finished(job)


def _is_passing(error: Error) -> bool:
    """Whether the database went away under the work, rather than refused it."""
    return not connection.is_usable() if connection.connection is not None else True
