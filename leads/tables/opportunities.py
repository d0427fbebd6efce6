"""The lists of opportunities."""

from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models import PipelineStage, StageOutcome
from pages.markup import escaped
from pages.tables import Cell, DateColumn, LeanTable, MomentColumn, MoneyColumn, TextColumn, link_pattern
from partners.models import shown_name
from partners.tables.agreements import PartnerColumn
from partners.tables.partners import ANY_PK

STAGE_TONES: dict[str, str] = {StageOutcome.WON: " state-good", StageOutcome.LOST: " state-bad"}


class StageColumn(TextColumn):
    """The stage of a row, out of the few that there are."""

    def prepare(self, table: LeanTable) -> Cell:
        shown = {
            pk: f'<span class="state{STAGE_TONES.get(stage.outcome, "")}">{escape(stage)}</span>'
            for pk, stage in table.stages.items()
        }
        return lambda value, _record: shown.get(value, "")

    def export(self, value: Any, record: Any) -> Any:
        return value


class CustomerColumn(TextColumn):
    """The end customer, as the reader writes it."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda value, _record: escaped(shown_name(value.name, value.local_name))

    def export(self, value: Any, record: Any) -> Any:
        return shown_name(value.name, value.local_name)


class OpportunityTable(LeanTable):
    name = TextColumn(verbose_name=_("Opportunity"))
    customer = CustomerColumn(verbose_name=_("End customer"))
    stage = StageColumn(accessor="stage_id", verbose_name=_("Stage"))
    amount_base = MoneyColumn(verbose_name=_("Expected amount"))
    won_amount_base = MoneyColumn(verbose_name=_("Order"))
    expected_close = DateColumn(verbose_name=_("Expected order"))
    next_step = TextColumn(verbose_name=_("Next step"), cut=True)
    next_step_on = DateColumn(verbose_name=_("On"))
    rep = TextColumn(accessor="rep__name", minor=True, verbose_name=_("Rep"))
    category = TextColumn(verbose_name=_("Product category"))
    last_activity_at = MomentColumn(verbose_name=_("Last news"))
    stalled_at = DateColumn(verbose_name=_("Stands still since"))
    created_at = MomentColumn(verbose_name=_("Opened"))
    closed_at = MomentColumn(verbose_name=pgettext_lazy("lead", "Closed"))
    reason = TextColumn(verbose_name=_("Reason"))

    url_name = "leads_portal:opportunity"

    def __init__(self, *args: Any, stages: dict[int, PipelineStage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = stages
        self.address = link_pattern(self.member.url(self.url_name, pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)

    def value_stage(self, record: Any, value: Any) -> str:
        """For a spreadsheet."""
        return str(self.stages.get(value, ""))


class ShopColumn(TextColumn):
    """The name of a shop, out of those that share."""

    def prepare(self, table: LeanTable) -> Cell:
        shown = {pk: escape(name) for pk, name in table.shops.items()}
        return lambda value, _record: shown.get(value, "")

    def export(self, value: Any, record: Any) -> Any:
        return value


class ShopOpportunityTable(LeanTable):
    """What partners below show of their opportunities: to look at, with no page of its own."""

    name = TextColumn(verbose_name=_("Opportunity"))
    shop = ShopColumn(accessor="partner_id", verbose_name=_("Partner"))
    stage = StageColumn(accessor="stage_id", verbose_name=_("Stage"))
    amount_base = MoneyColumn(verbose_name=_("Expected amount"))
    won_amount_base = MoneyColumn(verbose_name=_("Order"))
    expected_close = DateColumn(verbose_name=_("Expected order"))
    category = TextColumn(verbose_name=_("Product category"))
    last_activity_at = MomentColumn(verbose_name=_("Last news"))
    stalled_at = DateColumn(verbose_name=_("Stands still since"))
    created_at = MomentColumn(verbose_name=_("Opened"))
    closed_at = MomentColumn(verbose_name=_("Closed"))

    def __init__(self, *args: Any, stages: dict[int, PipelineStage], shops: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages, self.shops = stages, shops

    def value_stage(self, record: Any, value: Any) -> str:
        """For a spreadsheet."""
        return str(self.stages.get(value, ""))

    def value_shop(self, record: Any, value: Any) -> str:
        """For a spreadsheet."""
        return self.shops.get(value, "")


class StaffOpportunityTable(OpportunityTable):
    partner = PartnerColumn(verbose_name=_("Partner"))
    code = TextColumn(accessor="partner__code", minor=True, verbose_name=_("Code"))

    url_name = "leads:opportunity"

    class Meta:
        sequence = ("name", "partner", "...")
