from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

import prm_portal
from prm_portal.schedules import create_missing_schedules
from tenancy.rls import as_owner

SQL = Path(prm_portal.__file__).parent / "sql"


class Command(migrate.Command):
    """Django's migrate, run as the owner of the tables (the application's login owns none)."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with as_owner(connection.alias):
            with connection.cursor() as cursor:
                cursor.execute((SQL / "default_privileges.sql").read_text())
            super().handle(*args, **options)
            with connection.cursor() as cursor:
                cursor.execute((SQL / "history.sql").read_text())
            if not (options["plan"] or options["check_unapplied"]):
                create_missing_schedules()
