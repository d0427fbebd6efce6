"""What else happens when a job has ended: the apps above register it, so that `jobs` need not know them."""

from collections.abc import Callable

from jobs.models import Job

_on_finished: list[Callable[[Job], None]] = []


def on_finished(callback: Callable[[Job], None]) -> Callable[[Job], None]:
    """Register `callback(job)`, called in the job's scope and transaction when it is done, failed or cancelled."""
    _on_finished.append(callback)
    return callback


def finished(job: Job) -> None:
    """Call what is registered; called by whatever ends a job, once its final state is saved."""
    for callback in _on_finished:
        callback(job)
