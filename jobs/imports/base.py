"""What a kind of import says of itself, and the temporary tables it works on."""

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl
from django.db import connection
from psycopg2 import sql

from jobs.columns import Column, on_one_line
from jobs.imports.mapping import Mapping as ColumnMapping
from jobs.reading import ROW
from tenancy.rights import Right

VALUE_SHOWN = 80
MANY = 5000
SWITCH = "SELECT set_config(name, %s, true) FROM unnest(%s) name"


class Batch:
    """A part of a file: values by our names, and what is wrong with which cell."""

    def __init__(self, rows: pl.Series) -> None:
        self.rows = rows
        self.values: dict[str, pl.Series] = {}
        self.cells: dict[str, pl.Series] = {}
        self.bad: list[pl.DataFrame] = []

    def __len__(self) -> int:
        return len(self.rows)

    def reject(self, bad: pl.Series, column: str, code: str | pl.Series, value: pl.Series | None = None) -> None:
        """Reject the rows where `bad`; `value` is what the sentence shows, else the cell itself."""
        if not bad.any():
            return
        shown = self.cells.get(column) if value is None else value
        nothing = pl.repeat(None, len(bad), dtype=pl.String, eager=True)
        self.bad.append(
            pl.DataFrame(
                {
                    "row": self.rows,
                    "col": pl.repeat(column, len(bad), dtype=pl.String, eager=True),
                    "code": pl.repeat(code, len(bad), dtype=pl.String, eager=True) if isinstance(code, str) else code,
                    "value": nothing if shown is None else on_one_line(shown.str.slice(0, VALUE_SHOWN)),
                }
            ).filter(bad.fill_null(value=False))
        )

    def good(self, names: Sequence[str]) -> pl.DataFrame:
        """The rows without anything wrong, as the columns to be staged."""
        frame = pl.DataFrame({ROW: self.rows, **{name: self.values[name] for name in names}})
        if not self.bad:
            return frame
        bad = pl.concat([part["row"] for part in self.bad]).unique()
        return frame.filter(~pl.col(ROW).is_in(bad.implode()))


class Stage:
    """The temporary tables of one import: `import_rows`, what is good so far, and `import_bad`, what is not.

    COPY cannot go into a table with policies, so rows are copied here and inserted from here.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = dict(columns)
        self.rows = 0
        self.missing: Mapping[str, Mapping[str, int]] = {}
        self._further: list[str] = []
        self._create("import_rows", {"row": "bigint", **self.columns})
        self._create("import_bad", {"row": "bigint", "col": "text", "code": "text", "value": "text"})

    def execute(self, statement: Any, params: Sequence[Any] | Mapping[str, Any] | None = None) -> int:
        """Run a statement; returns how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.rowcount

    def fetch(self, statement: Any, params: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall()

    def table(self, name: str, query: Any, params: Sequence[Any] | Mapping[str, Any] | None = None) -> int:
        """Keep the rows of a query in a temporary table for the rest of the import; returns how many."""
        self._further.append(name)
        return self.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS {}").format(sql.Identifier(name), _composed(query)),
            params,
        )

    def analyse(self, table: str) -> None:
        """Give the planner figures of a temporary table, from a small sample."""
        self.execute("SET LOCAL default_statistics_target = 10")
        self.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        self.execute("SET LOCAL default_statistics_target TO DEFAULT")

    @contextmanager
    def planned_for(self, rows: int, *, by_key: bool = False) -> Iterator[None]:
        """Plan statements by what is known here: after a first import tables have no statistics, and a wrong guess
        takes minutes. Few rows look theirs up by index; many are hashed against the whole, or, `by_key` of the table,
        run along its index in step, unless that is so much longer that looking each up is quicker.
        """
        if rows <= MANY:
            avoided = ["enable_hashjoin", "enable_mergejoin", "enable_seqscan"]
        else:
            avoided = ["enable_hashjoin", "enable_seqscan"] if by_key else ["enable_nestloop"]
        self.execute(SWITCH, ["off", avoided])
        yield
        self.execute(SWITCH, ["on", avoided])

    def frame(self, name: str, frame: pl.DataFrame, types: Mapping[str, str]) -> None:
        """Keep a frame in a temporary table for the rest of the import."""
        self._further.append(name)
        self._create(name, types)
        with connection.cursor() as cursor:
            copy_frame(cursor, name, frame.select(*types))

    def _create(self, name: str, types: Mapping[str, str]) -> None:
        definitions = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in types.items()]
        self.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(
                sql.Identifier(name), sql.SQL(", ").join(definitions)
            )
        )

    def view(self, name: str, query: Any) -> None:
        """Give a query over the staged rows a name."""
        self.execute(sql.SQL("CREATE TEMPORARY VIEW {} AS {}").format(sql.Identifier(name), _composed(query)))

    def create_missing(
        self,
        column: str,
        into: str,
        create: Callable[[Sequence[str]], None],
        find: Callable[[Sequence[str]], Mapping[str, int]],
    ) -> int:
        """Create what good rows name and nobody knows, and replace the provisional ids (negative ones) of it."""
        provisional = self.missing.get(column, {})
        if not provisional:
            return 0
        used = {
            key
            for (key,) in self.fetch(
                sql.SQL("SELECT DISTINCT {column} FROM import_rows WHERE {column} < 0").format(
                    column=sql.Identifier(into)
                )
            )
        }
        codes = [code for code, key in provisional.items() if key in used]
        create(codes)
        real = find(codes)
        self.execute(
            sql.SQL(
                "UPDATE import_rows r SET {column} = given.real"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS given (provisional, real)"
                " WHERE r.{column} = given.provisional"
            ).format(column=sql.Identifier(into)),
            [[provisional[code] for code in codes], [real[code] for code in codes]],
        )
        return len(codes)

    def drop(self) -> None:
        """Forget everything staged."""
        names = sql.SQL(", ").join(map(sql.Identifier, ["import_rows", "import_bad", *self._further]))
        self.execute(sql.SQL("DROP TABLE {} CASCADE").format(names))

    def rejected_rows(self) -> int:
        """How many rows have something wrong."""
        return int(self.fetch("SELECT count(DISTINCT row) FROM import_bad")[0][0])

    def bad_cells(self, limit: int) -> list[dict[str, Any]]:
        """The first cells that are wrong."""
        rows = self.fetch("SELECT row, col, code, value FROM import_bad ORDER BY row, ctid LIMIT %s", [limit])
        return [{"row": row, "column": column, "code": code, "value": value} for row, column, code, value in rows]

    def reject(self, query: Any, params: Sequence[Any] | Mapping[str, Any] | None = None) -> int:
        """Take out of the good rows those of a query of (row, col, code, value); returns how many rows it gave."""
        found = self.execute(sql.SQL("INSERT INTO import_bad {}").format(_composed(query)), params)
        if found:
            self.execute("DELETE FROM import_rows r USING import_bad b WHERE b.row = r.row")
        return found

    def reject_repeated(
        self, key: Sequence[str], *, told_of: str | None = None, saying: Sequence[str] | None = None
    ) -> int:
        """Of rows with the same key the first stays; later ones are rejected if they say something else.

        `told_of` is the column it is told of, else the first of the key. `saying`: the columns of what a row says, where others
        are but ways to name the same thing; else all outside the key. Returns how many say the same and were dropped.
        """
        names = sql.SQL(", ").join(map(sql.Identifier, key))
        content = sql.SQL(", ").join(
            sql.Identifier(name) for name in (self.columns if saying is None else saying) if name not in key
        )
        repeated = self.table(
            "import_repeated",
            sql.SQL("SELECT {names} FROM import_rows GROUP BY {names} HAVING count(*) > 1").format(names=names),
        )
        if not repeated:
            return 0
        self.table(
            "import_later",
            sql.SQL(
                "SELECT * FROM (SELECT row, first_value(row) OVER same_key AS first_row,"
                " ROW({content}) IS NOT DISTINCT FROM first_value(ROW({content})) OVER same_key AS says_the_same"
                " FROM import_rows JOIN import_repeated USING ({names})"
                " WINDOW same_key AS (PARTITION BY {names} ORDER BY row)) found WHERE row <> first_row"
            ).format(names=names, content=content),
        )
        self.reject(
            sql.SQL("SELECT row, {}, 'repeated', first_row::text FROM import_later WHERE NOT says_the_same").format(
                sql.Literal(key[0] if told_of is None else told_of)
            )
        )
        return self.execute("DELETE FROM import_rows r USING import_later l WHERE l.row = r.row AND l.says_the_same")


