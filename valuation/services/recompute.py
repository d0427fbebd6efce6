"""The recompute: every partner's KPIs, score and grade of a day, in chunks of set-based SQL (V-3, V-4).

First every partner's KPIs are stored, then the break points of ranks are read from all of them, then scores and grades
follow, with what is told in the same transaction as what changed.
"""

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.sql import SQL, Identifier, Literal

from jobs.models import Job
from jobs.services import start_job
from partners.models import Partner, Stage
from tenancy.joins import set_joins
from tenancy.models import Membership
from tenancy.rls import commit_chunk, current_scope, is_rolled_back, staff_scope
from valuation import selectors, statements
from valuation.models import GradeChange, GradeRun, Programme, ProgrammeStatus
from valuation.periods import window_start
from valuation.registry import lower_is_better, present_day, sources
from valuation.scoring import QUANTILES, SCORED, Quantiles, Rules, parameters
from valuation.services.locks import lock_grades
from valuation.services.programmes import ProgrammeError, create_default_programme
from valuation.services.promotions import put_promotions_forward
from valuation.services.telling import tell_partners, tell_staff

PARTNERS_PER_CHUNK = 25_000
PARTNERS_IN_ONE = 1_000
"""Up to so many partners, a second connection costs more than it saves."""
CONNECTIONS = 2
"""How many chunks are worked on at a time: a statement of the database keeps one processor busy."""
MANY_NEWS = 1_000
"""From so many on, the changes of a chunk are joined as a set: they were just written, and look like one to the planner."""
NOT_VALUED = [Stage.PROSPECT.value, Stage.APPLICANT.value, Stage.ENDED.value]
JOB_KIND = "grade_recompute"


class Progress(Protocol):
    """Whom the recompute tells how far it is, and who may stop it between chunks (`jobs.running.Progress`)."""

    @property
    def job(self) -> Job: ...

    def begin(self, total: int, message: str = "") -> None: ...

    def advance(self, count: int = 1, message: str | None = None) -> None: ...


class Chunk(NamedTuple):
    """Partners with ids from `first` to `last`; `partners` of them are valued."""

    first: int
    last: int
    partners: int


@dataclass(frozen=True)
class Steps:
    """How many grades did what. `changed` are partners that hold another tier than before, or their first."""

    partners: int = 0
    changed: int = 0
    up: int = 0
    down: int = 0
    held_by_grace: int = 0
    warned: int = 0
    pending: int = 0

    def __add__(self, other: "Steps") -> "Steps":
        return Steps(*(getattr(self, name.name) + getattr(other, name.name) for name in fields(self)))


@dataclass(frozen=True)
class RecomputeResult:
    """What a recompute came to."""

    day: dt.date
    steps: Steps
    is_past: bool
    """Whether the day lies before the present: then scores were stored and no grade was touched."""
    seconds: float
    made_programme: str = ""
    """The name of the default programme, where there was none at all and it was made."""

    def as_json(self) -> dict[str, Any]:
        """What the command prints and the job keeps."""
        return {
            "day": self.day.isoformat(),
            **asdict(self.steps),
            "is_past": self.is_past,
            "seconds": round(self.seconds, 3),
            "made_programme": self.made_programme,
        }


def recompute(
    day: dt.date, *, partners: Sequence[int] | None = None, progress: Progress | None = None
) -> RecomputeResult:
    """Bring every partner's score and grade up to `day`, or those of some partners, by id.

    Safe to run again: the same input gives the same result, and nobody is told twice. Commits chunk by chunk, so it
    needs the outermost scope. A day before the present only stores scores.
    """
    started = time.monotonic()
    made = _make_default_programme(day)
    rules = selectors.rules_in_force(day)
    is_past = GradeRun.objects.filter(day__gt=day, is_past=False).exists()
    run = _begin_run(day, is_past, progress) if partners is None else _latest_run(day)
    chunks = _chunks() if partners is None else [Chunk(partner, partner, 1) for partner in sorted(partners)]
    is_worth_it = partners is None and sum(chunk.partners for chunk in chunks) > PARTNERS_IN_ONE
    size = CONNECTIONS if is_worth_it and not is_rolled_back() else 1
    if progress:
        progress.begin(2 * sum(chunk.partners for chunk in chunks))
    commit_chunk()

    for stored in _in_turns(chunks, partial(_store_kpis, day), size):
        if progress:
            progress.advance(stored.partners)

    if partners is None:
        run.quantiles = quantiles_of(day, rules)
        run.save(update_fields=["quantiles"])
        commit_chunk()
    grade = partial(_grade, day, rules, selectors.read_quantiles(run.quantiles), is_past)
    steps = Steps()
    for moved in _in_turns(chunks, grade, size, lock=lock_grades):
        steps += moved
        if progress:
            progress.advance(moved.partners)

    result = RecomputeResult(
        day=day,
        steps=steps,
        is_past=is_past,
        seconds=time.monotonic() - started,
        made_programme=str(made) if made else "",
    )
    if not is_past:
        put_promotions_forward()
        commit_chunk()
    if partners is None:
        _end_run(run, result)
    return result


