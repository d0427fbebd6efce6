from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.library_rows import STATE_TONES
from campaigns.models import AssetKind, AssetState, UseKind
from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK, NameColumn
from tenancy.models import Language


class ListColumn(TextColumn):
    """Several short words."""

    def prepare(self, table: LeanTable) -> Any:
        cell = super().prepare(table)
        return lambda value, record: cell(", ".join(value or []), record)

    def export(self, value: Any, record: Any) -> Any:
        return ", ".join(value or [])


class LanguagesColumn(ListColumn):
    """Languages by their own names."""

    def prepare(self, table: LeanTable) -> Any:
        cell = super().prepare(table)
        return lambda value, record: cell(_by_name(value), record)

    def export(self, value: Any, record: Any) -> Any:
        return super().export(_by_name(value), record)


def _by_name(codes: list[str] | None) -> list[str]:
    names = dict(Language.choices)
    return [names.get(code, code) for code in codes or []]


class AssetTable(LeanTable):
    title = TextColumn(verbose_name=_("Material"), cut=True)
    kind = ChoiceColumn(choices=AssetKind, verbose_name=_("Kind of material"))
    state = ChoiceColumn(choices=AssetState, tones=STATE_TONES, verbose_name=_("State"))
    languages = LanguagesColumn(verbose_name=_("Languages"))
    audience = TextColumn(accessor="audience", verbose_name=_("Audience"))
    category = TextColumn(accessor="category", verbose_name=_("Product category"))
    tags = ListColumn(verbose_name=_("Tags"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Owner"), minor=True)
    valid_from = DateColumn(verbose_name=_("Valid from"))
    valid_to = DateColumn(verbose_name=_("Valid to"))
    partners = NumberColumn(decimals=0, verbose_name=_("Partners that used it"))
    views = NumberColumn(decimals=0, verbose_name=_("Looked at"))
    downloads = NumberColumn(decimals=0, verbose_name=_("Downloaded"))
    by_links = NumberColumn(decimals=0, verbose_name=_("By links of partners"))
    changed_at = MomentColumn(verbose_name=_("Last new version"))
    updated_at = MomentColumn(verbose_name=_("Changed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("campaigns:asset", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class ReaderTable(LeanTable):
    """Partners that material is for, with when they used what is current."""

    name = NameColumn(verbose_name=_("Partner"))
    code = TextColumn(verbose_name=_("Code"), minor=True)
    kind = TextColumn(accessor="kind", verbose_name=_("Kind"))
    city = TextColumn(verbose_name=_("City"))
    seen_at = MomentColumn(verbose_name=_("Last used"))
    got_at = MomentColumn(verbose_name=_("Last downloaded"))
    people = NumberColumn(decimals=0, verbose_name=_("People"))
    ever_at = MomentColumn(verbose_name=_("Any version used"))
    channel_manager = TextColumn(accessor="channel_manager__name", verbose_name=_("Channel manager"), minor=True)
    email = TextColumn(verbose_name=_("E-mail"), minor=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("partners:detail", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class UseTable(LeanTable):
    """The log of use."""

    at = MomentColumn(verbose_name=_("When"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    member = TextColumn(accessor="member__name", verbose_name=_("Person"))
    what = ChoiceColumn(accessor="kind", choices=UseKind, verbose_name=_("What"))
    asset = TextColumn(accessor="asset__title", verbose_name=_("Material"))
    language = ChoiceColumn(accessor="version__language", choices=Language, verbose_name=_("Language"))
    number = NumberColumn(accessor="version__number", decimals=0, verbose_name=_("Version"))
    by_link = TextColumn(accessor="by_link", verbose_name=pgettext_lazy("use", "By"))
