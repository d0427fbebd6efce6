from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

import prm_portal
from prm_portal.schedules import create_missing_schedules
from tenancy.rls import as_owner

SQL = Path(prm_portal.__file__).parent / "sql"

# The migrations up to these were put together into few; a database that stopped between them cannot go on from there.
PUT_TOGETHER = (("partners", "0002_isolate"), ("partners", "0036_market_words"))


class Command(migrate.Command):
    """Django's migrate, run as the owner of the tables (the application's login owns none)."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with as_owner(connection.alias):
            begun, done = (each in MigrationRecorder(connection).applied_migrations() for each in PUT_TOGETHER)
            if begun and not done:
                raise CommandError(
                    "This database was made by a version from before the migrations were put together, and is not at"
                    f" {'.'.join(PUT_TOGETHER[1])}. Bring it there with that version first, or start over with"
                    " `make demo-reset`."
                )
            with connection.cursor() as cursor:
                cursor.execute((SQL / "default_privileges.sql").read_text())
            super().handle(*args, **options)
            with connection.cursor() as cursor:
                cursor.execute((SQL / "history.sql").read_text())
            if not (options["plan"] or options["check_unapplied"]):
                create_missing_schedules()
