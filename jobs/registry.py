"""The kinds of long work. Each app registers its own in `<app>/jobs.py`, found as Django finds `admin.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import autodiscover_modules

from tenancy.rights import Right

if TYPE_CHECKING:
    from jobs.running import Progress


@dataclass(frozen=True)
class JobKind:
    """Long work of one kind.

    `run(progress)` does it, in the staff scope of the job's manufacturer, and returns what is kept as the job's result.
    It must be safe to run again: a killed worker's job starts over, after the chunks it had committed. A DomainError
    ends the job as failed with that sentence. `right` is who may cancel it. `page(member, job)` is where its result is
    best read, if not on the job's own page; empty for a member who may not see that.
    """

    key: str
    label: Any
    run: Callable[["Progress"], Mapping[str, Any]]
    right: Right
    page: Callable[[Any, Any], str] | None = None


_kinds: dict[str, JobKind] = {}


def register_job(kind: JobKind) -> JobKind:
    """Make a kind of work known."""
    if kind.key in _kinds:
        raise ValueError(f"Two kinds of job are registered as {kind.key!r}.")
    _kinds[kind.key] = kind
    return kind


def job_kind(key: str) -> JobKind:
    """The kind of that key; KeyError for one that no app registered."""
    return _kinds[key]


def job_label(key: str) -> str:
    """What readers call a kind of work; its key where no app registers it any more."""
    return str(_kinds[key].label) if key in _kinds else key


def job_kinds() -> list[JobKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def autodiscover() -> None:
    """Import every app's `jobs.py`."""
    autodiscover_modules("jobs")
