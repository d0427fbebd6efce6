"""Links in mails to end customers whose records became one since: who holds such a link speaks for the one that stands, and
an address that wants no more gets no more, by whatever name it is known."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from campaigns.links import Links, Ticket
from campaigns.models import ConsentNotice, Recipient, Suppression
from campaigns.services import consents
from campaigns.services.answering import Said, take_answer
from campaigns.services.answering import reader_of as answering_reader
from commerce.models import EndCustomer
from commerce.selectors import records_of
from leads.models import Lead
from leads.services.customer_merging import merge_customers, undo_customer_merge
from partners.models import ContactConsent
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory
from tests.factories import ContactFactory
from tests.leads.factories import EndCustomerFactory

pytestmark = pytest.mark.django_db
AGREED = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
OLD, NEW = "old@daehan.example", "new@daehan.example"


def customer(house: Manufacturer, email: str, **fields: Any) -> EndCustomer:
    asked = {"manufacturer": house, "email": email, "consent": "News", "consented_at": AGREED} | fields
    return EndCustomerFactory(**asked)


def reader(house: Manufacturer, of: EndCustomer, **fields: Any) -> Recipient:
    asked = {"manufacturer": house, "partner": None, "contact": None, "customer": of, "address": of.email} | fields
    campaign = asked.pop("campaign", None) or CampaignFactory(manufacturer=house, readers="customers")
    return RecipientFactory(campaign=campaign, **asked)


def link(one: Recipient, page: str = "unsubscribe") -> str:
    return str(getattr(Links(one.manufacturer_id, "/hanbit/public"), page)(Ticket(one.pk, 0)))


def ended(*customers: EndCustomer) -> list[bool]:
    with staff_scope(customers[0].manufacturer_id):
        for each in customers:
            each.refresh_from_db()
    return [each.consent_ended_at is not None for each in customers]


def test_two_readers_of_one_campaign_become_one_and_are_parted_again(owner: Membership) -> None:
    house = owner.manufacturer
    campaign = CampaignFactory(manufacturer=house, readers="customers")
    stays, goes = customer(house, NEW), customer(house, OLD)
    own, double = reader(house, stays, campaign=campaign), reader(house, goes, campaign=campaign)
    moving = reader(house, goes)
    with staff_scope(house.pk):
        for each in (stays, goes):
            ConsentNotice.objects.create(customer=each, name="D", address=each.email, language="en", country="KR")
        merge = merge_customers(stays, goes, by=None)
        whose = dict(Recipient.objects.values_list("pk", "customer"))
        assert whose == {own.pk: stays.pk, double.pk: goes.pk, moving.pk: stays.pk}
        waiting = dict(ConsentNotice.objects.values_list("address", "customer"))
        assert waiting == {NEW: stays.pk, OLD: goes.pk}
        undo_customer_merge(merge, by=None)
        assert Recipient.objects.get(pk=moving.pk).customer_id == goes.pk


@pytest.mark.parametrize("in_both", [True, False])
def test_the_link_of_the_record_that_went_ends_the_consent_of_the_one_that_stands(
    owner: Membership, in_both: bool
) -> None:
    house = owner.manufacturer
    stays, goes, last, apart = (customer(house, email) for email in (NEW, OLD, "last@daehan.example", "else@a.example"))
    old = reader(house, goes)
    if in_both:
        reader(house, stays, campaign=old.campaign)
    with staff_scope(house.pk):
        merge_customers(stays, goes, by=None)
        merge_customers(last, stays, by=None)
        assert [records_of(each.pk) for each in (goes, stays, last)] == [[last.pk, stays.pk, goes.pk]] * 3
        assert records_of(0) == []

    for _again in range(2):
        assert Client(enforce_csrf_checks=True).post(link(old)).status_code == 200
    assert ended(last, stays, goes, apart) == [True, True, True, False]
    with staff_scope(house.pk):
        assert list(Suppression.objects.values_list("channel", "address")) == [("email", OLD)]


def test_the_preference_page_of_the_record_that_went_speaks_for_the_one_that_stands(owner: Membership) -> None:
    house = owner.manufacturer
    stays, goes = customer(house, NEW, phone="02-777-7777"), customer(house, OLD, phone="02-111-1111")
    old = reader(house, goes)
    reader(house, stays, campaign=old.campaign)
    with staff_scope(house.pk):
        merge_customers(stays, goes, by=None)
    client, page = Client(), link(old, "choices")
    shown = client.get(page).content.decode()
    assert ("o…d@daehan.example" in shown, "027…77" in shown or "02-…77" in shown) == (True, True)
    client.post(page, {})
    assert ended(stays, goes) == [True, True]
    client.post(page, {"channel": ["email"]})
    assert ended(stays, goes) == [False, True]
    with staff_scope(house.pk):
        assert not Suppression.objects.filter(channel="email").exists()


def test_an_answer_of_the_record_that_went_becomes_a_lead_of_the_one_that_stands(owner: Membership) -> None:
    house = owner.manufacturer
    stays, goes = customer(house, NEW), customer(house, OLD)
    old = reader(house, goes)
    reader(house, stays, campaign=old.campaign)
    with staff_scope(house.pk):
        merge_customers(stays, goes, by=None)
        found = answering_reader(old.pk)
        assert found is not None
        assert take_answer(found, Said("call"))
        assert Lead.objects.get().customer_id == stays.pk


def test_whoever_is_reached_at_the_address_agrees_no_more_by_that_way_alone(owner: Membership, partner: Any) -> None:
    house = owner.manufacturer
    sent_to = customer(house, "Info@Daehan.example ")
    twin, other = customer(house, "info@daehan.example"), customer(house, "other@daehan.example")
    never_asked = customer(house, "info@daehan.example", consent="", consented_at=None)
    kim = ContactFactory(manufacturer=house, partner=partner, email=" INFO@daehan.example", mobile="010-1234-5678")
    lee = ContactFactory(manufacturer=house, partner=partner, email="lee@daehan.example")
    with staff_scope(house.pk):
        for who, channel in ((kim, "email"), (kim, "sms"), (lee, "email")):
            ContactConsent.objects.create(
                partner=partner, contact=who, channel=channel, given_on="2026-05-01", source="Fair"
            )
    old = reader(house, sent_to, address="info@daehan.example")
    assert Client(enforce_csrf_checks=True).post(link(old)).status_code == 200
    assert ended(sent_to, twin, other, never_asked) == [True, True, False, False]
    with staff_scope(house.pk):
        open_ones = ContactConsent.objects.filter(withdrawn_on=None).order_by("pk")
        assert list(open_ones.values_list("contact", "channel")) == [(kim.pk, "sms"), (lee.pk, "email")]


def test_a_number_that_wants_no_more_text_messages_is_known_by_its_digits(owner: Membership, partner: Any) -> None:
    house = owner.manufacturer
    kim = ContactFactory(manufacturer=house, partner=partner, email="kim@a.example", phone="010 1234 5678")
    lee = ContactFactory(manufacturer=house, partner=partner, mobile="010-1234-5678", phone="02-1")
    far = ContactFactory(manufacturer=house, partner=partner, mobile="02-1", phone="010-1234-5678")
    shop = customer(house, "shop@a.example", phone="010.1234.5678")
    with staff_scope(house.pk):
        for who in (kim, lee, far):
            ContactConsent.objects.create(
                partner=partner, contact=who, channel="sms", given_on="2026-05-01", source="Fair"
            )
    campaign = CampaignFactory(manufacturer=house, channel="sms")
    one = RecipientFactory(
        manufacturer=house, campaign=campaign, partner=partner, contact=kim, address="01012345678"
    )  # fmt: skip
    assert Client(enforce_csrf_checks=True).post(link(one)).status_code == 200
    assert ended(shop) == [True]
    with staff_scope(house.pk):
        assert list(ContactConsent.objects.filter(withdrawn_on=None).values_list("contact", flat=True)) == [far.pk]


def test_the_notice_of_a_record_that_went_is_not_sent_any_more_and_an_old_one_ends_all(owner: Membership) -> None:
    house = owner.manufacturer
    stays, goes = customer(house, NEW, country="KR"), customer(house, OLD, country="KR")
    with staff_scope(house.pk):
        waiting, sent = (
            ConsentNotice.objects.create(
                customer=goes, name="D", address=OLD, language="en", country="KR", mail_sent_at=sent_at
            )
            for sent_at in (None, AGREED)
        )
        ConsentNotice.objects.create(customer=stays, name="D", address=NEW, language="en", country="KR")
        merge_customers(stays, goes, by=None)
    assert consents.send_notice(manufacturer_id=house.pk, notice_id=waiting.pk) is False
    with staff_scope(house.pk):
        sent.refresh_from_db()
        assert sent.customer_id == stays.pk
        consents.end_consent(sent)
    assert ended(stays, goes) == [True, True]
