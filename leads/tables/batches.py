from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.assignment import Unplaced
from leads.models import BatchState, ItemState, LeadState
from pages import formats
from pages.tables import (
    Cell,
    ChoiceColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    TextColumn,
    link_pattern,
)
from partners.tables.partners import ANY_PK

BATCH_TONES: dict[str, str] = {"ready": "warn", "solving": "active", "sending": "active", "sent": "good"}
ITEM_TONES: dict[str, str] = {"planned": "active", "unplaced": "warn", "sent": "good", "refused": "bad"}


class GainColumn(TextColumn):
    """By how much more is expected than in turn."""

    def prepare(self, table: LeanTable) -> Cell:
        def cell(_value: Any, record: Any) -> str:
            if not record.round_robin_value or record.value is None:
                return formats.NOTHING
            return formats.signed(100 * (record.value / record.round_robin_value - 1), 1, " %")

        return cell


class BatchTable(LeanTable):
    name = TextColumn(verbose_name=gettext_lazy("Distribution"))
    state = ChoiceColumn(choices=BatchState, tones=BATCH_TONES, verbose_name=gettext_lazy("State"))
    leads = NumberColumn(verbose_name=gettext_lazy("Leads"))
    placed = NumberColumn(verbose_name=gettext_lazy("Distributed"))
    value = MoneyColumn(verbose_name=gettext_lazy("Expected value"))
    gain = GainColumn(empty_values=(), css="num", verbose_name=gettext_lazy("Against in turn"))
    created_by = TextColumn(accessor="created_by__name", minor=True, verbose_name=gettext_lazy("Made by"))
    created_at = MomentColumn(verbose_name=gettext_lazy("Made"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("leads:batch", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class PartnerColumn(TextColumn):
    """A partner's name; what stands instead of one."""

    def prepare(self, table: LeanTable) -> Cell:
        reasons = unplaced_words()
        states, by_hand = dict(LeadState.choices), escape(_("by hand"))

        def cell(_value: Any, record: Any) -> str:
            if record.state == ItemState.UNPLACED:
                return f'<span class="minor">{escape(reasons.get(record.note, ""))}</span>'
            name = escape(record.partner) if record.partner_id else formats.NOTHING
            if record.state == ItemState.SKIPPED:
                return f'{name} <span class="minor">{escape(states.get(record.note, record.note))}</span>'
            if record.state == ItemState.REFUSED:
                return f'{name} <span class="minor">{escape(record.note)}</span>'
            if record.changed_at:
                return f'{name} <span class="minor">{by_hand}</span>'
            return name

        return cell

    def export(self, value: Any, record: Any) -> Any:
        return str(record.partner) if record.partner_id else ""


class ItemTable(LeanTable):
    lead = TextColumn(verbose_name=gettext_lazy("Lead"))
    reference = TextColumn(accessor="lead__reference", minor=True, verbose_name=gettext_lazy("Reference"))
    kind = TextColumn(accessor="lead__kind", minor=True, verbose_name=gettext_lazy("Kind"))
    city = TextColumn(accessor="lead__city", minor=True, verbose_name=gettext_lazy("City"))
    partner = PartnerColumn(empty_values=(), verbose_name=gettext_lazy("Partner"))
    value = MoneyColumn(verbose_name=gettext_lazy("Expected value"))
    state = ChoiceColumn(choices=ItemState, tones=ITEM_TONES, verbose_name=gettext_lazy("State"))

    def __init__(self, *args: Any, batch: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        url = self.member.url("leads:batch_item", pk=batch.pk, item=ANY_PK)
        self.address = link_pattern(url, ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class ShareTable(LeanTable):
    partner = TextColumn(verbose_name=gettext_lazy("Partner"))
    leads = NumberColumn(verbose_name=gettext_lazy("Leads"))
    room = NumberColumn(verbose_name=gettext_lazy("Room for"))
    used = NumberColumn(decimals=0, empty_values=(), verbose_name=gettext_lazy("Of its room, in %"))
    value = MoneyColumn(verbose_name=gettext_lazy("Expected value"))
    is_new = TextColumn(verbose_name=gettext_lazy("New partner"))

    def __init__(self, *args: Any, batch: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("leads:batch_leads", pk=batch.pk) + f"?partner={ANY_PK}", ANY_PK)

    def render_used(self, record: Any) -> Any:
        return formats.number(100 * record.leads / record.room, 0) if record.room else formats.NOTHING

    def render_is_new(self, record: Any) -> Any:
        return _("New") if record.is_new else ""

    def row_url(self, record: Any) -> str:
        return self.address(record.partner_id)


def unplaced_words() -> dict[str, str]:
    """Why a lead goes to nobody, in words."""
    return {
        Unplaced.NO_CANDIDATE.value: _("No partner may get it"),
        Unplaced.FULL.value: _("Everybody it suits is full"),
    }
