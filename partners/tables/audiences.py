from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from pages.tables import Cell, LeanColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern

ANY_PK = 987654321


class UsesColumn(LeanColumn):
    """What uses an audience, by name."""

    def prepare(self, table: Any) -> Cell:
        uses = table.using
        return lambda value, _record: escape(", ".join(use.label for use in uses.get(value, ()))) or "–"

    def export(self, value: Any, record: Any) -> Any:
        return ""


class AudienceTable(LeanTable):
    name = TextColumn(verbose_name=_("Audience"))
    description = TextColumn(verbose_name=_("What it is for"), minor=True)
    counted = NumberColumn(verbose_name=_("Partners"), decimals=0)
    counted_at = MomentColumn(verbose_name=_("As of"))
    snapshot_count = NumberColumn(verbose_name=_("Frozen"), decimals=0)
    uses = UsesColumn(accessor="pk", verbose_name=_("Used in"))
    owner = TextColumn(verbose_name=_("Made by"), minor=True)

    def __init__(self, *args: Any, uses: dict[int, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.using = uses or {}
        self.address = link_pattern(self.member.url("partners:audience", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
