"""What changes end customers: kept in step with what they are found by, with their consent and its end."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from commerce.models import CustomerKind, CustomerSource, DirectSale, EndCustomer
from leads.models import DealRegistration, Lead, Opportunity
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


def release_customer(lead: Lead, partner_id: int) -> bool:
    """A lead leaves a partner: it reads the end customer no more, unless it has it from elsewhere. Whether it was let go.

    From elsewhere is what it served before this lead, and whom it has another lead, an opportunity of its own, a deal or
    a credited sale of.
    """
    customer = lead.customer
    if customer is None or customer.served_by_id != partner_id:
        return False
    if not _came_with(lead, customer) or _has_more(lead, customer.pk, partner_id):
        return False
    customer.served_by = None
    customer.save(update_fields=["served_by", "updated_at"])
    return True


def _came_with(lead: Lead, customer: EndCustomer) -> bool:
    """Whether the partner came to serve the customer by accepting this lead: it was made then, or given to it then."""
    if (
        customer.source == CustomerSource.LEAD
        and not Lead.objects.filter(customer=customer, accepted_at__lt=lead.accepted_at).exclude(pk=lead.pk).exists()
    ):
        return True
    events: Any = EndCustomer._meta.get_field("events").related_model
    changed = events.objects.filter(pgh_obj_id=customer.pk, pgh_created_at__gte=lead.accepted_at)
    return changed.exclude(served_by=customer.served_by_id).exists()


def _has_more(lead: Lead, customer_id: int, partner_id: int) -> bool:
    own = {"customer": customer_id, "partner": partner_id}
    return (
        Lead.objects.filter(**own).exclude(pk=lead.pk).exists()
        or Opportunity.objects.filter(**own).exclude(lead=lead).exists()
        or DealRegistration.objects.filter(
            Q(partner=partner_id) | Q(second_partner=partner_id), customer=customer_id
        ).exists()
        or DirectSale.objects.filter(customer=customer_id, credited_to=partner_id).exists()
    )
