"""Where staff see who was told of which consent, and what did not arrive; and how that becomes known."""

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from campaigns.models import ConsentNotice, ReaderChoice, Suppression
from campaigns.selectors.consents import not_reached, notices_for, notices_of
from campaigns.selectors.readers import contacts_at, customers_at
from campaigns.services import consents
from campaigns.services.bounces import take_report
from campaigns.services.receipts import take_events
from campaigns.services.settings import campaign_settings, save_campaign_settings
from commerce.models import EndCustomer
from leads.services.customer_merging import merge_customers
from partners.models import Contact, ContactConsent, Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rls import as_owner, partner_scope, staff_scope
from tests.factories import ContactFactory, MembershipFactory, PartnerFactory
from tests.leads.factories import EndCustomerFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 6, 3, 3, 0, tzinfo=dt.UTC)
BEFORE = dt.datetime(2024, 6, 10, 3, 0, tzinfo=dt.UTC)
LIST = "/hanbit/campaigns/consents/"


def notice(house: Manufacturer, **fields: Any) -> ConsentNotice:
    asked = {"name": "Kim", "address": "kim@a.example", "language": "en", "country": "KR", "mail_sent_at": NOON}
    asked |= {"agreed": {"email": "2024-06-05", "sms": "2024-06-06"}} | fields
    with staff_scope(house.pk):
        made = ConsentNotice.objects.create(**asked)
        ConsentNotice.objects.filter(pk=made.pk).update(created_at=asked.get("created_at", NOON))
        made.refresh_from_db()
    return made


def states(house: Manufacturer, person: Any) -> list[tuple[str, str]]:
    with staff_scope(house.pk):
        found: list[Any] = list(notices_of(person))
    return [(each.state, each.mail_refused) for each in found]


# --- What became of one -----------------------------------------------------------------------------------------------


@pytest.fixture
def sent(owner: Membership, partner: Any, monkeypatch: pytest.MonkeyPatch) -> ConsentNotice:
    """A notice that went out to Kim, who was told two years before as well."""
    house = owner.manufacturer
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr(consents, "_queue", lambda *_args: None)
    with staff_scope(house.pk):
        Partner.objects.filter(pk=partner.pk).update(country="KR")
    kim = ContactFactory(manufacturer=house, partner=partner, name="Kim", email="kim@a.example", language="en")
    with staff_scope(house.pk):
        ContactConsent.objects.create(
            partner=partner, contact=kim, channel="email", given_on="2022-06-05", source="Fair"
        )
        ReaderChoice.objects.create(address="kim@a.example", reminded_at=BEFORE)
        chosen = campaign_settings()
        chosen.bounce_address = "bounces@hanbit.example"
        save_campaign_settings(chosen)
    notice(house, contact=kim, mail_sent_at=BEFORE, noted_at=BEFORE, created_at=BEFORE, addresses=["kim@a.example"])
    with staff_scope(house.pk):
        assert consents.remind(dt.date(2026, 6, 3)) == 1
        made = ConsentNotice.objects.get(mail_sent_at=None)
    mail.outbox.clear()
    assert consents.send_notice(manufacturer_id=house.pk, notice_id=made.pk)
    made.contact = kim
    return made


def reminded(house: Manufacturer) -> dt.datetime | None:
    with staff_scope(house.pk):
        return ReaderChoice.objects.get(address="kim@a.example").reminded_at


def report(letter: Any, status: str, kind: str = "delivery-status") -> bytes:
    told = {
        "delivery-status": f"""message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kim@a.example
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} said no""",
        "feedback-report": "message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1",
    }
    return f"""From: MAILER-DAEMON@mx.example
To: bounces@hanbit.example
Subject: Returned
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: {told[kind]}

--b
Content-Type: message/rfc822

Message-ID: {letter.message()["Message-ID"]}
Subject: Your consent

--b--
""".encode()


