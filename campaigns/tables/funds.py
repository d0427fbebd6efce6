"""Tables of requests for funds."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import FundState
from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, MoneyColumn, TextColumn, link_pattern

ANY_PK = 987654321
TONES: dict[str, str] = {
    "submitted": "warn", "claimed": "warn", "returned": "warn", "approved": "active", "settled": "good",
    "refused": "bad", "expired": "bad",
}  # fmt: skip


class FundRequestTable(LeanTable):
    title = TextColumn(verbose_name=_("What"))
    reference = TextColumn(minor=True, verbose_name=_("Reference"))
    partner_name = TextColumn(accessor="shown_partner", verbose_name=_("Partner"))
    fund = TextColumn(cut=True, verbose_name=_("Fund"))
    activity = TextColumn(verbose_name=_("Activity"))
    asked = MoneyColumn(currency_from="fund.currency", verbose_name=_("Asked for"))
    approved = MoneyColumn(currency_from="fund.currency", verbose_name=_("Approved"))
    settled = MoneyColumn(currency_from="fund.currency", verbose_name=_("Settled"))
    state = ChoiceColumn(choices=FundState, tones=TONES, verbose_name=_("State"))
    starts_on = DateColumn(verbose_name=pgettext_lazy("activity", "From"))
    claim_until = DateColumn(verbose_name=_("Claim until"))
    answer_until = DateColumn(verbose_name=pgettext_lazy("fund", "Answer until"), orderable=False)
    asked_at = MomentColumn(verbose_name=_("Handed in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("campaigns:fund_request", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
