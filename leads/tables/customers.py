from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import CustomerKind, CustomerSource
from pages.tables import ChoiceColumn, LeanTable, MomentColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK, CountryColumn, NameColumn


class CustomerTable(LeanTable):
    name = NameColumn(verbose_name=_("End customer"))
    kind = ChoiceColumn(choices=CustomerKind, verbose_name=pgettext_lazy("lead", "Kind"))
    contact_name = TextColumn(verbose_name=_("Contact"))
    phone = TextColumn(verbose_name=_("Phone"))
    email = TextColumn(verbose_name=_("E-mail"))
    city = TextColumn(verbose_name=_("City"))
    region = TextColumn(verbose_name=_("Region"))
    country = CountryColumn(verbose_name=_("Country"))
    served_by = TextColumn(verbose_name=_("Served by"))
    source = ChoiceColumn(choices=CustomerSource, verbose_name=_("Source"))
    consented_at = MomentColumn(verbose_name=_("Agreed to be contacted"))
    consent_ended_at = MomentColumn(verbose_name=_("Agreement withdrawn"))
    address = TextColumn(verbose_name=_("Street and number"))
    postal_code = TextColumn(verbose_name=_("Postal code"))
    business_number = TextColumn(verbose_name=_("Business number"))
    external_code = TextColumn(verbose_name=_("External code"), minor=True)
    created_at = MomentColumn(verbose_name=_("Created"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("leads:customer", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