def request_recompute(*, day: dt.date | None = None, by: Membership | None = None) -> Job:
    """Have the grades recomputed by a worker soon, as of `day` or of the last day that the data reach to when it runs.

    While a request waits, another one for the same day is the same request.
    """
    params = {"day": day.isoformat()} if day else {}
    return start_job(JOB_KIND, params=params, by=by, key=f"grades-{params.get('day', 'today')}")


def run_recompute(progress: Any) -> Mapping[str, Any]:
    """The work of a job of kind "grade_recompute"."""
    given = progress.job.params.get("day")
    day = dt.date.fromisoformat(given) if given else present_day(timezone.localdate())
    result = recompute(day, progress=progress)
    return result.as_json()


def quantiles_of(day: dt.date, rules: Mapping[int, Rules]) -> dict[str, dict[str, list[str]]]:
    """The break points of every ranked KPI on a day, per kind, as they are stored with the run."""
    ranked = [(kind, kpi) for kind, rule_set in rules.items() for kpi in rule_set.ranked]
    lowers = set(lower_is_better())
    stored: dict[str, dict[str, list[str]]] = {}
    with set_joins() as cursor:
        cursor.execute(
            QUANTILES,
            {
                "day": day,
                "stages": NOT_VALUED,
                "kinds": [kind for kind, _kpi in ranked],
                "kpis": [kpi for _kind, kpi in ranked],
                "lowers": [kpi in lowers for _kind, kpi in ranked],
            },
        )
        for kind, kpi, breaks in cursor.fetchall():
            stored.setdefault(str(kind), {})[kpi] = breaks
    return stored


def _make_default_programme(day: dt.date) -> Programme | None:
    """A manufacturer that has partners and no programme at all is graded by the default one."""
    if selectors.programmes_in_force(day):
        return None
    if not Programme.objects.exists():
        if Partner.objects.exists():
            return create_default_programme(effective_from=day.replace(month=1, day=1))
        raise ProgrammeError(_("There are no partners yet. Import or create them, then recompute their grades."))
    if Programme.objects.filter(status=ProgrammeStatus.PUBLISHED).exists():
        raise ProgrammeError(
            _("No published programme is in force on %(day)s. Publish one with an earlier effective date.")
            % {"day": day.isoformat()}
        )
    raise ProgrammeError(_("No programme is published yet. Publish one, then recompute the grades."))


def _begin_run(day: dt.date, is_past: bool, progress: Progress | None) -> GradeRun:
    fresh = {"is_past": is_past, "is_complete": False, "job": progress.job if progress else None}
    run, _is_new = GradeRun.objects.update_or_create(day=day, defaults=fresh)
    return run


def _latest_run(day: dt.date) -> GradeRun:
    """The run whose ranks a few partners are measured by."""
    run = GradeRun.objects.filter(day__lte=day, is_complete=True).order_by("-day").first()
    if run is None:
        raise ProgrammeError(_("Recompute the grades of all partners first: single partners are ranked among them."))
    return run


def _end_run(run: GradeRun, result: RecomputeResult) -> None:
    if not run.is_past:
        tell_staff(run)
    run.is_complete = True
    run.result = result.as_json()
    run.finished_at = timezone.now()
    run.save(update_fields=["is_complete", "result", "finished_at"])
    commit_chunk()


def _chunks() -> list[Chunk]:
    """Ranges of partner ids of about the same size."""
    total = Partner.objects.exclude(stage__in=NOT_VALUED).count()
    together = CONNECTIONS if total > PARTNERS_IN_ONE else 1
    number = max(math.ceil(total / PARTNERS_PER_CHUNK / together), 1) * together
    with connection.cursor() as cursor:
        cursor.execute(statements.RANGES, {"chunks": number, "stages": NOT_VALUED})
        return [Chunk(*row) for row in cursor.fetchall()]


