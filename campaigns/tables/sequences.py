"""Tables of sequences and of who is in them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.events import known_event
from campaigns.models import EntrantState, Sequence, SequenceEntrant, SequenceState, StopReason
from campaigns.sequence_words import TONES
from pages.tables import Cell, ChoiceColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern

ANY_PK = 987654321


def told(record: Any) -> str:
    """What begins a sequence in a list."""
    event = known_event(record.event or "")
    return event.told(record.event_days) if event else ""


class EventColumn(TextColumn):
    """What begins it."""

    def prepare(self, table: LeanTable) -> Cell:
        cell = super().prepare(table)
        return lambda _value, record: cell(told(record), record)

    def export(self, value: Any, record: Any) -> Any:
        return told(record)


class SequenceTable(LeanTable):
    name = TextColumn(verbose_name=_("Sequence"))
    state = ChoiceColumn(choices=SequenceState, tones=TONES, verbose_name=_("State"))
    event = EventColumn(verbose_name=_("Begins when"))
    under_way = NumberColumn(verbose_name=_("Under way"))
    finished = NumberColumn(verbose_name=pgettext_lazy("sequence", "Finished"))
    stopped = NumberColumn(verbose_name=_("Ended early"))
    owner = TextColumn(accessor="owner__name", minor=True, verbose_name=_("Owner"))
    running_since = MomentColumn(verbose_name=_("Running since"))
    created_at = MomentColumn(verbose_name=_("Made"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("campaigns:sequence", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Sequence) -> str:
        return self.address(record.pk)


class EntrantTable(LeanTable):
    partner = TextColumn(accessor="partner__name", verbose_name=_("Partner"))
    state = ChoiceColumn(choices=EntrantState, tones=TONES, verbose_name=_("State"))
    step = TextColumn(verbose_name=pgettext_lazy("sequence", "Next step"))
    next_at = MomentColumn(verbose_name=_("Next at"))
    entered_at = MomentColumn(verbose_name=_("Entered"))
    event_at = MomentColumn(verbose_name=_("Event"))
    reason = ChoiceColumn(choices=StopReason, verbose_name=_("Ended by"))
    ended_at = MomentColumn(verbose_name=_("Ended"))
    version = NumberColumn(accessor="version__number", verbose_name=_("Version"))
    held_weeks = NumberColumn(verbose_name=_("Weeks put off"))
    error = TextColumn(minor=True, cut=True, verbose_name=_("What went wrong"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: SequenceEntrant) -> str:
        return self.address(record.partner_id)
