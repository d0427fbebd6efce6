"""Empties the tables after a test that commits: what a truncation of all of them takes seconds for.

PostgreSQL makes new files for each truncated table and index, thousands of them, even where not a row stands. Deleting the rows
takes the embedded servers' superuser, whom neither policies nor guards hold back; elsewhere Django's own way is gone.
"""

from typing import Any

import psycopg2
from django.db import connection

from tests.servers import home

KEPT = ("django_migrations", "django_content_type", "auth_permission")
"""What every database has from its migrations on."""

# The locks wait for whoever still writes, such as a killed worker's last transaction.
EMPTY = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT format('%%I', relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL (%(kept)s)
        ORDER BY oid
    LOOP
        EXECUTE 'LOCK TABLE ' || name || ' IN SHARE ROW EXCLUSIVE MODE';
    END LOOP;
    FOR name IN SELECT format('%%I', relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL (%(kept)s)
    LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$
"""


def can_empty() -> bool:
    """Whether the tests run on servers of their own."""
    return home is not None and connection.settings_dict["HOST"] == str(home.sockets)


def empty_tables(*_args: Any) -> None:
    """Delete every row that a test may have committed."""
    assert home
    server = psycopg2.connect(host=str(home.sockets), user="postgres", dbname=connection.settings_dict["NAME"])
    try:
        with server, server.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(EMPTY, {"kept": list(KEPT)})
    finally:
        server.close()
