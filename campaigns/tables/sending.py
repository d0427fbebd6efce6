from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import CampaignChannel, NoticeState, Suppression
from campaigns.selectors.consents import why_not
from campaigns.services.consents import agreed_words
from campaigns.telling import TONES
from pages.tables import Cell, ChoiceColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK, CountryColumn
from tenancy.rights import Right

REASON_TONES: dict[str, str] = {Suppression.Reason.COMPLAINT: "bad"}


class SuppressionTable(LeanTable):
    address = TextColumn(verbose_name=pgettext_lazy("of a message", "Address"))
    channel = ChoiceColumn(choices=CampaignChannel, verbose_name=_("Sending channel"))
    reason = ChoiceColumn(choices=Suppression.Reason, tones=REASON_TONES, verbose_name=_("Reason"))
    detail = TextColumn(verbose_name=_("What was said"), cut=True)
    campaign = TextColumn(verbose_name=_("Campaign"), cut=True)
    at = MomentColumn(verbose_name=pgettext_lazy("suppressed", "Since"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_lift = self.member.can(Right.CAMPAIGNS_EDIT)
        self.address_of = link_pattern(self.member.url("campaigns:suppression_lift", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk) if self.may_lift else ""


def agreed_to(record: Any) -> str:
    """The ways that a notice was about."""
    return ", ".join(label for label, _day in agreed_words(record))


class AgreedColumn(TextColumn):
    """Which consents a notice was about."""

    def prepare(self, table: LeanTable) -> Cell:
        cell = super().prepare(table)
        return lambda _value, record: cell(agreed_to(record), record)

    def export(self, value: Any, record: Any) -> Any:
        return agreed_to(record)


class WhyNotColumn(TextColumn):
    """Why a notice did not reach its person."""

    def prepare(self, table: LeanTable) -> Cell:
        cell = super().prepare(table)
        return lambda _value, record: cell(why_not(record), record)

    def export(self, value: Any, record: Any) -> Any:
        return why_not(record)


class ConsentNoticeTable(LeanTable):
    """Who was told of which consent. A row leads to the person, as far as the member may open their page."""

    name = TextColumn(verbose_name=_("Name"))
    address = TextColumn(verbose_name=pgettext_lazy("of a message", "Address"))
    channel = ChoiceColumn(choices=CampaignChannel, verbose_name=_("Sending channel"))
    agreed = AgreedColumn(verbose_name=_("Told of the consent to"))
    country = CountryColumn(verbose_name=_("Country"))
    state = ChoiceColumn(choices=NoticeState, tones=TONES, verbose_name=_("State"))
    mail_refused = WhyNotColumn(verbose_name=_("Why it did not arrive"), cut=True)
    created_at = MomentColumn(verbose_name=_("Written"))
    mail_sent_at = MomentColumn(verbose_name=_("Sent"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        member = self.member
        self.person, self.customer = (
            link_pattern(member.url(page, pk=ANY_PK), ANY_PK)
            if member.has_function(function) and member.can(right)
            else None
            for page, function, right in (
                ("partners:contact", "people", Right.PARTNERS_VIEW),
                ("leads:customer", "customers", Right.CUSTOMERS_VIEW),
            )
        )

    def row_url(self, record: Any) -> str:
        if record.contact_id:
            return self.person(record.contact_id) if self.person else ""
        if record.customer_id and self.customer and not record.customer.merged_into_id:
            return self.customer(record.customer_id)
        return ""
