from typing import Any

from django.utils.html import conditional_escape, escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.models import Product
from pages.tables import Cell, DateColumn, LeanColumn, LeanTable, MoneyColumn, NumberColumn, TextColumn, link_pattern

ANY_PK = 987654321


class ProductNameColumn(TextColumn):
    """The name in the reader's language."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda _value, record: conditional_escape(str(record))

    def export(self, value: Any, record: Any) -> Any:
        return str(record)


def state_of(product: Product) -> tuple[str, str]:
    """Whether a product can be bought: a word and its tone."""
    if product.is_draft:
        return _("Draft"), "warn"
    return (_("On sale"), "good") if product.is_active else (_("No longer sold"), "")


class StateColumn(LeanColumn):
    """Whether the product can be bought."""

    def prepare(self, table: LeanTable) -> Cell:
        def cell(_value: Any, record: Any) -> str:
            word, tone = state_of(record)
            return f'<span class="state{f" state-{tone}" if tone else ""}">{escape(word)}</span>'

        return cell

    def export(self, value: Any, record: Any) -> Any:
        return state_of(record)[0]


class ProductTable(LeanTable):
    name = ProductNameColumn(verbose_name=gettext_lazy("Product"))
    code = TextColumn(verbose_name=gettext_lazy("Code"), minor=True)
    category = TextColumn(verbose_name=gettext_lazy("Category"))
    list_price = MoneyColumn(currency_from="currency", verbose_name=gettext_lazy("List price"))
    unit = TextColumn(verbose_name=gettext_lazy("Unit"))
    state = StateColumn(accessor="is_active", verbose_name=gettext_lazy("State"))
    external_code = TextColumn(verbose_name=gettext_lazy("External code"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("commerce:product", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class RateTable(LeanTable):
    currency = TextColumn(verbose_name=gettext_lazy("Currency"))
    date = DateColumn(verbose_name=gettext_lazy("From"))
    rate = NumberColumn(verbose_name=gettext_lazy("Worth in base currency"))
