"""Lists of learning programmes and of who is in them."""

from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.tables import (
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    NumberColumn,
    PercentColumn,
    TextColumn,
    link_pattern,
)
from partners.tables.partners import ANY_PK, NameColumn
from training.models import PersonSource, PersonState, ProgrammeState

PROGRAMME_TONES: dict[str, str] = {ProgrammeState.RUNNING: "good", ProgrammeState.DRAFT: "warn"}
PERSON_TONES: dict[str, str] = {PersonState.OPEN: "active", PersonState.DONE: "good", PersonState.EXEMPT: "good"}


class ProgrammeTable(LeanTable):
    title = TextColumn(accessor="title", verbose_name=_("Programme"))
    code = TextColumn(verbose_name=_("Code"), minor=True)
    state = ChoiceColumn(choices=ProgrammeState, tones=PROGRAMME_TONES, verbose_name=_("State"))
    course_count = NumberColumn(decimals=0, verbose_name=_("Courses"))
    learning = NumberColumn(decimals=0, verbose_name=pgettext_lazy("people", "Learning"))
    late = NumberColumn(decimals=0, verbose_name=_("Late"))
    finished = NumberColumn(decimals=0, verbose_name=pgettext_lazy("person in a programme", "Finished"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Responsible"), minor=True)
    started_at = MomentColumn(verbose_name=_("Started"))
    assigned_at = MomentColumn(verbose_name=_("Last assigned"))
    updated_at = MomentColumn(verbose_name=_("Changed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:programme", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class ProgrammePartnerTable(LeanTable):
    name = NameColumn(verbose_name=_("Partner"))
    code = TextColumn(verbose_name=_("Code"), minor=True)
    learning = NumberColumn(decimals=0, verbose_name=pgettext_lazy("people", "Learning"))
    late = NumberColumn(decimals=0, verbose_name=_("Late"))
    stuck = NumberColumn(decimals=0, verbose_name=_("Held up"))
    finished = NumberColumn(decimals=0, verbose_name=pgettext_lazy("person in a programme", "Finished"))
    exempt = NumberColumn(decimals=0, verbose_name=_("Exempt"))
    share = PercentColumn(verbose_name=_("Share finished"))
    channel_manager = TextColumn(accessor="channel_manager__name", verbose_name=_("Channel manager"), minor=True)

    def __init__(self, *args: Any, people_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people_url = people_url

    def row_url(self, record: Any) -> str:
        return f"{self.people_url}?q={quote(record.code)}"


class PersonTable(LeanTable):
    person = TextColumn(accessor="member__name", verbose_name=_("Name"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    email = TextColumn(accessor="member__email", verbose_name=_("E-mail"), minor=True)
    state = ChoiceColumn(choices=PersonState, tones=PERSON_TONES, verbose_name=_("State"))
    done = NumberColumn(decimals=0, verbose_name=_("Courses done"))
    due_on = DateColumn(verbose_name=_("Due"))
    since = DateColumn(verbose_name=_("Since"))
    source = ChoiceColumn(choices=PersonSource, verbose_name=_("How they came"))
    reminded_at = MomentColumn(verbose_name=_("Last reminded"))
    ended_at = MomentColumn(verbose_name=_("Ended"))
    reason = TextColumn(verbose_name=_("Reason"), cut=True, minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:programme_person", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
