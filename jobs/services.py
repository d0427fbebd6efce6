import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs import hooks
from jobs.models import Job, JobState
from jobs.registry import job_kind
from jobs.running import run_job
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import platform_scope

NEVER_QUEUED_AFTER = dt.timedelta(seconds=30)
QUEUED_AGAIN_AFTER = dt.timedelta(minutes=10)


class JobError(DomainError):
    """A step that the job cannot take now."""


def start_job(
    kind: str,
    *,
    params: Mapping[str, Any] | None = None,
    by: Membership | None = None,
    key: str = "",
    partner: Any = None,
) -> Job:
    """Have work done by a worker once this transaction is committed; the job tells how far it is.

    With a `key`, a waiting job of the same kind and key is returned instead of a second one.
    """
    job_kind(kind)
    if key:
        # Locked until the commit: a worker that took it now would not see what this transaction has written.
        waiting = Job.objects.select_for_update(no_key=True).filter(kind=kind, key=key, state=JobState.QUEUED).first()
        if waiting is not None:
            _queue_on_commit(waiting.manufacturer_id, waiting.pk)  # a worker may have passed it by meanwhile
            return waiting
    job = Job.objects.create(kind=kind, key=key, params=dict(params or {}), created_by=by, partner=partner)
    job.refresh_from_db(fields=["manufacturer"])
    _queue_on_commit(job.manufacturer_id, job.pk)
    return job


def run_here(job: Job) -> Job:
    """Run the job in this process and return it as it ended. For commands; outside any scope."""
    return run_job(manufacturer_id=job.manufacturer_id, job_id=job.pk) or job


def cancel_job(job: Job, *, by: Membership) -> Job:
    """Stop a job: one that waits at once, one that runs after its present chunk."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not job.is_open:
        raise JobError(_("This job has ended already."))
    if job.state == JobState.QUEUED:
        job.state, job.finished_at, job.message = JobState.CANCELLED, timezone.now(), _("Cancelled.")
        job.save(update_fields=["state", "finished_at", "message"])
        hooks.finished(job)
    else:
        job.cancel_requested = True
        job.save(update_fields=["cancel_requested"])
    return job


def sweep_jobs() -> int:
    """Queue again what was committed but never queued, and what lost its worker; returns how many.

    `lease_until` of a waiting job says until when it counts as queued.
    """
    now = timezone.now()
    forgotten = Q(state=JobState.QUEUED, lease_until=None, created_at__lt=now - NEVER_QUEUED_AFTER)
    overdue = Q(state__in=Job.OPEN_STATES, lease_until__lt=now)
    with platform_scope():
        jobs = Job.objects.select_for_update(skip_locked=True, no_key=True).filter(forgotten | overdue)
        found = [(job.manufacturer_id, job.pk) for job in jobs]
        Job.objects.filter(pk__in=[pk for _manufacturer, pk in found], state=JobState.QUEUED).update(
            lease_until=now + QUEUED_AGAIN_AFTER
        )
        for manufacturer_id, pk in found:
            _queue_on_commit(manufacturer_id, pk)
    return len(found)


def _queue_on_commit(manufacturer_id: int, job_id: int) -> None:
    """Hand the job to a worker once it can be seen. Without a broker it waits for the sweep."""
    from jobs.tasks import run_job as task

    task.delay_on_commit(manufacturer_id=manufacturer_id, job_id=job_id)  # type: ignore[attr-defined]
