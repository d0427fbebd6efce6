from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communication.models import AnnouncementKind, AnnouncementState
from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK

STATE_TONES: dict[str, str] = {
    AnnouncementState.SCHEDULED: "warn",
    AnnouncementState.PUBLISHED: "good",
    AnnouncementState.WITHDRAWN: "bad",
}


class AnnouncementTable(LeanTable):
    title = TextColumn(accessor="title", verbose_name=_("Announcement"))
    kind = ChoiceColumn(choices=AnnouncementKind, verbose_name=_("Kind of news"))
    state = ChoiceColumn(choices=AnnouncementState, tones=STATE_TONES, verbose_name=_("State"))
    audience = TextColumn(accessor="audience", verbose_name=_("Audience"), minor=True)
    addressed = NumberColumn(decimals=0, verbose_name=_("Partners"))
    read = NumberColumn(decimals=0, verbose_name=_("Have read it"))
    confirmed = NumberColumn(decimals=0, verbose_name=_("Have confirmed"))
    publish_at = MomentColumn(verbose_name=_("To be published"))
    published_at = MomentColumn(verbose_name=pgettext_lazy("moment", "Published"))
    ends_at = MomentColumn(verbose_name=_("Shown until"))
    confirm_by = DateColumn(verbose_name=_("To be confirmed by"))
    created_at = MomentColumn(verbose_name=_("Created"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Responsible"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("communication:announcement", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class AddresseeTable(LeanTable):
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    code = TextColumn(accessor="partner__code", verbose_name=_("Code"), minor=True)
    addressed_at = MomentColumn(verbose_name=_("Told"))
    read_at = MomentColumn(verbose_name=_("First read"))
    due_on = DateColumn(verbose_name=_("To be confirmed by"))
    confirmed_at = MomentColumn(verbose_name=_("Confirmed"))
    confirmed_by = TextColumn(accessor="confirmed_by__name", verbose_name=_("Confirmed by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.partner_id)


class PeopleTable(LeanTable):
    name = TextColumn(verbose_name=_("Name"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    email = TextColumn(verbose_name=_("E-mail"), minor=True)
    read_on = MomentColumn(verbose_name=pgettext_lazy("announcement", "Read"))
