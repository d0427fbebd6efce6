from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.batch_wording import mode_labels, verdict
from pages.tables import Cell, DateColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK


class VerdictColumn(TextColumn):
    """What came out, in a few words."""

    def prepare(self, table: LeanTable) -> Cell:
        tones = {"better": "good", "worse": "bad", "same": "warn"}

        def cell(_value: Any, record: Any) -> str:
            if record.result is None:
                failed = record.job is not None and not record.job.is_open
                state = _("Nothing came of it") if failed else _("Running")
                return f'<span class="state">{state}</span>'
            key, words = verdict(record)
            return f'<span class="state state-{tones[key]}">{words}</span>'

        return cell


class ModeColumn(TextColumn):
    def prepare(self, table: LeanTable) -> Cell:
        labels = mode_labels()
        return lambda _value, record: str(labels.get(record.policy.get("mode"), ""))


class ReplayTable(LeanTable):
    name = TextColumn(verbose_name=gettext_lazy("Trial"))
    mode = ModeColumn(empty_values=(), verbose_name=gettext_lazy("Way of distribution"))
    since = DateColumn(verbose_name=gettext_lazy("From"))
    until = DateColumn(verbose_name=gettext_lazy("To"))
    verdict = VerdictColumn(empty_values=(), verbose_name=gettext_lazy("Expected value"))
    created_by = TextColumn(accessor="created_by__name", minor=True, verbose_name=gettext_lazy("Made by"))
    created_at = MomentColumn(verbose_name=gettext_lazy("Made"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("leads:replay", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
