"""PostgreSQL, with test databases that belong to the owner role and not to the application's login."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends import utils
from django.db.backends.postgresql import base
from psycopg2.sql import Composable


class Composing:
    """A cursor that hands on composed statements as text: wrappers such as pghistory's read them."""

    cursor: Any

    def execute(self, sql: Any, params: Any = None) -> Any:
        text = sql.as_string(self.cursor) if isinstance(sql, Composable) else sql
        return super().execute(text, params)  # type: ignore[misc]


class CursorWrapper(Composing, utils.CursorWrapper):
    pass


class CursorDebugWrapper(Composing, base.CursorDebugWrapper):
    pass


class DatabaseWrapper(base.DatabaseWrapper):
    def make_cursor(self, cursor: Any) -> utils.CursorWrapper:
        return CursorWrapper(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> base.CursorDebugWrapper:
        return CursorDebugWrapper(cursor, self)

    @contextmanager
    def _nodb_cursor(self) -> Iterator[Any]:
        with super()._nodb_cursor() as cursor:
            cursor.execute("SET ROLE prm_owner")
            yield cursor
