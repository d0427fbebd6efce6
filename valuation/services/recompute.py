"""The recompute: every partner's KPIs, score and grade of a day, in chunks of set-based SQL (V-3, V-4).

First every partner's KPIs are stored, then the break points of ranks are read from all of them, then scores and grades
follow, with what is told in the same transaction as what changed.
"""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.sql import SQL, Identifier, Literal

from jobs.models import Job
from jobs.services import start_job
from partners.models import Partner, Stage
from tenancy.models import Membership
from tenancy.rls import commit_chunk
from valuation import selectors, statements
from valuation.models import GradeChange, GradeRun, Programme
from valuation.periods import window_start
from valuation.registry import lower_is_better, sources
from valuation.scoring import QUANTILES, SCORED, Quantiles, Rules, parameters
from valuation.services.locks import lock_grades
from valuation.services.programmes import ProgrammeError, create_default_programme
from valuation.services.telling import tell_partners, tell_staff

PARTNERS_PER_CHUNK = 10_000
NOT_VALUED = [Stage.PROSPECT.value, Stage.ENDED.value]
JOB_KIND = "grade_recompute"


class Progress(Protocol):
    """Whom the recompute tells how far it is, and who may stop it between chunks (`jobs.running.Progress`)."""

    @property
    def job(self) -> Job: ...

    def begin(self, total: int, message: str = "") -> None: ...

    def advance(self, count: int = 1, message: str | None = None) -> None: ...


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
    run = _begin_run(day, progress) if partners is None else _latest_run(day)
    chunks = _chunks() if partners is None else [(partner, partner, 1) for partner in sorted(partners)]
    if progress:
        progress.begin(2 * sum(count for _first, _last, count in chunks))
    commit_chunk()

    for first, last, count in chunks:
        _store_kpis(day, first, last)
        commit_chunk()
        if progress:
            progress.advance(count)

    if partners is None:
        run.quantiles = quantiles_of(day, rules)
        run.save(update_fields=["quantiles"])
    quantiles = read_quantiles(run.quantiles)
    steps = Steps(partners=sum(count for _first, _last, count in chunks))
    for first, last, count in chunks:
        lock_grades()
        _store_scores(day, first, last, rules, quantiles)
        if not run.is_past:
            steps += _move_grades(day, first, last)
        commit_chunk()
        if progress:
            progress.advance(count)

    result = RecomputeResult(
        day=day,
        steps=steps,
        is_past=run.is_past,
        seconds=time.monotonic() - started,
        made_programme=str(made) if made else "",
    )
    if partners is None:
        _end_run(run, result)
    return result


def request_recompute(*, day: dt.date | None = None, by: Membership | None = None) -> Job:
    """Have the grades recomputed by a worker soon, as of `day` or of the day on which it runs.

    While a request waits, another one for the same day is the same request.
    """
    params = {"day": day.isoformat()} if day else {}
    return start_job(JOB_KIND, params=params, by=by, key=f"grades-{params.get('day', 'today')}")


def run_recompute(progress: Any) -> Mapping[str, Any]:
    """The work of a job of kind "grade_recompute"."""
    day = progress.job.params.get("day")
    result = recompute(dt.date.fromisoformat(day) if day else timezone.localdate(), progress=progress)
    return result.as_json()


