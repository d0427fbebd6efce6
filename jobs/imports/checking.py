"""Checks a file part by part, as columns, and finds out what a person must be asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import polars as pl
from django.utils.translation import gettext as _

from jobs.columns import Column, Date, Decimal, Integer, Lookup, Reading, dates, decimals, trim
from jobs.imports.base import Batch
from jobs.imports.errors import ImportRefusedError
from jobs.imports.mapping import Mapping
from jobs.reading import ROW, TOO_LONG, Source

WORKBOOK_NUMBERS = "xlsx"


@dataclass(frozen=True)
class Question:
    """What the cells of a column leave open: `date_format` or `decimal_mark`."""

    about: Literal["date_format", "decimal_mark"]
    column: str
    header: str
    cell: str

    @property
    def sentence(self) -> str:
        params = {"header": self.header, "cell": self.cell}
        if self.about == "decimal_mark":
            return (
                _(
                    "In “%(header)s”, “%(cell)s” can be read in two ways: say whether the decimal mark is a point or a comma."
                )
                % params
            )
        return (
            _("In “%(header)s”, “%(cell)s” can be read in several ways: say in which order day, month and year stand.")
            % params
        )


class Checker:
    """Reads the parts of one file: trims, parses, looks up, and notes everything that is wrong."""

    def __init__(self, source: Source, columns: Sequence[Column], mapping: Mapping, *, create_missing: bool) -> None:
        self.source = source
        self.mapping = mapping
        self.create_missing = create_missing
        self.columns = [column for column in columns if column.name in mapping.names]
        self.constants = self._read_constants()
        self.readings: dict[str, Reading] = {}
        self.undecided = {column.name for column in self.columns if column.name in mapping.columns and _is_open(column)}
        self.known: dict[str, dict[str, int]] = {}
        self.missing: dict[str, dict[str, int]] = {}
        self.before_query: Callable[[], None] = lambda: None

    def _read_constants(self) -> dict[str, Any]:
        """Constants are cells like any other, but a bad one stops the import."""
        constants = {}
        for column in self.columns:
            if (text := self.mapping.constants.get(column.name)) is None:
                continue
            reading = Reading(date_format=self.mapping.date_format, decimal_mark=".")
            parsed = column.parse(trim(pl.Series([text], dtype=pl.String)), reading)
            if parsed.values[0] is None:
                raise ImportRefusedError(
                    _("The constant “%(text)s” for “%(name)s” cannot be read.") % {"text": text, "name": column.name}
                )
            constants[column.name] = parsed.values
        return constants

    def check(self, frame: pl.DataFrame) -> Batch:
        """The values of a part of the file, with all its bad cells."""
        batch = Batch(frame[ROW])
        batch.reject(frame[TOO_LONG], "", "too_many_cells")
        for column in self.columns:
            if column.name in self.constants:
                batch.values[column.name] = self.constants[column.name].new_from_index(0, len(batch))
            else:
                self._read(batch, column, frame[self.mapping.columns[column.name]])
            if isinstance(column, Lookup):
                self._look_up(batch, column)
        return batch

    def _read(self, batch: Batch, column: Column, raw: pl.Series) -> None:
        cells = batch.cells[column.name] = trim(raw)
        if column.name in self.undecided:
            self.decide(column, cells)
        parsed = column.parse(cells, self._reading(column))
        batch.values[column.name] = parsed.values
        if parsed.codes.is_not_null().any():
            batch.reject(parsed.codes.is_not_null(), column.name, parsed.codes)
        if column.required:
            batch.reject(cells.is_null(), column.name, "missing")

    def _look_up(self, batch: Batch, column: Lookup) -> None:
        """Ids for codes. Those that are to be created get negative ids of their own until they have real ones."""
        codes = batch.values[column.name]
        known = self.known.setdefault(column.name, {})
        missing = self.missing.setdefault(column.name, {})
        distinct = codes.unique().drop_nulls().to_list()
        asked = [code for code in distinct if code not in known and code not in missing]
        if asked:
            self.before_query()
            known |= column.find(asked)
            for code in asked:
                if code not in known:
                    missing[code] = -len(missing) - 1
        ids = {code: known[code] if code in known else missing[code] for code in distinct}
        found = _translated(codes, ids)
        if not (self.create_missing and column.creatable):
            batch.reject(found < 0, column.name, column.unknown, codes)
        batch.values[column.into] = found

    def _reading(self, column: Column) -> Reading:
        reading = self.readings.get(column.name)
        if reading is None:
            reading = Reading(
                decimal_mark=_mark(self.mapping.decimal_mark) or ".",
                date_format=self.mapping.date_format,
                serials=self.source.form == WORKBOOK_NUMBERS,
            )
            self.readings[column.name] = reading
        return reading

    def decide(self, column: Column, cells: pl.Series) -> None:
        """Settle how a column is read as soon as its cells need it; raises ImportRefusedError with what must be asked."""
        if isinstance(column, Date):
            self._decide_date(column, cells)
        elif isinstance(column, Decimal):
            self._decide_mark(column, cells)

    def _decide_date(self, column: Date, cells: pl.Series) -> None:
        if self.mapping.date_format:
            self.undecided.discard(column.name)
            return
        found = dates.evidence(cells)
        if not found.orders and not found.doubtful:
            return
        if len(found.orders) != 1 or found.has_short_years:
            found = dates.together(dates.evidence(part) for part in self._all_cells(column))
        if len(found.orders) != 1 or found.has_short_years:
            header, cell = self.mapping.columns[column.name], found.doubtful or cells.drop_nulls()[0]
            raise asking([Question("date_format", column.name, header, cell)])
        self.readings[column.name] = replace(self._reading(column), date_format=next(iter(found.orders)))
        self.undecided.discard(column.name)

    def _decide_mark(self, column: Decimal, cells: pl.Series) -> None:
        header = self.mapping.columns[column.name]
        if header in self.source.number_columns:
            self._use_mark(column, ".")
            return
        found = self._mark_evidence(column, cells)
        if not found.marks and not found.doubtful:
            return
        if len(found.marks) != 1:
            found = decimals.together(self._mark_evidence(column, part) for part in self._all_cells(column))
        marks = set(found.marks)
        if len(marks) != 1:
            told = _mark(self.mapping.decimal_mark)
            marks = {told} if told else self._marks_elsewhere(column)
        if len(marks) != 1:
            raise asking([Question("decimal_mark", column.name, header, found.doubtful or cells.drop_nulls()[0])])
        self._use_mark(column, marks.pop())

    def _use_mark(self, column: Decimal, mark: Any) -> None:
        self.readings[column.name] = replace(self._reading(column), decimal_mark=mark)
        self.undecided.discard(column.name)

    def _mark_evidence(self, column: Decimal, cells: pl.Series) -> decimals.MarkEvidence:
        return decimals.evidence(cells, never_grouped=column.is_never_grouped)

    def _marks_elsewhere(self, column: Column) -> set[Any]:
        """What the other number columns of the file use."""
        marks: set[Any] = set()
        for other in self.columns:
            if (
                other.name != column.name
                and _is_open(other)
                and isinstance(other, Decimal)
                and other.name in self.mapping.columns
            ):
                marks |= decimals.together(self._mark_evidence(other, part) for part in self._all_cells(other)).marks
        return marks

    def _all_cells(self, column: Column) -> Iterator[pl.Series]:
        header = self.mapping.columns[column.name]
        for frame, _read in self.source.batches():
            yield trim(frame[header])


def _mark(text: str | None) -> decimals.Mark | None:
    return "," if text == "," else "." if text == "." else None


def _is_open(column: Column) -> bool:
    return isinstance(column, Date) or (isinstance(column, Decimal) and not isinstance(column, Integer))


def asking(questions: Sequence[Question]) -> ImportRefusedError:
    """A refusal until these are answered."""
    return ImportRefusedError(" ".join(question.sentence for question in questions), questions=list(questions))


def _translated(codes: pl.Series, ids: dict[str, int]) -> pl.Series:
    if not ids:
        return pl.repeat(None, len(codes), dtype=pl.Int64, eager=True)
    keys, values = pl.Series(list(ids), dtype=pl.String), pl.Series(list(ids.values()), dtype=pl.Int64)
    return codes.replace_strict(keys, values, default=None, return_dtype=pl.Int64)


def open_questions(source: Source, columns: Sequence[Column], mapping: Mapping) -> list[Question]:
    """Everything that a person must be asked before this file can be imported: looked for in the whole file."""
    questions: list[Question] = []
    answered = mapping
    # A question stops the reading; answered provisionally, the reading goes on to the next.
    placeholders: dict[str, Callable[[Mapping], Mapping]] = {
        "date_format": lambda told: replace(told, date_format="dmy"),
        "decimal_mark": lambda told: replace(told, decimal_mark="."),
    }
    for _attempt in placeholders:
        checker = Checker(source, columns, answered, create_missing=True)
        try:
            for frame, _read in source.batches():
                for column in checker.columns:
                    if column.name in checker.undecided:
                        checker.decide(column, trim(frame[mapping.columns[column.name]]))
        except ImportRefusedError as refusal:
            if not refusal.questions:
                raise
            questions += refusal.questions
            answered = placeholders[refusal.questions[0].about](answered)
        else:
            break
    return questions
