from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.tables import (
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    NumberColumn,
    TextColumn,
    link_pattern,
)
from partners.models import ProspectStage
from partners.tables.partners import ANY_PK, CountryColumn, NameColumn

PROSPECT_TONES: dict[str, str] = {
    ProspectStage.AGREED: "active",
    ProspectStage.ONBOARDING: "active",
    ProspectStage.ACTIVE: "good",
    ProspectStage.REFUSED: "bad",
}


class ProspectTable(LeanTable):
    company = NameColumn(verbose_name=_("Company"))
    stage = ChoiceColumn(choices=ProspectStage, tones=PROSPECT_TONES, verbose_name=_("Stage"))
    score = NumberColumn(decimals=0, verbose_name=_("Score"))
    source = TextColumn(verbose_name=_("Source"))
    country = CountryColumn(verbose_name=_("Country"))
    region = TextColumn(verbose_name=_("Region"))
    city = TextColumn(verbose_name=_("City"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Responsible"), minor=True)
    next_step = TextColumn(verbose_name=_("Next step"), cut=True)
    due_on = DateColumn(verbose_name=_("Due"))
    stage_since = MomentColumn(verbose_name=_("At this stage since"))
    created_at = MomentColumn(verbose_name=_("Created"))
    introducer = TextColumn(verbose_name=_("Introduced by"))
    refusal_reason = TextColumn(verbose_name=_("Reason for refusing"))
    contact_name = TextColumn(verbose_name=_("Contact"))
    email = TextColumn(verbose_name=_("E-mail"))
    phone = TextColumn(verbose_name=_("Phone"))
    reference = TextColumn(verbose_name=_("Reference"), minor=True)
    external_code = TextColumn(verbose_name=_("External code"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:prospect", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
