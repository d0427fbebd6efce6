from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.tables import DateColumn, LeanTable, NumberColumn, TextColumn, link_pattern
from partners.countries import country_name
from partners.tables.partners import ANY_PK


class MarketTable(LeanTable):
    name = TextColumn(accessor="pk", verbose_name=_("Market"))
    code = TextColumn(minor=True, verbose_name=_("Code"))
    countries = TextColumn(accessor="pk", minor=True, verbose_name=_("Countries"))
    owner = TextColumn(accessor="owner__name", minor=True, verbose_name=_("Owner"))
    text_count = NumberColumn(decimals=0, verbose_name=_("Texts"))
    document_count = NumberColumn(decimals=0, verbose_name=_("Documents"))
    reviewed_on = DateColumn(verbose_name=_("Last reviewed"))
    review_on = DateColumn(verbose_name=_("To be reviewed by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:market", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)

    def render_name(self, record: Any) -> str:
        return str(record)

    def value_name(self, record: Any, value: Any) -> str:
        return str(record)

    def render_countries(self, record: Any) -> str:
        return ", ".join(country_name(each.country) for each in record.countries.all())

    def value_countries(self, record: Any, value: Any) -> str:
        return self.render_countries(record)
