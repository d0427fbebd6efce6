"""Greetings of companies, in a country's own words, by themselves where the manufacturer says so, and never twice."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from commerce.models import SalesDay
from partners.models import Contact, Greeting, GreetingText, Holiday, Partner, PeopleSettings
from partners.selectors import people as people_selectors
from partners.services import greetings
from partners.services import people as services
from tenancy.models import Manufacturer, Membership
from tenancy.rls import platform_scope, staff_scope
from tests.factories import ContactFactory
from tests.partners.agreements import agreement_type, running

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
TODAY = dt.date(2026, 6, 10)
"""A Wednesday."""


@pytest.fixture(autouse=True)
def _unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greetings, "_queue", lambda *_args: None)


@pytest.fixture
def kim(partner: Partner, owner: Membership) -> Any:
    """The first to ask at Seoul Agency in Korea, born on a tenth of June, who agreed to mails."""
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(country="KR")
    partner.country = "KR"
    made = ContactFactory(
        manufacturer=partner.manufacturer,
        partner=partner,
        name="김민수",
        language="ko",
        email="kim@seoul.example",
        is_primary=True,
        birthday=dt.date(1980, 6, 10),
    )
    with staff_scope(partner.manufacturer_id):
        services.give_consent(made, "email", on=TODAY, source="Form", by=owner)
    return made


def automatic(manufacturer: Manufacturer, *occasions: str) -> None:
    with staff_scope(manufacturer.pk):
        services.save_people_settings(PeopleSettings(automatic=list(occasions)))


def greeted() -> list[tuple[str, int]]:
    return list(Greeting.objects.order_by("pk").values_list("occasion", "year"))


def test_the_days_of_a_company_are_told_to_its_first_contact(
    owner: Membership, partner_admin: Membership, partner: Partner, kim: Contact
) -> None:
    ContactFactory(manufacturer=partner.manufacturer, partner=partner, name="Second")
    with staff_scope(partner.manufacturer_id):
        days = {"amount_base": 1, "returns_base": 0, "orders": 1}
        for date, lines, returns in [("2020-06-01", 1, 1), ("2021-06-15", 2, 0), ("2024-06-11", 1, 0)]:
            SalesDay.objects.create(partner=partner, date=date, lines=lines, return_lines=returns, **days)
        running(partner, agreement_type(), partner_admin, dt.date(2016, 6, 12))
        found = people_selectors.special_days(owner, TODAY, with_rises=True)
        assert [(each.contact.pk, each.occasion, each.day, each.years) for each in found] == [
            (kim.pk, "birthday", dt.date(2026, 6, 10), 46),
            (kim.pk, "company", dt.date(2026, 6, 12), 10),
            (kim.pk, "first_order", dt.date(2026, 6, 15), 5),
        ]
        assert people_selectors.special_day_of(kim, "first_order", TODAY) == (dt.date(2026, 6, 15), 5)
        assert "10주년" in greetings.prepare(kim, "company", years=10, by=owner)[1]


def test_a_country_has_words_of_its_own(owner: Membership, kim: Contact) -> None:
    with staff_scope(owner.manufacturer_id):
        everywhere = greetings.prepare(kim, "birthday", years=46, by=owner)[0]
        GreetingText.objects.create(occasion="birthday", language="ko", country="KR", subject="{name}님", text="축하")
        GreetingText.objects.create(occasion="birthday", language="ko", country="CN", subject="Wrong", text="Wrong")
        assert greetings.prepare(kim, "birthday", years=46, by=owner) == ("김민수님", "축하")
        assert everywhere != "김민수님"


def test_nothing_goes_out_by_itself_that_was_not_chosen_or_agreed_to(
    owner: Membership, manufacturer: Manufacturer, kim: Contact
) -> None:
    with staff_scope(manufacturer.pk):
        assert greetings.send_due(TODAY) == 0
    automatic(manufacturer, "anniversary")
    with staff_scope(manufacturer.pk):
        assert greetings.send_due(TODAY) == 0
    automatic(manufacturer, "birthday")
    with staff_scope(manufacturer.pk):
        services.withdraw_consent(kim, "email", on=TODAY)
        assert greetings.send_due(TODAY) == 0
        assert greeted() == []


def test_what_goes_out_by_itself_goes_out_once(owner: Membership, manufacturer: Manufacturer, kim: Contact) -> None:
    automatic(manufacturer, "birthday")
    with staff_scope(manufacturer.pk):
        assert greetings.send_due(TODAY - dt.timedelta(days=1)) == 0
        assert [greetings.send_due(TODAY + dt.timedelta(days=late)) for late in range(7)] == [1, 0, 0, 0, 0, 0, 0]
        assert greeted() == [("birthday", 2026)]
        greeting = Greeting.objects.get()
        assert greeting.by == owner
    for _time in range(2):
        greetings.send_greeting(manufacturer_id=manufacturer.pk, greeting_id=greeting.pk)
    assert [letter.to for letter in mail.outbox] == [["kim@seoul.example"]]


def test_on_a_holiday_of_the_country_no_greeting_goes_out(
    owner: Membership, manufacturer: Manufacturer, kim: Contact
) -> None:
    automatic(manufacturer, "birthday")
    with staff_scope(manufacturer.pk):
        Holiday.objects.create(country="KR", date=TODAY, name="Memorial Day")
        Holiday.objects.create(country="JP", date=TODAY + dt.timedelta(days=1), name="Elsewhere")
        assert greetings.send_due(TODAY) == 0
        with pytest.raises(services.PeopleError, match="Memorial Day"):
            greetings.greet(kim, "birthday", way="mail", subject="x", text="y", by=owner, today=TODAY)
        assert greetings.send_due(TODAY + dt.timedelta(days=1)) == 1


def test_english_counts_one_year_and_ends_a_sentence_once(owner: Membership, kim: Contact) -> None:
    with staff_scope(kim.manufacturer_id):
        Partner.objects.filter(pk=kim.partner_id).update(name="Bici Levante S.L.")
        Contact.objects.filter(pk=kim.pk).update(language="en", joined_on=dt.date(2025, 6, 10))
        bici = Contact.objects.select_related("partner").get(pk=kim.pk)
        subject, text = greetings.prepare(bici, "anniversary", years=1, by=owner)
        _subject, birthday = greetings.prepare(bici, "birthday", years=46, by=owner)
        assert greetings.prepare(bici, "anniversary", years=21, by=owner)[0].startswith("21 years at")
    assert subject == "1 year at Bici Levante S.L.: congratulations"
    assert "you have been with Bici Levante S.L. for 1 year. Congratulations" in text
    assert "working with us at Bici Levante S.L.\n\nWith best regards" in birthday


def test_who_is_held_out_is_told_before_a_mail_is_written(
    owner: Membership, kim: Contact, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)
    url = f"/hanbit/people/{kim.pk}/greetings/birthday/"
    page = client_for(owner).get(url).content.decode()
    assert ("Send the mail" in page, "holds" in page) == (True, False)
    monkeypatch.setattr(
        "partners.views.staff.greetings.is_held_out", lambda partner, day: (partner, day) == (kim.partner_id, TODAY)
    )
    page = client_for(owner).get(url).content.decode()
    assert "Send the mail" not in page
    assert f"A campaign holds {kim.partner} out" in page
    assert "Done in another way" in page


def test_the_card_names_the_manufacturer_as_the_person_reads_it(
    owner: Membership, kim: Contact, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)
    with platform_scope():
        Manufacturer.objects.filter(pk=kim.manufacturer_id).update(names={"ko": "한빛건재", "en": "Hanbit Materials"})
    page = client_for(owner).get(f"/hanbit/people/{kim.pk}/greetings/birthday/").content.decode()
    assert '<p class="ecard-from">한빛건재</p>' in page


def test_words_for_a_country_are_added_once_and_removed(owner: Membership, client_for: SignIn) -> None:
    client = client_for(owner)
    page = "/hanbit/settings/greetings/"
    client.get(page)
    given = {"occasion": "birthday", "language": "ko", "country": "KR", "subject": "{name}님", "text": "축하"}
    assert client.post(f"{page}add/", given)["Location"] == page
    assert "There is a text of this occasion" in client.post(f"{page}add/", given).content.decode()
    with staff_scope(owner.manufacturer_id):
        own = GreetingText.objects.get(country="KR")
        usual = GreetingText.objects.get(occasion="birthday", language="ko", country="")
    for text in (own, usual):
        client.post(f"{page}{text.pk}/", {"remove": "1"})
    with staff_scope(owner.manufacturer_id):
        assert list(GreetingText.objects.filter(pk__in=[own.pk, usual.pk])) == [usual]
    client.post("/hanbit/settings/people/", {"warn_percent": 80, "automatic": ["birthday", "company"]})
    with staff_scope(owner.manufacturer_id):
        assert people_selectors.people_settings().automatic == ["birthday", "company"]