def copy_frame(cursor: Any, table: str, frame: pl.DataFrame) -> None:
    """COPY a frame into a temporary table."""
    if not frame.height:
        return
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=False)
    buffer.seek(0)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    cursor.copy_expert(statement, buffer, size=1 << 20)


def _composed(query: Any) -> sql.Composable:
    return sql.SQL(query) if isinstance(query, str) else query


@dataclass(frozen=True)
class Counts:
    """What came of the good rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class Import(ABC):
    """A kind of file that can be brought in. One instance serves one run, inside the manufacturer's staff scope."""

    do_not_call_in_templates: ClassVar[bool] = True  # pages are given the class, which Django would make an instance of
    key: ClassVar[str]
    label: ClassVar[Any]
    explanation: ClassVar[Any] = ""
    function: ClassVar[str | None] = None
    right: ClassVar[Right] = Right.IMPORTS_RUN
    order: ClassVar[int] = 100
    sentences: ClassVar[Mapping[str, Any]] = {}
    create_missing_label: ClassVar[Any] = None
    """What can be created when it is unknown, as a question; None where nothing can."""

    sorted_by_hex: ClassVar[str | None] = None
    """A staged column of hexadecimal digits in whose order rows are best written."""

    def __init__(
        self,
        mapping: ColumnMapping,
        *,
        create_missing: bool = False,
        dry_run: bool = False,
        import_file: int | None = None,
    ) -> None:
        self.mapping = mapping
        self.dry_run = dry_run
        self.create_missing = create_missing and self.create_missing_label is not None
        self.import_file = import_file

    @classmethod
    @abstractmethod
    def columns(cls) -> list[Column]:
        """What a file of this kind may hold. Called in the scope: a manufacturer may have columns of its own."""

    def prepare(self) -> None:  # noqa: B027 (most kinds have nothing to prepare)
        """Refuse a mapping in ways that single columns do not say, and read what checking needs."""

    @abstractmethod
    def staged(self) -> dict[str, str]:
        """The names of what is staged of each row, and their SQL types."""

    def refine(self, batch: Batch) -> None:  # noqa: B027 (nor to refine)
        """Check and add what takes more than one cell."""

    def note(self, good: pl.DataFrame) -> None:  # noqa: B027
        """Hear of rows as they are staged. Called beside the checking of the next part: no queries here."""

    @abstractmethod
    def settle(self, stage: Stage) -> Counts:
        """Look up, reject and compare the staged rows, and say what writing them would do."""

    @abstractmethod
    def write(self, stage: Stage) -> None:
        """Write the settled rows."""
