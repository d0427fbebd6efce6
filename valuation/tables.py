from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from pages.tables import Cell, ChoiceColumn, DateColumn, LeanTable, NumberColumn, TextColumn, TierColumn, link_pattern
from valuation.models import ChangeReason

REASON_TONES: dict[str, str] = {
    ChangeReason.PROMOTION: "good",
    ChangeReason.DEMOTION: "bad",
    ChangeReason.WARNING: "warn",
    ChangeReason.OVERRIDE: "active",
}
ANY_PK = 987654321


class ItsNameColumn(TextColumn):
    """A row that is pointed to, by its own name."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda value, _record: conditional_escape(str(value))


class ChangeTable(LeanTable):
    partner = ItsNameColumn(verbose_name=_("Partner"))
    reason = ChoiceColumn(choices=ChangeReason, tones=REASON_TONES, verbose_name=_("What happened"))
    before = TierColumn(accessor="from_tier__colour", names="from_tier__names", verbose_name=_("Before"))
    after = TierColumn(accessor="to_tier__colour", names="to_tier__names", verbose_name=_("After"))
    score = NumberColumn(decimals=1, verbose_name=_("Score"))
    day = DateColumn(verbose_name=_("Day"))
    note = TextColumn(verbose_name=_("Reason"), cut=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.partner_id)
