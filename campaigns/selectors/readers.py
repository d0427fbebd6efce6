"""Who is known under an address, and which record stands for a reader today."""

from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf, Trim

from campaigns.models import CampaignChannel, Recipient
from commerce.models import EndCustomer
from commerce.selectors import records_of
from partners.models import Contact


def _digits(number: F | Coalesce) -> Func:
    return Func(number, Value(r"\D"), Value(""), Value("g"), function="regexp_replace")


INBOX = Lower(Trim("email"))
NUMBER = _digits(Coalesce(NullIf("mobile", Value("")), "phone"))
MESSENGER = Coalesce(NullIf(Lower(Trim("messenger")), Value("")), _digits(F("mobile")))
OF_PERSON = {CampaignChannel.EMAIL: INBOX, CampaignChannel.SMS: NUMBER, CampaignChannel.MESSENGER: MESSENGER}
OF_CUSTOMER = {
    CampaignChannel.EMAIL: INBOX,
    CampaignChannel.SMS: F("phone_digits"),
    CampaignChannel.MESSENGER: F("phone_digits"),
}
"""How a person is reached by each electronic channel, as readers are frozen (`campaigns.services.freezing`)."""


def contacts_at(channel: str, address: str, *, or_pk: int | None = None) -> QuerySet[Contact]:
    """The people of partners who are reached by a channel at an address, kept as in `Suppression`; and one more by name."""
    found = Q(pk=or_pk)
    contacts = Contact.objects.all()
    if address and channel in OF_PERSON:
        contacts = contacts.annotate(reached_at=OF_PERSON[CampaignChannel(channel)])
        found |= Q(reached_at=address)
    return contacts.filter(found)


def customers_at(channel: str, address: str, *, or_pk: int | None = None) -> QuerySet[EndCustomer]:
    """The end customers who are reached by a channel at an address; and one more by name, with all of its records."""
    found = Q(pk__in=records_of(or_pk) if or_pk else [])
    customers = EndCustomer.objects.all()
    if address and channel in OF_CUSTOMER:
        customers = customers.annotate(reached_at=OF_CUSTOMER[CampaignChannel(channel)])
        found |= Q(reached_at=address)
    return customers.filter(found)


def with_standing(reader: Recipient | None) -> Recipient | None:
    """The reader, with the end customer that stands where its own record went into another."""
    if reader is not None and reader.customer is not None and reader.customer.merged_into_id:
        reader.customer = EndCustomer.objects.get(pk=records_of(reader.customer.pk)[0])
    return reader
