"""What a statement of our own brings, as code reads it."""

from collections.abc import Iterator
from typing import Any


def dict_rows(cursor: Any) -> Iterator[dict[str, Any]]:
    """The rows that a statement found, each by the names of its columns."""
    names = [column.name for column in cursor.description]
    for values in cursor.fetchall():
        yield dict(zip(names, values, strict=True))
