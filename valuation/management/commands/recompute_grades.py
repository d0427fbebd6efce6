import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenancy.errors import DomainError
from tenancy.models import Manufacturer
from tenancy.rls import platform_scope, staff_scope
from valuation.registry import present_day
from valuation.services import recompute


class Command(BaseCommand):
    help = "Brings every partner's score and grade of a manufacturer up to a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("manufacturer", help="its part of the address, such as hanbit")
        parser.add_argument(
            "--day", type=dt.date.fromisoformat, help="YYYY-MM-DD; without, the last day that the data reach to"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the result as JSON")

    def handle(self, *, manufacturer: str, day: dt.date | None, as_json: bool, **options: Any) -> None:
        with platform_scope():
            found = Manufacturer.objects.filter(slug=manufacturer).first()
        if found is None:
            raise CommandError(f"There is no manufacturer {manufacturer!r}.")
        try:
            with timezone.override(found.timezone), staff_scope(found.pk):
                result = recompute(day or present_day(timezone.localdate()))
        except DomainError as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(json.dumps(result.as_json()))
            return
        steps = result.steps
        if result.made_programme:
            self.stdout.write(
                f"There was no programme: {result.made_programme!r} was made with the defaults and published."
            )
        self.stdout.write(f"{steps.partners} partners valued as of {result.day} in {result.seconds:.1f} seconds.")
        if result.is_past:
            self.stdout.write("The day lies before the latest recompute: scores were stored, grades left as they are.")
        else:
            self.stdout.write(
                f"{steps.changed} changed, {steps.up} up, {steps.down} down, {steps.held_by_grace} held by grace,"
                f" {steps.pending} waiting for approval."
            )
