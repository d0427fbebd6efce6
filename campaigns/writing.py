"""The texts of one campaign, compiled once each, for whoever reads them."""

from functools import cached_property
from typing import Any

from django.utils import translation

from campaigns.answers import known_answers
from campaigns.gateway import Outgoing
from campaigns.links import Links, Ticket
from campaigns.mails import sender_of
from campaigns.models import Campaign, CampaignChannel, CampaignContent, CampaignSettings, TemplateState
from campaigns.services.settings import campaign_settings
from campaigns.texts import Compiled, Frame, Person, Text, Words, compile_message, compile_short, compile_text
from pages import formats
from tenancy.models import Manufacturer

BY_GATEWAY = (CampaignChannel.MESSENGER, CampaignChannel.SMS)


def text_of(content: CampaignContent) -> Text:
    """A content as it is compiled."""
    return Text(content.subject, content.body, content.language, content.preheader, tuple(content.answers))


class Writer:
    """What a campaign says. A text is compiled when the first reader of its language and country needs it."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._compiled: dict[tuple[int, str], Compiled] = {}
        self._shorts: dict[tuple[str, str, str], Compiled] = {}

    @property
    def manufacturer(self) -> Manufacturer:
        return self.campaign.manufacturer

    @cached_property
    def settings(self) -> CampaignSettings:
        return campaign_settings()

    @cached_property
    def links(self) -> Links:
        return Links.of(self.manufacturer.pk, self.manufacturer.slug)

    @cached_property
    def contents(self) -> dict[tuple[int, str, str], CampaignContent]:
        """By variant, language and country; without a country those for all countries."""
        found = CampaignContent.objects.filter(variant__campaign=self.campaign).select_related("template", "variant")
        return {(content.variant_id, content.language, content.country): content for content in found}

    def content(self, variant: int | None, language: str, country: str) -> CampaignContent | None:
        """What readers of that language in that country get: the words of their own country before those for all."""
        if variant is None:
            return None
        return self.contents.get((variant, language, country)) or self.contents.get((variant, language, ""))

    def why_not(self, variant: int | None, language: str, country: str) -> str:
        """The code of why readers of that language in that country cannot be told anything; empty where they can."""
        content = self.content(variant, language, country)
        if content is None:
            return "no_text"
        if self.campaign.channel == CampaignChannel.MESSENGER and content.template is None:
            return "no_template"
        if self.campaign.channel in BY_GATEWAY and content.template is not None:
            return "" if content.template.state == TemplateState.APPROVED else "no_template"
        return ""

    def has_text(self, variant: int | None, language: str, country: str) -> bool:
        """Whether there are words for them."""
        return self.content(variant, language, country) is not None

    def words(self, variant: int | None, language: str, country: str, person: Person, ticket: Ticket | None) -> Words:
        """What one person is sent."""
        content = self.content(variant, language, country)
        assert content is not None, "Asked for before by has_text."
        return self.compiled(content, country).render(person, ticket)

    def subject_and_text(self, variant: int | None, language: str, country: str, person: Person) -> tuple[str, str]:
        """What one person is told in the portal: links lead straight on, and nothing has to be ended there."""
        content = self.content(variant, language, country)
        assert content is not None, "Asked for before by why_not."
        return compile_message(text_of(content), self.frame(content.language, country)).subject_and_text(person, None)

    def outgoing(
        self,
        key: str,
        variant: int | None,
        language: str,
        country: str,
        person: Person,
        ticket: Ticket,
        address: str,
    ) -> Outgoing:
        """What the gateway is handed for one person."""
        content = self.content(variant, language, country)
        assert content is not None, "Asked for before by why_not."
        template, frame = content.template, self.frame(content.language, country)
        body = template.body if template else content.body
        codes = template.answers if template else content.answers
        with translation.override(content.language):
            buttons = [(label, self.links.answer(ticket, code)) for code, label in known_answers(list(codes))]
        instead = ""
        if template and template.sms_text and self.settings.sms_instead:
            instead = self._short(template.sms_text, content.language, frame, CampaignChannel.SMS).subject_and_text(
                person, ticket
            )[1]
        return Outgoing(
            key=key,
            channel=self.campaign.channel,
            to=address,
            text=self._short(body, content.language, frame, self.campaign.channel).subject_and_text(person, ticket)[1],
            template=template.gateway_key if template else "",
            buttons=buttons,
            sms_instead=instead,
        )

    def _short(self, body: str, language: str, frame: Frame, channel: str) -> Compiled:
        key = (body, frame.country, channel)
        if key not in self._shorts:
            self._shorts[key] = compile_short(body, language, frame, names_sender=channel == CampaignChannel.SMS)
        return self._shorts[key]

    def compiled(self, content: CampaignContent, country: str) -> Compiled:
        """A content in the frame of a country, ready to be filled in."""
        found = self._compiled.get((content.pk, country))
        if found is None:
            found = compile_text(text_of(content), self.frame(content.language, country))
            self._compiled[content.pk, country] = found
        return found

    def frame(self, language: str, country: str) -> Frame:
        """What stands around the words in a language and country."""
        chosen = self.settings
        with translation.override(language):
            sender, address = sender_of(chosen, self.manufacturer)
            return Frame(
                manufacturer=str(self.manufacturer),
                links=self.links,
                country=country,
                is_advertising=self.campaign.is_advertising,
                sender=sender,
                postal_address=chosen.postal_address,
                free_phone=chosen.free_phone,
                reply_to=chosen.reply_to or address,
                colour=self.manufacturer.brand_colour,
                counts_opens=chosen.tracks_opens,
                common=common_fields(self.campaign, sender, language),
            )


def common_fields(campaign: Campaign, sender: str, language: str) -> dict[str, str]:
    """The fields that are the same for every reader, in the active language."""
    product: Any = campaign.product
    price = campaign.offer_price
    return {
        "manufacturer": str(campaign.manufacturer),
        "sender": sender,
        "campaign": campaign.title,
        "product": str(product) if product else "",
        "price": formats.money(price, campaign.manufacturer.currency, language) if price is not None else "",
        "payment": campaign.payment_terms,
        "delivery": campaign.delivery_terms,
        "offer_until": formats.date(campaign.offer_until, language) if campaign.offer_until else "",
    }
