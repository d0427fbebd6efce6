"""Imports of which each row is one row of a table, known by a key: new ones are inserted, known ones updated."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import connection
from django.db.models import CharField, Model
from django.db.models.fields import NOT_PROVIDED
from psycopg2 import sql

from jobs.imports.base import Counts, Import, Stage

STAGED, OLD = sql.SQL("n."), sql.SQL("t.")


class UpsertImport(Import):
    """Writes the mapped columns; what the file does not say stays as it is, or at the model's default in a new row.

    `key`: our names that a row is known by. `fields`: our names (or those that lookups are staged into) to the model's.
    """

    model: ClassVar[type[Model]]
    known_by: ClassVar[tuple[str, ...]]
    fields: ClassVar[Mapping[str, str]]
    counts: Counts

    def mapped_fields(self) -> dict[str, Any]:
        """The model's fields that this file fills, by the name they are staged under."""
        staged = self.staged()
        return {name: self.field(name) for name in self.fields if name in staged}

    def field(self, name: str) -> Any:
        """The model's field for one of our names."""
        return self.model._meta.get_field(self.fields[name])

    def staged_names(self) -> set[str]:
        """What is staged: mapped columns, and the ids that look-ups among them give."""
        names = set()
        for column in self.columns():
            if column.name in self.mapping.names:
                names.add(getattr(column, "into", "") or column.name)
        return names

    def staged(self) -> dict[str, str]:
        types = {getattr(column, "into", "") or column.name: column.sql_type for column in self.columns()}
        return {name: types[name] for name in types if name in self.staged_names()}

    def new_values(self) -> dict[str, sql.Composable]:
        """Column of the table -> what a new row gets."""
        return {
            field.column: _filled(field, sql.SQL("{}{}").format(STAGED, sql.Identifier(staged)))
            for staged, field in self.mapped_fields().items()
        }

    def changed_values(self) -> dict[str, sql.Composable]:
        """Column of the table -> what a known row gets."""
        keys = {self.field(name).column for name in self.known_by}
        return {column: value for column, value in self.new_values().items() if column not in keys}

    def check_new(self, stage: Stage) -> None:
        """Reject staged rows by look-ups of their own, before they are compared."""

    def settle(self, stage: Stage) -> Counts:
        stage.analyse("import_rows")
        dropped = stage.reject_repeated(self.known_by)
        self.check_new(stage)
        with stage.planned_for(stage.rows):
            known, changed = stage.fetch(
                sql.SQL("SELECT count(*), count(*) FILTER (WHERE {}) FROM import_rows n JOIN {} t ON {}").format(
                    self._differs(), self._table, self._same
                )
            )[0]
        (total,) = stage.fetch("SELECT count(*) FROM import_rows")[0]
        self.counts = Counts(new=total - known, changed=changed, unchanged=known - changed)
        return Counts(self.counts.new, changed, self.counts.unchanged + dropped)

    def write(self, stage: Stage) -> None:
        with stage.planned_for(stage.rows):
            if self.counts.changed:
                self._update(stage)
            if self.counts.new:
                self._insert(stage)

    def _update(self, stage: Stage) -> None:
        values = self.changed_values()
        if "updated_at" in {field.name for field in self.model._meta.fields}:
            values["updated_at"] = sql.SQL("statement_timestamp()")
        stage.execute(
            sql.SQL("UPDATE {} t SET {} FROM import_rows n WHERE {} AND {}").format(
                self._table,
                sql.SQL(", ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(column), value) for column, value in values.items()
                ),
                self._same,
                self._differs(),
            )
        )

    def _insert(self, stage: Stage) -> None:
        values = self._defaults() | self.new_values()
        stage.execute(
            sql.SQL(
                "INSERT INTO {} ({}) SELECT {} FROM import_rows n WHERE NOT EXISTS (SELECT FROM {} t WHERE {})"
            ).format(
                self._table,
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(values.values()),
                self._table,
                self._same,
            )
        )

    def _defaults(self) -> dict[str, sql.Composable]:
        """What the model gives a new row where the file says nothing, for columns without a default in the database."""
        return {
            str(field.column): sql.Literal(_default(field))
            for field in self.model._meta.concrete_fields
            if not field.primary_key and not field.generated and field.db_default is NOT_PROVIDED
        }

    def _differs(self) -> sql.Composable:
        values = self.changed_values()
        if not values:
            return sql.SQL("false")
        return sql.SQL("({})").format(
            sql.SQL(" OR ").join(
                sql.SQL("{}{} IS DISTINCT FROM {}").format(OLD, sql.Identifier(column), value)
                for column, value in values.items()
            )
        )

    @property
    def _table(self) -> sql.Identifier:
        return sql.Identifier(self.model._meta.db_table)

    @property
    def _same(self) -> sql.Composable:
        return sql.SQL(" AND ").join(
            sql.SQL("t.{} = n.{}").format(
                sql.Identifier(self.field(name).column),
                sql.Identifier(name),
            )
            for name in self.known_by
        )


def staged_json(fields: Iterable[tuple[str, str, str]]) -> sql.Composable:
    """Staged columns as one JSON object, without those that are empty.

    `fields`: for each its key, the column it is staged in, and how that becomes JSON, as in "to_jsonb({}::numeric)".
    """
    pairs = [
        sql.SQL("{}, {}").format(
            sql.Literal(key), sql.SQL(cast).format(sql.SQL("{}{}").format(STAGED, sql.Identifier(column)))
        )
        for key, column, cast in fields
    ]
    return sql.SQL("jsonb_strip_nulls(jsonb_build_object({}))").format(sql.SQL(", ").join(pairs))


def _filled(field: Any, value: sql.Composable) -> sql.Composable:
    """Texts that are never NULL are empty instead."""
    if isinstance(field, CharField) and not field.null:
        return sql.SQL("coalesce({}, '')").format(value)
    return value


def _default(field: Any) -> Any:
    return field.get_db_prep_save(field.get_default(), connection=connection)
