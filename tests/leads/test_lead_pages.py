"""The staff's pages of leads and end customers: what each shows to whom, and what its buttons do."""

import csv
import io
from typing import Any

import pytest

from commerce.models import EndCustomer
from leads.models import Lead, LeadField, LeadLikeness, LeadState, ReasonUse
from leads.services.customers import create_customer
from leads.services.intake import create_lead
from notices.models import Notice
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory
from tests.leads.factories import LeadFactory, LeadReasonFactory, OfferFactory

pytestmark = pytest.mark.django_db

KIM = {
    "name": "김민수",
    "phone": "010-7777-8888",
    "email": "minsu@mail.example",
    "address": "테헤란로 152",
    "city": "서울",
}


def made(manufacturer: Any, values: Any, **told: Any) -> Lead:
    with staff_scope(manufacturer.pk):
        return create_lead(values, **told)


def lead_now(manufacturer: Any, pk: int | None = None) -> Lead:
    with staff_scope(manufacturer.pk):
        return Lead.objects.select_related("partner", "owner", "customer", "source").get(**({"pk": pk} if pk else {}))


@pytest.mark.parametrize("size", [1, 4])
def test_the_list_asks_the_same_number_of_queries_at_any_size(
    client_for: Any, manager: Any, size: int, django_assert_num_queries: Any
) -> None:
    for _ in range(size):
        LeadFactory(manufacturer=manager.manufacturer, state="accepted")
    client = client_for(manager)
    client.get("/hanbit/leads/")
    with django_assert_num_queries(17):
        response = client.get("/hanbit/leads/")
    assert len(response.context["list"].page.rows) == size


@pytest.mark.parametrize("size", [1, 4])
def test_the_page_of_a_lead_asks_the_same_number_of_queries_at_any_size(
    client_for: Any, manager: Any, size: int, django_assert_num_queries: Any
) -> None:
    for _ in range(size):
        made(manager.manufacturer, KIM | {"company": "한옥"})
    lead = made(manager.manufacturer, KIM | {"company": "한옥"})
    client = client_for(manager)
    client.get(f"/hanbit/leads/{lead.pk}/")
    with django_assert_num_queries(17):
        response = client.get(f"/hanbit/leads/{lead.pk}/")
    assert len(response.context["alike"]) == size


