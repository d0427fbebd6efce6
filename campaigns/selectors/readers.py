"""Who is known under an address, and which record stands for a reader today."""

from django.db.models import Q, QuerySet

from campaigns.models import Campaign, CampaignChannel, Recipient
from commerce.models import EndCustomer
from commerce.selectors import records_of
from partners.audiences.tree import asks_for
from partners.models import Contact, Stage

OF_PERSON = {
    CampaignChannel.EMAIL: "email_key",
    CampaignChannel.SMS: "number_key",
    CampaignChannel.MESSENGER: "messenger_key",
}
OF_CUSTOMER = {
    CampaignChannel.EMAIL: "email_key",
    CampaignChannel.SMS: "phone_digits",
    CampaignChannel.MESSENGER: "phone_digits",
}
"""How a person is reached by each electronic channel, as readers are frozen (`campaigns.services.freezing`). Columns, since below
a policy no index over `lower` and the like is used: only comparisons that give nothing away may be."""


def contacts_at(channel: str, address: str, *, or_pk: int | None = None) -> QuerySet[Contact]:
    """The people of partners who are reached by a channel at an address, kept as in `Suppression`; and one more by name."""
    named = Contact.objects.filter(pk__in=[or_pk] if or_pk else [])
    if not address or channel not in OF_PERSON:
        return named
    # Not by OR, for which the database may look through all of the house.
    reached = Contact.objects.filter(Q((OF_PERSON[CampaignChannel(channel)], address)))
    return Contact.objects.filter(pk__in=named.values("pk").union(reached.values("pk")))


def customers_at(channel: str, address: str, *, or_pk: int | None = None) -> QuerySet[EndCustomer]:
    """The end customers who are reached by a channel at an address; and one more by name, with all of its records."""
    named = EndCustomer.objects.filter(pk__in=records_of(or_pk) if or_pk else [])
    if not address or channel not in OF_CUSTOMER:
        return named
    reached = EndCustomer.objects.filter(Q((OF_CUSTOMER[CampaignChannel(channel)], address)))
    return EndCustomer.objects.filter(pk__in=named.values("pk").union(reached.values("pk")))


def with_standing(reader: Recipient | None) -> Recipient | None:
    """The reader, with the end customer that stands where its own record went into another."""
    if reader is not None and reader.customer is not None and reader.customer.merged_into_id:
        reader.customer = EndCustomer.objects.get(pk=records_of(reader.customer.pk)[0])
    return reader


def speaks_to_ended(campaign: Campaign) -> bool:
    """Whether people at partners whose partnership has ended are meant too: where the audience names the stage."""
    return campaign.audience is not None and asks_for(campaign.audience.definition, "stage", Stage.ENDED)
