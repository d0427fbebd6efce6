"""What changes end customers: kept in step with what they are found by, with their consent and its end."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from commerce.models import CustomerKind, CustomerSource, EndCustomer
from leads.models import Lead
from leads.services.likeness import write_customer_keys
from leads.services.states import lock_lead
from tenancy.models import Membership

COPIED = (
    "business_number", "email", "phone", "website", "address", "city", "region", "postal_code", "country", "latitude",
    "longitude", "language", "consent", "consented_at",
)  # fmt: skip


@transaction.atomic
def create_customer(customer: EndCustomer, *, by: Membership | None) -> EndCustomer:
    """Keep a new end customer, with what it is found by."""
    customer.created_by = by
    if customer.consent and customer.consented_at is None:
        customer.consented_at = timezone.now()
    customer.save(force_insert=True)
    write_customer_keys([customer])
    return customer


@transaction.atomic
def update_customer(customer: EndCustomer, *, fields: Iterable[str]) -> EndCustomer:
    """Save the named fields of an end customer. New words of consent are agreed to as of now."""
    changed = set(fields)
    if "consent" in changed:
        before = EndCustomer.objects.values_list("consent", flat=True).get(pk=customer.pk)
        if customer.consent != before:
            customer.consented_at = timezone.now() if customer.consent else None
            customer.consent_ended_at = None
            changed |= {"consented_at", "consent_ended_at"}
    customer.save(update_fields=[*sorted(changed), "updated_at"])
    write_customer_keys([customer])
    return customer


@transaction.atomic
def withdraw_consent(customer: EndCustomer) -> EndCustomer:
    """The customer takes its agreement back; what was agreed to, and until when, stays known. Twice is once."""
    row = EndCustomer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if row.consent and row.consent_ended_at is None:
        row.consent_ended_at = timezone.now()
        row.save(update_fields=["consent_ended_at", "updated_at"])
    return row


@transaction.atomic
def customer_from_lead(lead: Lead, *, by: Membership | None) -> EndCustomer:
    """The end customer that a lead is of: the one it has, else a new one of what the lead says. Twice makes one."""
    lead = lock_lead(lead)
    if lead.customer is not None:
        return lead.customer
    is_person = not lead.company
    customer = create_customer(
        EndCustomer(
            kind=CustomerKind.PERSON if is_person else CustomerKind.COMPANY,
            name=(lead.name or lead.reference) if is_person else lead.company,
            contact_name="" if is_person else lead.name,
            contact_title=lead.title,
            served_by_id=lead.partner_id,
            source=CustomerSource.LEAD,
            **{name: getattr(lead, name) for name in COPIED},
        ),
        by=by,
    )
    lead.customer = customer
    lead.save(update_fields=["customer", "updated_at"])
    return customer
