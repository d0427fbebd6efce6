"""Statements over many rows, of which the planner knows little."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def set_joins() -> Iterator[CursorWrapper]:
    """A cursor for statements over many rows: the planner joins whole sets, never row by row.

    What was just filled, temporary tables and parts of a statement among them, has no statistics: it would be taken for tiny.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on")
