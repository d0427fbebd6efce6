"""The end of a partnership: offers go on, leads come back, customers are free for others."""

from typing import Any

import pytest

from leads.models import DistributionRule, Lead, LeadState, Mode, Offer, Opportunity, Protection
from leads.services.offers import give_lead
from partners.ending import what_ends
from partners.models import Partner, Stage
from partners.services.lifecycle import set_stage, take_end_back
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory
from tests.leads.deals import active_partner, approved, floors, rep_of, stored, submitted
from tests.leads.factories import LeadFactory, OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaving(manufacturer: Manufacturer) -> Partner:
    return active_partner(manufacturer, code="A1", name="Seoul Agency")


def test_open_offers_go_on_to_others_and_leads_wait_for_a_person(
    manufacturer: Manufacturer, leaving: Partner, owner: Membership
) -> None:
    other = active_partner(manufacturer, code="B1", name="Busan Dealer")
    for partner in (leaving, other):
        PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_REP)
    worked_on = LeadFactory(manufacturer=manufacturer)
    offered = OfferFactory(manufacturer=manufacturer, partner=leaving).lead
    with staff_scope(manufacturer.pk):
        DistributionRule.objects.create(mode=Mode.BEST, answer_hours=8, rounds=3)
        give_lead(worked_on, leaving, by=owner)
        assert what_ends(leaving)[:2] == [
            "1 open offer is withdrawn, and its lead goes on.",
            "1 lead that it works on is taken back, to be placed by hand.",
        ]
        set_stage(leaving, Stage.ENDED, by=owner)

        assert list(Offer.objects.filter(lead=offered).order_by("pk").values_list("partner", "state")) == [
            (leaving.pk, "withdrawn"),
            (other.pk, "offered"),
        ]
        back = Lead.objects.get(pk=worked_on.pk)
        assert (back.state, back.partner_id) == (LeadState.MANUAL, None)
        (closed,) = Opportunity.objects.filter(lead=worked_on)
        assert (closed.stage.outcome, closed.reason_note) == ("lost", "The partnership ended.")
        taken = take_end_back(Partner.objects.get(pk=leaving.pk), by=owner)
        assert taken.problems == ["1 lead that it worked on still waits to be placed by hand."]


def test_registrations_end_and_the_next_may_be_protected(
    manufacturer: Manufacturer, leaving: Partner, manager: Membership, owner: Membership
) -> None:
    category: Any = floors(manufacturer, code="floors")
    rep = rep_of(leaving)
    protected = approved(rep, category, staff=manager)
    waiting = submitted(
        rep, category, customer_name="Another company", business_number="999-88-77777", email="", phone="051-777-8888"
    )
    with staff_scope(manufacturer.pk):
        assert "2 deal registrations end, and their customers can be registered by others." in what_ends(leaving)
        set_stage(leaving, Stage.ENDED, by=owner)
    assert (stored(protected).state, stored(waiting).state) == ("released", "withdrawn")
    with staff_scope(manufacturer.pk):
        assert Protection.objects.get().ended == "released"
    next_one = approved(rep_of(active_partner(manufacturer, code="C1")), category, staff=manager)
    assert stored(next_one).state == "approved"
