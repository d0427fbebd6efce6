"""What leads say of partners elsewhere: conditions of audiences, steps of journeys."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from leads.journey_steps import with_leads
from leads.models import DealRegistration, Opportunity
from partners import services
from partners.audiences.fields import Catalogue, fitting
from partners.audiences.tree import Condition, Group, Op, Test
from partners.models import Journey, JourneyPhase, JourneyStep, JourneyTemplate, Partner
from partners.services import onboarding as journeys
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory
from tests.leads.factories import LeadFactory, OfferFactory
from tests.leads.opportunities import opened

pytestmark = pytest.mark.django_db


def found(member: Membership, field: str, test: Test, value: Any = None) -> set[int]:
    with staff_scope(member.manufacturer_id):
        tree = Group(Op.ALL, (Condition(field, test, value),))
        return set(fitting(Partner.objects.all(), tree, Catalogue(member).fields).values_list("pk", flat=True))


def test_audiences_ask_for_leads_pipeline_and_deals(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner, rep: Membership, sibling_rep: Membership,
    manager: Membership, owner: Membership,
) -> None:  # fmt: skip
    now = timezone.now()
    ago = lambda days: now - dt.timedelta(days=days)  # noqa: E731
    shared = {"manufacturer": manufacturer, "partner": partner}
    LeadFactory(**shared, state="accepted", accepted_at=ago(89))
    LeadFactory(**shared, state="accepted", accepted_at=ago(91))
    for number in range(5):
        LeadFactory(**shared, state="won" if number < 2 else "lost", closed_at=ago(10))
    LeadFactory(**shared, state="won", closed_at=ago(800))
    for number in range(4):
        LeadFactory(manufacturer=manufacturer, partner=sibling, state="won" if number else "lost", closed_at=ago(10))
    opened(rep, amount=Decimal(300))
    opened(rep, amount=Decimal(200))
    closed = opened(sibling_rep, amount=Decimal(900))
    with staff_scope(manufacturer.pk):
        Opportunity.objects.filter(pk=closed.pk).update(closed_at=now)
        for number, days in enumerate((5, 5, -5)):
            DealRegistration.objects.create(
                reference=f"D{number}", partner=partner, partner_name="P", customer_name="C", state="approved",
                submitted_at=ago(30), protected_until=now + dt.timedelta(days=days),
            )  # fmt: skip

    assert found(owner, "leads_accepted_90", Test.IS, 1) == {partner.pk}
    assert found(owner, "leads_accepted_90", Test.IS, 0) == {sibling.pk}
    assert found(owner, "leads_win_rate", Test.BETWEEN, [39.9, 40.1]) == {partner.pk}
    assert found(owner, "leads_win_rate", Test.EMPTY) == {sibling.pk}  # of four closed leads nothing is said
    assert found(owner, "opportunities_open", Test.AT_LEAST, 2) == {partner.pk}
    assert found(owner, "pipeline_open", Test.IS, 500) == {partner.pk}
    assert found(owner, "pipeline_open", Test.IS, 0) == {sibling.pk}
    assert found(owner, "deals_protected", Test.IS, 2) == {partner.pk}
    assert found(owner, "deals_protected", Test.LESS_THAN, 1) == {sibling.pk}
    manufacturer.functions_off = ["deals"]
    owner.manufacturer = manufacturer
    with staff_scope(manufacturer.pk):
        assert {"leads_win_rate", "deals_protected"} & set(Catalogue(owner).fields) == {"leads_win_rate"}


def test_the_first_lead_accepted_completes_its_step_by_itself(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner
) -> None:
    with staff_scope(manufacturer.pk):
        template = JourneyTemplate.objects.create(family=uuid.uuid4(), names={"en": "Welcome"}, state="published")
        phase = JourneyPhase.objects.create(template=template, names={"en": "First weeks"}, order=1)
        JourneyStep.objects.create(phase=phase, type="first_lead", side="partner", titles={"en": "A lead"}, order=1)
    third = PartnerFactory(manufacturer=manufacturer)
    OfferFactory(manufacturer=manufacturer, partner=sibling)
    LeadFactory(
        manufacturer=manufacturer, partner=third, referred_by=third, state="accepted", accepted_at=timezone.now()
    )
    with staff_scope(manufacturer.pk):
        for each in (partner, sibling, third):
            services.start_journey(each, by=None)
        assert journeys.check_journeys() == 0
    OfferFactory(manufacturer=manufacturer, partner=partner, state="accepted", answered_at=timezone.now())
    with staff_scope(manufacturer.pk):
        assert with_leads([partner.pk, sibling.pk, third.pk], "") == {partner.pk}
        assert journeys.check_journeys() == 1
        assert list(Journey.objects.filter(state=Journey.State.DONE).values_list("partner", flat=True)) == [partner.pk]
