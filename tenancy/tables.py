from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.tables import ChoiceColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from tenancy.rights import Role

ANY_PK = 987654321
STATES = [(True, _("Active")), (False, _("Left"))]


class StaffTable(LeanTable):
    name = TextColumn(verbose_name=_("Name"))
    email = TextColumn(verbose_name=_("E-mail"))
    role = ChoiceColumn(choices=Role, verbose_name=_("Role"))
    title = TextColumn(verbose_name=_("Job title"), minor=True)
    last_seen_at = MomentColumn(verbose_name=_("Last seen"))
    is_active = ChoiceColumn(choices=STATES, tones={True: "good"}, verbose_name=_("State"))  # type: ignore[dict-item]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("tenancy:member", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class PartnerPeopleTable(StaffTable):
    partner = TextColumn(verbose_name=_("Partner"))

    class Meta:
        sequence = ("name", "partner", "...")
