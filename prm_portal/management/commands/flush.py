from typing import Any

from django.core.management.commands import flush

from tenancy.rls import as_owner


class Command(flush.Command):
    """Django's flush, run as the owner of the tables: only it may truncate them."""

    def handle(self, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(**options)
