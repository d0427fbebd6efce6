from collections.abc import Callable, Iterable
from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pages.tables import (
    NOTHING,
    Cell,
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    SparkColumn,
    TextColumn,
    TierColumn,
    link_pattern,
)
from partners.countries import country_name
from partners.custom_fields import shown
from partners.models import CustomField, Stage, Territory, Trend
from partners.product_lines import product_line_choices

TREND_TONES: dict[str, str] = {Trend.RISING: "good", Trend.FALLING: "bad", Trend.SILENT: "warn", Trend.NEW: "active"}
STAGE_TONES: dict[str, str] = {Stage.ACTIVE: "good", Stage.DORMANT: "warn", Stage.ENDED: "bad"}
ANY_PK = 987654321


class NameColumn(TextColumn):
    """A partner's name: the local one for readers of Korean and Japanese, where there is one."""

    def prepare(self, table: LeanTable) -> Cell:
        if get_language() not in ("ko", "ja"):
            return lambda value, _record: conditional_escape(value)
        return lambda value, record: conditional_escape(record.local_name or value)


class CountryColumn(TextColumn):
    def prepare(self, table: LeanTable) -> Cell:
        names: dict[str, str] = {}

        def cell(value: Any, _record: Any) -> str:
            if value not in names:
                names[value] = conditional_escape(country_name(value))
            return names[value]

        return cell


class OwnColumn(TextColumn):
    """A field of the manufacturer's own."""

    def __init__(self, definition: CustomField) -> None:
        super().__init__(accessor="custom", verbose_name=str(definition))
        self.definition = definition

    def prepare(self, table: LeanTable) -> Cell:
        key, definition = self.definition.key, self.definition
        return lambda value, _record: conditional_escape(shown(definition, value.get(key)) or NOTHING)

    def export(self, value: Any, record: Any) -> Any:
        own = value.get(self.definition.key)
        return own if self.definition.type == CustomField.Type.NUMBER else shown(self.definition, own)


class CodesColumn(TextColumn):
    """Several codes: shown by their names, written into sheets as codes, as the import reads them."""

    def __init__(self, choices: Callable[[], list[tuple[str, Any]]], **kwargs: Any) -> None:
        super().__init__(empty_values=(None, "", []), **kwargs)
        self.choices = choices

    def prepare(self, table: LeanTable) -> Cell:
        names = dict(self.choices())
        return lambda value, _record: conditional_escape(", ".join(str(names.get(code, code)) for code in value))

    def export(self, value: Any, record: Any) -> Any:
        return "; ".join(value)


def territory_names() -> list[tuple[str, Any]]:
    """The codes and names of all territories. One query."""
    return [(territory.code, territory) for territory in Territory.objects.all()]


class PartnerTable(LeanTable):
    name = NameColumn(verbose_name=_("Partner"))
    tier = TierColumn(accessor="summary__tier_colour", names="summary__tier_names", verbose_name=_("Grade"))
    score = NumberColumn(accessor="summary__score", decimals=1, verbose_name=_("Score"))
    monthly = SparkColumn(accessor="summary__monthly", verbose_name=_("12 months"))
    revenue = MoneyColumn(accessor="summary__revenue", verbose_name=_("Sell-in, 12 months"))
    growth = PercentColumn(accessor="summary__change", is_change=True, verbose_name=_("Against last year"))
    trend = ChoiceColumn(accessor="summary__trend", choices=Trend, tones=TREND_TONES, verbose_name=_("Trend"))
    last_sale_on = DateColumn(accessor="summary__last_sale_on", verbose_name=_("Last sell-in"))
    kind = TextColumn(verbose_name=_("Kind"))
    city = TextColumn(verbose_name=_("City"))
    region = TextColumn(verbose_name=_("Region"))
    country = CountryColumn(verbose_name=_("Country"))
    channel_manager = TextColumn(verbose_name=_("Channel manager"), minor=True)
    stage = ChoiceColumn(choices=Stage, tones=STAGE_TONES, verbose_name=_("Stage"))
    code = TextColumn(verbose_name=_("Code"), minor=True)
    external_code = TextColumn(verbose_name=_("External code"), minor=True)
    local_name = TextColumn(verbose_name=_("Local name"))
    phone = TextColumn(verbose_name=_("Phone"))
    email = TextColumn(verbose_name=_("E-mail"))
    opening_hours = TextColumn(verbose_name=_("Opening hours"))
    territories = CodesColumn(territory_names, accessor="territory_codes", verbose_name=_("Territories"))
    product_lines = CodesColumn(product_line_choices, verbose_name=_("Authorised product lines"))
    showroom_area = NumberColumn(verbose_name=_("Showroom in m²"))
    lead_capacity = NumberColumn(verbose_name=_("Leads it can work on at a time"))
    crew_count = NumberColumn(verbose_name=_("Crews"))
    confirmed_at = MomentColumn(verbose_name=_("Last confirmed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


OWN = "own_"


def table_with_own_fields(definitions: Iterable[CustomField]) -> type[PartnerTable]:
    """The table with a column for each field of the manufacturer's own, not shown unless chosen."""
    columns = {f"{OWN}{definition.key}": OwnColumn(definition) for definition in definitions}
    return type("PartnerTable", (PartnerTable,), columns) if columns else PartnerTable
