from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def set_joins() -> Iterator[CursorWrapper]:
    """A cursor for statements over many partners: the planner joins whole sets, never row by row.

    Tables that were just filled, temporary ones among them, have no statistics: it would take them for tiny.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on")
