from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from pages import formats
from pages.tables import Cell, DateColumn, LeanTable, MomentColumn, TextColumn
from partners.models import Journey

STATE_TONES: dict[str, str] = {
    Journey.State.RUNNING: " state-active",
    Journey.State.DONE: " state-good",
    Journey.State.STOPPED: "",
}


class ProgressColumn(TextColumn):
    """How many steps of how many are done."""

    css = "num"

    def prepare(self, table: LeanTable) -> Cell:
        return lambda value, record: f"{formats.number(record.done, 0)} / {formats.number(record.steps, 0)}"

    def export(self, value: Any, record: Any) -> Any:
        return record.done


class StandingColumn(TextColumn):
    """On its way, standing still, done or stopped."""

    def prepare(self, table: LeanTable) -> Cell:
        labels = {value: conditional_escape(label) for value, label in Journey.State.choices}
        still = conditional_escape(_("Stands still"))

        def cell(value: Any, record: Any) -> str:
            if record.is_stalled:
                return f'<span class="state state-warn">{still}</span>'
            return f'<span class="state{STATE_TONES[value]}">{labels[value]}</span>'

        return cell

    def export(self, value: Any, record: Any) -> Any:
        return str(_("Stands still") if record.is_stalled else record.get_state_display())


class JourneyTable(LeanTable):
    partner = TextColumn(verbose_name=_("Partner"))
    state = StandingColumn(verbose_name=_("State"))
    done = ProgressColumn(verbose_name=_("Steps done"))
    next_due_on = DateColumn(verbose_name=_("Next due"))
    moved_at = DateColumn(verbose_name=_("Last step"))
    kind = TextColumn(accessor="partner__kind", verbose_name=_("Kind"))
    template = TextColumn(minor=True, verbose_name=_("Journey"))
    channel_manager = TextColumn(
        accessor="partner__channel_manager__name", minor=True, verbose_name=_("Channel manager")
    )
    started_at = DateColumn(verbose_name=_("Started"))
    finished_at = MomentColumn(verbose_name=_("Finished"))

    def row_url(self, record: Any) -> str:
        return self.member.url("partners:journey", pk=record.pk)
