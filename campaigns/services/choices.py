"""What a reader chose: to get nothing more by a channel, not to be counted, or to be written to by night as well."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.addresses import address_key
from campaigns.country_rules import rules_for
from campaigns.message_sql import CONSENT_OF
from campaigns.models import (
    Campaign,
    CampaignChannel,
    ReaderChoice,
    Recipient,
    ResponseKind,
    Suppression,
)
from campaigns.selectors.readers import contacts_at, customers_at, with_standing
from campaigns.services.responses import record
from commerce.models import EndCustomer
from partners.models import ContactConsent
from tenancy.models import Membership

BY_OWN_WISH = (Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.COMPLAINT)
"""What the reader can take back; that mail comes back is a fact, and what staff entered is theirs."""


@dataclass(frozen=True)
class Channel:
    """A way of reaching a reader, and whether it is used."""

    key: str
    label: str
    address: str
    """Shown with its middle hidden: links are passed on."""
    is_wanted: bool


@dataclass(frozen=True)
class Choices:
    """All that the preference page shows."""

    channels: list[Channel]
    refuses_opens: bool
    agrees_to_night: bool
    may_agree_to_night: bool


def reader_of(recipient_id: int) -> Recipient | None:
    """Whose link it is; of an end customer whose record went into another, that one."""
    found = Recipient.objects.select_related("campaign", "contact", "customer", "member", "partner")
    return with_standing(found.filter(pk=recipient_id).first())


def addresses_of(reader: Recipient) -> dict[str, str]:
    """By which channels a reader can be reached, with the address of each."""
    found: dict[str, str] = {}
    person: Any = reader.contact or reader.customer
    if person is not None:
        found[CampaignChannel.EMAIL] = person.email
        found[CampaignChannel.SMS] = getattr(person, "mobile", "") or person.phone
        found[CampaignChannel.MESSENGER] = getattr(person, "messenger", "")
    elif reader.member is not None:
        found[CampaignChannel.EMAIL] = reader.member.email
    if reader.address and reader.campaign.channel in (
        CampaignChannel.EMAIL,
        CampaignChannel.SMS,
        CampaignChannel.MESSENGER,
        CampaignChannel.FAX,
    ):
        found[reader.campaign.channel] = reader.address
    return {channel: address for channel, address in found.items() if address}


def choices_of(reader: Recipient) -> Choices:
    """What a reader has chosen so far: a channel is wanted by which they may be written to, and of which the address is not
    suppressed."""
    addresses = addresses_of(reader)
    agreed = _agreed_to(reader, addresses)
    wanted = {
        channel
        for channel in agreed
        if not Suppression.objects.filter(channel=channel, address=address_key(channel, addresses[channel])).exists()
    }
    chosen = _choice_of(reader)
    return Choices(
        channels=[
            Channel(channel, str(CampaignChannel(channel).label), _hidden(address), channel in wanted)
            for channel, address in addresses.items()
        ],
        refuses_opens=chosen.refuses_opens,
        agrees_to_night=chosen.night_since is not None,
        may_agree_to_night=rules_for(reader.country).night is not None,
    )


@transaction.atomic
def unsubscribe(reader: Recipient, *, channel: str = "") -> None:
    """The reader gets nothing more by the channel, from any campaign, and whoever else is reached at the same address agrees
    to it no more: nobody can tell them apart there. Said again, nothing changes."""
    channel = channel or reader.campaign.channel
    address = addresses_of(reader).get(channel, "")
    if channel == CampaignChannel.PORTAL:
        channel, address = CampaignChannel.EMAIL, addresses_of(reader).get(CampaignChannel.EMAIL, "")
    if address:
        _suppress(channel, address, Suppression.Reason.UNSUBSCRIBED, campaign=reader.campaign)
    _withdraw_consent(reader, channel, address_key(channel, address))
    record(reader, ResponseKind.UNSUBSCRIBE, detail=channel, key=channel)


@transaction.atomic
def choose(reader: Recipient, wanted: Collection[str], *, refuses_opens: bool, agrees_to_night: bool) -> None:
    """Keep what the reader said on the preference page. A channel wanted again is agreed to anew."""
    for channel in choices_of(reader).channels:
        if channel.is_wanted and channel.key not in wanted:
            unsubscribe(reader, channel=channel.key)
    for channel in choices_of(reader).channels:
        if not channel.is_wanted and channel.key in wanted:
            _want_again(reader, channel.key)
    chosen = _choice_of(reader)
    night = chosen.night_since or timezone.now()
    ReaderChoice.objects.update_or_create(
        address=_choice_key(reader),
        defaults={
            "refuses_opens": refuses_opens,
            "night_since": night if agrees_to_night and rules_for(reader.country).night else None,
        },
    )


def unsubscribe_address(channel: str, address: str) -> bool:
    """Nothing more goes by the channel to who asked so elsewhere than in a campaign; False where that is so already."""
    return _suppress(channel, address, Suppression.Reason.UNSUBSCRIBED)


def suppress(channel: str, address: str, *, detail: str, by: Membership) -> bool:
    """Staff enter an address that asked by another way; False where it is suppressed already."""
    return _suppress(channel, address, Suppression.Reason.STAFF, detail=detail, by=by)


def suppress_because(
    channel: str, address: str, reason: str, *, detail: str = "", campaign: Campaign | None = None
) -> bool:
    """Nothing more goes to an address of which a report says why; False where it is suppressed already."""
    return _suppress(channel, address, reason, detail=detail, campaign=campaign)


def lift(suppression: Suppression) -> None:
    """Staff take an address off the list: it may be written to again by those whose consent stands."""
    suppression.delete()


# --- The workings -----------------------------------------------------------------------------------------------------


def _suppress(
    channel: str,
    address: str,
    reason: str,
    *,
    detail: str = "",
    campaign: Campaign | None = None,
    by: Membership | None = None,
) -> bool:
    key = address_key(channel, address)
    if not key or Suppression.objects.filter(channel=channel, address=key).exists():
        return False
    Suppression.objects.bulk_create(
        [Suppression(channel=channel, address=key, reason=reason, detail=detail[:500], campaign=campaign, by=by)],
        ignore_conflicts=True,
    )
    return True


def _agreed_to(reader: Recipient, channels: Collection[str]) -> set[str]:
    """By which of these channels a reader agreed to advertising, or was never asked where their country asks for no consent:
    as `message_sql.FACTS` has it. Who is known by their place in the portal alone was not asked: for them all count."""
    if reader.contact_id:
        told = ContactConsent.objects.filter(contact_id=reader.contact_id).values_list("channel", "withdrawn_on")
        asked = {channel for channel, _ended in told}
        agreed = {channel for channel, ended in told if ended is None}
        bound = rules_for(reader.country).consent_for
        return {
            channel
            for channel in channels
            if CONSENT_OF[channel] in agreed or (channel not in bound and CONSENT_OF[channel] not in asked)
        }
    if reader.customer_id:
        customer = EndCustomer.objects.filter(pk=reader.customer_id, consented_at__isnull=False, consent_ended_at=None)
        return set(channels) if customer.exists() else set()
    return set(channels)


def _want_again(reader: Recipient, channel: str) -> None:
    address = addresses_of(reader)[channel]
    Suppression.objects.filter(channel=channel, address=address_key(channel, address), reason__in=BY_OWN_WISH).delete()
    if reader.customer_id:
        # What an end customer agrees to is kept once for all channels.
        customer = EndCustomer.objects.filter(pk=reader.customer_id)
        customer.filter(consent="").update(consent=_("The person's own preference page"))
        customer.update(consented_at=timezone.now(), consent_ended_at=None)
    if reader.contact_id and reader.partner_id and channel in CONSENT_OF:
        ContactConsent.objects.bulk_create(
            [
                ContactConsent(
                    partner_id=reader.partner_id,
                    contact_id=reader.contact_id,
                    channel=CONSENT_OF[channel],
                    given_on=timezone.localdate(),
                    source=_("The person's own preference page"),
                )
            ],
            ignore_conflicts=True,
        )


def _withdraw_consent(reader: Recipient, channel: str, address: str) -> None:
    if channel in CONSENT_OF:
        contacts = contacts_at(channel, address, or_pk=reader.contact_id)
        ContactConsent.objects.filter(
            contact__in=contacts.values("pk"), channel=CONSENT_OF[channel], withdrawn_on=None
        ).update(withdrawn_on=timezone.localdate())
    # What an end customer agrees to is kept once for all channels.
    customers = customers_at(channel, address, or_pk=reader.customer_id)
    customers.filter(consented_at__isnull=False, consent_ended_at=None).update(consent_ended_at=timezone.now())


def _choice_key(reader: Recipient) -> str:
    return address_key(reader.campaign.channel, reader.address)


def _choice_of(reader: Recipient) -> ReaderChoice:
    return ReaderChoice.objects.filter(address=_choice_key(reader)).first() or ReaderChoice()


def _hidden(address: str) -> str:
    """An address with its middle hidden: k…m@example.com, 010…78."""
    name, at, domain = address.partition("@")
    shown = f"{name[:1]}…{name[-1:]}" if at else f"{name[:3]}…{name[-2:]}"
    return f"{shown}{at}{domain}"
