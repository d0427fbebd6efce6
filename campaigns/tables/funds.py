"""Tables of requests for funds."""

from django.utils.translation import gettext_lazy as _

from pages.tables import LeanTable, TextColumn

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
