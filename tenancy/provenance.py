"""Where changed values come from, told to the database's triggers for the time of a block."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from django.db import connection


def writing_as(source: str) -> AbstractContextManager[None]:
    """What is written in this block comes from `source` ("import", "register"), not from who signed in."""
    return _setting("app.source", source)


def confirming(fields: Sequence[str] | None) -> AbstractContextManager[None]:
    """A confirmation in this block is for the named fields alone; None stands for all of them."""
    return _setting("app.confirmed", "" if fields is None else ",".join(["-", *fields]))


@contextmanager
def _setting(name: str, value: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true), set_config(%s, %s, true)", [name, name, value])
        before = cursor.fetchone()[0]
    yield
    # After an error the transaction is rolled back, and the setting with it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, before or ""])
