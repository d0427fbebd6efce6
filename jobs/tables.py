from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from jobs.imports import import_kinds
from jobs.models import ImportState, JobState
from jobs.registry import job_kinds
from pages.tables import Cell, ChoiceColumn, LeanTable, MomentColumn, TextColumn

STATE_TONES: dict[str, str] = {
    JobState.RUNNING: "active",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "warn",
}


class KindColumn(TextColumn):
    """What a job does, as its app calls it."""

    def prepare(self, table: LeanTable) -> Cell:
        labels = {kind.key: escape(kind.label) for kind in job_kinds()}
        return lambda value, _record: labels.get(value) or escape(value)


class JobTable(LeanTable):
    kind = KindColumn(verbose_name=_("Work"))
    state = ChoiceColumn(choices=JobState, tones=STATE_TONES, verbose_name=_("State"))
    message = TextColumn(minor=True, verbose_name=_("Message"))
    created_by = TextColumn(accessor="created_by__name", verbose_name=_("Started by"))
    created_at = MomentColumn(verbose_name=_("Started"))
    finished_at = MomentColumn(verbose_name=_("Finished"))

    def row_url(self, record: Any) -> str:
        return self.member.url("jobs:detail", pk=record.pk)


IMPORT_TONES: dict[str, str] = {ImportState.IMPORTED: "good", ImportState.FAILED: "bad", ImportState.CHECKED: "active"}


class ImportKindColumn(TextColumn):
    """What is in a file, as its app calls it."""

    def prepare(self, table: LeanTable) -> Cell:
        labels = {kind.key: escape(kind.label) for kind in import_kinds()}
        return lambda value, _record: labels.get(value) or escape(value)


class ImportTable(LeanTable):
    original_name = TextColumn(verbose_name=_("File"))
    kind = ImportKindColumn(verbose_name=_("Content"))
    state = ChoiceColumn(choices=ImportState, tones=IMPORT_TONES, verbose_name=_("State"))
    created_by = TextColumn(accessor="created_by__name", verbose_name=_("Brought by"))
    created_at = MomentColumn(verbose_name=_("Brought"))

    def row_url(self, record: Any) -> str:
        return self.member.url("jobs:import", pk=record.pk)
