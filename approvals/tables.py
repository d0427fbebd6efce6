from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from approvals.models import State
from approvals.registry import subject_kinds
from approvals.wording import STATE_TONES
from pages.tables import Cell, ChoiceColumn, LeanTable, MomentColumn, MoneyColumn, TextColumn


class SubjectColumn(TextColumn):
    """What is to be approved, as its app calls it."""

    def prepare(self, table: LeanTable) -> Cell:
        labels = {kind.key: escape(kind.label) for kind in subject_kinds()}
        return lambda value, _record: labels.get(value) or escape(value)

    def export(self, value: Any, record: Any) -> Any:
        return {kind.key: str(kind.label) for kind in subject_kinds()}.get(value, value)


class RequestTable(LeanTable):
    title = TextColumn(accessor="shown_title", verbose_name=_("What"))
    kind = SubjectColumn(verbose_name=_("What is asked for"))
    partner = TextColumn(verbose_name=_("Partner"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    asked_by = TextColumn(accessor="asked_by__name", verbose_name=_("Asked by"))
    asked_at = MomentColumn(verbose_name=_("Asked"))
    due_at = MomentColumn(verbose_name=_("Time limit"))
    state = ChoiceColumn(choices=State, tones=STATE_TONES, verbose_name=_("State"))
    decided_at = MomentColumn(verbose_name=_("Decided"))

    def row_url(self, record: Any) -> str:
        return self.member.url("approvals:request", pk=record.pk)
