"""The search over everything: each finds what is theirs to read, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commerce.models import EndCustomer
from leads.models import DealRegistration, Site, SiteAccess
from leads.services.customers import create_customer
from leads.services.opportunities import open_from_lead
from partners.models import Partner
from tenancy.access import member_scope
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tenancy.searching import find_all
from tests.factories import MembershipFactory
from tests.leads.factories import LeadFactory
from tests.leads.opportunities import opened

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def found(member: Membership, text: str) -> dict[str, list[str]]:
    with member_scope(member, member.user):
        return {str(group.label): [each.title for each in group.found] for group in find_all(member, text)}


@pytest.fixture
def world(manufacturer: Manufacturer, rep: Membership, sibling_rep: Membership) -> dict[str, Any]:
    """Of everything one thing named Daehan, the rep's; and a lead in the pool that nobody has."""
    with staff_scope(manufacturer.pk):
        customer = create_customer(
            EndCustomer(name="Daehan Hotel", phone="02-555-1234", served_by=rep.partner), by=None
        )
        site = Site.objects.create(reference="S1", name="Daehan Tower", registered_by=rep.partner)
        SiteAccess.objects.create(site=site, partner=rep.partner)
        DealRegistration.objects.create(
            reference="D1", partner=rep.partner, partner_name="Seoul", customer_name="Daehan Group",
            state="submitted", submitted_at=timezone.now(),
        )  # fmt: skip
    opened(rep, "Daehan lobby", customer=customer)
    LeadFactory(manufacturer=manufacturer, company="Daehan Clinic", name="Kim Minsu", phone="010-7788-9900")
    taken = LeadFactory(
        manufacturer=manufacturer, company="Daehan Cafe", phone="02-333-4455", state="accepted", partner=rep.partner
    )
    with staff_scope(manufacturer.pk):
        open_from_lead(taken)
    return {"taken": taken}


def test_staff_find_everything_that_they_may_see(
    world: Any, manufacturer: Manufacturer, owner: Membership, analyst: Membership, partner: Partner
) -> None:
    everything = {
        "Leads": ["Daehan Cafe", "Daehan Clinic"],
        "Opportunities": ["Daehan Cafe", "Daehan lobby"],
        "Deals": ["Daehan Group"],
        "Sites": ["Daehan Tower"],
        "End customers": ["Daehan Cafe", "Daehan Hotel"],
    }
    assert found(owner, "daehan") == everything
    assert found(owner, "daehan hotel") == {"End customers": ["Daehan Hotel"]}
    assert found(owner, "7788")["Leads"] == ["Daehan Clinic"]
    assert found(owner, partner.code)["Partners"] == [str(partner)]
    assert found(owner, " ") == {}
    # Who may not see people finds neither customers nor leads by what is personal.
    assert "End customers" not in found(analyst, "daehan")
    assert found(analyst, "daehan")["Leads"] == ["Daehan Cafe", "Daehan Clinic"]
    assert (found(analyst, "7788"), found(analyst, "minsu")) == ({}, {})
    few: Membership = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    assert found(few, "daehan") == {}
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=few)
    assert found(few, "daehan") == everything | {"Leads": ["Daehan Cafe"]}
    manufacturer.functions_off = ["sites", "deals"]
    owner.manufacturer = manufacturer
    assert set(found(owner, "daehan")) == {"Leads", "Opportunities", "End customers"}


def test_a_partner_finds_its_own_and_nothing_of_a_lead_before_it_is_its(
    world: Any, rep: Membership, sibling_rep: Membership, stranger: Membership
) -> None:
    assert found(rep, "daehan") == {
        "Leads": ["Daehan Cafe"],
        "Opportunities": ["Daehan Cafe", "Daehan lobby"],
        "Deals": ["Daehan Group"],
        "Sites": ["Daehan Tower"],
        "End customers": ["Daehan Cafe", "Daehan Hotel"],
    }
    assert found(rep, "333-4455") == {"Leads": ["Daehan Cafe"], "End customers": ["Daehan Cafe"]}
    assert (found(rep, "minsu"), found(rep, "7788")) == ({}, {})
    assert (found(sibling_rep, "daehan"), found(stranger, "daehan")) == ({}, {})


def test_the_pages_show_links_to_what_was_found_and_more(
    world: Any, manufacturer: Manufacturer, client_for: SignIn, manager: Membership, rep: Membership
) -> None:
    for number in range(5):
        LeadFactory(manufacturer=manufacturer, company=f"Daehan {number}")
    client = client_for(manager)
    html = client.get("/hanbit/search/?q=daehan").content.decode()
    assert f"/hanbit/leads/{world['taken'].pk}/" not in html  # only the five latest
    assert "/hanbit/leads/?q=daehan" in html
    assert "Nothing fits “&lt;b&gt;”" in client.get("/hanbit/search/?q=<b>").content.decode()
    own = client_for(rep).get("/hanbit/portal/search/?q=daehan").content.decode()
    assert ("Daehan Tower" in own, "Daehan Clinic" in own) == (True, False)
    assert client_for(rep).get("/hanbit/search/?q=daehan").status_code == 404
