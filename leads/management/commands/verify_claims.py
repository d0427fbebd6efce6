from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leads.claims import Fault
from leads.services.claims import verify_claims
from tenancy.models import Manufacturer
from tenancy.rls import platform_scope, staff_scope

FAULTS = {
    Fault.MISSING: "the line is missing",
    Fault.CONTENT: "its content is not what was hashed",
    Fault.FIELDS: "its registration, step or time is not what its content says",
    Fault.CHAIN: "it does not follow from the line before",
    Fault.SHORTENED: "the log ends before where it stood",
}


class Command(BaseCommand):
    help = "Prove a manufacturer's log of claims, or name the first line that is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("manufacturer", help="the manufacturer's name in addresses")

    def handle(self, *args: Any, **options: Any) -> None:
        with platform_scope():
            manufacturer = Manufacturer.objects.filter(slug=options["manufacturer"]).first()
        if manufacturer is None:
            raise CommandError(f"There is no manufacturer “{options['manufacturer']}”.")
        with staff_scope(manufacturer.pk):
            verdict = verify_claims()
        if verdict.fault is not None:
            of = f" of {verdict.deal}" if verdict.deal else ""
            raise CommandError(
                f"Line {verdict.broken}{of} is broken: {FAULTS[verdict.fault]}. {verdict.checked} lines before it are whole."
            )
        self.stdout.write(f"All {verdict.checked} lines are whole. The last one is {verdict.head}.")
