"""Two end customers become one, with all that hangs on them, and are parted again."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from commerce.models import CustomerKey, DirectSale, EndCustomer
from leads.models import ConflictCase, DealRegistration, LeadLikeness, Protection, Site, SiteParty
from leads.services import customer_merging as merging
from leads.services.customer_merging import CustomerMergeError, merge_customers, undo_customer_merge
from leads.services.customers import create_customer
from tenancy.history import history_of
from tenancy.models import Manufacturer, Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, ProductCategoryFactory
from tests.leads.factories import LeadFactory
from tests.leads.opportunities import opened

pytestmark = pytest.mark.django_db


def customer(manufacturer: Manufacturer, name: str, **fields: Any) -> EndCustomer:
    with staff_scope(manufacturer.pk):
        return create_customer(EndCustomer(name=name, **fields), by=None)


def deal(partner: Any, one: EndCustomer, category: Any, number: str) -> Protection:
    now = timezone.now()
    made = DealRegistration.objects.create(
        reference=number, partner=partner, partner_name="P", customer_name=one.name, state="approved",
        submitted_at=now, customer=one, category=category,
    )  # fmt: skip
    return Protection.objects.create(
        deal=made, customer=one, category=category, starts_at=now, ends_at=now + dt.timedelta(days=9)
    )


def test_all_that_hangs_on_one_comes_to_the_other_and_goes_back(
    manufacturer: Manufacturer, rep: Membership, manager: Membership
) -> None:
    floors = ProductCategoryFactory(manufacturer=manufacturer)
    stays = customer(manufacturer, "Daehan Hotel", phone="02-555-1234")
    goes = customer(
        manufacturer, "Daehan Hotel Co", email="buy@daehan.example", phone="02-999-9999", served_by=rep.partner,
        consent="You may call.",
    )  # fmt: skip
    own = opened(rep, customer=goes)
    own_lead = LeadFactory(manufacturer=manufacturer, customer=stays)
    lead = LeadFactory(manufacturer=manufacturer, customer=goes)
    with staff_scope(manufacturer.pk):
        protection = deal(rep.partner, goes, floors, "D1")
        site = Site.objects.create(reference="S1", name="Tower", client=goes)
        party = SiteParty.objects.create(site=site, role="client", company="Daehan", customer=goes)
        sold = DirectSale.objects.create(
            order_number="1", date=dt.date(2026, 6, 1), amount=1, amount_base=1, currency="KRW", customer=goes
        )
        case = ConflictCase.objects.create(reference="C1", kind="two", partner=rep.partner, customer=goes)
        for one in (stays, goes):
            LeadLikeness.objects.create(lead=own_lead, customer=one, score=0.9)
        rows = [own, lead, protection, protection.deal, party, sold, case]

        def owners() -> list[int | None]:
            for row in (*rows, site):
                row.refresh_from_db()
            return [*(row.customer_id for row in rows), site.client_id]

        merge = merge_customers(stays, goes, by=manager)
        assert merge_customers(stays, goes, by=manager).pk == merge.pk
        assert owners() == [stays.pk] * 8
        stays.refresh_from_db()
        goes.refresh_from_db()
        assert (stays.phone, stays.email, stays.consent, stays.served_by_id) == (
            "02-555-1234", "buy@daehan.example", "You may call.", rep.partner_id,
        )  # fmt: skip
        assert (goes.merged_into_id, CustomerKey.objects.filter(customer=goes).exists()) == (stays.pk, False)
        assert list(LeadLikeness.objects.filter(state="open").values_list("customer", flat=True)) == [stays.pk]
        assert "E-mail" in {change.label for entry in history_of(stays) for change in entry.changes}
    with partner_scope(manufacturer.pk, rep.partner_id or 0):
        assert list(EndCustomer.objects.filter(merged_into=None).values_list("pk", flat=True)) == [stays.pk]

    with staff_scope(manufacturer.pk):
        later = LeadFactory(manufacturer=manufacturer, customer=stays)
        EndCustomer.objects.filter(pk=stays.pk).update(email="new@daehan.example")
        undo_customer_merge(merge, by=manager)
        undo_customer_merge(merge, by=manager)
        assert owners() == [goes.pk] * 8
        stays.refresh_from_db()
        goes.refresh_from_db()
        later.refresh_from_db()
        own_lead.refresh_from_db()
        assert (stays.email, stays.consent, stays.served_by_id) == ("new@daehan.example", "", None)
        assert (goes.merged_into_id, goes.email, goes.served_by_id) == (None, "buy@daehan.example", rep.partner_id)
        assert (later.customer_id, own_lead.customer_id) == (stays.pk, stays.pk)
        assert CustomerKey.objects.filter(customer=goes).exists()
        assert LeadLikeness.objects.filter(state="open").count() == 2


def test_what_cannot_be_one_stays_two(manufacturer: Manufacturer, rep: Membership, sibling: Any) -> None:
    floors = ProductCategoryFactory(manufacturer=manufacturer)
    first, second, third = (customer(manufacturer, name) for name in ("First", "Second", "Third"))
    with staff_scope(manufacturer.pk):
        with pytest.raises(CustomerMergeError, match="with itself"):
            merge_customers(first, first, by=None)
        deal(rep.partner, first, floors, "D1")
        deal(sibling, second, floors, "D2")
        with pytest.raises(CustomerMergeError, match="protected deal for the same"):
            merge_customers(first, second, by=None)
        second.refresh_from_db()
        assert second.merged_into_id is None
        merge = merge_customers(second, third, by=None)
        with pytest.raises(CustomerMergeError, match="was merged into another"):
            merge_customers(first, third, by=None)
        Protection.objects.filter(customer=second).delete()
        merge_customers(first, second, by=None)
        with pytest.raises(CustomerMergeError, match="merged further"):
            undo_customer_merge(merge, by=None)
        assert dict(merging.counts_of(first)) == {"deal registrations": 2, "protections": 1}


def test_staff_find_compare_merge_and_part_them_by_hand(
    client_for: Any, manager: Membership, analyst: Membership, partner: Any
) -> None:
    house = manager.manufacturer
    stays = customer(house, "Daehan Hotel", phone="02-555-1234")
    goes = customer(house, "Daehan Hotel", phone="025551234", email="buy@daehan.example", served_by=partner)
    far = customer(house, "Mirae Clinic")
    client, page = client_for(manager), f"/hanbit/customers/{stays.pk}/merge/"
    html = client.get(page).content.decode()
    assert (f"?other={goes.pk}" in html, f"?other={far.pk}" in html) == (True, False)
    assert f"?other={far.pk}" in client.get(f"{page}?q=mirae").content.decode()
    side = client.get(f"{page}?other={goes.pk}").content.decode()
    assert ("buy@daehan.example" in side, "Make them one" in side) == (True, True)
    assert client_for(analyst).post(page, {"other": goes.pk}).status_code == 403
    seen_by_few = MembershipFactory(manufacturer=house, role="manager", assigned_only=True)
    with staff_scope(house.pk):
        type(partner).objects.filter(pk=partner.pk).update(channel_manager=seen_by_few)
    client_for(seen_by_few).post(f"/hanbit/customers/{goes.pk}/merge/", {"other": stays.pk})  # not one of his
    with staff_scope(house.pk):
        assert not EndCustomer.objects.filter(merged_into__isnull=False).exists()

    said = client.post(page, {"other": goes.pk}, follow=True).content.decode()
    assert ("is part of this end customer now" in said, "Part them again" in said) == (True, True)
    with staff_scope(house.pk):
        merge = stays.merges.get()
    assert client_for(analyst).post(f"/hanbit/customers/merges/{merge.pk}/undo/").status_code == 403
    assert (
        "stands by itself again"
        in client.post(f"/hanbit/customers/merges/{merge.pk}/undo/", follow=True).content.decode()
    )