def _in_turns(
    chunks: Sequence[Chunk], work: Callable[[Chunk], Steps], size: int, lock: Callable[[], None] | None = None
) -> Iterator[Steps]:
    """Do the work for every chunk, `size` at a time, each in a transaction of its own; yields what came of each.

    What `lock` locks, this connection holds for those few and lets go when they are done: who waits for it need not
    wait for all.
    """
    manufacturer = current_scope().manufacturer
    assert manufacturer is not None

    def alone(chunk: Chunk) -> Steps:
        try:
            with staff_scope(manufacturer):
                return work(chunk)
        finally:
            connection.close()

    with ThreadPoolExecutor(size, thread_name_prefix="grades") as pool:
        for start in range(0, len(chunks), size):
            together = chunks[start : start + size]
            if lock:
                lock()
            done = [work(together[0])] if size == 1 else list(pool.map(alone, together))
            commit_chunk()
            yield from done


def _store_kpis(day: dt.date, chunk: Chunk) -> Steps:
    first, last, count = chunk
    parts = [
        (Identifier(f"source_{number}"), _composed(*source.rows(day, first, last)))
        for number, source in enumerate(sources())
    ]
    objects = {
        column: SQL(" || ").join(statements.OBJECT.format(Identifier(name.string, column)) for name, _rows in parts)
        for column in ("kpis", "facts")
    }
    value = statements.VALUE.format(
        sources=SQL(" ").join(statements.SOURCE.format(name=name, rows=rows) for name, rows in parts),
        first=Literal(first),
        last=Literal(last),
        stages=Literal(NOT_VALUED),
        **objects,
    )
    with set_joins() as cursor:
        cursor.execute(statements.DROP_STEPS)
        cursor.execute(value)
        cursor.execute(statements.STORE_KPIS, {"day": day})
    return Steps(partners=count)


def _grade(day: dt.date, rules: Mapping[int, Rules], quantiles: Quantiles, is_past: bool, chunk: Chunk) -> Steps:
    """Score the chunk's partners by their KPIs and move their grades."""
    first, last, count = chunk
    _store_scores(day, first, last, rules, quantiles)
    moved = Steps() if is_past else _move_grades(day, first, last)
    return moved + Steps(partners=count)


def _store_scores(day: dt.date, first: int, last: int, rules: Mapping[int, Rules], quantiles: Quantiles) -> None:
    """Leaves the chunk's scores in `scored_partner`, a temporary table, for the grades to be decided from."""
    chunk: dict[str, Any] = {"day": day, "first": first, "last": last}
    stored = statements.STORED.format(
        day=Literal(day), first=Literal(first), last=Literal(last), stages=Literal(NOT_VALUED)
    )
    with set_joins() as cursor:
        scored = SCORED.format(input=stored).as_string(cursor.cursor)
        statement = statements.SCORE.format(scored=_composed(scored, parameters(rules, quantiles)))
        cursor.execute(statements.DROP_STEPS)
        cursor.execute(statement)
        cursor.execute(statements.STORE_SCORES, chunk)


def _move_grades(day: dt.date, first: int, last: int) -> Steps:
    """Promote, warn, demote and tell; returns what was done."""
    chunk: dict[str, Any] = {"day": day, "first": first, "last": last, "start": window_start(day)}
    with set_joins() as cursor:
        cursor.execute(statements.DECIDE, chunk)
        cursor.execute(statements.COUNT_STEPS)
        _all, changed, up, down, held_by_grace, warned, pending = cursor.fetchone()
        cursor.execute(statements.NOTE_CHANGES, chunk)
        oldest_news = cursor.fetchone()[0]
        cursor.execute(statements.STORE_GRADES, chunk)
        cursor.execute(statements.STORE_SUMMARIES, chunk)
        cursor.execute(statements.FORGET_SCORES, chunk)
    if oldest_news is not None:
        news = GradeChange.objects.filter(day=day, pk__gte=oldest_news, partner__gte=first, partner__lte=last, by=None)
        with set_joins() if changed + warned >= MANY_NEWS else nullcontext():
            tell_partners(news)
    return Steps(changed=changed, up=up, down=down, held_by_grace=held_by_grace, warned=warned, pending=pending)


def _composed(query: str, params: Any) -> SQL:
    """A query with its parameters as literals, quoted by the driver, to be set into another."""
    with connection.cursor() as cursor:
        return SQL(cursor.cursor.mogrify(query, params).decode())
