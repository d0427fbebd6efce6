"""The lists of agreements and compliance papers."""

from typing import Any

from django.utils.translation import gettext_lazy

from pages.markup import escaped
from pages.tables import Cell, ChoiceColumn, DateColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.models import PaperState, Renewal, shown_name
from partners.selectors.agreements import SHOWN_STATES
from partners.tables.partners import ANY_PK, NameColumn
from tenancy.models import Language

AGREEMENT_TONES: dict[str, str] = {
    "sent": "warn",
    "accepted": "active",
    "running": "good",
    "notice": "warn",
    "terminated": "bad",
    "refused": "bad",
}
PAPER_TONES: dict[str, str] = {"waiting": "warn", "accepted": "good", "refused": "bad"}


class PartnerColumn(TextColumn):
    """The name of a row's partner, as the reader writes it."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda value, _record: escaped(shown_name(value.name, value.local_name))

    def export(self, value: Any, record: Any) -> Any:
        return shown_name(value.name, value.local_name)


class AgreementTable(LeanTable):
    partner = PartnerColumn(verbose_name=gettext_lazy("Partner"))
    code = TextColumn(accessor="partner__code", minor=True, verbose_name=gettext_lazy("Code"))
    title = TextColumn(verbose_name=gettext_lazy("Agreement"))
    state = ChoiceColumn(
        accessor="state_now", choices=SHOWN_STATES, tones=AGREEMENT_TONES, verbose_name=gettext_lazy("State")
    )
    starts_on = DateColumn(verbose_name=gettext_lazy("First day"))
    ends_on = DateColumn(verbose_name=gettext_lazy("Last day"))
    renewal = ChoiceColumn(choices=Renewal, verbose_name=gettext_lazy("At the end"))
    language = ChoiceColumn(choices=Language, verbose_name=gettext_lazy("Language"))
    sent_at = MomentColumn(verbose_name=gettext_lazy("Sent"))
    accepted_at = MomentColumn(verbose_name=gettext_lazy("Accepted"))
    accepted_name = TextColumn(verbose_name=gettext_lazy("Accepted by"))
    manager = TextColumn(
        accessor="partner__channel_manager__name", minor=True, verbose_name=gettext_lazy("Channel manager")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:agreement", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class PaperTable(LeanTable):
    partner = PartnerColumn(verbose_name=gettext_lazy("Partner"))
    code = TextColumn(accessor="partner__code", minor=True, verbose_name=gettext_lazy("Code"))
    type = TextColumn(verbose_name=gettext_lazy("Paper"))
    state = ChoiceColumn(choices=PaperState, tones=PAPER_TONES, verbose_name=gettext_lazy("State"))
    number = TextColumn(verbose_name=gettext_lazy("Document number"))
    valid_from = DateColumn(verbose_name=gettext_lazy("Valid from"))
    valid_until = DateColumn(verbose_name=gettext_lazy("Valid until"))
    uploaded_at = MomentColumn(verbose_name=gettext_lazy("Handed in"))
    uploaded_by = TextColumn(verbose_name=gettext_lazy("By"))
    reason = TextColumn(cut=True, verbose_name=gettext_lazy("Reason"))
    manager = TextColumn(
        accessor="partner__channel_manager__name", minor=True, verbose_name=gettext_lazy("Channel manager")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:paper", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class OwingTable(LeanTable):
    name = NameColumn(verbose_name=gettext_lazy("Partner"))
    code = TextColumn(minor=True, verbose_name=gettext_lazy("Code"))
    owed = TextColumn(verbose_name=gettext_lazy("Missing or not valid"))
    kind = TextColumn(verbose_name=gettext_lazy("Kind"))
    channel_manager = TextColumn(minor=True, verbose_name=gettext_lazy("Channel manager"))

    def __init__(self, *args: Any, paper_names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper_names = paper_names
        self.address = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return f"{self.address(record.pk)}?tab=agreements"

    def render_owed(self, value: Any) -> str:
        return self.value_owed(None, value)

    def value_owed(self, record: Any, value: Any) -> str:
        return ", ".join(name for pk, name in self.paper_names.items() if pk in value)
