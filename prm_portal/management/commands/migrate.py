from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

import prm_portal
from prm_portal.schedules import create_missing_schedules
from tenancy.rls import as_owner

SQL = Path(prm_portal.__file__).parent / "sql"

# The migrations up to these were put together into few; a database that stopped between them cannot go on from there.
PUT_TOGETHER = (("partners", "0002_isolate"), ("partners", "0036_market_words"))


@contextmanager
def rendered_alone() -> Iterator[None]:
    """Render a model anew by itself when a migration changes it, without all that are related to it.

    Everything here is related to everything through the manufacturer: Django made all models anew at each of hundreds of
    steps, which took minutes of a new database's time. Steps of the schema ask related models for tables and keys
    alone, and those stay. Only for a new database: where there are rows, migrations run as Django runs them.
    """
    stock = ProjectState.reload_model

    def reload_model(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
        if "apps" not in state.__dict__:
            return
        if delay:
            state.is_delayed = True
        with state.apps.bulk_update():
            state.apps.unregister_model(app_label, model_name)
        state.apps.render_multiple([state.models[app_label, model_name]])

    ProjectState.reload_model = reload_model  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        ProjectState.reload_model = stock  # type: ignore[method-assign]


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
            is_new = not MigrationRecorder(connection).applied_migrations()
            with rendered_alone() if is_new else nullcontext():
                super().handle(*args, **options)
            with connection.cursor() as cursor:
                cursor.execute((SQL / "history.sql").read_text())
            if not (options["plan"] or options["check_unapplied"]):
                create_missing_schedules()
