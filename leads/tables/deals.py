"""Tables of deals."""

from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from leads.models import DealState
from pages import formats
from pages.tables import (
    Cell,
    ChoiceColumn,
    DateColumn,
    LeanColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    TextColumn,
    link_pattern,
)

ANY_PK = 987654321
TONES: dict[str, str] = {
    "submitted": "warn",
    "returned": "warn",
    "approved": "good",
    "won": "good",
    "refused": "bad",
    "lost": "bad",
}


class LeftColumn(LeanColumn):
    """How long a registration is protected still, while it is."""

    css = "num"

    def prepare(self, table: LeanTable) -> Cell:
        language, now = get_language(), timezone.now()

        def cell(value: Any, record: Any) -> str:
            if value is None or value <= now:
                return formats.NOTHING
            left = formats.time_left(value, now, language)
            return f'<span class="state state-warn">{escape(left)}</span>' if (value - now).days < 14 else escape(left)

        return cell

    def export(self, value: Any, record: Any) -> Any:
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0) if value else None


class DueColumn(MomentColumn):
    """Until when it is to be answered, while it waits for that."""

    def prepare(self, table: LeanTable) -> Cell:
        shown = super().prepare(table)
        return lambda value, record: shown(value, record) if record.state == DealState.SUBMITTED else formats.NOTHING


class DealTable(LeanTable):
    customer_name = TextColumn(verbose_name=_("Customer"))
    reference = TextColumn(minor=True, verbose_name=_("Reference"))
    partner_name = TextColumn(accessor="shown_partner", verbose_name=_("Partner"))
    category = TextColumn(verbose_name=_("Product category"))
    amount = MoneyColumn(currency_from="currency", verbose_name=_("Amount"))
    state = ChoiceColumn(choices=DealState, tones=TONES, verbose_name=_("State"))
    due_at = DueColumn(verbose_name=_("Answer due"))
    protected_until = LeftColumn(verbose_name=_("Protected"))
    second_name = TextColumn(accessor="shown_second", verbose_name=_("Second partner"))
    title = TextColumn(cut=True, verbose_name=_("What it is about"))
    expected_on = DateColumn(verbose_name=_("Expected close"))
    submitted_at = MomentColumn(verbose_name=_("Registered"))
    answered_at = MomentColumn(verbose_name=_("Answered"))
    competitor = TextColumn(verbose_name=_("Competitor"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("leads:deal", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
