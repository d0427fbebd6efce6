from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from pages.tables import Cell, ChoiceColumn, DateColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.models import Side, TaskState
from partners.tables.partners import ANY_PK

STATE_TONES: dict[str, str] = {TaskState.OPEN: "active", TaskState.DONE: "good"}


class DueColumn(DateColumn):
    """The day until which it is to be done; that it has passed is said in words too."""

    def prepare(self, table: LeanTable) -> Cell:
        shown, today, late = super().prepare(table), timezone.localdate(), conditional_escape(_("overdue"))

        def cell(value: Any, record: Any) -> str:
            text = shown(value, record)
            if record.is_open and value < today:
                return f'<span class="is-worse">{text} · {late}</span>'
            return text

        return cell


class TaskTable(LeanTable):
    title = TextColumn(verbose_name=_("Task"), cut=True)
    partner = TextColumn(verbose_name=_("Partner"))
    due_on = DueColumn(verbose_name=_("Due"))
    owner = TextColumn(verbose_name=_("Person"))
    side = ChoiceColumn(choices=Side, verbose_name=_("To be done by"))
    state = ChoiceColumn(choices=TaskState, tones=STATE_TONES, verbose_name=_("State"))
    created_by = TextColumn(verbose_name=_("Given by"), minor=True)
    created_at = MomentColumn(verbose_name=_("Created"))
    finished_at = MomentColumn(verbose_name=_("Finished"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:task", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
