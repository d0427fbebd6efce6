from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pages.tables import (
    Cell,
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    TextColumn,
    link_pattern,
)
from partners.models import ContactRole, Direction, FavourKind, FavourState, NewsEvery
from partners.models.partner import shown_name
from tenancy.models import Language

ANY_PK = 987654321


class PersonColumn(TextColumn):
    """A person's name as the reader writes names."""

    def prepare(self, table: LeanTable) -> Cell:
        if get_language() in ("ko", "ja"):
            return lambda value, _record: conditional_escape(value)
        return lambda value, record: conditional_escape(record.latin_name or value)


class PartnerColumn(TextColumn):
    """The partner that a row is of."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda _value, record: conditional_escape(shown_name(record.partner.name, record.partner.local_name))

    def export(self, value: Any, record: Any) -> Any:
        return str(record.partner)


class ContactTable(LeanTable):
    name = PersonColumn(verbose_name=_("Name"))
    partner = PartnerColumn(verbose_name=_("Partner"))
    role = ChoiceColumn(choices=ContactRole, verbose_name=_("Role at the partner"))
    position = TextColumn(verbose_name=_("Job title"))
    department = TextColumn(verbose_name=_("Department"))
    mobile = TextColumn(verbose_name=_("Mobile"))
    phone = TextColumn(verbose_name=_("Phone"))
    email = TextColumn(verbose_name=_("E-mail"))
    language = ChoiceColumn(choices=Language, verbose_name=_("Language"))
    birthday = DateColumn(verbose_name=_("Birthday"))
    joined_on = DateColumn(verbose_name=_("At the partner since"))
    left_on = DateColumn(verbose_name=_("Left on"))
    code = TextColumn(accessor="partner__code", verbose_name=_("Partner code"), minor=True)
    latin_name = TextColumn(verbose_name=_("Name in Latin letters"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:contact", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


FAVOUR_TONES: dict[str, str] = {
    FavourState.WAITING: "active",
    FavourState.APPROVED: "good",
    FavourState.REFUSED: "bad",
}


class GivenToColumn(TextColumn):
    """Who was given something, and at which partner they are."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda _value, record: conditional_escape(str(record.contact))


class FavourPartnerColumn(TextColumn):
    """The partner of who was given something."""

    def prepare(self, table: LeanTable) -> Cell:
        return lambda _value, record: conditional_escape(
            shown_name(record.contact.partner.name, record.contact.partner.local_name)
        )

    def export(self, value: Any, record: Any) -> Any:
        return str(record.contact.partner)


class FavourTable(LeanTable):
    what = TextColumn(verbose_name=_("What"), cut=True)
    contact = GivenToColumn(verbose_name=_("Person"))
    partner = FavourPartnerColumn(accessor="contact__partner", verbose_name=_("Partner"))
    kind = ChoiceColumn(choices=FavourKind, verbose_name=_("What it was"))
    given_on = DateColumn(verbose_name=_("Day"))
    value = MoneyColumn(verbose_name=_("Amount"))
    state = ChoiceColumn(choices=FavourState, tones=FAVOUR_TONES, verbose_name=_("State"))
    reason = TextColumn(verbose_name=_("What for"), cut=True)
    by = TextColumn(accessor="by__name", verbose_name=_("Noted by"), minor=True)
    code = TextColumn(accessor="contact__partner__code", verbose_name=_("Partner code"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:contact", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.contact_id) + "#favours"


class NewsTable(LeanTable):
    name = PersonColumn(verbose_name=_("Name"))
    partner = PartnerColumn(verbose_name=_("Partner"))
    position = TextColumn(verbose_name=_("Job title"))
    every = ChoiceColumn(choices=NewsEvery, verbose_name=_("How often"))
    last_at = MomentColumn(verbose_name=_("Last sent"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:contact_news", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)


class EntryTable(LeanTable):
    title = TextColumn(verbose_name=pgettext_lazy("with a partner", "Contact"), cut=True)
    at = MomentColumn(verbose_name=_("When"))
    partner = PartnerColumn(verbose_name=_("Partner"))
    direction = ChoiceColumn(choices=Direction, verbose_name=_("Direction"))
    channel = TextColumn(verbose_name=_("Contact channel"))
    subject = TextColumn(verbose_name=pgettext_lazy("of a contact", "Subject"))
    outcome = TextColumn(verbose_name=_("Outcome"))
    contact = TextColumn(verbose_name=_("Talked with"))
    by = TextColumn(accessor="by__name", verbose_name=_("Noted by"), minor=True)
    next_step = TextColumn(verbose_name=_("Next step"), cut=True)
    next_step_on = DateColumn(verbose_name=_("Due on"))
    summary = TextColumn(verbose_name=_("Summary"), cut=True)
    code = TextColumn(accessor="partner__code", verbose_name=_("Partner code"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = link_pattern(self.member.url("partners:entry", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address(record.pk)