def test_the_list_narrows_by_state_source_kind_owner_score_day_and_words(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    first = made(house, KIM | {"company": "한옥", "owner": manager}, source="website")
    with staff_scope(house.pk):
        Lead.objects.filter(pk=first.pk).update(score=85, campaign_code="spring")
        other = create_lead({"company": "Other"}, source="call")
        Lead.objects.filter(pk=other.pk).update(state=LeadState.LOST, score=20)
    client = client_for(manager)

    def shown(query: str) -> list[int]:
        return [row.pk for row in client.get(f"/hanbit/leads/?{query}").context["list"].page.rows]

    assert shown("") == [other.pk, first.pk]
    assert shown("sort=-score") == [first.pk, other.pk]
    for query in (
        "state=new",
        "source=website",
        f"owner={manager.pk}",
        "score=80",
        "q=한옥",
        "q=7777",
        "campaign=spring",
    ):
        assert shown(query) == [first.pk], query
    for query in ("state=lost", "source=call", "owner=none", "score=0", "q=other"):
        assert shown(query) == [other.pk], query
    assert shown("received_after=2000-01-01&received_before=2000-12-31") == []
    assert shown("alike=true") == []


def test_who_may_not_see_people_sees_them_nowhere(client_for: Any, manager: Any, analyst: Any) -> None:
    house = manager.manufacturer
    private = made(house, KIM | {"message": "Call 010-7777-8888", "subject": "창호"}, consent="I, 김민수, agree")
    made(house, KIM)
    personal = ("김민수", "010-7777-8888", "minsu@mail.example", "테헤란로")

    def bodies(member: Any) -> list[str]:
        client = client_for(member)
        columns = "columns=who,name,phone,email,address,subject"
        sheet = client.get(f"/hanbit/leads/?{columns}&export=csv")
        return [
            client.get(f"/hanbit/leads/?{columns}").content.decode(),
            client.get(f"/hanbit/leads/{private.pk}/").content.decode(),
            b"".join(sheet.streaming_content).decode("utf-8-sig"),
        ]

    for body in bodies(manager):
        assert all(text in body for text in personal)
    with staff_scope(house.pk):
        private.name = "김민호"
        private.save(update_fields=["name"])
        private.name = "김민수"
        private.save(update_fields=["name"])
    for body in bodies(analyst):
        assert not [text for text in (*personal, "김민호") if text in body]
        assert private.reference in body
    assert client_for(analyst).get("/hanbit/customers/").status_code == 403


def test_the_export_holds_the_columns_chosen_and_no_formula(client_for: Any, manager: Any) -> None:
    made(manager.manufacturer, {"company": "=1+1", "phone": "010-1"})
    response = client_for(manager).get("/hanbit/leads/?columns=who,phone&export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows == [["Lead", "Phone"], ["'=1+1", "010-1"]]


def test_a_lead_is_entered_once_with_own_fields_and_referrer(client_for: Any, manager: Any, partner: Any) -> None:
    house = manager.manufacturer
    with staff_scope(house.pk):
        LeadField.objects.create(key="area", labels={"en": "Area"}, type="number")
        LeadField.objects.create(key="decided", labels={"en": "Decided"}, type="yes_no")
    client = client_for(manager)
    page = client.get("/hanbit/leads/new/?phone=010-1")
    assert page.context["form"]["phone"].value() == "010-1"
    given = {
        "company": "<script>alert(1)</script>", "phone": "02-1", "amount": "1000", "custom_area": "84.5",
        "custom_decided": "yes", "referred_by_code": "A1", "consent": "On the phone",
        "form_key": str(page.context["form_key"]),
    }  # fmt: skip
    first = client.post("/hanbit/leads/new/", given)
    second = client.post("/hanbit/leads/new/", given)

    lead = lead_now(house)
    assert first["Location"] == second["Location"] == f"/hanbit/leads/{lead.pk}/"
    assert lead.custom == {"area": 84.5, "decided": True}
    assert (lead.amount_base, lead.referred_by_id, lead.consent) == (1000, partner.pk, "On the phone")
    assert lead.created_by_id == manager.pk
    body = client.get(first["Location"]).content.decode()
    assert "<script>alert(1)" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_wrong_input_is_told_and_kept(client_for: Any, manager: Any) -> None:
    response = client_for(manager).post(
        "/hanbit/leads/new/",
        {"company": "", "subject": "창호", "email": "no", "referred_by_code": "X9", "products": "P9"},
    )
    errors = response.context["form"].errors
    assert errors["email"] == ["Enter a valid email address."]
    assert errors["referred_by_code"] == ["No partner has the code X9."]
    assert errors["products"] == ["No product has the code P9."]
    assert response.context["form"]["subject"].value() == "창호"
    empty = client_for(manager).post("/hanbit/leads/new/", {"subject": "창호"}).context["form"].errors
    assert empty == {"company": ["Give a company, a name, a phone number or an e-mail address."]}


def test_an_edit_is_saved_and_shown_in_the_history(client_for: Any, manager: Any) -> None:
    lead = made(manager.manufacturer, KIM)
    client = client_for(manager)
    client.post(f"/hanbit/leads/{lead.pk}/edit/", KIM | {"city": "부산", "amount": "5"})
    assert (lead_now(manager.manufacturer).city, lead_now(manager.manufacturer).amount_base) == ("부산", 5)
    assert "부산" in client.get(f"/hanbit/leads/{lead.pk}/").content.decode()


def test_duplicates_are_shown_while_typing(client_for: Any, manager: Any) -> None:
    lead = made(manager.manufacturer, KIM)
    client = client_for(manager)
    body = client.get("/hanbit/leads/alike/", {"name": "김민수", "phone": "01077778888"}).content.decode()
    assert lead.reference in body
    assert "Same phone number · Same name of the person" in body
    assert client.get("/hanbit/leads/alike/", {"phone": "010-7777-8888", "editing": lead.pk}).content.strip() == b""
    assert client.get("/hanbit/leads/alike/").content.strip() == b""


def test_whose_leads_one_may_not_see_is_told_without_a_name(client_for: Any, manager: Any) -> None:
    made(manager.manufacturer, KIM)
    manager = MembershipFactory(manufacturer=manager.manufacturer, assigned_only=True)
    body = client_for(manager).get("/hanbit/leads/alike/", {"name": "김민수", "phone": "01077778888"}).content.decode()
    assert "A record of another channel manager" in body
    assert "김민수" not in body
    lead = lead_now(manager.manufacturer)
    assert client_for(manager).get(f"/hanbit/leads/{lead.pk}/").status_code == 404


def test_buttons_link_dismiss_merge_and_part(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    first, second = made(house, KIM | {"subject": "창호"}), made(house, KIM)
    with staff_scope(house.pk):
        row = LeadLikeness.objects.get()
    client = client_for(manager)

    def state() -> str:
        with staff_scope(house.pk):
            return LeadLikeness.objects.get().state

    for step, after in (
        ("link", "linked"),
        ("reopen", "open"),
        ("dismiss", "dismissed"),
        ("reopen", "open"),
        ("x", "open"),
    ):
        client.post(f"/hanbit/leads/likeness/{row.pk}/", {"do": step})
        assert state() == after
    page = client.get(f"/hanbit/leads/likeness/{row.pk}/merge/")
    assert (page.context["stays"].pk, page.context["goes"].pk) == (first.pk, second.pk)
    client.post(f"/hanbit/leads/likeness/{row.pk}/merge/", {"stays": second.pk})
    assert lead_now(house, first.pk).merged_into_id == second.pk
    assert lead_now(house, second.pk).subject == "창호"
    with staff_scope(house.pk):
        merge = lead_now(house, second.pk).merges.get()
    client.post(f"/hanbit/leads/merges/{merge.pk}/undo/")
    assert lead_now(house, first.pk).state == "new"


def test_a_lead_is_put_aside_and_taken_up_alone_and_many(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    reason = LeadReasonFactory(manufacturer=house, use=ReasonUse.DISCARD)
    lead, other = made(house, KIM, find_duplicates=False), made(house, KIM, find_duplicates=False)
    client = client_for(manager)
    assert client.post(f"/hanbit/leads/{lead.pk}/discard/", {}).context["form"].errors["reason"]
    client.post(f"/hanbit/leads/{lead.pk}/discard/", {"reason": reason.pk, "note": "Spam"})
    assert lead_now(house, lead.pk).state == "discarded"
    client.post(f"/hanbit/leads/{lead.pk}/restore/")
    assert lead_now(house, lead.pk).state == "new"

    client.post("/hanbit/leads/", {"do": "assign", "everything": "1", "confirmed": "1", "owner": manager.pk})
    assert lead_now(house, other.pk).owner_id == manager.pk
    client.post(f"/hanbit/leads/{other.pk}/assign/", {"owner": ""})
    assert lead_now(house, other.pk).owner_id is None
    asked = {"do": "discard", "selected": [lead.pk], "confirmed": "1", "reason": reason.pk}
    client.post("/hanbit/leads/", asked)
    assert (lead_now(house, lead.pk).state, lead_now(house, other.pk).state) == ("discarded", "new")


def test_many_are_put_aside_with_their_offers_and_the_rest_is_counted(client_for: Any, manager: Any, rep: Any) -> None:
    house = manager.manufacturer
    reason = LeadReasonFactory(manufacturer=house, use=ReasonUse.DISCARD)
    free, offered = LeadFactory(manufacturer=house), LeadFactory(manufacturer=house, state="offered")
    taken = LeadFactory(manufacturer=house, state="accepted", partner=rep.partner)
    offer = OfferFactory(manufacturer=house, lead=offered, partner=rep.partner)
    asked = {"do": "discard", "everything": "1", "confirmed": "1", "reason": reason.pk}
    page = client_for(manager).post("/hanbit/leads/", asked, follow=True)
    assert [lead_now(house, lead.pk).state for lead in (free, offered, taken)] == ["discarded", "discarded", "accepted"]
    (said,) = [str(message) for message in page.context["messages"]]
    assert said == (
        "2 leads are put aside. 1 offer is withdrawn, and its partner is told."
        " 1 is left as it is: a partner has or had it. Take it back first."
    )
    with staff_scope(house.pk):
        offer.refresh_from_db()
        assert (offer.state, offer.ended) == ("withdrawn", "closed")
        assert Notice.objects.filter(recipient=rep, kind="leads.pulled_back").count() == 1


def test_somebody_else_changes_nothing(client_for: Any, manager: Any, analyst: Any, stranger: Any, rep: Any) -> None:
    lead = made(manager.manufacturer, KIM)
    for member, status in ((analyst, 403), (stranger, 404), (rep, 404)):
        client = client_for(member)
        for step in ("edit", "discard", "restore", "assign", "customer"):
            assert client.post(f"/hanbit/leads/{lead.pk}/{step}/", KIM).status_code == status
    assert client_for(stranger).get(f"/tokai/leads/{lead.pk}/").status_code == 404
    assert lead_now(manager.manufacturer).state == "new"


# End customers --------------------------------------------------------------------------------------------------------


def test_a_lead_becomes_an_end_customer_once(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    lead = made(house, KIM | {"company": "한옥"}, consent="Call me")
    client = client_for(manager)
    for _ in range(2):
        client.post(f"/hanbit/leads/{lead.pk}/customer/")
    with staff_scope(house.pk):
        customer = EndCustomer.objects.get()
        assert customer.match_keys.count() == 6
    assert (customer.name, customer.contact_name, customer.source) == ("한옥", "김민수", "lead")
    assert (customer.consent, customer.consented_at) == ("Call me", lead.consented_at)
    assert lead_now(house).customer_id == customer.pk
    page = client.get(f"/hanbit/customers/{customer.pk}/")
    assert [lead.pk for lead, _tone in page.context["leads"]] == [lead.pk]


def test_consent_is_withdrawn_once_and_given_anew_by_new_words(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    with staff_scope(house.pk):
        customer = create_customer(EndCustomer(name="한옥", consent="Call me"), by=None)
    client = client_for(manager)
    client.post(f"/hanbit/customers/{customer.pk}/withdraw/")
    with staff_scope(house.pk):
        ended = EndCustomer.objects.get().consent_ended_at
    assert ended is not None
    client.post(f"/hanbit/customers/{customer.pk}/withdraw/")
    page = client.get(f"/hanbit/customers/{customer.pk}/")
    assert page.context["title"] == "한옥 must not be contacted"
    assert client.get("/hanbit/customers/").context["title"] == "1 customer must not be contacted"
    client.post(
        f"/hanbit/customers/{customer.pk}/edit/",
        {"name": "한옥", "kind": "company", "source": "staff", "consent": "Write to me"},
    )
    with staff_scope(house.pk):
        row = EndCustomer.objects.get()
    assert (row.consent, row.consent_ended_at) == ("Write to me", None)


@pytest.mark.parametrize("size", [1, 4])
def test_the_list_of_customers_asks_the_same_number_of_queries(
    client_for: Any, manager: Any, size: int, django_assert_num_queries: Any
) -> None:
    with staff_scope(manager.manufacturer_id):
        for number in range(size):
            create_customer(EndCustomer(name=f"C{number}", phone=f"010-555{number}-0000"), by=None)
    client = client_for(manager)
    client.get("/hanbit/customers/")
    with django_assert_num_queries(13):
        response = client.get("/hanbit/customers/")
    assert len(response.context["list"].page.rows) == size
    assert len(client.get("/hanbit/customers/?q=5550").context["list"].page.rows) == 1


def test_a_managers_own_partners_customers_are_all_he_sees(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    manager = MembershipFactory(manufacturer=house, assigned_only=True)
    mine = PartnerFactory(manufacturer=house, channel_manager=manager)
    with staff_scope(house.pk):
        own = create_customer(EndCustomer(name="Mine", served_by=mine), by=None)
        other = create_customer(EndCustomer(name="Other"), by=None)
    client = client_for(manager)
    assert [row.pk for row in client.get("/hanbit/customers/").context["list"].page.rows] == [own.pk]
    assert client.get(f"/hanbit/customers/{other.pk}/").status_code == 404


# Calls ----------------------------------------------------------------------------------------------------------------


def test_a_caller_is_found_by_any_part_of_a_number_with_what_is_open(
    client_for: Any, manager: Any, partner: Any, django_assert_num_queries: Any
) -> None:
    from partners.models import Contact
    from partners.services import create_task

    house = manager.manufacturer
    lead = made(house, KIM | {"subject": "창호"})
    with staff_scope(house.pk):
        customer = create_customer(EndCustomer(name="한옥", phone="+82 10 7777 8888"), by=None)
        Contact.objects.create(partner=partner, name="Park", mobile="010-7777-1111")
        type(partner).objects.filter(pk=partner.pk).update(phone="02-7777-0000")
        create_task(partner=partner, title="Send the price list")
    client = client_for(manager)

    def found(phone: str) -> list[str]:
        return [each.key for each in client.get("/hanbit/leads/call/", {"phone": phone}).context["callers"]]

    kinds = [key.split("-")[0] for key in found("7777")]
    assert kinds == ["contact", "customer", "lead", "partner"]
    assert found("010-7777-8888") == [f"customer-{customer.pk}", f"lead-{lead.pk}"]
    assert found("+82 10-7777-8888") == found("0107777 8888") == found("010-7777-8888")
    assert found("12") == found("9999") == found("abc") == []

    page = client.get("/hanbit/leads/call/", {"phone": "010-7777-8888"})
    assert page.context["title"] == "한옥 is calling"
    assert [lead.pk for lead, _tone in page.context["open_leads"]] == [lead.pk]
    assert page.context["form"]["company"].value() == "한옥"
    page = client.get("/hanbit/leads/call/", {"phone": "02-7777-0000"})
    assert [task.title for task in page.context["tasks"]] == ["Send the price list"]
    with django_assert_num_queries(17):
        client.get("/hanbit/leads/call/", {"phone": "010-7777-8888"})


def test_a_call_becomes_a_lead_once(client_for: Any, manager: Any) -> None:
    house = manager.manufacturer
    client = client_for(manager)
    page = client.get("/hanbit/leads/call/", {"phone": "010-3333-4444"})
    assert page.context["title"] == "Nobody known has this number"
    assert page.context["form"]["phone"].value() == "010-3333-4444"
    given = {"phone": "010-3333-4444", "name": "이영희", "agreed": "on", "form_key": str(page.context["form_key"])}
    for _ in range(2):
        response = client.post("/hanbit/leads/call/?phone=010-3333-4444", given)
    lead = lead_now(house)
    assert response["Location"] == f"/hanbit/leads/call/?phone=010-3333-4444&who=lead-{lead.pk}"
    assert (lead.source.code, lead.consent_version, bool(lead.consented_at)) == ("call", "call", True)
    assert client.post("/hanbit/leads/call/", {"subject": "x"}).context["form"].errors["phone"]

    other = given | {"phone": "010-5555-6666", "name": "박서준"}  # after the browser's Back
    asked = client.post("/hanbit/leads/call/", other)
    assert (asked.context["form"]["name"].value(), len(asked.context["form"].non_field_errors())) == ("박서준", 1)
    client.post("/hanbit/leads/call/", other | {"form_key": str(asked.context["form_key"])})
    with staff_scope(house.pk):
        assert sorted(Lead.objects.values_list("name", flat=True)) == ["박서준", "이영희"]


def test_what_a_telephone_system_asks_for_as_a_part_has_no_frame(client_for: Any, manager: Any) -> None:
    made(manager.manufacturer, KIM)
    response = client_for(manager).get(
        "/hanbit/leads/call/", {"phone": "7777"}, headers={"HX-Request": "true", "HX-Target": "callers"}
    )
    assert "<html" not in response.content.decode()
    assert "김민수" in response.content.decode()
