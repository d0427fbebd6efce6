from collections.abc import Sequence
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from pages.tables import Cell, DateColumn, LeanTable, MomentColumn, TextColumn
from partners.profile import field_labels


class FieldsColumn(TextColumn):
    """What was asked about, as readers call it."""

    def prepare(self, table: LeanTable) -> Cell:
        labels = field_labels()

        def cell(value: Sequence[str], _record: Any) -> str:
            return escape(", ".join(labels.get(name, name) for name in value))

        return cell


class ConfirmationTable(LeanTable):
    partner = TextColumn(verbose_name=_("Partner"))
    fields = FieldsColumn(verbose_name=_("Asked about"), minor=True)
    started_at = MomentColumn(accessor="round__started_at", verbose_name=_("Asked"))
    due_on = DateColumn(accessor="round__due_on", verbose_name=_("Answer until"))
    answered_at = MomentColumn(verbose_name=_("Answered"))
    channel_manager = TextColumn(accessor="partner__channel_manager", verbose_name=_("Channel manager"), minor=True)

    def row_url(self, record: Any) -> str:
        return self.member.url("partners:detail", pk=record.partner_id) + "?tab=company"
