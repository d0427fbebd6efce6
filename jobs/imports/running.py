"""One import from file to rows: read and check, stage, settle, write; all or only the good rows, or nothing."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Protocol

import polars as pl
from django.db import connection, transaction

from jobs.imports.base import Batch, Import, Stage, copy_frame
from jobs.imports.checking import Checker, asking, open_questions
from jobs.imports.errors import ImportRefusedError
from jobs.imports.mapping import Mapping
from jobs.imports.rejected import write_rejected
from jobs.reading import ROW, FileError, Source
from tenancy.provenance import writing_as

BAD_CELLS_SHOWN = 200


class Reporter(Protocol):
    """Hears how far an import is, and may stop it by raising."""

    def __call__(self, phase: str, done: int = 0, total: int = 0) -> None: ...


@dataclass
class Outcome:
    """What an import did, or in a dry run would do.

    `bad_cells` are the first of what is wrong, as row, column, code and value; `jobs.imports.sentences` words them.
    """

    rows_read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    seconds: float = 0.0
    written: bool = False
    bad_cells: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the file that was brought in."""
        return asdict(self)


def run_import(
    kind: type[Import],
    source: Source,
    mapping: Mapping,
    *,
    dry_run: bool = False,
    only_good: bool = False,
    create_missing: bool = False,
    import_file: int | None = None,
    report: Reporter | None = None,
    rejected_to: BinaryIO | None = None,
) -> Outcome:
    """Bring a file in, inside the manufacturer's staff scope.

    A bad row stops all of it unless `only_good`; then nothing is written. All rejected rows go to `rejected_to` with
    the reasons. Raises ImportRefusedError where the file cannot be read as mapped.
    """
    started = time.monotonic()
    report = report or _nobody
    columns = kind.columns()
    mapping.check(columns, source.headers)
    run = kind(mapping, create_missing=create_missing, dry_run=dry_run, import_file=import_file)
    run.prepare()
    outcome = Outcome()
    # A savepoint of its own: what was staged goes with it, unless something was written.
    with transaction.atomic():
        stage = Stage(run.staged())
        checker = Checker(source, columns, mapping, create_missing=run.create_missing)
        try:
            outcome.rows_read = _stage_rows(run, checker, stage, report)
        except FileError as error:
            raise ImportRefusedError.from_file_error(error) from error
        except ImportRefusedError as refusal:
            if refusal.questions:  # the reading stopped at the first; a person is better asked all at once
                raise asking(open_questions(source, columns, mapping)) from None
            raise
        if run.create_missing:
            stage.missing = checker.missing
        report("settling")
        counts = run.settle(stage)
        outcome.new, outcome.changed, outcome.unchanged = counts.new, counts.changed, counts.unchanged
        outcome.rejected = stage.rejected_rows()
        if not dry_run and (only_good or not outcome.rejected):
            report("writing")
            if counts.new or counts.changed:
                with writing_as("import"):
                    run.write(stage)
            outcome.written = True
        if outcome.rejected:
            outcome.bad_cells = stage.bad_cells(BAD_CELLS_SHOWN)
            if rejected_to is not None:
                report("rejecting")
                write_rejected(rejected_to, source, stage, run, columns)
        if outcome.written:
            stage.drop()
        else:
            transaction.set_rollback(True)
    outcome.seconds = round(time.monotonic() - started, 3)
    return outcome


def _stage_rows(run: Import, checker: Checker, stage: Stage, report: Reporter) -> int:
    """Check the file part by part; meanwhile the next part is read, and the database takes in the one before."""
    rows = 0
    copying: Future[None] | None = None

    def wait() -> None:
        if copying is not None:
            copying.result()

    checker.before_query = wait
    parts = checker.source.batches()
    with ThreadPoolExecutor(max_workers=1) as reader, ThreadPoolExecutor(max_workers=1) as copier:
        reading = reader.submit(next, parts, None)
        while part := reading.result():
            reading = reader.submit(next, parts, None)
            frame, read = part
            batch = checker.check(frame)
            run.refine(batch)
            rows += len(batch)
            good = batch.good(list(stage.columns))
            wait()
            stage.rows += good.height
            copying = copier.submit(_copy, connection.connection, run, good, batch)
            report("reading", read, checker.source.size)
        wait()
    return rows


def _copy(raw_connection: Any, run: Import, good: pl.DataFrame, batch: Batch) -> None:
    run.note(good)
    if run.sorted_by_hex:  # by the first eight digits: quicker than by text, and sorted enough
        good = good.sort(pl.col(run.sorted_by_hex).str.slice(0, 8).str.to_integer(base=16, dtype=pl.UInt32))
    with raw_connection.cursor() as cursor:
        copy_frame(cursor, "import_rows", good.rename({ROW: "row"}))
        for bad in batch.bad:
            copy_frame(cursor, "import_bad", bad)


def _nobody(phase: str, done: int = 0, total: int = 0) -> None:
    pass
