from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.tables import ChoiceColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.models import EnquiryKind, EnquiryState
from partners.tables.partners import ANY_PK

ENQUIRY_TONES: dict[str, str] = {"open": "warn", "accepted": "good", "declined": "bad"}


class EnquiryTable(LeanTable):
    asking_name = TextColumn(verbose_name=_("Sent by"))
    asked_name = TextColumn(verbose_name=_("Sent to"))
    kind = ChoiceColumn(choices=EnquiryKind, verbose_name=_("What is asked"))
    subject = TextColumn(cut=True, verbose_name=_("Subject"))
    share = NumberColumn(verbose_name=_("Share in %"))
    state = ChoiceColumn(choices=EnquiryState, tones=ENQUIRY_TONES, verbose_name=_("State"))
    created_at = MomentColumn(verbose_name=_("Sent"))
    answered_at = MomentColumn(verbose_name=_("Answered"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:enquiry", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
