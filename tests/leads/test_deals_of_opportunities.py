"""What hangs on an opportunity: its site, its papers, its deals; and deals that staff enter on a partner's behalf."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from leads.models import DealRegistration, Opportunity, OpportunityFile, Site
from leads.selectors import deals as reading
from leads.services import deals as services
from leads.services import opportunities as opportunity_services
from leads.services import opportunity_files
from leads.services.claims import verify_claims
from leads.services.deals import DealError
from leads.services.opportunities import Details, OpportunityError
from leads.services.sites import create_site
from notices.models import Notice
from tenancy.access import member_scope
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory
from tests.leads.deals import HOTEL, active_partner, floors, rep_of, stored
from tests.leads.opportunities import customer_of, fresh, opened

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
PORTAL = "/hanbit/portal/opportunities/"
STAFF = "/hanbit/opportunities/"


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="A1", name="Seoul Agency"))


@pytest.fixture
def busan(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="B1", name="Busan Dealer"))


@pytest.fixture
def category(manufacturer: Manufacturer) -> Any:
    return floors(manufacturer, code="floors")


def owned(member: Membership) -> Any:
    return partner_scope(member.manufacturer_id, member.partner_id or 0)


def site_of(member: Membership, name: str = "Harbour Tower") -> Site:
    with owned(member):
        return create_site(Site(name=name), by=member)


def pdf(content: bytes = b"%PDF-1.4 offer") -> SimpleUploadedFile:
    return SimpleUploadedFile("offer.pdf", content, content_type="application/pdf")


# --- The site ---------------------------------------------------------------------------------------------------------


def test_a_partner_chooses_one_of_its_own_sites_and_no_others(
    client_for: SignIn, seoul: Membership, busan: Membership
) -> None:
    own, others = site_of(seoul), site_of(busan, "Secret Site")
    client = client_for(seoul)
    page = client.get(f"{PORTAL}new/").content.decode()
    assert (own.name in page, others.name in page) == (True, False)
    values = {"name": "Lobby", "new_customer": "Daehan", "amount": "1", "currency": "KRW"}
    page = client.post(f"{PORTAL}new/", values | {"site": others.pk})
    assert list(page.context["form"].errors) == ["site"]
    client.post(f"{PORTAL}new/", values | {"site": own.pk})
    with staff_scope(seoul.manufacturer_id):
        found = Opportunity.objects.get()
        assert found.site_id == own.pk
    assert "Harbour Tower" in client.get(f"{PORTAL}{found.pk}/").content.decode()
    with owned(seoul), pytest.raises(OpportunityError, match="not one of the partner's"):
        opportunity_services.update_opportunity(found, Details(name="Lobby", site_id=others.pk), by=seoul)


def test_a_site_that_the_partner_does_not_read_stays(client_for: SignIn, seoul: Membership, busan: Membership) -> None:
    hidden, found = site_of(busan), opened(seoul)
    with staff_scope(seoul.manufacturer_id):
        Opportunity.objects.filter(pk=found.pk).update(site=hidden)
    client = client_for(seoul)
    form = client.get(f"{PORTAL}{found.pk}/edit/").context["form"]
    assert "site" not in form.fields
    client.post(
        f"{PORTAL}{found.pk}/edit/",
        {"name": "Renamed", "customer": found.customer_id, "seen_at": form["seen_at"].value()},
    )
    assert (fresh(found).name, fresh(found).site_id) == ("Renamed", hidden.pk)


def test_staff_hang_it_on_a_site_of_its_partner_and_that_is_no_news(
    client_for: SignIn, seoul: Membership, busan: Membership, manager: Membership, analyst: Membership
) -> None:
    own, others, found = site_of(seoul), site_of(busan, "Other"), opened(seoul)
    before = fresh(found).last_activity_at
    page = f"{STAFF}{found.pk}/site/"
    assert client_for(analyst).post(page, {"site": own.pk}).status_code == 403
    client_for(manager).post(page, {"site": others.pk})
    assert fresh(found).site_id is None
    client_for(manager).post(page, {"site": own.pk})
    assert (fresh(found).site_id, fresh(found).last_activity_at) == (own.pk, before)
    client_for(manager).post(page, {"site": ""})
    assert fresh(found).site_id is None


# --- Papers and photos ------------------------------------------------------------------------------------------------


def test_both_sides_bring_papers_read_them_and_take_out_their_own(
    client_for: SignIn, seoul: Membership, busan: Membership, manager: Membership, analyst: Membership
) -> None:
    found = opened(seoul)
    here, there = f"{PORTAL}{found.pk}/files/", f"{STAFF}{found.pk}/files/"
    partner, staff = client_for(seoul), client_for(manager)
    for _twice in range(2):
        partner.post(here, {"file": pdf()})
    staff.post(there, {"file": pdf()})
    with staff_scope(seoul.manufacturer_id):
        theirs, ours = OpportunityFile.objects.order_by("is_of_staff")
        assert (theirs.is_of_staff, ours.is_of_staff, theirs.by_name) == (False, True, seoul.name)
    for client, base in ((partner, here), (staff, there)):
        answer = client.get(f"{base}{theirs.pk}/")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="offer.pdf"'
        assert answer.getvalue() == b"%PDF-1.4 offer"  # type: ignore[attr-defined]
    assert "alone takes it out" in partner.post(here, {"remove": ours.pk}, follow=True).content.decode()
    staff.post(there, {"remove": theirs.pk})
    with staff_scope(seoul.manufacturer_id):
        assert OpportunityFile.objects.count() == 2
    partner.post(here, {"remove": theirs.pk})
    staff.post(there, {"remove": ours.pk})
    with staff_scope(seoul.manufacturer_id):
        assert not OpportunityFile.objects.exists()


def test_papers_are_closed_to_others_and_take_only_what_is_what_it_says(
    client_for: SignIn, seoul: Membership, busan: Membership, analyst: Membership
) -> None:
    found, other = opened(seoul), opened(seoul, "Other")
    with member_scope(seoul, seoul.user):
        row = opportunity_files.add_file(found, pdf(), by=seoul)
    assert client_for(busan).get(f"{PORTAL}{found.pk}/files/{row.pk}/").status_code == 404
    assert client_for(busan).post(f"{PORTAL}{found.pk}/files/", {"remove": row.pk}).status_code == 404
    assert client_for(seoul).get(f"{PORTAL}{other.pk}/files/{row.pk}/").status_code == 404
    assert client_for(analyst).get(f"{STAFF}{found.pk}/files/{row.pk}/").status_code == 403
    assert b"offer.pdf" not in client_for(analyst).get(f"{STAFF}{found.pk}/").content
    viewer = rep_of(seoul.partner, Role.PARTNER_VIEWER)  # type: ignore[arg-type]
    assert client_for(viewer).get(f"{PORTAL}{found.pk}/files/{row.pk}/").getvalue() == b"%PDF-1.4 offer"  # type: ignore[attr-defined]
    assert client_for(viewer).post(f"{PORTAL}{found.pk}/files/", {"remove": row.pk}).status_code == 403
    page = client_for(seoul).post(f"{PORTAL}{found.pk}/files/", {"file": pdf(b"<html>")}, follow=True)
    assert "not what its ending says" in page.content.decode()
    with owned(busan):
        assert not OpportunityFile.objects.exists()
        with pytest.raises(OpportunityError, match="does not allow"):
            opportunity_files.add_file(found, pdf(b"%PDF-1.4 b"), by=busan)


# --- Deals of an opportunity ------------------------------------------------------------------------------------------


def test_an_opportunity_becomes_a_deal_without_retyping_and_both_pages_say_so(
    client_for: SignIn, seoul: Membership, busan: Membership, manager: Membership, category: Any
) -> None:
    site = site_of(seoul)
    customer = customer_of(seoul, name="Daehan Hotel", phone="02-555-1234", contact_name="Kim", city="Seoul", email="")
    found = opened(
        seoul, "Lobby floor", customer=customer, category=category, amount=Decimal(7000000), currency="KRW",
        site_id=site.pk, expected_close=dt.date(2027, 3, 1),
    )  # fmt: skip
    client, new = client_for(seoul), f"/hanbit/portal/deals/new/?opportunity={found.pk}"
    assert new in client.get(f"{PORTAL}{found.pk}/").content.decode()
    form = client.get(new).context["form"]
    filled = {field.name: field.value() for field in form if field.value() not in (None, "")}
    assert filled == {
        "customer_name": "Daehan Hotel", "phone": "02-555-1234", "contact_name": "Kim", "city": "Seoul",
        "category": category.pk, "amount": "7000000", "currency": "KRW",
        "expected_on": dt.date(2027, 3, 1), "title": "Lobby floor", "site_pk": site.pk,
    }  # fmt: skip
    client.post(new, filled | {"submit": "1"})
    with staff_scope(seoul.manufacturer_id):
        deal = DealRegistration.objects.get()
    assert (deal.state, deal.opportunity_id, deal.site_id) == ("submitted", found.pk, site.pk)
    for member, space in ((seoul, "/hanbit/portal"), (manager, "/hanbit")):
        assert deal.reference in client_for(member).get(f"{space}/opportunities/{found.pk}/").content.decode()
        page = client_for(member).get(f"{space}/deals/{deal.pk}/").content.decode()
        assert f'href="{space}/opportunities/{found.pk}/"' in page
    assert not client_for(busan).get(new).context["form"]["customer_name"].value()
    with owned(busan):
        mine = services.save_deal(DealRegistration(**HOTEL, category=category, opportunity=found), by=busan)
    assert mine.opportunity_id is None


def test_the_second_partner_of_a_deal_does_not_read_the_opportunity_behind_it(
    client_for: SignIn, seoul: Membership, category: Any, manufacturer: Manufacturer
) -> None:
    dealer = rep_of(active_partner(manufacturer, code="D1", parent=seoul.partner))
    found = opened(dealer)
    with owned(dealer):
        deal = services.save_deal(
            DealRegistration(**HOTEL, category=category, opportunity=found), by=dealer, second=seoul.partner_id
        )
        services.submit_deal(deal, by=dealer)
    page = client_for(seoul).get(f"/hanbit/portal/deals/{deal.pk}/")
    assert page.status_code == 200
    assert f"opportunities/{found.pk}/" not in page.content.decode()


def test_a_partner_finds_its_deals_by_words_in_any_order_and_further_pages_stay_narrowed(
    client_for: SignIn, seoul: Membership, category: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leads.views.portal.deals.ON_A_PAGE", 1)
    with owned(seoul):
        for name in ("Daehan Hotel Seoul", "Daehan Hotel Busan", "Mirae"):
            services.save_deal(DealRegistration(**HOTEL | {"customer_name": name}, category=category), by=seoul)
    client = client_for(seoul)
    page = client.get("/hanbit/portal/deals/", {"q": "hotel DAEHAN"})
    assert [deal.customer_name for deal in page.context["deals"]] == ["Daehan Hotel Busan"]
    page = client.get("/hanbit/portal/deals/" + page.context["more_url"])
    assert [deal.customer_name for deal in page.context["deals"]] == ["Daehan Hotel Seoul"]
    assert page.context["more_url"] == ""


# --- On a partner's behalf --------------------------------------------------------------------------------------------


def entered(partner: Membership, by: Membership, category: Any) -> DealRegistration:
    with staff_scope(by.manufacturer_id):
        return services.enter_for(partner.partner, DealRegistration(**HOTEL, category=category), by=by)  # type: ignore[arg-type]


def test_what_staff_enter_counts_at_once_and_is_answered_once_its_partner_has_confirmed_it(
    client_for: SignIn, seoul: Membership, busan: Membership, manager: Membership, category: Any
) -> None:
    deal = entered(seoul, manager, category)
    assert (deal.state, deal.partner_id, deal.entered_by_name) == ("submitted", seoul.partner_id, manager.name)
    assert (deal.due_at, deal.is_unconfirmed) == (None, True)
    with staff_scope(seoul.manufacturer_id):
        assert not reading.deals_to_answer(manager).exists()
        kinds = Notice.objects.filter(recipient=seoul).values_list("kind", flat=True)
        assert list(kinds) == ["leads.deal_to_confirm"]
        with pytest.raises(DealError, match="Seoul Agency has not confirmed it yet"):
            services.approve_deal(deal, by=manager)
        DealRegistration.objects.filter(pk=deal.pk).update(submitted_at=timezone.now() - dt.timedelta(days=20))
    for other in (busan, manager):
        with staff_scope(seoul.manufacturer_id), pytest.raises(DealError, match="Only Seoul Agency"):
            services.confirm_deal(deal, by=other)
    client = client_for(seoul)
    page = client.get(f"/hanbit/portal/deals/{deal.pk}/")
    assert page.context["title"] == "대한호텔 주식회사 waits for your confirmation"
    assert f"Confirm the deal with {deal.customer_name}" in client.get("/hanbit/portal/").content.decode()
    for _twice in range(2):
        client.post(f"/hanbit/portal/deals/{deal.pk}/step/", {"step": "confirm"})
    deal = stored(deal)
    assert (deal.confirmed_by_id, deal.is_unconfirmed, deal.due_at is not None) == (seoul.pk, False, True)
    with staff_scope(seoul.manufacturer_id):
        assert reading.deals_to_answer(manager).get() == deal
        deal = services.approve_deal(deal, by=manager)
        assert (deal.state, deal.answer_minutes) == ("approved", 0)  # and not twenty days
        assert [entry.step for entry in reading.claims_of(deal)] == ["submitted", "confirmed", "approved"]
        first = reading.claims_of(deal)[0]
        assert f'"entered_by":"{manager.name}"' in first.content


def test_for_a_partner_that_does_not_sign_in_staff_take_its_confirmation_down(
    client_for: SignIn, seoul: Membership, manager: Membership, analyst: Membership, category: Any
) -> None:
    deal = entered(seoul, manager, category)
    address = f"/hanbit/deals/{deal.pk}/confirm/"
    today = timezone.localdate(timezone=ZoneInfo(seoul.manufacturer.timezone))  # days are those of its clock
    said = {"who": "Choi Jiwoo", "via": "phone", "on": f"{today}"}
    client = client_for(manager)
    assert client.get(f"/hanbit/deals/{deal.pk}/").context["confirmation"] is None
    page = client.post(address, said)
    assert f"{seoul.name} can sign in: they confirm it in the portal." in page.content.decode()
    with staff_scope(seoul.manufacturer_id):
        Membership.objects.filter(pk=seoul.pk).update(is_active=False)
    assert client.get(f"/hanbit/deals/{deal.pk}/").context["confirmation"] is not None
    assert client_for(analyst).post(address, said).status_code == 403
    for wrong, sentence in (
        ({"on": f"{today + dt.timedelta(days=1)}"}, "It was entered on"),
        ({"on": f"{today - dt.timedelta(days=1)}"}, "It was entered on"),
        ({"via": "mail"}, "Add the mail or the paper"),
        ({"via": "dream"}, "Select a valid choice"),
    ):
        assert sentence in client.post(address, said | wrong).content.decode()
    for _twice in range(2):
        client.post(address, said | {"via": "paper", "file": pdf()})
    deal = stored(deal)
    assert (deal.confirmed_by_id, deal.confirmed_who, deal.due_at is not None) == (manager.pk, "Choi Jiwoo", True)
    assert "Choi Jiwoo" in client.get(f"/hanbit/deals/{deal.pk}/").content.decode()
    with staff_scope(seoul.manufacturer_id):
        last = list(reading.claims_of(deal))[-1]
        assert last.step == "confirmed"
        assert all(part in last.content for part in ('"via":"paper"', "Choi Jiwoo", deal.files.get().sha256))
        assert verify_claims().broken is None


def test_what_is_handed_in_again_by_the_partner_is_confirmed_by_that(
    seoul: Membership, manager: Membership, category: Any
) -> None:
    deal = entered(seoul, manager, category)
    with staff_scope(seoul.manufacturer_id):
        deal = services.return_deal(deal, by=manager, reason="Who?")
        assert deal.answer_minutes is None
    with owned(seoul):
        deal = services.submit_deal(deal, by=seoul)
    assert (deal.confirmed_by_id, deal.is_unconfirmed, deal.due_at is not None) == (seoul.pk, False, True)


def test_who_enters_leads_enters_deals_of_the_partners_that_they_see(
    client_for: SignIn, seoul: Membership, manager: Membership, analyst: Membership, category: Any
) -> None:
    new = "/hanbit/deals/new/"
    service = MembershipFactory(manufacturer=seoul.manufacturer, role=Role.SERVICE)
    assert client_for(analyst).get(new).status_code == 403
    client = client_for(service)
    assert client.get(f"{new}?partner=NOBODY").context["form"].errors == {"partner": ["No partner has this code."]}
    values = {name: str(value) for name, value in HOTEL.items()} | {"category": category.pk}
    page = client.post(f"{new}?partner=A1", values | {"phone": ""})
    assert "Fill in what is missing: phone." in str(page.context["form"].errors)
    with staff_scope(seoul.manufacturer_id):
        assert not DealRegistration.objects.exists()  # nor a draft that nobody would find
    client.post(f"{new}?partner=A1", values | {"file": pdf()})
    with staff_scope(seoul.manufacturer_id):
        deal = DealRegistration.objects.get()
        assert (deal.entered_by_name, deal.files.count()) == (service.name, 1)
    page = client_for(manager).get(f"/hanbit/deals/{deal.pk}/")
    assert page.context["can_answer"] is False
    assert "who has not confirmed it yet" in page.content.decode()
    assigned = MembershipFactory(manufacturer=seoul.manufacturer, role=Role.MANAGER, assigned_only=True)
    assert client_for(assigned).get(f"{new}?partner=A1").context["partner"] is None
