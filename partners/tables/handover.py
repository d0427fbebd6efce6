from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.tables import LeanTable, MomentColumn, NumberColumn, TextColumn


class HandoverTable(LeanTable):
    at = MomentColumn(verbose_name=_("When"))
    count = NumberColumn(decimals=0, verbose_name=_("Partners"))
    to = TextColumn(accessor="to__name", verbose_name=_("To"))
    by = TextColumn(accessor="by__name", minor=True, verbose_name=_("Given by"))

    def row_url(self, record: Any) -> str:
        return self.member.url("partners:handover", pk=record.pk)
