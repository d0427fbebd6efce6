from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.models import CampaignChannel, Suppression
from pages.tables import ChoiceColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK
from tenancy.rights import Right

REASON_TONES: dict[str, str] = {Suppression.Reason.COMPLAINT: "bad"}


class SuppressionTable(LeanTable):
    address = TextColumn(verbose_name=_("Address"))
    channel = ChoiceColumn(choices=CampaignChannel, verbose_name=_("By"))
    reason = ChoiceColumn(choices=Suppression.Reason, tones=REASON_TONES, verbose_name=_("Reason"))
    detail = TextColumn(verbose_name=_("What was said"), cut=True)
    campaign = TextColumn(verbose_name=_("Campaign"), cut=True)
    at = MomentColumn(verbose_name=_("Since"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_lift = self.member.can(Right.CAMPAIGNS_EDIT)
        self.address_of = link_pattern(self.member.url("campaigns:suppression_lift", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk) if self.may_lift else ""
