from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Gathers the texts of pages into locale/<language>/LC_MESSAGES/django.po; --compile makes them readable to Django."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when a translation is missing")
        parser.add_argument("--compile", action="store_true", help="only write the .mo files")

    def handle(self, **options: Any) -> None:
        from prm_portal import messages  # Babel is a tool of the set-up: production runs without it

        if options["compile"]:
            messages.compile_catalogs()
        elif options["check"]:
            gathered = messages.gather()
            faults = [fault for language in messages.LANGUAGES for fault in messages.faults(language, gathered)]
            if faults:
                more = [f"... and {len(faults) - MOST_SHOWN} more"] if len(faults) > MOST_SHOWN else []
                raise CommandError(
                    "\n".join([*faults[:MOST_SHOWN], *more, "`make messages` gathers; translate the rest."])
                )
        else:
            for language in messages.LANGUAGES:
                catalog = messages.update_catalog(language)
                left = len(messages.untranslated(catalog))
                self.stdout.write(f"{language}: {len(catalog)} texts, {left} to translate")
            messages.compile_catalogs()
