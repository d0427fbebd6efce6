"""A partner's campaign as it reads: the template's words with the partner's own, in the partner's frame.

Templates, settings and rules are the manufacturer's and are read as its staff; what the partner wrote is read as the partner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.mails import sender_of
from campaigns.models import CampaignSettings, PartnerBrand, PartnerCampaign, PartnerTemplate, PartnerTemplateText
from campaigns.own_links import OwnLinks
from campaigns.own_texts import filled
from campaigns.services.asset_branding import brand_of
from campaigns.texts import Compiled, Frame, Person, Text, Words, compile_text
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import house_scope


def text_of(text: PartnerTemplateText) -> Text:
    """A text of a template as it is compiled."""
    return Text(text.subject, text.body, text.language, text.preheader, tuple(text.answers))


@dataclass(frozen=True)
class House:
    """What a partner's campaign rests on that is the manufacturer's."""

    manufacturer: Manufacturer
    template: PartnerTemplate
    texts: Mapping[str, PartnerTemplateText]
    settings: CampaignSettings
    brand: PartnerBrand


def house_of(campaign: PartnerCampaign) -> House:
    """Read it, in four queries."""
    with house_scope():
        template = PartnerTemplate.objects.select_related("manufacturer").get(pk=campaign.template_id)
        return House(
            manufacturer=template.manufacturer,
            template=template,
            texts={text.language: text for text in PartnerTemplateText.objects.filter(template=template)},
            settings=CampaignSettings.objects.first() or CampaignSettings(),
            brand=brand_of(Partner.objects.get(pk=campaign.partner_id)),
        )


class OwnWriter:
    """What one campaign of a partner says. A text is compiled when the first reader of its language and country needs it."""

    def __init__(self, campaign: PartnerCampaign, house: House, words: Mapping[str, Any]) -> None:
        self.campaign = campaign
        self.house = house
        self.own = words
        self.links = OwnLinks.of(house.manufacturer.pk, house.manufacturer.slug)
        self._compiled: dict[tuple[str, str, bool], Compiled] = {}

    @property
    def sender(self) -> tuple[str, str]:
        """The partner's name, at the address that the manufacturer's mail server may send from."""
        return self.house.brand.company, sender_of(self.house.settings, self.house.manufacturer)[1]

    def has_text(self, language: str) -> bool:
        """Whether the template speaks it."""
        return language in self.house.texts

    def words(self, language: str, country: str, person: Person, ticket: Any) -> Words:
        """What one person is sent; without a ticket, a preview, in which nothing is counted."""
        key = (language, country, ticket is None)
        if key not in self._compiled:
            text = filled(text_of(self.house.texts[language]), self.own.get(language, {}))
            self._compiled[key] = compile_text(text, self._frame(language, country, is_preview=ticket is None))
        return self._compiled[key].render(person, ticket)

    def _frame(self, language: str, country: str, *, is_preview: bool) -> Frame:
        house, brand = self.house, self.house.brand
        with translation.override(language):
            return Frame(
                manufacturer=brand.company,
                links=self.links,
                country=country,
                is_advertising=house.template.is_advertising,
                sender=" · ".join(part for part in (brand.company, brand.contact, brand.phone) if part),
                postal_address=brand.address,
                reply_to=brand.email,
                colour=house.manufacturer.brand_colour,
                counts_opens=house.settings.tracks_opens and not is_preview,
                common={
                    "manufacturer": str(house.manufacturer),
                    "sender": brand.company,
                    "campaign": str(house.template),
                },
                why=_("You get this mail because you are a customer of %(sender)s.") % {"sender": brand.company},
                has_choices=False,
                logo_url=self.links.logo(self.campaign.pk) if brand.logo else "",
            )
