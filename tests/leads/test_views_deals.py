"""Deals on pages: registered and checked in the portal, answered by staff, asked about again, proved."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from commerce.models import EndCustomer
from leads.claim_words import facts_in
from leads.models import DealAppeal, DealCheck, DealRegistration, ExtensionRequest, Protection
from leads.services.deals import checking, registering
from leads.services.likeness import write_customer_keys, write_lead_keys
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory
from tests.leads.deals import HOTEL, active_partner, approved, draft, floors, rep_of, stored, submitted
from tests.leads.factories import EndCustomerFactory, LeadFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]

SignIn = Callable[[Membership], Client]


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="A1", name="Seoul Agency"))


@pytest.fixture
def busan(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="B1", name="Busan Dealer"))


@pytest.fixture
def category(manufacturer: Manufacturer) -> Any:
    return floors(manufacturer, code="floors")


def form_of(category: Any, **values: Any) -> dict[str, Any]:
    return {name: str(value) for name, value in HOTEL.items() if name != "country"} | {"category": category.pk} | values


def pdf(name: str = "offer.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 offer", content_type="application/pdf")


# --- The portal -------------------------------------------------------------------------------------------------------


def test_a_partner_saves_a_draft_hands_it_in_and_sees_where_it_stands(
    client_for: SignIn, seoul: Membership, category: Any
) -> None:
    client = client_for(seoul)
    page = client.get("/hanbit/portal/deals/new/")
    assert b"5 fields are needed" in page.content
    answer = client.post("/hanbit/portal/deals/new/", form_of(category, file=pdf()))
    with staff_scope(seoul.manufacturer_id):
        deal = DealRegistration.objects.get()
        assert (deal.state, deal.files.count()) == ("draft", 1)
    assert answer.headers["Location"] == f"/hanbit/portal/deals/{deal.pk}/"
    page = client.post(f"/hanbit/portal/deals/{deal.pk}/step/", {"step": "submit"}, follow=True)
    assert page.context["title"] == "대한호텔 주식회사 waits for the answer"
    assert client.get("/hanbit/portal/deals/").context["title"] == "1 deal waits for the answer"
    assert client.get(f"/hanbit/portal/deals/{deal.pk}/edit/").status_code == 302
    with staff_scope(seoul.manufacturer_id):
        file = deal.files.get()
    download = client.get(f"/hanbit/portal/deals/files/{file.pk}/")
    assert (download.status_code, download.headers["Content-Disposition"]) == (200, 'attachment; filename="offer.pdf"')
    download.getvalue()


def test_a_deal_whose_document_is_refused_is_not_kept_without_it(
    client_for: SignIn, seoul: Membership, category: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, said = client_for(seoul), {"form_key": str(uuid.uuid4())}

    def deals() -> list[tuple[str, int]]:
        with staff_scope(seoul.manufacturer_id):
            rows = DealRegistration.objects.annotate(count=Count("files")).order_by("pk")
            return list(rows.values_list("customer_name", "count"))

    with monkeypatch.context() as patch:
        patch.setattr(registering, "MOST_FILES", 0)
        page = client.post("/hanbit/portal/deals/new/", form_of(category, file=pdf(), **said))
        assert page.status_code == 200
        assert page.context["form"].non_field_errors() == ["A registration takes at most 0 files."]
        assert page.context["form"]["phone"].value() == HOTEL["phone"]
        assert deals() == []
    assert client.post("/hanbit/portal/deals/new/", form_of(category, file=pdf(), **said)).status_code == 302
    assert deals() == [(HOTEL["customer_name"], 1)]

    monkeypatch.setattr(registering, "MOST_FILES", 1)
    with staff_scope(seoul.manufacturer_id):
        edit = f"/hanbit/portal/deals/{DealRegistration.objects.get().pk}/edit/"
    other = SimpleUploadedFile("photo.pdf", b"%PDF-1.4 photo", content_type="application/pdf")
    page = client.post(edit, form_of(category, file=other, customer_name="Jeju Hotel"))
    assert page.context["form"].non_field_errors() == ["A registration takes at most 1 files."]
    assert deals() == [(HOTEL["customer_name"], 1)]


def test_what_is_missing_brings_the_partner_back_to_its_draft(
    client_for: SignIn, seoul: Membership, category: Any
) -> None:
    client = client_for(seoul)
    page = client.post("/hanbit/portal/deals/new/", form_of(category, phone="", submit="1"), follow=True)
    assert "Fill in what is missing: phone." in page.content.decode()
    assert page.request["PATH_INFO"].endswith("/edit/")
    page = client.post("/hanbit/portal/deals/new/", form_of(category, customer_name="", amount="x"))
    assert set(page.context["form"].errors) == {"customer_name", "amount"}


def test_a_lead_of_its_own_is_registered_without_retyping(
    client_for: SignIn, seoul: Membership, category: Any, manufacturer: Manufacturer
) -> None:
    lead = LeadFactory(
        manufacturer=manufacturer,
        state="accepted",
        partner=seoul.partner,
        company="부산병원",
        phone="051-1",
        category=category,
    )
    other = LeadFactory(manufacturer=manufacturer, state="accepted", company="Secret")
    form = client_for(seoul).get(f"/hanbit/portal/deals/new/?lead={lead.pk}").context["form"]
    assert (form["customer_name"].value(), form["phone"].value()) == ("부산병원", "051-1")
    form = client_for(seoul).get(f"/hanbit/portal/deals/new/?lead={other.pk}").context["form"]
    assert not form["customer_name"].value()


def test_others_deals_are_not_there_and_viewers_have_none(
    client_for: SignIn, seoul: Membership, busan: Membership, category: Any
) -> None:
    deal = submitted(seoul, category)
    for path in ("", "edit/", "proof/", "proof/file/"):
        assert client_for(busan).get(f"/hanbit/portal/deals/{deal.pk}/{path}").status_code == 404
    assert client_for(busan).post(f"/hanbit/portal/deals/{deal.pk}/step/", {"step": "withdraw"}).status_code == 404
    viewer = rep_of(seoul.partner, Role.PARTNER_VIEWER)  # type: ignore[arg-type]
    assert client_for(viewer).get("/hanbit/portal/deals/").status_code == 403
    assert stored(deal).state == "submitted"


def test_the_form_has_a_fixed_number_of_queries_and_the_list_too(
    client_for: SignIn, seoul: Membership, category: Any
) -> None:
    client, counts = client_for(seoul), []
    for number in (1, 12):
        for each in range(number):
            draft(seoul, category, title=f"Deal {number} {each}")
        client.get("/hanbit/portal/deals/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/hanbit/portal/deals/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- The check --------------------------------------------------------------------------------------------------------


def signs(client: Client, category: Any, **values: Any) -> str:
    return client.post("/hanbit/portal/deals/check/", form_of(category, **values)).content.decode()


def test_the_check_speaks_of_nobody_by_name(
    client_for: SignIn,
    seoul: Membership,
    busan: Membership,
    category: Any,
    manager: Membership,
    manufacturer: Manufacturer,
) -> None:
    approved(seoul, category, staff=manager)
    client = client_for(busan)
    found = signs(client, category, customer_name="㈜대한호텔", email="")
    month = f"{timezone.localdate():%B %Y}"
    assert f"Another partner has been registered for this customer since {month}." in found
    assert "Seoul" not in found
    assert "D000001" not in found
    found = signs(client, floors(manufacturer, code="walls"), customer_name="㈜대한호텔", email="")
    assert f"registered for this customer since {month}, for other products." in found
    assert "Nobody is registered for this customer." in signs(
        client, category, customer_name="Quite Another Ltd", phone="031-777-8888", email="a@other.example"
    )
    own = signs(client_for(seoul), category)
    assert "You have registered this customer already: D000001." in own


def test_a_name_alone_is_not_checked(client_for: SignIn, seoul: Membership, category: Any) -> None:
    found = signs(client_for(seoul), category, phone="", email="", city="")
    assert "then it is checked while you write" in found
    with staff_scope(seoul.manufacturer_id):
        assert not DealCheck.objects.exists()


def test_leads_customers_and_pending_claims_are_told_in_words(
    client_for: SignIn, seoul: Membership, busan: Membership, category: Any, manufacturer: Manufacturer
) -> None:
    from leads.services.likeness import write_customer_keys, write_lead_keys

    lead = LeadFactory(
        manufacturer=manufacturer, company="부산병원", phone="051-333-4444", city="부산", state="accepted",
        partner=seoul.partner,
    )  # fmt: skip
    customer = EndCustomerFactory(
        manufacturer=manufacturer, name="제주리조트", phone="064-555-6666", city="제주", served_by=seoul.partner
    )
    with staff_scope(manufacturer.pk):
        write_lead_keys([lead])
        write_customer_keys([customer])
    submitted(seoul, category)
    client = client_for(busan)
    assert "Another partner has been working on an enquiry of this customer" in signs(
        client, category, customer_name="부산병원", phone="051-333-4444", email="", city="부산"
    )
    assert "This customer is known, and served by another partner." in signs(
        client, category, customer_name="제주리조트", phone="064-555-6666", email="", city="제주"
    )
    assert "it is not decided yet" in signs(client, category)


def test_nobody_learns_of_many_customers(
    client_for: SignIn, seoul: Membership, category: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "CUSTOMERS_AN_HOUR", 3)
    monkeypatch.setattr(checking, "CUSTOMERS_A_DAY", 4)
    client = client_for(seoul)
    for number in range(3):
        assert "Many customers" not in signs(client, category, customer_name=f"Company {number}x{number}")
    assert "Many customers were checked. Go on in an hour" in signs(client, category, customer_name="One more")
    assert "Many customers" not in signs(client, category, customer_name="Company 1x1")  # the same again
    with staff_scope(seoul.manufacturer_id):
        DealCheck.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    assert "Many customers" not in signs(client, category, customer_name="Fourth")
    assert "Many customers were checked today" in signs(client, category, customer_name="Fifth")


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_answer_with_what_is_known_beside_it(
    client_for: SignIn, seoul: Membership, busan: Membership, category: Any, manager: Membership, analyst: Membership
) -> None:
    first = approved(seoul, category, staff=manager)
    rival = submitted(busan, category, customer_name="㈜대한호텔", email="")
    client = client_for(manager)
    page = client.get("/hanbit/deals/")
    assert page.context["title"] == "1 deal waits for your answer"
    page = client.get(f"/hanbit/deals/{rival.pk}/")
    assert page.context["title"] == "Busan Dealer registers ㈜대한호텔, which is protected for another"
    sources = [(match.kind, match.clash.is_blocking) for match in page.context["matches"]]
    assert sources[0] == ("Registration", True)
    assert ("End customer", False) in sources
    assert "Same phone number" in page.content.decode()
    assert page.context["chosen"] == first.customer_id
    post = {"step": "approve", "days": "90", "customer": str(first.customer_id)}
    page = client.post(f"/hanbit/deals/{rival.pk}/decide/", post, follow=True)
    assert "Seoul Agency is protected for this customer" in page.content.decode()
    page = client.post(f"/hanbit/deals/{rival.pk}/decide/", {"step": "refuse", "reason": ""})
    assert page.context["turn_down"].errors
    client.post(f"/hanbit/deals/{rival.pk}/decide/", {"step": "refuse", "reason": "Taken."})
    assert (stored(rival).state, stored(rival).reason) == ("refused", "Taken.")
    assert client_for(analyst).post(f"/hanbit/deals/{rival.pk}/decide/", {"step": "refuse"}).status_code == 403


def test_each_field_stands_beside_the_other_with_how_the_two_compare(
    client_for: SignIn, seoul: Membership, busan: Membership, category: Any, manager: Membership, manufacturer: Any
) -> None:
    known = {"address": "세종대로 110", "website": "https://www.daehan-hotel.example/"}
    first = approved(seoul, category, staff=manager, **known)
    walls = floors(manufacturer, code="walls")
    rival = submitted(
        busan, walls, phone="02-555-1235", email="rooms@daehan-hotel.example", address="세종대로 110", title="Walls"
    )
    page = client_for(manager).get(f"/hanbit/deals/{rival.pk}/")
    match = next(match for match in page.context["matches"] if match.kind == "Registration")
    rows = {row.label: (row.one, row.other, row.words) for row in match.rows}
    domain = "daehan-hotel.example"
    assert rows["Domain"] == (domain, domain, "Same domain of website or e-mail")
    assert rows["Phone"] == ("02-555-1235", "02-555-1234", "Phone numbers differ in one digit")
    assert rows["Address"] == ("세종대로 110", "세종대로 110", "Same address")
    assert rows["Product category"] == (str(walls), str(category), "Another product category")
    assert rows["Since"][2] == "Goes on now"
    assert all(rows["Since"][:2])
    assert first.reference in match.title


def test_who_sees_no_people_reads_none_beside_a_registration(
    client_for: SignIn, seoul: Membership, category: Any, manager: Membership, analyst: Membership, manufacturer: Any
) -> None:
    known = {"phone": "02-555-1234", "email": "kim.secret@mail.example", "name": "Kim Secret", "company": ""}
    lead = LeadFactory(manufacturer=manufacturer, state="new", **known)
    EndCustomerFactory(
        manufacturer=manufacturer, kind="person", phone=known["phone"], email=known["email"], name="Kim Secret"
    )
    with staff_scope(manufacturer.pk):
        write_lead_keys([lead])
        write_customer_keys(EndCustomer.objects.all())
    deal = submitted(seoul, category, email=known["email"], contact_name="Kim Secret")
    page = client_for(manager).get(f"/hanbit/deals/{deal.pk}/")
    found = {row.label: row.other for match in page.context["matches"] for row in match.rows if match.kind == "Lead"}
    assert (found["Phone"], found["Contact"]) == ("02-555-1234", "Kim Secret")
    page = client_for(analyst).get(f"/hanbit/deals/{deal.pk}/")
    assert {match.kind for match in page.context["matches"]} == {"Lead", "End customer"}
    shown = [row.other for match in page.context["matches"] for row in match.rows]
    assert not {"02-555-1234", "kim.secret@mail.example", "Kim Secret"} & set(shown)
    assert not any("Secret" in match.title for match in page.context["matches"])


def test_a_channel_manager_of_others_reads_no_names(
    client_for: SignIn,
    seoul: Membership,
    busan: Membership,
    category: Any,
    manager: Membership,
    manufacturer: Manufacturer,
) -> None:
    approved(seoul, category, staff=manager)
    rival = submitted(busan, category)
    assigned = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(manufacturer.pk):
        type(busan.partner).objects.filter(pk=busan.partner_id).update(channel_manager=assigned)
    client = client_for(assigned)
    page = client.get(f"/hanbit/deals/{rival.pk}/")
    assert "A partner that you do not look after" in page.content.decode()
    assert "Seoul Agency" not in page.content.decode()
    assert [deal.pk for deal in client.get("/hanbit/deals/").context["list"].page.rows] == [rival.pk]


def test_an_appeal_and_an_extension_are_asked_for_and_answered_on_pages(
    client_for: SignIn, seoul: Membership, category: Any, manager: Membership, owner: Membership
) -> None:
    deal = submitted(seoul, category)
    client, staff = client_for(seoul), client_for(owner)
    client_for(manager).post(f"/hanbit/deals/{deal.pk}/decide/", {"step": "refuse", "reason": "No."})
    client.post(f"/hanbit/portal/deals/{deal.pk}/appeal/", {"text": "We measured.", "file": pdf()})
    with staff_scope(seoul.manufacturer_id):
        appeal = DealAppeal.objects.get()
        assert appeal.files.count() == 1
    page = client_for(manager).post(f"/hanbit/deals/appeals/{appeal.pk}/", {"step": "grant"}, follow=True)
    assert "somebody else has to decide the appeal" in page.content.decode()
    staff.post(f"/hanbit/deals/appeals/{appeal.pk}/", {"step": "grant", "answer": "Right."})
    assert stored(deal).state == "approved"
    page = client.post(f"/hanbit/portal/deals/{deal.pk}/extension/", {"days": "30", "text": "Tender"})
    assert "file" in page.context["extension"].errors
    client.post(f"/hanbit/portal/deals/{deal.pk}/extension/", {"days": "30", "text": "Tender", "file": pdf("t.pdf")})
    with staff_scope(seoul.manufacturer_id):
        asked = ExtensionRequest.objects.get()
        before = Protection.objects.get().ends_at
    staff.post(f"/hanbit/deals/extensions/{asked.pk}/", {"step": "grant", "days": "45"})
    assert (stored(deal).protected_until or before) - before == dt.timedelta(days=45)
    assert client.get(f"/hanbit/portal/deals/{deal.pk}/").status_code == 200
    assert staff.get(f"/hanbit/deals/{deal.pk}/").status_code == 200


def test_the_log_of_a_deal_is_proved_on_both_sides_and_goes_out_as_text(
    client_for: SignIn, seoul: Membership, category: Any, manager: Membership
) -> None:
    deal = approved(seoul, category, staff=manager)
    page = client_for(seoul).get(f"/hanbit/portal/deals/{deal.pk}/proof/")
    assert (page.context["is_whole"], len(page.context["lines"])) == (True, 2)
    (entry, _fault, registered), (_entry, _fault, protected) = page.context["lines"]
    assert registered == [
        ("Code of the partner", ["A1"]), ("Name of the partner", ["Seoul Agency"]),
        ("What it is about", ["객실 바닥재 교체"]), ("Customer", ["대한호텔 주식회사"]), ("Phone", ["02-555-1234"]),
        ("E-mail", ["buy@daehan-hotel.example"]), ("Country", ["South Korea"]), ("City", ["서울"]),
        ("Product category", ["Category floors"]), ("Amount", ["₩50,000,000"]), ("Expected close", ["March 1, 2027"]),
    ]  # fmt: skip
    assert [label for label, _texts in protected] == ["Product category", "Protected from", "Protected until"]
    folds = re.findall(r"<details class=\"more\">(.*?)</details>", page.content.decode(), re.DOTALL)
    assert len(folds) == 2
    assert escape(entry.content) in folds[0]
    assert entry.sha256 in folds[0]
    text = client_for(manager).get(f"/hanbit/deals/{deal.pk}/proof/file/").content.decode()
    assert "previous_sha256: " + "0" * 64 in text
    client = client_for(manager)
    assert client.get("/hanbit/deals/proof/").context["title"] == "The log of claims has not been proved yet"
    assert client.post("/hanbit/deals/proof/").status_code == 302
    assert client.get("/hanbit/deals/proof/").context["running"] is not None


def test_many_are_approved_where_nothing_is_in_the_way(
    client_for: SignIn, seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    clear = submitted(seoul, category, customer_name="Clear Ltd", phone="02-111-2222", email="a@clear.example")
    submitted(seoul, category)
    rival = submitted(busan, category, title="Other")
    page = client_for(manager).post(
        "/hanbit/deals/", {"do": "approve", "everything": "1", "confirmed": "1"}, follow=True
    )
    assert "1 deal is approved. 2 have something in their way: look at them." in page.content.decode()
    assert (stored(clear).state, stored(rival).state) == ("approved", "submitted")


def test_terms_are_kept_and_nonsense_is_told(client_for: SignIn, owner: Membership, category: Any) -> None:
    client = client_for(owner)
    data = {"default_days": "60", "reminders": "30, 7", "answer_hours": "8", "appeal_days": "14", "required": ["phone"]}
    assert client.post("/hanbit/deals/terms/", data | {f"days_{category.pk}": "120"}).status_code == 302
    form = client.get("/hanbit/deals/terms/").context["form"]
    assert (form["reminders"].value(), form[f"days_{category.pk}"].value()) == ("30, 7", 120)
    page = client.post(
        "/hanbit/deals/terms/", data | {"reminders": "soon", "required": ["phone", "email", "city", "note", "title"]}
    )
    assert set(page.context["form"].errors) == {"reminders", "required"}


def test_the_list_finds_filters_and_exports(
    client_for: SignIn, seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    submitted(seoul, category)
    approved(busan, category, staff=manager, customer_name="Clear Ltd", phone="02-111-2222", email="a@clear.example")
    client = client_for(manager)

    def found(query: str) -> list[str]:
        return [deal.customer_name for deal in client.get(f"/hanbit/deals/?{query}").context["list"].page.rows]

    assert found("q=대한호텔") == ["대한호텔 주식회사"]
    assert found("q=clear") == found("state=approved") == ["Clear Ltd"]
    assert found("q=busan") == ["Clear Ltd"]
    assert found("due=late") == []
    assert found("ends=30") == []
    assert len(found("sort=due_at")) == 2
    text = b"".join(client.get("/hanbit/deals/?export=csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert "Clear Ltd" in text


def test_the_list_asks_a_fixed_number_of_queries(
    client_for: SignIn, seoul: Membership, category: Any, manager: Membership
) -> None:
    client, counts = client_for(manager), []
    for number in (1, 9):
        for each in range(number):
            submitted(seoul, category, title=f"{number} {each}", customer_name=f"Customer {number} {each}")
        client.get("/hanbit/deals/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/hanbit/deals/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", []),
        ("[]", []),
        ('{"facts": []}', []),
        ('{"facts": {"amount": "many", "currency": "KRW"}}', [("Amount", ["many"])]),
        (
            '{"facts": {"expected_on": "2027-99-01", "made_up": true}}',
            [("Expected close", ["2027-99-01"]), ("Made_up", ["Yes"])],
        ),
        (
            '{"facts": {"via": "phone", "files": ["ab", "cd"]}}',
            [("How it was confirmed", ["By phone"]), ("SHA-256 of the files", ["ab", "cd"])],
        ),
    ],
)
def test_a_line_that_was_altered_is_read_as_far_as_it_can_be(content: str, told: list[Any]) -> None:
    assert facts_in(content, {}) == told
