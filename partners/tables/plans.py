"""The list of channel plans."""

from typing import Any

from django.utils.translation import gettext_lazy

from pages.tables import ChoiceColumn, LeanTable, MomentColumn, MoneyColumn, NumberColumn, TextColumn, link_pattern
from partners.models import PlanState, Side
from partners.selectors.plans import STATE_TONES
from partners.tables.agreements import PartnerColumn
from partners.tables.partners import ANY_PK


class PlanTable(LeanTable):
    partner = PartnerColumn(verbose_name=gettext_lazy("Partner"))
    code = TextColumn(accessor="partner__code", minor=True, verbose_name=gettext_lazy("Code"))
    kind = TextColumn(accessor="partner__kind", minor=True, verbose_name=gettext_lazy("Kind"))
    year = NumberColumn(verbose_name=gettext_lazy("Fiscal year"))
    state = ChoiceColumn(choices=PlanState, tones=STATE_TONES, verbose_name=gettext_lazy("State"))
    version = NumberColumn(decimals=0, verbose_name=gettext_lazy("Version"))
    revenue = MoneyColumn(verbose_name=gettext_lazy("Target of sell-in"))
    proposed_side = ChoiceColumn(choices=Side, verbose_name=gettext_lazy("Proposed by"))
    proposed_at = MomentColumn(verbose_name=gettext_lazy("Proposed"))
    agreed_at = MomentColumn(verbose_name=gettext_lazy("Agreed"))
    manager = TextColumn(
        accessor="partner__channel_manager__name", minor=True, verbose_name=gettext_lazy("Channel manager")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:plan", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)

    def render_year(self, value: Any) -> str:
        return str(value)
