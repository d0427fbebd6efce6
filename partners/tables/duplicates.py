from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.tables import Cell, ChoiceColumn, DateColumn, LeanTable, TextColumn, link_pattern
from partners.models import PairState
from partners.selectors.duplicates import shown_percent
from partners.tables.partners import ANY_PK

STATE_TONES: dict[str, str] = {PairState.OPEN: "active", PairState.MERGED: "good"}
REASONS_SHOWN = 3


class OneOfTwoColumn(TextColumn):
    """A partner with its code and place."""

    def prepare(self, table: LeanTable) -> Cell:
        def cell(value: Any, _record: Any) -> str:
            detail = " · ".join(filter(None, (value.code, value.city)))
            return format_html('{}<br><span class="muted">{}</span>', value, detail)

        return cell


class ScoreColumn(TextColumn):
    """How sure, in per cent."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda value, _record: f"{shown_percent(value)}%"


class ReasonsColumn(TextColumn):
    """The strongest reasons, in words."""

    def prepare(self, table: LeanTable) -> Cell:
        def cell(value: Any, _record: Any) -> str:
            return format_html("{}", " · ".join(map(gettext, [reason["words"] for reason in value[:REASONS_SHOWN]])))

        return cell


class DuplicateTable(LeanTable):
    first = OneOfTwoColumn(verbose_name=_("Partner"))
    second = OneOfTwoColumn(verbose_name=_("Looks like"))
    score = ScoreColumn(verbose_name=_("How sure"))
    reasons = ReasonsColumn(verbose_name=_("Why"))
    state = ChoiceColumn(choices=PairState.choices, tones=STATE_TONES, verbose_name=_("Decision"))
    found_at = DateColumn(verbose_name=_("Found"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:duplicate", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
