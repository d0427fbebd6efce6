from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models import LeadState
from leads.own_fields import shown
from leads.privacy import HIDDEN, hide_people, sees_people
from leads.selectors.leads import own_fields
from pages.markup import escaped
from pages.tables import (
    NOTHING,
    Cell,
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    TextColumn,
    link_pattern,
)
from partners.tables.partners import ANY_PK, CountryColumn

LEAD_TONES: dict[str, str] = {
    LeadState.NEW: "active",
    LeadState.OFFERED: "active",
    LeadState.MANUAL: "warn",
    LeadState.WON: "good",
    LeadState.LOST: "bad",
}
OWN = "own_"


class WhoColumn(TextColumn):
    """Who may buy: the company, else the person, else what the lead is called."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda _value, record: escaped(_who(record))

    def export(self, value: Any, record: Any) -> Any:
        return _who(record)


def _who(record: Any) -> str:
    return record.company or (record.name if record.name != HIDDEN else "") or record.reference


class OwnColumn(TextColumn):
    """A field of the manufacturer's own."""

    def __init__(self, definition: Any) -> None:
        super().__init__(accessor="custom", verbose_name=str(definition))
        self.definition = definition

    def prepare(self, table: LeanTable) -> Cell:
        definition = self.definition
        return lambda value, _record: escaped(shown(definition, value.get(definition.key)) or NOTHING)

    def export(self, value: Any, record: Any) -> Any:
        own = value.get(self.definition.key)
        return own if isinstance(own, int | float) and not isinstance(own, bool) else shown(self.definition, own)


class LeadTable(LeanTable):
    """Leads; who may not see people gets neither their names nor their numbers, on the page and in sheets."""

    who = WhoColumn(accessor="reference", verbose_name=_("Lead"))
    state = ChoiceColumn(choices=LeadState, tones=LEAD_TONES, verbose_name=_("State"))
    score = NumberColumn(decimals=0, verbose_name=pgettext_lazy("lead", "Score"))
    subject = TextColumn(verbose_name=_("What it is about"), cut=True)
    kind = TextColumn(verbose_name=_("Kind of lead"))
    source = TextColumn(verbose_name=_("Source"))
    partner = TextColumn(verbose_name=_("Partner"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Responsible"), minor=True)
    amount_base = MoneyColumn(verbose_name=_("Expected amount"))
    received_at = MomentColumn(verbose_name=_("Received"))
    city = TextColumn(verbose_name=_("City"))
    region = TextColumn(verbose_name=_("Region"))
    country = CountryColumn(verbose_name=_("Country"))
    category = TextColumn(verbose_name=_("Product category"))
    campaign_code = TextColumn(verbose_name=_("Campaign"), minor=True)
    reference = TextColumn(verbose_name=_("Reference"), minor=True)
    external_code = TextColumn(verbose_name=_("External code"), minor=True)
    company = TextColumn(verbose_name=pgettext_lazy("lead", "Company"))
    name = TextColumn(verbose_name=_("Contact"))
    phone = TextColumn(verbose_name=_("Phone"))
    email = TextColumn(verbose_name=_("E-mail"))
    address = TextColumn(verbose_name=_("Street and number"))
    postal_code = TextColumn(verbose_name=_("Postal code"))
    amount = MoneyColumn(currency_from="currency", verbose_name=_("Expected amount, as given"))
    quantity = NumberColumn(verbose_name=_("Quantity"))
    wanted_on = DateColumn(verbose_name=_("Wanted by"))
    accepted_at = MomentColumn(verbose_name=pgettext_lazy("lead", "Accepted"))
    first_contact_at = MomentColumn(verbose_name=_("First contact"))
    closed_at = MomentColumn(verbose_name=pgettext_lazy("lead", "Closed"))
    state_since = MomentColumn(verbose_name=_("In this state since"))
    reason = TextColumn(verbose_name=_("Reason"))

    def __init__(self, data: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        self.hides = not sees_people(kwargs["member"])
        super().__init__([hide_people(lead) for lead in data] if self.hides else data, *args, **kwargs)
        self.address_of = link_pattern(self.member.url("leads:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)

    def export_rows(self, records: Iterable[Any]) -> Iterable[list[Any]]:
        return (
            super().export_rows(hide_people(lead) for lead in records) if self.hides else super().export_rows(records)
        )


def table_with_own_fields() -> type[LeadTable]:
    """The table with a column for each field of the manufacturer's own, not shown unless chosen. One query."""
    columns = {f"{OWN}{definition.key}": OwnColumn(definition) for definition in own_fields()}
    return type("LeadTable", (LeadTable,), columns) if columns else LeadTable
