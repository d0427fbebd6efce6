"""What is read for matching: facts of leads and partners, in a fixed number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.matching import Hindrance
from leads.models import DistributionRule, Ended, OfferState
from leads.selectors import candidates
from leads.selectors.candidates import Candidates, Categories, Rules, lead_facts, partner_facts
from partners.models import PartnerTerritory, Stage, Territory, TerritoryRule
from tenancy.models import Manufacturer
from tenancy.rights import Role
from tenancy.rls import CLOSED, enter, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory, ProductCategoryFactory
from tests.leads.factories import EndCustomerFactory, LeadFactory, LeadKindFactory, OfferFactory


def answering(manufacturer: Manufacturer, **fields: Any) -> Any:
    """A partner with somebody who can answer an offer."""
    with enter(CLOSED):  # users are made outside any scope
        partner = PartnerFactory(manufacturer=manufacturer, **fields)
        PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_REP)
    return partner


def test_the_facts_of_a_partner_are_what_its_leads_and_offers_say(manufacturer: Manufacturer) -> None:
    partner = answering(manufacturer, lead_capacity=9, languages=["ko"], product_lines=["vinyl"])
    now = timezone.now()
    for state, days in [("won", 10), ("won", 900), ("lost", 5), ("accepted", 3), ("accepted", 200)]:
        since = now - dt.timedelta(days=days)
        LeadFactory(
            manufacturer=manufacturer,
            state=state,
            partner=partner,
            accepted_at=since,
            received_at=since,
            closed_at=since,
        )
    shared = {"manufacturer": manufacturer, "partner": partner}
    OfferFactory(**shared)
    OfferFactory(**shared, due_at=now - dt.timedelta(hours=1))  # over, though no worker has said so
    OfferFactory(**shared, state=OfferState.DECLINED, answered_at=now, answer_hours=2)
    OfferFactory(**shared, state=OfferState.EXPIRED, answered_at=now, answer_hours=8)
    OfferFactory(**shared, state=OfferState.WITHDRAWN, ended=Ended.TAKEN, answered_at=now)
    old = now - dt.timedelta(days=120)
    OfferFactory(**shared, state=OfferState.DECLINED, answered_at=old, offered_at=old, answer_hours=5)

    with staff_scope(manufacturer.pk):
        (facts,) = partner_facts()

    assert (facts.won, facts.closed, facts.open, facts.recent) == (1, 2, 3, 3 + 4)
    assert (facts.answers, facts.answer_hours) == (3, 5)
    assert (facts.capacity, facts.lines, facts.languages) == (9, {"vinyl"}, {"ko"})
    assert facts.has_people
    assert facts.obstacles == ()


def test_who_is_not_active_or_has_nobody_or_the_function_off_may_not(manufacturer: Manufacturer) -> None:
    good = answering(manufacturer)
    dormant = answering(manufacturer, stage=Stage.DORMANT)
    off = answering(manufacturer, functions_off=["leads"])
    alone = PartnerFactory(manufacturer=manufacturer)
    PartnerMemberFactory(manufacturer=manufacturer, partner=alone, role=Role.PARTNER_VIEWER)
    left = PartnerFactory(manufacturer=manufacturer)
    PartnerMemberFactory(manufacturer=manufacturer, partner=left, role=Role.PARTNER_REP, is_active=False)
    ended = answering(manufacturer, stage=Stage.ENDED)
    lead = LeadFactory(manufacturer=manufacturer, country="")
    with staff_scope(manufacturer.pk):
        ranking = {each.partner_id: each for each in Candidates([lead]).rank(lead)}

    assert [pk for pk, each in ranking.items() if each.is_eligible] == [good.pk]
    codes = {pk: [said.code for said in each.hindrances] for pk, each in ranking.items()}
    assert codes[dormant.pk] == codes[off.pk] == [Hindrance.NOT_ALLOWED]
    assert codes[alone.pk] == codes[left.pk] == [Hindrance.NOBODY]
    assert ended.pk not in codes
    assert ranking[dormant.pk].obstacles == ("The partner is at “Dormant”",)


def test_the_facts_of_a_lead_are_its_place_category_customer_and_who_was_asked(manufacturer: Manufacturer) -> None:
    partner = answering(manufacturer)
    with staff_scope(manufacturer.pk):
        country = Territory.objects.create(code="kr", names={"en": "Korea"})
        city = Territory.objects.create(code="seoul", names={"en": "Seoul"}, parent=country)
        other = Territory.objects.create(code="busan", names={"en": "Busan"}, parent=country)
        TerritoryRule.objects.create(territory=city, country="KR", region="Seoul")
        TerritoryRule.objects.create(territory=other, country="KR", region="Busan")
    root = ProductCategoryFactory(manufacturer=manufacturer, code="floor")
    own = ProductCategoryFactory(manufacturer=manufacturer, code="vinyl", parent=root)
    ProductCategoryFactory(manufacturer=manufacturer, code="luxury", parent=own)
    customer = EndCustomerFactory(manufacturer=manufacturer, served_by=partner)
    lead = LeadFactory(
        manufacturer=manufacturer, region="seoul", category=own, customer=customer, latitude="37.5", longitude="127"
    )
    declined = OfferFactory(manufacturer=manufacturer, lead=lead, state="declined", answered_at=timezone.now())
    OfferFactory(manufacturer=manufacturer, lead=lead, state="withdrawn", ended=Ended.TAKEN, answered_at=timezone.now())
    with staff_scope(manufacturer.pk):
        facts = lead_facts([lead])[lead.pk]
        assert Categories().up(None) == ()

    assert facts.categories == ("vinyl", "floor")
    assert facts.parts == {"luxury"}
    assert facts.territories == {country.pk, city.pk}
    assert facts.served_by == partner.pk
    assert facts.asked == {declined.partner_id}
    assert (facts.latitude, facts.longitude) == (37.5, 127.0)


def test_each_kind_of_lead_goes_by_its_own_rule(manufacturer: Manufacturer) -> None:
    project, home = LeadKindFactory.create_batch(2, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        assert Rules().of(project.pk).mode == "hand"
        assert not Rules().automatic_kinds()[1]
        DistributionRule.objects.create(mode="first")
        DistributionRule.objects.create(kind=project, mode="batch")
        rules = Rules()
        assert [rules.of(kind).mode for kind in (project.pk, home.pk, None)] == ["batch", "first", "first"]
        leads = [LeadFactory(manufacturer=manufacturer, kind=kind) for kind in (project, home, None)]
        condition, is_any = rules.automatic_kinds()
        assert is_any
        assert set(type(leads[0]).objects.filter(condition)) == set(leads[1:])


@pytest.mark.parametrize("is_large", [False, True])
def test_the_number_of_queries_does_not_grow(
    manufacturer: Manufacturer, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    if is_large:
        monkeypatch.setattr(candidates, "SMALL_NETWORK", 1)
    counts = []
    for _size in range(2):
        for _number in range(3):
            answering(manufacturer)
        leads = LeadFactory.create_batch(3, manufacturer=manufacturer)
        with staff_scope(manufacturer.pk):
            Candidates(leads[:1]).rank(leads[0])  # norms are kept
            with CaptureQueriesContext(
                connection,
            ) as queries:
                Candidates(leads[:1]).rank(leads[0])
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_of_a_large_network_those_around_are_compared_and_others_on_demand(
    manufacturer: Manufacturer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "SMALL_NETWORK", 2)
    near = [answering(manufacturer, latitude=37.5 + step / 10, longitude=127) for step in range(3)]
    far = answering(manufacturer, latitude=35, longitude=129)
    lead = LeadFactory(manufacturer=manufacturer, latitude="37.5", longitude="127")
    with staff_scope(manufacturer.pk):
        found = Candidates([lead])
        assert not found.is_whole
        assert [each.partner_id for each in found.rank(lead)] == [near[0].pk, near[1].pk]
        (other,) = found.add(lead, [far.pk])
    assert other.partner_id == far.pk
    assert other.is_eligible


def test_an_offer_just_made_counts_for_the_next_lead(manufacturer: Manufacturer) -> None:
    answering(manufacturer, lead_capacity=1)
    other = answering(manufacturer, lead_capacity=5)
    leads = LeadFactory.create_batch(2, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        found = Candidates(leads)
        first = found.rank(leads[0])[0].partner_id
        found.note_offer(first)
        if first != other.pk:
            assert found.rank(leads[1])[0].partner_id == other.pk
        again = {each.partner_id: each for each in found.rank(leads[1])}
        assert again[first].components["load"] < found.network(leads[1], found.rules.of(None)).policy.usual_capacity
        assert again[first].lines[4].said[0].facts["open"] == 1


def test_other_manufacturers_partners_are_never_among_them(
    manufacturer: Manufacturer, other_manufacturer: Manufacturer
) -> None:
    mine = answering(manufacturer)
    foreign = answering(other_manufacturer)
    lead = LeadFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        found = Candidates([lead])
        assert [each.partner_id for each in found.rank(lead)] == [mine.pk]
        assert found.add(lead, [foreign.pk]) == []
        assert partner_facts([foreign.pk]) == []
        assert PartnerTerritory.objects.count() == 0
