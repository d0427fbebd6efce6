"""A file on its way in: received, columns matched, checked, run. Each long step is a job."""

import hashlib
import tempfile
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.imports import ImportRefusedError, Mapping, Outcome, import_kind, run_import
from jobs.imports.mapping import guess_columns, headers_hash
from jobs.models import ImportFile, ImportMapping, ImportState, Job
from jobs.reading import FileError, Source, open_source
from jobs.running import Progress
from jobs.services import start_job
from pages import formats
from tenancy.errors import DomainError
from tenancy.files import stored_name
from tenancy.models import Membership

SAMPLES = 3
ROWS_SAMPLED = 200
PHASES = {
    "reading": gettext_lazy("Reading and checking"),
    "settling": gettext_lazy("Comparing"),
    "writing": gettext_lazy("Writing"),
}


class UploadError(DomainError):
    """A step that the file cannot take now."""


@dataclass(frozen=True)
class Sample:
    """A column of a file, as the page of matching shows it."""

    header: str
    values: list[str]


def receive_file(kind: str, upload: UploadedFile, *, by: Membership) -> ImportFile:
    """Keep an uploaded file and look at its columns; they are matched as last time, else as their names suggest.

    Raises ImportRefusedError, and keeps nothing, for a file that is no table.
    """
    columns = import_kind(kind).columns()
    path = Path(upload.temporary_file_path())  # type: ignore[attr-defined]
    try:
        source = open_source(path)
    except FileError as error:
        raise ImportRefusedError.from_file_error(error) from error
    remembered = ImportMapping.objects.filter(kind=kind, headers_hash=headers_hash(source.headers)).first()
    mapping = remembered.mapping if remembered else {"columns": guess_columns(columns, source.headers)}
    file = ImportFile(
        manufacturer_id=by.manufacturer_id,
        kind=kind,
        original_name=Path(upload.name or "").name[:255],
        size=path.stat().st_size,
        sha256=_digest(path),
        headers=source.headers,
        headers_hash=headers_hash(source.headers),
        mapping=mapping,
        report={"is_remembered": remembered is not None},
        created_by=by,
    )
    file.file.save(stored_name(by.manufacturer_id, "imports", upload.name or "file"), upload, save=False)
    file.save()
    return file


def source_of(file: ImportFile) -> Source:
    """The kept file, opened as its mapping says."""
    mapping = Mapping.from_json(file.mapping)
    try:
        return open_source(
            Path(file.file.path), encoding=mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet
        )
    except FileError as error:
        raise ImportRefusedError.from_file_error(error) from error


def samples_of(file: ImportFile) -> list[Sample]:
    """Each column of the file with its first few different values."""
    source = source_of(file)
    try:
        frame, _read = next(iter(source.batches()))
    except FileError as error:
        raise ImportRefusedError.from_file_error(error) from error
    head = frame.head(ROWS_SAMPLED)
    return [
        Sample(header, [value for value in head[header].unique(maintain_order=True).to_list() if value][:SAMPLES])
        for header in source.headers  # in the encoding that was chosen, they may be others than the file's
    ]


def match_columns(file: ImportFile, mapping: AbstractMapping[str, Any], *, by: Membership) -> Job:
    """Keep how the columns are matched, remember it for files like this, and start the check (a dry run)."""
    file = _locked(file)
    if file.state == ImportState.IMPORTED:
        raise UploadError(_("This file has been brought in already. Upload it again to bring it in anew."))
    if _open_import(file):  # the check would end after it and call the file checked only
        raise UploadError(_("This file is being brought in. Wait until that has ended, or cancel it."))
    matched = Mapping.from_json(mapping)
    matched.check(import_kind(file.kind).columns(), file.headers)
    ImportMapping.objects.update_or_create(
        kind=file.kind, headers_hash=file.headers_hash, defaults={"mapping": matched.to_json()}
    )
    file.mapping, file.state, file.report = matched.to_json(), ImportState.MAPPED, {}
    file.job = start_job("import_check", params={"file": file.pk}, by=by)
    file.save(update_fields=["mapping", "state", "report", "job"])
    return file.job


