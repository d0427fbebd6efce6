# ruff: noqa: N999 (the command is called so)
import json
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from jobs.imports import ImportRefusedError, Mapping, Outcome, import_kind, import_kinds, run_import
from jobs.imports.mapping import guess_columns
from jobs.imports.sentences import told_cells
from jobs.reading import FileError, Limits, Source, open_source
from tenancy.files import stored_name
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope

BAD_CELLS_PRINTED = 20


class Command(BaseCommand):
    help = "Bring a file in: the same checks and the same writing as on the page of imports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("manufacturer", help="the manufacturer's address, as in /hanbit/")
        parser.add_argument("kind", help="what is in the file, such as partners, products, rates, sell_in")
        parser.add_argument("file", type=Path, help="CSV (also .gz) or XLSX")
        parser.add_argument(
            "--map", type=Path, metavar="mapping.json", help="which column is which; else it is guessed"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and compare, and write nothing")
        parser.add_argument("--only-good", action="store_true", help="leave bad rows out instead of writing nothing")
        parser.add_argument("--create-missing", action="store_true", help="create what is unknown as drafts")
        parser.add_argument("--json", action="store_true", help="tell what came of it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        manufacturer = Manufacturer.objects.filter(slug=options["manufacturer"]).first()
        if manufacturer is None:
            raise CommandError(f"There is no manufacturer “{options['manufacturer']}”.")
        try:
            outcome, rejected_path = self._run(manufacturer, options)
        except (ImportRefusedError, FileError) as error:
            refusal = ImportRefusedError.from_file_error(error) if isinstance(error, FileError) else error
            names = ", ".join(dict.fromkeys(question.about for question in refusal.questions))
            raise CommandError(f"{refusal} Tell it in the mapping, as {names}." if names else str(refusal)) from error
        self._tell(outcome, rejected_path, options)
        if outcome.rejected and not outcome.written and not options["dry_run"]:
            raise CommandError(
                f"Nothing was written: {outcome.rejected} of {outcome.rows_read} rows are bad. "
                "Mend them, or leave them out with --only-good."
            )

    def _run(self, manufacturer: Manufacturer, options: dict[str, Any]) -> tuple[Outcome, str | None]:
        try:
            kind = import_kind(options["kind"])
        except KeyError:
            known = ", ".join(kind.key for kind in import_kinds())
            raise CommandError(f"There is no import “{options['kind']}”; there are: {known}.") from None
        told = self._mapping(options["map"])
        source = self._source(options["file"], told)
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as rejected, staff_scope(manufacturer.pk):
            mapping = told or Mapping(columns=guess_columns(kind.columns(), source.headers))
            outcome = run_import(
                kind,
                source,
                mapping,
                dry_run=options["dry_run"],
                only_good=options["only_good"],
                create_missing=options["create_missing"],
                rejected_to=rejected,
            )
            self.bad_cells = told_cells(
                outcome.bad_cells[:BAD_CELLS_PRINTED], kind.columns(), kind.sentences, mapping.columns
            )
            if not outcome.rejected:
                return outcome, None
            rejected.seek(0)
            name = stored_name(manufacturer.pk, "rejected", f"{options['file'].stem}-rejected.csv")
            return outcome, default_storage.path(default_storage.save(name, File(rejected)))

    def _mapping(self, path: Path | None) -> Mapping | None:
        if path is None:
            return None
        try:
            return Mapping.from_json(json.loads(path.read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(f"{path} is no JSON: {error}.") from error

    def _source(self, path: Path, told: Mapping | None) -> Source:
        told = told or Mapping()
        try:
            return open_source(
                path, limits=Limits(), encoding=told.encoding, delimiter=told.delimiter, sheet=told.sheet
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error

    def _tell(self, outcome: Outcome, rejected_path: str | None, options: dict[str, Any]) -> None:
        if options["json"]:
            told = outcome.as_json()
            del told["bad_cells"]
            self.stdout.write(json.dumps(told | {"rejected_path": rejected_path}))
            return
        would = "would be " if not outcome.written else ""
        self.stdout.write(
            f"{outcome.rows_read} rows read in {outcome.seconds} s: {outcome.new} {would}new, {outcome.changed} "
            f"{would}changed, {outcome.unchanged} unchanged, {outcome.rejected} rejected."
        )
        for bad in self.bad_cells:
            self.stdout.write(f"  row {bad.row}{f', {bad.column}' if bad.column else ''}: {bad.sentence}")
        if rejected_path:
            self.stdout.write(f"Rejected rows: {rejected_path}")
        sys.stdout.flush()
