"""Many people at once, on connections of their own to a real PostgreSQL: exactly one wins."""

import datetime as dt
from collections import Counter
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import DistributionRule, Lead, LeadState, Mode, Offer, Opportunity
from leads.services import arrivals, offers
from leads.services.offers import OfferError
from notices.models import Notice
from tenancy.models import Manufacturer, Membership, User
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ManufacturerFactory
from tests.leads.factories import LeadFactory
from tests.leads.test_candidates import answering
from tests.tenancy.helpers import at_once

PARTNERS = 50


@pytest.fixture
def manufacturer(transactional_db: None) -> Manufacturer:
    return ManufacturerFactory(slug="hanbit", name="Hanbit")


@pytest.mark.slow
def test_of_fifty_partners_who_accept_at_the_same_moment_one_wins(manufacturer: Manufacturer) -> None:
    lead = LeadFactory(manufacturer=manufacturer, state=LeadState.OFFERED)
    partners = [answering(manufacturer) for _number in range(PARTNERS)]
    with staff_scope(manufacturer.pk):
        due_at = timezone.now() + dt.timedelta(hours=4)
        asked = Offer.objects.bulk_create(
            [Offer(lead=lead, partner=each, is_exclusive=False, due_at=due_at) for each in partners]
        )
        people = {each.partner_id: each for each in Membership.objects.filter(partner__in=partners)}

    def accept(number: int) -> str:
        partner = partners[number]
        with partner_scope(manufacturer.pk, partner.pk):
            try:
                offers.accept_offer(asked[number], by=people[partner.pk])
            except OfferError as error:
                return str(error)
        return "won"

    answers = Counter(at_once(*(partial(accept, number) for number in range(PARTNERS))))
    assert answers == {"won": 1, "Another partner accepted this lead first.": PARTNERS - 1}
    with staff_scope(manufacturer.pk):
        winner = Offer.objects.get(state="accepted")
        lead = Lead.objects.get()
        assert (lead.state, lead.partner_id) == ("accepted", winner.partner_id)
        assert Offer.objects.filter(state="withdrawn", ended="taken").count() == PARTNERS - 1
        assert Opportunity.objects.get().partner_id == winner.partner_id
        told = Notice.objects.filter(kind="leads.lost_race")
        assert told.count() == PARTNERS - 1
        assert not told.filter(partner=winner.partner_id).exists()


@pytest.mark.slow
def test_one_who_clicks_ten_times_at_once_accepts_once(manufacturer: Manufacturer) -> None:
    partner = answering(manufacturer)
    lead = LeadFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        DistributionRule.objects.create(mode=Mode.BEST)
        arrivals.take_in_arrivals()
        offer = Offer.objects.get(lead=lead)
        member = Membership.objects.get(partner=partner)
    clients = [Client() for _number in range(10)]
    for client in clients:
        client.force_login(User.objects.get(pk=member.user_id))
    address = f"/hanbit/portal/leads/offers/{offer.pk}/answer/"
    answers = at_once(*(lambda client=each: client.post(address, {"step": "accept"}).status_code for each in clients))
    assert answers == [302] * 10
    with staff_scope(manufacturer.pk):
        assert Opportunity.objects.count() == 1
        assert Notice.objects.filter(kind="leads.lost_race").count() == 0
        assert Offer.objects.get().state == "accepted"


@pytest.mark.slow
def test_accepting_declining_withdrawing_and_pulling_back_at_once_leave_one_outcome(manufacturer: Manufacturer) -> None:
    partners = [answering(manufacturer) for _number in range(3)]
    with staff_scope(manufacturer.pk):
        DistributionRule.objects.create(mode=Mode.BEST)
    for _round in range(4):
        lead = LeadFactory(manufacturer=manufacturer)
        with staff_scope(manufacturer.pk):
            arrivals.take_in_arrivals()
            offer = Offer.objects.get(lead=lead)

        def step(number: int, offer: Offer = offer) -> str:
            try:
                with staff_scope(manufacturer.pk):
                    if number == 0:
                        offers.accept_offer(offer, by=None)
                    elif number == 1:
                        offers.decline_offer(offer, by=None, note="Busy")
                    elif number == 2:
                        offers.withdraw_offer(offer, by=None)
                    else:
                        offers.pull_back_due(now=offer.due_at)
            except OfferError:
                return "refused"
            return "done"

        results = at_once(*(partial(step, number) for number in range(4)))
        assert set(results) <= {"done", "refused"}, results
        with staff_scope(manufacturer.pk):
            lead = Lead.objects.get(pk=lead.pk)
            open_ = Offer.objects.filter(lead=lead, state="offered").count()
            accepted = Offer.objects.filter(lead=lead, state="accepted").count()
            assert {
                LeadState.ACCEPTED: (0, 1),
                LeadState.OFFERED: (1, 0),
                LeadState.MANUAL: (0, 0),
            }[LeadState(lead.state)] == (open_, accepted)
    assert partners


@pytest.mark.slow
def test_two_workers_who_take_in_the_same_arrivals_offer_each_lead_once(manufacturer: Manufacturer) -> None:
    for _number in range(4):
        answering(manufacturer)
    LeadFactory.create_batch(40, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        DistributionRule.objects.create(mode=Mode.BEST)

    def take_in(_number: int) -> int:
        done = 0
        for _time in range(12):
            with staff_scope(manufacturer.pk):
                done += arrivals.take_in_arrivals(most=5)
        return done

    results = at_once(*(partial(take_in, number) for number in range(3)))
    assert sum(results) == 40
    with staff_scope(manufacturer.pk):
        assert Offer.objects.count() == 40
        assert Lead.objects.filter(state=LeadState.OFFERED).count() == 40