def quantiles_of(day: dt.date, rules: Mapping[int, Rules]) -> dict[str, dict[str, list[str]]]:
    """The break points of every ranked KPI on a day, per kind, as they are stored with the run."""
    ranked = [(kind, kpi) for kind, rule_set in rules.items() for kpi in rule_set.ranked]
    lowers = set(lower_is_better())
    stored: dict[str, dict[str, list[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
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
        cursor.execute("SET LOCAL enable_nestloop = on")
    return stored


def read_quantiles(stored: Mapping[str, Mapping[str, Sequence[str]]]) -> Quantiles:
    """Stored break points as numbers."""
    return {
        int(kind): {kpi: [Decimal(point) for point in breaks] for kpi, breaks in by_kpi.items()}
        for kind, by_kpi in stored.items()
    }


def _make_default_programme(day: dt.date) -> Programme | None:
    """A manufacturer that has partners and no programme at all is graded by the default one."""
    if selectors.programmes_in_force(day):
        return None
    if not Programme.objects.exists():
        if Partner.objects.exists():
            return create_default_programme(effective_from=dt.date(day.year, 1, 1))
        raise ProgrammeError(_("There are no partners yet. Import or create them, then recompute their grades."))
    if Programme.objects.filter(status="published").exists():
        raise ProgrammeError(
            _("No published programme is in force on %(day)s. Publish one with an earlier effective date.")
            % {"day": day.isoformat()}
        )
    raise ProgrammeError(_("No programme is published yet. Publish one, then recompute the grades."))


def _begin_run(day: dt.date, progress: Progress | None) -> GradeRun:
    is_past = GradeRun.objects.filter(day__gt=day, is_past=False).exists()
    fresh = {"is_past": is_past, "is_complete": False, "job": progress.job if progress else None}
    run, _is_new = GradeRun.objects.update_or_create(day=day, defaults=fresh)
    return run


def _latest_run(day: dt.date) -> GradeRun:
    """The run whose ranks a few partners are measured by."""
    run = GradeRun.objects.filter(day__lte=day, is_complete=True).order_by("-day").first()
    if run is None:
        raise ProgrammeError(_("Recompute the grades of all partners first: single partners are ranked among them."))
    run.is_past = GradeRun.objects.filter(day__gt=day, is_past=False).exists()
    return run


def _end_run(run: GradeRun, result: RecomputeResult) -> None:
    if not run.is_past:
        tell_staff(run)
    run.is_complete = True
    run.result = result.as_json()
    run.finished_at = timezone.now()
    run.save(update_fields=["is_complete", "result", "finished_at"])
    commit_chunk()


def _chunks() -> list[tuple[int, int, int]]:
    """Ranges of partner ids, each with how many of them are valued."""
    with connection.cursor() as cursor:
        cursor.execute(statements.RANGES, {"size": PARTNERS_PER_CHUNK, "stages": NOT_VALUED})
        return cursor.fetchall()


def _store_kpis(day: dt.date, first: int, last: int) -> None:
    parts = [
        (Identifier(f"source_{number}"), SQL(connection.ops.compose_sql(*source.rows(day, first, last))))
        for number, source in enumerate(sources())
    ]
    objects = {
        column: SQL(" || ").join(statements.OBJECT.format(Identifier(name.string, column)) for name, _rows in parts)
        for column in ("kpis", "facts")
    }
    statement = statements.STORE_KPIS.format(
        sources=SQL(" ").join(statements.SOURCE.format(name=name, rows=rows) for name, rows in parts),
        day=Literal(day),
        first=Literal(first),
        last=Literal(last),
        stages=Literal(NOT_VALUED),
        **objects,
    )
    with connection.cursor() as cursor:
        # Without statistics (tables just filled) the planner would join whole aggregates row by row.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement)
        cursor.execute("SET LOCAL enable_nestloop = on")


def _store_scores(day: dt.date, first: int, last: int, rules: Mapping[int, Rules], quantiles: Quantiles) -> None:
    """Leaves the chunk's scores in `scored_partner`, a temporary table, for the grades to be decided from."""
    chunk = {"day": day, "first": first, "last": last}
    stored = statements.STORED.format(
        day=Literal(day), first=Literal(first), last=Literal(last), stages=Literal(NOT_VALUED)
    )
    with connection.cursor() as cursor:
        scored = SCORED.format(input=stored).as_string(cursor.cursor)
        statement = statements.SCORE.format(
            scored=SQL(connection.ops.compose_sql(scored, parameters(rules, quantiles)))
        )
        cursor.execute(statements.DROP_STEPS)
        cursor.execute(statement)
        cursor.execute(statements.STORE_SCORES, chunk)


def _move_grades(day: dt.date, first: int, last: int) -> Steps:
    """Promote, warn, demote and tell; returns what was done."""
    chunk = {"day": day, "first": first, "last": last, "start": window_start(day)}
    with connection.cursor() as cursor:
        cursor.execute(statements.DECIDE, chunk)
        cursor.execute(statements.COUNT_STEPS)
        _all, changed, up, down, held_by_grace, warned, pending = cursor.fetchone()
        cursor.execute(statements.NOTE_CHANGES, chunk)
        oldest_news = cursor.fetchone()[0]
        cursor.execute(statements.STORE_GRADES, chunk)
        cursor.execute(statements.STORE_SUMMARIES, chunk)
        cursor.execute(statements.FORGET_SCORES, chunk)
    if oldest_news is not None:
        tell_partners(GradeChange.objects.filter(day=day, pk__gte=oldest_news, partner__range=(first, last), by=None))
    return Steps(changed=changed, up=up, down=down, held_by_grace=held_by_grace, warned=warned, pending=pending)
