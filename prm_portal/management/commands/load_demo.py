import datetime as dt
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from prm_portal.demo_loader import load


class Command(BaseCommand):
    help = "Loads the two fictional manufacturers of the demo, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today",
            type=dt.date.fromisoformat,
            default=dt.datetime.now(tz=dt.UTC).date(),
            help="the day it is in the demo; its sell-in ends with the month before",
        )

    def handle(self, *, today: dt.date, **options: Any) -> None:
        started = time.monotonic()
        load(today=today, say=self.stdout.write)
        self.stdout.write(f"Done in {time.monotonic() - started:.0f} s.")
