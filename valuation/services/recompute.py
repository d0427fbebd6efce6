"""The recompute: every partner's KPIs, score and grade of a day, in chunks of set-based SQL (V-3, V-4)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.models import Job
from tenancy.models import Membership


@dataclass(frozen=True)
class RecomputeResult:
    """What a recompute came to. `changed` are partners that hold another tier than before it (or their first)."""

    day: dt.date
    partners: int
    changed: int
    up: int
    down: int
    held_by_grace: int
    warned: int
    pending: int
    is_past: bool
    """Whether the day lies before the present: then scores were stored and no grade was touched."""
    seconds: float


def recompute(day: dt.date, *, partners: Sequence[int] | None = None, job: Job | None = None) -> RecomputeResult:
    """Bring every partner's score and grade up to `day` (or those of some partners, by id).

    Safe to run again: the same input gives the same result, and nobody is told twice. Commits chunk by chunk, so it
    needs the outermost scope. A day before the present only stores scores.
    """
    raise NotImplementedError


def request_recompute(*, day: dt.date | None = None, by: Membership | None = None) -> Job:
    """Have the grades recomputed by a worker soon; the open request of that day where there is one already."""
    raise NotImplementedError
