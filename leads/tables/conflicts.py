from typing import Any

from django.utils.translation import gettext_lazy as _

from commerce.models import Below, CreditState, DirectChannel
from leads.models import CaseOutcome, CaseState, ConflictKind
from pages.tables import (
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    TextColumn,
    link_pattern,
)
from partners.tables.partners import ANY_PK

CASE_TONES: dict[str, str] = {
    CaseState.OPEN: "warn",
    CaseState.REVIEW: "active",
    CaseState.DECIDED: "good",
    CaseState.APPEALED: "bad",
}


class ConflictTable(LeanTable):
    reference = TextColumn(verbose_name=_("Reference"), minor=True)
    kind = ChoiceColumn(choices=ConflictKind, verbose_name=_("Conflict"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    other = TextColumn(accessor="other", verbose_name=_("Other partner"))
    subject = TextColumn(verbose_name=_("What it is about"), cut=True)
    state = ChoiceColumn(choices=CaseState, tones=CASE_TONES, verbose_name=_("State"))
    amount_base = MoneyColumn(verbose_name=_("At stake"))
    outcome = ChoiceColumn(choices=CaseOutcome, verbose_name=_("Decision"))
    compensation = MoneyColumn(verbose_name=_("Credit or compensation"))
    raised_by_name = TextColumn(verbose_name=_("Raised by"), minor=True)
    owner = TextColumn(accessor="owner__name", verbose_name=_("Responsible"), minor=True)
    opened_at = MomentColumn(verbose_name=_("Opened"))
    decided_at = MomentColumn(verbose_name=_("Decided"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("leads:conflict", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class DirectSaleTable(LeanTable):
    order_number = TextColumn(verbose_name=_("Order"))
    line_number = TextColumn(verbose_name=_("Line"), minor=True)
    date = DateColumn(verbose_name=_("Date"))
    channel = ChoiceColumn(choices=DirectChannel, verbose_name=_("Channel"))
    customer_name = TextColumn(verbose_name=_("Customer"))
    city = TextColumn(verbose_name=_("City"))
    product = TextColumn(accessor="product", verbose_name=_("Product"))
    quantity = NumberColumn(verbose_name=_("Quantity"))
    amount_base = MoneyColumn(verbose_name=_("Amount"))
    credit_state = ChoiceColumn(
        choices=CreditState,
        tones={CreditState.OPEN: "warn", CreditState.CREDITED: "good"},
        verbose_name=_("Credit"),
    )
    credited_to = TextColumn(accessor="credited_to", verbose_name=_("Credited to"))
    credit_percent = PercentColumn(verbose_name=_("Credit in %"))
    credit_base = MoneyColumn(verbose_name=_("Credited amount"))
    unit_base = MoneyColumn(verbose_name=_("Unit price"))
    list_base = MoneyColumn(verbose_name=_("List price"))
    partner_base = MoneyColumn(verbose_name=_("Partners pay on average"))
    below = ChoiceColumn(choices=Below, tones={Below.LIST: "warn", Below.PARTNERS: "bad"}, verbose_name=_("Price"))
    territory = TextColumn(accessor="territory", verbose_name=_("Territory"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("leads:direct_sale", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
