"""The people of partners: who may see and change what, leavers, consent, limits, greetings."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from partners.models import (
    Contact,
    ContactConsent,
    ContactInsight,
    Favour,
    Greeting,
    GreetingText,
    Partner,
    PeopleSettings,
    Task,
    TaskState,
)
from partners.selectors import people as people_selectors
from partners.services import greetings
from partners.services import people as services
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
TODAY = dt.date(2026, 6, 10)
"""A Wednesday."""


def make_contact(partner: Partner, **values: Any) -> Contact:
    with staff_scope(partner.manufacturer_id):
        return Contact.objects.create(partner=partner, **{"name": "김민수", "latin_name": "Kim Minsu"} | values)


@pytest.fixture
def kim(partner: Partner) -> Contact:
    return make_contact(partner, email="kim@seoul.example", language="ko", birthday=dt.date(1980, 6, 12))


def fresh(contact: Contact) -> Contact:
    with staff_scope(contact.manufacturer_id):
        return Contact.objects.select_related("partner").get(pk=contact.pk)


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_add_a_person_to_the_partner_whose_page_they_are_on(
    client_for: SignIn, manager: Membership, partner: Partner
) -> None:
    client = client_for(manager)
    page = client.get(f"/hanbit/people/new/?partner={partner.pk}")
    assert "partner_code" not in page.context["form"].fields
    client.post(
        f"/hanbit/people/new/?partner={partner.pk}",
        {"name": "<script>alert(1)</script>", "role": "owner", "email": "OWNER@Seoul.example", "is_primary": "on"},
    )
    with staff_scope(partner.manufacturer_id):
        contact = Contact.objects.get()
    assert (contact.partner_id, contact.role, contact.email) == (partner.pk, "owner", "owner@seoul.example")
    shown = client.get(f"/hanbit/people/{contact.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown


def test_one_person_is_the_first_to_ask(client_for: SignIn, manager: Membership, partner: Partner) -> None:
    first = make_contact(partner, is_primary=True)
    client_for(manager).post(
        "/hanbit/people/new/", {"partner_code": partner.code, "name": "Lee", "role": "sales", "is_primary": "on"}
    )
    assert fresh(first).is_primary is False


def test_an_unknown_partner_is_said_so(client_for: SignIn, manager: Membership, stranger: Membership) -> None:
    response = client_for(manager).post("/hanbit/people/new/", {"partner_code": "ZZ", "name": "Lee", "role": "sales"})
    assert response.context["form"].errors["partner_code"] == ["No partner has the code ZZ."]


def test_who_sees_assigned_partners_alone_sees_their_people_alone(
    client_for: SignIn, kim: Contact, partner: Partner, sibling: Partner
) -> None:
    other = make_contact(sibling, name="Other")
    own = MembershipFactory(manufacturer=partner.manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=own)
    client = client_for(own)
    assert client.get(f"/hanbit/people/{kim.pk}/").status_code == 200
    assert client.get(f"/hanbit/people/{other.pk}/").status_code == 404
    assert client.post(f"/hanbit/people/{other.pk}/return/").status_code == 404
    assert [row.pk for row in client.get("/hanbit/people/").context["list"].page.rows] == [kim.pk]


def test_a_leaver_stays_and_a_task_asks_who_follows(
    client_for: SignIn, manager: Membership, kim: Contact, partner: Partner
) -> None:
    client = client_for(manager)
    lee = make_contact(partner, name="Lee", latin_name="")
    client.post(f"/hanbit/people/{kim.pk}/leave/", {"left_on": "2026-06-01", "moved_to": "Rival"})
    with staff_scope(partner.manufacturer_id):
        task = Task.objects.get(kind="successor")
        assert (task.state, task.partner_id) == (TaskState.OPEN, partner.pk)
    client.post(f"/hanbit/people/{kim.pk}/leave/", {"left_on": "2026-06-01", "moved_to": "Rival", "successor": lee.pk})
    with staff_scope(partner.manufacturer_id):
        assert Task.objects.get(pk=task.pk).state == TaskState.DONE
    assert (fresh(kim).moved_to, fresh(kim).successor_id) == ("Rival", lee.pk)
    title = client.get(f"/hanbit/people/{kim.pk}/").context["title"]
    assert title == "Kim Minsu has left Seoul Agency; Lee follows"
    client.post(f"/hanbit/people/{kim.pk}/return/")
    assert fresh(kim).left_on is None


def test_somebody_of_another_partner_cannot_follow(
    client_for: SignIn, manager: Membership, kim: Contact, sibling: Partner
) -> None:
    other = make_contact(sibling)
    response = client_for(manager).post(
        f"/hanbit/people/{kim.pk}/leave/", {"left_on": "2026-06-01", "successor": other.pk}
    )
    assert "successor" in response.context["form"].errors
    assert fresh(kim).left_on is None


def test_people_list_asks_as_many_queries_at_any_size(
    client_for: SignIn, manager: Membership, partner: Partner
) -> None:
    client = client_for(manager)
    make_contact(partner)
    client.get("/hanbit/people/")
    with connection.execute_wrapper(counting := Counter()):
        client.get("/hanbit/people/")
    for number in range(12):
        make_contact(partner, name=f"Person {number}", birthday=timezone.localdate().replace(year=1980, day=1))
    with connection.execute_wrapper(again := Counter()):
        client.get("/hanbit/people/")
    assert again.count <= counting.count + 2  # greetings and consents are asked for once somebody has a day


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


# --- The partner's side -----------------------------------------------------------------------------------------------


def test_a_partner_keeps_its_own_people(client_for: SignIn, partner_admin: Membership, kim: Contact) -> None:
    client = client_for(partner_admin)
    client.post(f"/hanbit/portal/people/{kim.pk}/edit/", {"name": "김민수", "role": "owner", "mobile": "010-1"})
    assert (fresh(kim).role, fresh(kim).mobile) == ("owner", "010-1")
    client.post("/hanbit/portal/people/new/", {"name": "이영희", "role": "sales"})
    with staff_scope(kim.manufacturer_id):
        assert Contact.objects.filter(name="이영희", partner=kim.partner_id).count() == 1
    client.post(f"/hanbit/portal/people/{kim.pk}/consent/", {"channel": "email", "on": "2026-01-02", "source": "Form"})
    client.post(f"/hanbit/portal/people/{kim.pk}/leave/", {"left_on": "2026-06-01"})
    assert fresh(kim).left_on == dt.date(2026, 6, 1)
    client.post(f"/hanbit/portal/people/{kim.pk}/return/")
    assert fresh(kim).left_on is None
    with staff_scope(kim.manufacturer_id):
        assert ContactConsent.objects.get().recorded_by_id == partner_admin.pk


def test_a_rep_reads_and_changes_nothing(client_for: SignIn, rep: Membership, kim: Contact) -> None:
    client = client_for(rep)
    assert client.get("/hanbit/portal/people/").status_code == 200
    for step in ("edit", "leave", "return", "consent"):
        assert client.post(f"/hanbit/portal/people/{kim.pk}/{step}/", {"name": "x"}).status_code == 403
    assert fresh(kim).name == "김민수"


def test_another_partners_people_do_not_exist(client_for: SignIn, sibling_rep: Membership, kim: Contact) -> None:
    with staff_scope(kim.manufacturer_id):
        Membership.objects.filter(pk=sibling_rep.pk).update(role=Role.PARTNER_ADMIN)
    client = client_for(sibling_rep)
    assert "김민수" not in client.get("/hanbit/portal/people/").content.decode()
    for step in ("edit", "leave", "return", "consent"):
        assert client.post(f"/hanbit/portal/people/{kim.pk}/{step}/", {"name": "x"}).status_code == 404
    assert fresh(kim).name == "김민수"


@pytest.mark.parametrize("model", [ContactInsight, Favour, PeopleSettings, Greeting, GreetingText])
def test_partners_cannot_read_what_staff_keep_to_themselves(partner: Partner, model: Any) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        partner_scope(partner.manufacturer_id, partner.pk),
    ):
        model.objects.count()


def test_a_partner_cannot_change_what_is_not_its_own_to_say(partner: Partner, kim: Contact, rep: Membership) -> None:
    for change in ({"membership_id": rep.pk}, {"partner_id": partner.pk}):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            partner_scope(partner.manufacturer_id, partner.pk),
        ):
            Contact.objects.filter(pk=kim.pk).update(**change)


# --- Consent and limits -----------------------------------------------------------------------------------------------


def test_a_consent_is_kept_with_its_end(client_for: SignIn, manager: Membership, kim: Contact) -> None:
    client, url = client_for(manager), f"/hanbit/people/{kim.pk}/consent/"
    client.post(url, {"channel": "email", "on": "2026-01-05", "source": "Trade fair form"})
    client.post(url, {"channel": "email", "on": "2026-02-05", "source": "Again"})
    client.post(url, {"channel": "sms", "on": "2026-01-05"})
    client.post(url, {"channel": "email", "on": "2026-03-05", "withdraw": "1"})
    client.post(url, {"channel": "email", "on": "2026-04-05", "source": "Mail"})
    with staff_scope(kim.manufacturer_id):
        kept = list(ContactConsent.objects.order_by("pk").values_list("channel", "source", "withdrawn_on"))
    assert kept == [("email", "Trade fair form", dt.date(2026, 3, 5)), ("email", "Mail", None)]


def test_what_was_given_is_told_in_the_readers_form(
    client_for: SignIn, manager: Membership, owner: Membership, kim: Contact
) -> None:
    client_for(owner).post("/hanbit/settings/people/", {"yearly_limit": "100000", "warn_percent": "80"})
    reader = MembershipFactory(manufacturer=manager.manufacturer, user__language="ko")

    told = [
        client_for(who).get(f"/hanbit/people/{kim.pk}/favours/new/").context["explanation"] for who in (manager, reader)
    ]

    assert ["₩100,000" in told[0], "100,000원" in told[1]] == [True, True]


def test_gifts_near_the_limit_warn_and_beyond_it_are_refused(
    client_for: SignIn, manager: Membership, owner: Membership, kim: Contact
) -> None:
    client_for(owner).post("/hanbit/settings/people/", {"yearly_limit": "100000", "warn_percent": "80"})
    client, url = client_for(manager), f"/hanbit/people/{kim.pk}/favours/new/"
    gift = {"kind": "gift", "given_on": "2026-03-01", "what": "Tea", "value": "70000"}
    client.post(url, gift)
    warned = client.post(url, gift | {"value": "20000"}, follow=True)
    assert "Kim Minsu has been given ₩90,000 in 2026; the limit is ₩100,000." in [
        str(message) for message in warned.context["messages"]
    ]
    refused = client.post(url, gift | {"value": "20000"})
    assert refused.context["form"].errors["value"] == [
        (
            "With this, Kim Minsu would have been given ₩110,000 in 2026; the limit is ₩100,000."
            " It needs approval first, or a smaller value."
        )
    ]
    client.post(url, gift | {"given_on": "2025-12-31", "value": "100000"})
    client.post(url, gift | {"kind": "visit", "value": "0"})
    with staff_scope(kim.manufacturer_id):
        assert sorted(Favour.objects.values_list("value", flat=True)) == [
            Decimal(0), Decimal(20000), Decimal(70000), Decimal(100000),
        ]  # fmt: skip
        favour = Favour.objects.order_by("pk")[0]
    client.post(f"/hanbit/people/favours/{favour.pk}/remove/")
    with staff_scope(kim.manufacturer_id):
        assert not Favour.objects.filter(pk=favour.pk).exists()


# --- Greetings --------------------------------------------------------------------------------------------------------


def days(member: Membership, today: dt.date) -> list[tuple[str, str, dt.date, int, bool]]:
    with staff_scope(member.manufacturer_id):
        return [
            (str(day.contact), day.occasion, day.day, day.years, day.may_mail)
            for day in people_selectors.special_days(member, today)
        ]


def test_the_days_of_this_week_and_the_next(manager: Membership, partner: Partner, kim: Contact) -> None:
    make_contact(partner, latin_name="Monday", birthday=dt.date(1990, 6, 8))
    make_contact(partner, latin_name="Sunday", joined_on=dt.date(2016, 6, 21))
    make_contact(partner, latin_name="Later", birthday=dt.date(1990, 6, 22))
    make_contact(partner, latin_name="Gone", birthday=dt.date(1990, 6, 12), left_on=dt.date(2026, 1, 1))
    make_contact(partner, latin_name="New", joined_on=dt.date(2026, 6, 10))
    assert days(manager, TODAY) == [
        ("Monday", "birthday", dt.date(2026, 6, 8), 36, False),
        ("Kim Minsu", "birthday", dt.date(2026, 6, 12), 46, False),
        ("Sunday", "anniversary", dt.date(2026, 6, 21), 10, False),
    ]


def test_over_the_turn_of_the_year_and_on_29_february(manager: Membership, partner: Partner) -> None:
    make_contact(partner, latin_name="January", birthday=dt.date(1980, 1, 2))
    make_contact(partner, latin_name="Leap", birthday=dt.date(1980, 2, 29))
    assert days(manager, dt.date(2026, 12, 30)) == [("January", "birthday", dt.date(2027, 1, 2), 47, False)]
    assert days(manager, dt.date(2026, 2, 25)) == [("Leap", "birthday", dt.date(2026, 2, 28), 46, False)]
    assert days(manager, dt.date(2028, 2, 25)) == [("Leap", "birthday", dt.date(2028, 2, 29), 48, False)]


def consent(contact: Contact, by: Membership) -> None:
    with staff_scope(contact.manufacturer_id):
        services.give_consent(contact, "email", on=TODAY, source="Form", by=by)


def test_a_greeting_goes_out_in_the_persons_language_and_once(
    manager: Membership, kim: Contact, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greetings, "_queue", lambda *_args: None)
    consent(kim, manager)
    kim = fresh(kim)
    with staff_scope(kim.manufacturer_id):
        subject, text = greetings.prepare(kim, "birthday", years=46, by=manager)
        assert subject == "김민수님, 생일을 진심으로 축하드립니다"
        assert "Manager Lee 드림" in text
        sent = greetings.greet(kim, "birthday", way="mail", subject=subject, text=text, by=manager, today=TODAY)
        again = greetings.greet(kim, "birthday", way="mail", subject=subject, text=text, by=manager, today=TODAY)
        assert again.pk == sent.pk
        with pytest.raises(services.PeopleError, match="has been congratulated already"):
            greetings.greet(kim, "birthday", way="other", by=manager, today=TODAY + dt.timedelta(days=3))
    for _time in range(2):
        greetings.send_greeting(manufacturer_id=kim.manufacturer_id, greeting_id=sent.pk)
    assert [(letter.to, letter.subject, letter.reply_to) for letter in mail.outbox] == [
        (["kim@seoul.example"], subject, [manager.email])
    ]
    with staff_scope(kim.manufacturer_id):
        assert Greeting.objects.get().mail_sent_at is not None
        next_year = greetings.greet(kim, "birthday", way="other", by=manager, today=dt.date(2027, 6, 12))
    assert next_year.year == 2027


def test_no_mail_without_consent_nor_after_it_was_withdrawn(
    manager: Membership, kim: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greetings, "_queue", lambda *_args: None)
    kim = fresh(kim)
    with staff_scope(kim.manufacturer_id), pytest.raises(services.PeopleError, match="has not agreed"):
        greetings.greet(kim, "birthday", way="mail", subject="x", text="y", by=manager, today=TODAY)
    consent(kim, manager)
    with staff_scope(kim.manufacturer_id):
        sent = greetings.greet(kim, "birthday", way="mail", subject="x", text="y", by=manager, today=TODAY)
        services.withdraw_consent(kim, "email", on=TODAY)
    assert greetings.send_greeting(manufacturer_id=kim.manufacturer_id, greeting_id=sent.pk) is False
    assert mail.outbox == []
    with staff_scope(kim.manufacturer_id):
        assert Greeting.objects.get().mail_refused == "The consent was withdrawn."


def test_nobody_is_congratulated_weeks_off(manager: Membership, kim: Contact) -> None:
    with staff_scope(kim.manufacturer_id), pytest.raises(services.PeopleError, match="not near enough"):
        greetings.greet(fresh(kim), "birthday", way="other", by=manager, today=dt.date(2026, 3, 1))


def test_the_page_prepares_and_notes_a_greeting(client_for: SignIn, manager: Membership, partner: Partner) -> None:
    contact = make_contact(partner, language="en", joined_on=timezone.localdate().replace(year=2016, day=1))
    near = people_selectors.special_day_of(contact, "anniversary", timezone.localdate())
    url = f"/hanbit/people/{contact.pk}/greetings/anniversary/"
    client = client_for(manager)
    if near is None:
        assert client.get(url).status_code == 404
        return
    page = client.get(url)
    assert "Seoul Agency" in page.context["form"].initial["text"]
    assert page.context["may_mail"] is False
    client.post(url, {"subject": "a", "text": "b"})
    client.post(url, {"subject": "a", "text": "b", "other": "1"})
    with staff_scope(partner.manufacturer_id):
        assert Greeting.objects.get().way == "other"
    assert client.get(f"/hanbit/people/{contact.pk}/greetings/wedding/").status_code == 404


def test_a_place_that_is_not_known_is_refused(client_for: SignIn, owner: Membership) -> None:
    client = client_for(owner)
    texts = client.get("/hanbit/settings/greetings/").context["texts"]
    assert len(texts) == 15
    url = f"/hanbit/settings/greetings/{texts[0].pk}/"
    response = client.post(url, {"subject": "Hi {name}", "text": "{salary}"})
    assert "{salary} is not known." in response.context["form"].errors["text"][0]
    client.post(url, {"subject": "Hi {name}", "text": "Hello {partner} {"})
    with staff_scope(owner.manufacturer_id):
        assert GreetingText.objects.get(pk=texts[0].pk).subject == "Hi {name}"
    client.get("/hanbit/settings/greetings/")
    with staff_scope(owner.manufacturer_id):
        assert GreetingText.objects.count() == 15


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    values = {"name": "{sender}", "sender": "Lee"}
    assert greetings.fill("Dear {name}, {other} {sender} {", values) == "Dear {sender}, {other} Lee {"
