"""Objects of leads and deals in the world of the isolation tests: a function a subject, each listed in `SUBJECTS`."""

from collections.abc import Callable
from typing import Any

from leads.models import LeadLikeness, LeadState
from leads.services.codes import source_of
from leads.services.customer_merging import merge_customers
from leads.services.customers import create_customer
from leads.services.intake import create_lead
from leads.services.merging import merge_leads
from leads.services.web_forms import draft_form
from tenancy.rls import staff_scope


def intake_objects(world: Any) -> dict[str, Any]:
    """A lead that Seoul Agency has, what looks like it, a merge, and an end customer that it serves."""
    from commerce.models import EndCustomer

    with staff_scope(world.manufacturer.pk):
        values = {"company": "Hanok", "name": "Kim", "phone": "02-1234-5678", "city": "Seoul"}
        lead, other, third = (create_lead(values, find_duplicates=False) for _ in range(3))
        likeness = LeadLikeness.objects.create(lead=other, other=lead, score=0.9)
        merge = merge_leads(lead, third, by=None)
        type(lead).objects.filter(pk=lead.pk).update(state=LeadState.ACCEPTED, partner=world.partner)
        customer = create_customer(EndCustomer(name="Hanok", served_by=world.partner), by=None)
        twin = create_customer(EndCustomer(name="Hanok twin"), by=None)
        joined = merge_customers(customer, twin, by=None)
        source = source_of("fair")
        form = draft_form("en")
    pages = {f"leads:{page}": lead.pk for page in ("detail", "edit", "discard", "restore", "assign", "to_customer")}
    pages |= {
        f"leads:{page}": customer.pk for page in ("customer", "customer_edit", "customer_merge", "customer_withdraw")
    }
    pages["leads:customer_merge_undo"] = joined.pk
    pages |= {"leads:web_form": form.pk, "leads:code_edit": source.pk}
    return pages | {"leads:likeness": likeness.pk, "leads:merge": likeness.pk, "leads:merge_undo": merge.pk}


SUBJECTS: tuple[Callable[[Any], dict[str, Any]], ...] = (intake_objects,)


def leads_objects(world: Any) -> dict[str, Any]:
    """What the addresses of leads and deals name, by their names."""
    return {name: key for subject in SUBJECTS for name, key in subject(world).items()}