@pytest.mark.parametrize(("status", "suppressed"), [("5.1.1", [("kim@a.example", "bounce")]), ("5.2.2", [])])
def test_a_notice_that_comes_back_is_no_proof(
    sent: ConsentNotice, status: str, suppressed: list[tuple[str, str]]
) -> None:
    house, (letter,) = sent.manufacturer, mail.outbox
    assert (letter.from_email, "noreply" in letter.message()["From"] or "@" in letter.message()["From"]) == (
        "bounces@hanbit.example",
        True,
    )
    assert reminded(house) == NOON
    for _time in range(2):
        assert take_report(report(letter, status)) == "bounce"
    assert states(house, sent.contact) == [("refused", f"{status} 550 {status} said no"), ("sent", "")]
    assert reminded(house) == BEFORE
    with staff_scope(house.pk):
        assert list(Suppression.objects.values_list("address", "reason")) == suppressed
        assert consents.note_sent() == 0
    forged = report(letter, status).replace(str(sent.key).encode(), b"00000000-0000-4000-8000-000000000000")
    assert take_report(forged) == ""


def test_what_was_sent_is_noted_of_all_addresses_at_once(
    manufacturer: Manufacturer, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOON + dt.timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with staff_scope(manufacturer.pk):
        ReaderChoice.objects.create(address="kim@a.example", refuses_opens=True, reminded_at=BEFORE)
        ReaderChoice.objects.update(updated_at=BEFORE)

    def noted() -> int:
        with staff_scope(manufacturer.pk), CaptureQueriesContext(connection) as asked:
            consents.note_sent()
        return len(asked)

    notice(manufacturer, addresses=["kim@a.example"])
    few = noted()
    notice(manufacturer, mail_sent_at=later, addresses=["kim@a.example", "0101"])  # two that share a number
    notice(manufacturer, addresses=["0101", "0102", "lee@a.example"])

    assert noted() == few
    with staff_scope(manufacturer.pk):
        kept = ReaderChoice.objects.order_by("address")
        assert list(kept.values_list("address", "reminded_at", "refuses_opens", "updated_at")) == [
            ("0101", later, False, later),
            ("0102", NOON, False, later),
            ("kim@a.example", later, True, later),
            ("lee@a.example", NOON, False, later),
        ]
        assert set(ConsentNotice.objects.values_list("noted_at", flat=True)) == {later}
        assert consents.note_sent() == 0


def test_whoever_complains_of_a_notice_is_written_to_no_more(sent: ConsentNotice) -> None:
    assert take_report(report(mail.outbox[0], "5.7.1", "feedback-report")) == "complaint"
    assert states(sent.manufacturer, sent.contact)[0] == ("sent", "")
    with staff_scope(sent.manufacturer_id):
        assert list(Suppression.objects.values_list("address", "reason")) == [("kim@a.example", "complaint")]


def test_a_text_message_that_does_not_arrive_is_no_proof(owner: Membership) -> None:
    house = owner.manufacturer
    told = notice(house, channel="sms", address="01012345678")
    mailed = notice(house)
    key = f"consent-{house.pk}-{told.pk}"
    with staff_scope(house.pk):
        kept = take_events(
            [
                {"kind": "receipt", "key": key, "state": "delivered"},
                {"kind": "receipt", "key": key, "state": "failed", "detail": "No such number"},
                {"kind": "receipt", "key": f"consent-{house.pk + 1}-{told.pk}", "state": "failed"},
                {"kind": "receipt", "key": f"consent-{house.pk}-{mailed.pk}", "state": "failed"},
                {"kind": "receipt", "key": f"consent-{house.pk}-x", "state": "failed"},
            ]
        )
        assert dict(kept) == {"receipt": 2, "unknown": 3}
        found = dict(ConsentNotice.objects.values_list("pk", "mail_refused"))
        assert found == {told.pk: "No such number", mailed.pk: ""}


# --- Beside the consent -----------------------------------------------------------------------------------------------


def test_the_page_of_a_person_says_what_they_were_told(
    client_for: Any, manager: Membership, analyst: Membership, partner_admin: Membership, partner: Any
) -> None:
    house = manager.manufacturer
    kim = ContactFactory(manufacturer=house, partner=partner, name="Kim", email="Info@a.example", mobile="010-1")
    page = f"/hanbit/people/{kim.pk}/"
    client = client_for(manager)
    assert "Told of the consent" not in client.get(page).content.decode()

    notice(house, contact=kim, address="old@a.example", mail_sent_at=None, mail_refused="550 No such user")
    notice(house, name="Lee", address="info@a.example", ended_at=NOON)  # told to the inbox that both share
    notice(house, address="info@b.example")
    with CaptureQueriesContext(connection) as few:
        html = client.get(page).content.decode()
    for words in ("Told of the consent", "old@a.example", "550 No such user", "Could not be delivered"):
        assert html.count(words) == 1
    assert html.count("June 3, 2026 · E-mail") == 2
    assert html.count("· E-mail, Text message") == 2
    assert html.count("Consent ended by it") == 1
    assert "info@b.example" not in html
    assert f'href="{LIST}?q=info%40a.example"' in html
    assert "old@a.example" in client_for(analyst).get(page).content.decode()

    for number in range(4):
        notice(house, contact=kim, address=f"kim{number}@a.example")
    with CaptureQueriesContext(connection) as many:
        html = client.get(page).content.decode()
    assert len(many) == len(few)
    assert [f"kim{number}@a.example" in html for number in range(4)] == [False, True, True, True]

    # A partner's people see their consents, not the proofs of the manufacturer.
    html = client_for(partner_admin).get(f"/hanbit/portal/people/{kim.pk}/edit/").content.decode()
    assert ("Consent to messages" in html, "Told of the consent" in html, "kim3@a.example" in html) == (
        True,
        False,
        False,
    )
    with partner_scope(house.pk, partner.pk), pytest.raises(ProgrammingError), transaction.atomic():
        ConsentNotice.objects.count()


def test_who_may_not_see_campaigns_sees_the_notices_of_a_person_and_no_link(
    client_for: Any, manufacturer: Manufacturer, partner: Any
) -> None:
    kim = ContactFactory(manufacturer=manufacturer, partner=partner, name="Kim", email="kim@a.example")
    notice(manufacturer, contact=kim)
    client = client_for(MembershipFactory(manufacturer=manufacturer, role="trainer"))
    html = client.get(f"/hanbit/people/{kim.pk}/").content.decode()
    assert ("Told of the consent" in html, LIST in html) == (True, False)
    assert client.get(LIST).status_code == 403


def test_the_page_of_an_end_customer_says_what_it_and_its_merged_records_were_told(
    client_for: Any, manager: Membership
) -> None:
    house = manager.manufacturer
    stays, goes = (
        EndCustomerFactory(manufacturer=house, name=name, phone=phone, consented_at=NOON, consent="News")
        for name, phone in (("Daehan", ""), ("Daehan Co", "010-1234-5678"))
    )
    notice(house, customer=goes, address="01012345678", channel="sms", mail_sent_at=None)
    notice(house, customer=stays, address="daehan@a.example", mail_sent_at=None, mail_refused="withdrawn")
    with staff_scope(house.pk):
        merge_customers(stays, goes, by=None)
        assert sorted(ConsentNotice.objects.values_list("customer", flat=True)) == [stays.pk, stays.pk]
    notice(house, customer=goes, address="goes@a.example")
    html = client_for(manager).get(f"/hanbit/customers/{stays.pk}/").content.decode()
    for words in ("Still to be sent", "01012345678", "Not sent", "The consent ended before.", "goes@a.example"):
        assert html.count(words) == 1


# --- The list ---------------------------------------------------------------------------------------------------------


def rows(client: Any, query: str = "") -> list[str]:
    return [row.name for row in client.get(LIST + query).context["table"].records]


def test_the_list_says_what_did_not_arrive_and_finds_it(client_for: Any, manager: Membership, partner: Any) -> None:
    house, client = manager.manufacturer, client_for(manager)
    assert "Nobody had to be told of a consent yet" in client.get(LIST).content.decode()
    kim = ContactFactory(manufacturer=house, partner=partner, name="Kim")
    shop = EndCustomerFactory(manufacturer=house, name="Shop")
    gone = EndCustomerFactory(manufacturer=house, name="Gone", merged_into=shop)
    notice(house, contact=kim)
    notice(house, customer=shop, name="Shop", address="01012345678", channel="sms", mail_refused="No such number")
    notice(house, customer=gone, name="Gone", address="gone@a.example", mail_sent_at=None)
    notice(house, name="<b>Old</b>", address="old@a.example", mail_refused="withdrawn", mail_sent_at=None)

    html = client.get(LIST).content.decode()
    assert "1 notice of a consent did not reach anybody" in html
    assert "&lt;b&gt;Old" in html
    assert f'href="/hanbit/people/{kim.pk}/"' in html
    assert f'href="/hanbit/customers/{shop.pk}/"' in html
    assert f"/hanbit/customers/{gone.pk}/" not in html
    assert rows(client, "?state=refused") == ["Shop"]
    assert rows(client, "?state=waiting&state=dropped") == ["<b>Old</b>", "Gone"]
    assert rows(client, "?channel=sms") == ["Shop"]
    assert rows(client, "?q=GONE%40a") == ["Gone"]
    sheet = b"".join(client.get(f"{LIST}?export=csv&state=refused")).decode("utf-8-sig")
    assert ("No such number" in sheet, "E-mail, Text message" in sheet, "gone@a.example" in sheet) == (
        True,
        True,
        False,
    )


def test_the_list_holds_those_whom_a_member_may_see(
    client_for: Any, manager: Membership, owner: Membership, analyst: Membership, partner: Any, sibling: Any
) -> None:
    house = owner.manufacturer
    few = MembershipFactory(manufacturer=house, role="manager", assigned_only=True)
    with staff_scope(house.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=few)
    for name, of in (("Own", partner), ("Others", sibling)):
        notice(house, name=name, contact=ContactFactory(manufacturer=house, partner=of))
        notice(house, name=f"{name} shop", customer=EndCustomerFactory(manufacturer=house, served_by=of))
    assert sorted(rows(client_for(few))) == ["Own", "Own shop"]
    assert sorted(rows(client_for(analyst))) == ["Others", "Own"]  # may not see end customers
    assert sorted(rows(client_for(manager))) == ["Others", "Others shop", "Own", "Own shop"]


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_the_same_at_any_size(
    client_for: Any, manager: Membership, size: int, django_assert_num_queries: Any
) -> None:
    house = manager.manufacturer
    for number in range(size):
        partner = PartnerFactory(manufacturer=house)
        notice(house, name=f"P{number}", contact=ContactFactory(manufacturer=house, partner=partner))
        notice(house, name=f"C{number}", customer=EndCustomerFactory(manufacturer=house))
    client = client_for(manager)
    with django_assert_num_queries(QUERIES):
        assert len(rows(client)) == 2 * size


QUERIES = 13


def test_the_ways_agreed_to_stand_in_the_language_of_the_reader(client_for: Any, owner: Membership) -> None:
    """On pages and in files; what was sent keeps the language of whom it went to."""
    house = owner.manufacturer
    shop = EndCustomerFactory(manufacturer=house, name="Shop")
    told = {
        language: notice(house, customer=shop, name=language, language=language, address=f"{language}@a.example")
        for language in ("ko", "ja", "en")
    }
    client = client_for(owner)
    for language, words in (("en", "E-mail, Text message"), ("ko", "이메일, 문자"), ("ja", "メール, SMS")):
        owner.user.language = language
        owner.user.save()
        sheet = b"".join(client.get(f"{LIST}?export=csv&columns=agreed")).decode("utf-8-sig")
        page, beside = (client.get(at).content.decode() for at in (LIST, f"/hanbit/customers/{shop.pk}/"))
        assert (language, sheet.count(words), page.count(words), beside.count(f"· {words}")) == (language, 3, 3, 3)
    with staff_scope(house.pk), translation.override("en"):
        for language, way in (("ko", "이메일"), ("ja", "メール"), ("en", "E-mail")):
            assert way in str(consents.mail_of_notice(told[language], house).body)
            assert way in consents.short_notice(told[language], house).message.text


def test_notices_that_reached_nobody_are_counted_by_an_index(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        plan = plan_of(not_reached(notices_for(owner)).order_by())
    assert "consent_notice_not_reached" in plan, plan


def test_notices_dropped_before_there_was_a_word_for_it_were_not_needed(owner: Membership) -> None:
    house = owner.manufacturer
    old = [
        "The consent was withdrawn.",
        "동의가 철회되었습니다.",
        "同意が撤回されました。",
        "550 The consent was withdrawn.",
    ]
    for said in old:
        notice(house, mail_sent_at=None, mail_refused=said, customer=EndCustomerFactory(manufacturer=house))
    with staff_scope(house.pk):
        with connection.cursor() as cursor:
            cursor.execute(import_module("campaigns.migrations.0027_notices_not_reached").WORD)
        kept = list(ConsentNotice.objects.order_by("pk").values_list("mail_refused", flat=True))
        assert kept == ["withdrawn", "withdrawn", "withdrawn", old[3]]


def plan_of(query: QuerySet[Any]) -> str:
    """How the database reads it below the policies, where whole tables are the last resort."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return query.explain()


# --- Who is known under an address --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "address", "of_person", "of_customer"),
    [
        ("email", "kim@a.example", "contact_reached_by_email", "customer_reached_by_email"),
        ("sms", "01012345678", "contact_reached_by_number", "customer_reached_by_number"),
        ("messenger", "01012345678", "contact_reached_by_messenger", "customer_reached_by_number"),
    ],
)
def test_who_is_reached_at_an_address_is_read_from_an_index(
    manufacturer: Manufacturer, partner: Any, channel: str, address: str, of_person: str, of_customer: str
) -> None:
    """All that the link of an unsubscription asks for, which anybody may follow again and again."""
    reached = {"email": " Kim@A.example ", "phone": "02-1", "mobile": "010-1234-5678"}
    kim = ContactFactory(manufacturer=manufacturer, partner=partner, **reached)
    named = ContactFactory(manufacturer=manufacturer, partner=partner, email="", messenger="kim_talk")
    ContactFactory(manufacturer=manufacturer, partner=partner, email="lee@a.example", phone="010-9")
    shop = EndCustomerFactory(manufacturer=manufacturer, email="KIM@a.example", phone="010 1234 5678")
    other = EndCustomerFactory(manufacturer=manufacturer, email="lee@a.example", phone="010-9")
    with staff_scope(manufacturer.pk):
        # So many, and measured, that the planner tells the indexes apart.
        Contact.objects.bulk_create(Contact(partner=partner, name="P", email=f"{n}@b.example") for n in range(1500))
        EndCustomer.objects.bulk_create(EndCustomer(name="C", email=f"{n}@b.example") for n in range(1500))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_contact, commerce_endcustomer")
    with staff_scope(manufacturer.pk):
        people, customers = contacts_at(channel, address), customers_at(channel, address)
        both, all_customers = (
            contacts_at(channel, address, or_pk=named.pk),
            customers_at(channel, address, or_pk=other.pk),
        )
        assert (list(people), list(customers)) == ([kim], [shop])
        assert ({*both}, {*all_customers}) == ({kim, named}, {shop, other})
        assert list(contacts_at("messenger", "kim_talk")) == [named]
        for query, index in (
            (people, of_person),
            (both, of_person),
            (customers, of_customer),
            (all_customers, of_customer),
        ):
            plan = plan_of(query)
            # By the address itself, not by the house alone.
            assert index in plan, plan
            assert f"= '{address}'::text" in plan.split(index)[1].splitlines()[1], plan
