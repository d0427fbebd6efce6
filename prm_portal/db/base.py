"""PostgreSQL, with test databases that belong to the owner role and not to the application's login."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    @contextmanager
    def _nodb_cursor(self) -> Iterator[Any]:
        with super()._nodb_cursor() as cursor:
            cursor.execute("SET ROLE prm_owner")
            yield cursor