def start_import(file: ImportFile, *, only_good: bool, create_missing: bool, by: Membership) -> Job:
    """Bring a checked file in: all of it, or only its good rows. The same click twice starts one job."""
    file = _locked(file)
    if file.state == ImportState.IMPORTED:
        raise UploadError(_("This file has been brought in already. Upload it again to bring it in anew."))
    if file.state != ImportState.CHECKED:
        raise UploadError(_("Match the columns and check the file first."))
    if job := _open_import(file):
        return job
    params = {"file": file.pk, "only_good": only_good, "create_missing": create_missing}
    file.job = start_job("import_run", params=params, by=by)
    file.save(update_fields=["job"])
    return file.job


def run_check(progress: Progress) -> dict[str, Any]:
    """The dry run of a file, as a job: what would be new, changed, unchanged, and what is wrong with which row."""
    file = ImportFile.objects.get(pk=progress.job.params["file"])
    try:
        report = _run(file, progress, dry_run=True, only_good=False, create_missing=False)
    except ImportRefusedError as refused:
        if not refused.questions:
            raise
        asked = [{"about": question.about, "sentence": question.sentence} for question in refused.questions]
        if current := _still_checked_by(progress.job):
            current.report = {"questions": asked}
            current.save(update_fields=["report"])
        return {"questions": asked}
    if current := _still_checked_by(progress.job):
        current.report, current.state = {"check": report}, ImportState.CHECKED
        current.save(update_fields=["report", "state"])
    return report


def _still_checked_by(job: Job) -> ImportFile | None:
    """The job's file, locked; None if its columns were matched anew, or it was brought in, while the job read it."""
    return ImportFile.objects.select_for_update(no_key=True).filter(pk=job.params["file"], job=job).first()


def run_file(progress: Progress) -> dict[str, Any]:
    """The import of a checked file, as a job."""
    params = progress.job.params
    file = ImportFile.objects.get(pk=params["file"])
    report = _run(file, progress, dry_run=False, only_good=params["only_good"], create_missing=params["create_missing"])
    file.report = file.report | {"run": report}
    if report["written"]:
        file.state = ImportState.IMPORTED
    file.save(update_fields=["report", "state"])
    return report


def _run(
    file: ImportFile, progress: Progress, *, dry_run: bool, only_good: bool, create_missing: bool
) -> dict[str, Any]:
    def report(phase: str, done: int = 0, total: int = 0) -> None:
        progress.tell(done, total, str(PHASES.get(phase, "")))

    with tempfile.TemporaryFile() as rejected:
        outcome = run_import(
            import_kind(file.kind),
            source_of(file),
            Mapping.from_json(file.mapping),
            dry_run=dry_run,
            only_good=only_good,
            create_missing=create_missing,
            import_file=file.pk,
            report=report,
            rejected_to=rejected,
        )
        if outcome.rejected:
            rejected.seek(0)
            name = _("%(file)s-rejected.csv") % {"file": Path(file.original_name).stem}
            stored = stored_name(progress.job.manufacturer_id, "rejected", name)
            progress.job.error_file.save(stored, File(rejected), save=False)
    progress.conclude(_conclusion(file.original_name, outcome, dry_run=dry_run))
    return outcome.as_json()


def _conclusion(file: str, outcome: Outcome, *, dry_run: bool) -> str:
    """What came of reading a file, for the list of jobs and the notice to who brought it."""
    if not outcome.written and not dry_run:
        return _("%(file)s: nothing was written, since some rows are bad.") % {"file": file}
    return _("%(file)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(bad)s bad") % {
        "file": file,
        "new": formats.number(outcome.new),
        "changed": formats.number(outcome.changed),
        "unchanged": formats.number(outcome.unchanged),
        "bad": formats.number(outcome.rejected),
    }


def _locked(file: ImportFile) -> ImportFile:
    return ImportFile.objects.select_related("job").select_for_update(of=("self",), no_key=True).get(pk=file.pk)


def _open_import(file: ImportFile) -> Job | None:
    """The job that brings the file in now."""
    return file.job if file.job is not None and file.job.is_open and file.job.kind == "import_run" else None


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
