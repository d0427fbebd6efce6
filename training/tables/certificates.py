"""The list of certificates."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK
from training.models import CertificateState

CERTIFICATE_TONES: dict[str, str] = {
    CertificateState.VALID: "good",
    CertificateState.ENDING: "warn",
    CertificateState.EXPIRED: "bad",
    CertificateState.WITHDRAWN: "bad",
}


class CertificateTable(LeanTable):
    holder = TextColumn(verbose_name=_("Name"))
    company = TextColumn(verbose_name=pgettext_lazy("certificate", "Company"))
    course = TextColumn(accessor="title", verbose_name=_("Course"))
    state = ChoiceColumn(choices=CertificateState, tones=CERTIFICATE_TONES, verbose_name=_("State"))
    issued_on = DateColumn(verbose_name=_("Issued"))
    valid_until = DateColumn(verbose_name=_("Valid until"))
    score = NumberColumn(decimals=0, verbose_name=pgettext_lazy("of learning", "Score"))
    number = TextColumn(minor=True, verbose_name=pgettext_lazy("certificate", "Number"))
    email = TextColumn(accessor="member__email", minor=True, verbose_name=_("E-mail"))
    manager = TextColumn(accessor="partner__channel_manager__name", minor=True, verbose_name=_("Channel manager"))
    withdrawn_at = MomentColumn(verbose_name=pgettext_lazy("certificate", "Withdrawn"))
    withdrawn_reason = TextColumn(cut=True, verbose_name=_("Why it was withdrawn"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:certificate", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class TeamCertificateTable(LeanTable):
    """For who looks after a company's people; a row is the certificate itself."""

    holder = TextColumn(verbose_name=_("Name"))
    course = TextColumn(accessor="title", verbose_name=_("Course"))
    state = ChoiceColumn(choices=CertificateState, tones=CERTIFICATE_TONES, verbose_name=_("State"))
    issued_on = DateColumn(verbose_name=_("Issued"))
    valid_until = DateColumn(verbose_name=_("Valid until"))
    number = TextColumn(minor=True, verbose_name=pgettext_lazy("certificate", "Number"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training_portal:certificate_pdf", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
