from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.models import SiteStage
from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK, CountryColumn, NameColumn

SITE_TONES: dict[str, str] = {
    SiteStage.TENDER: "warn",
    SiteStage.STARTED: "active",
    SiteStage.INSTALLING: "active",
    SiteStage.FINISHED: "good",
    SiteStage.DROPPED: "bad",
}


class SiteTable(LeanTable):
    name = NameColumn(verbose_name=_("Site"))
    stage = ChoiceColumn(choices=SiteStage, tones=SITE_TONES, verbose_name=_("Stage"))
    client = TextColumn(accessor="client", verbose_name=_("Client"))
    registered_by = TextColumn(accessor="registered_by", verbose_name=_("Registered by"))
    city = TextColumn(verbose_name=_("City"))
    region = TextColumn(verbose_name=_("Region"))
    country = CountryColumn(verbose_name=_("Country"))
    address = TextColumn(verbose_name=_("Street and number"), cut=True)
    area = NumberColumn(decimals=0, verbose_name=_("Area in m²"))
    tender_on = DateColumn(verbose_name=_("Tender on"))
    starts_on = DateColumn(verbose_name=_("Starts on"))
    finishes_on = DateColumn(verbose_name=_("Finishes on"))
    stage_since = MomentColumn(verbose_name=_("At this stage since"))
    created_at = MomentColumn(verbose_name=_("Created"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Responsible"), minor=True)
    latitude = NumberColumn(decimals=6, verbose_name=_("Latitude"))
    longitude = NumberColumn(decimals=6, verbose_name=_("Longitude"))
    reference = TextColumn(verbose_name=_("Reference"), minor=True)
    external_code = TextColumn(verbose_name=_("External code"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("leads:site", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
