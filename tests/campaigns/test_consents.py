"""Consents told of anew where a country asks for it; freezing and sending agree on which count."""

import datetime as dt
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.consent_sql import consent_params, stands
from campaigns.country_rules import consent_stands
from campaigns.gateway import GatewayError, Outgoing, Taking
from campaigns.message_sql import FACTS, facts_asked
from campaigns.models import ConsentNotice, Mailing, Message, ReaderChoice, Recipient, Suppression
from campaigns.services import consents
from campaigns.services.freezing import freeze
from partners.models import ContactConsent, Partner
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.campaigns.test_freezing import planned
from tests.factories import ContactFactory
from tests.leads.factories import EndCustomerFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 3)
NOON = dt.datetime(2026, 6, 3, 3, 0, tzinfo=dt.UTC)
DAYS = (dt.date(2024, 2, 29), dt.date(2024, 6, 2), dt.date(2024, 6, 3), dt.date(2024, 6, 4), dt.date(2026, 5, 1))


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture(autouse=True)
def _queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consents, "_queue", lambda *_args: None)


@pytest.fixture
def korean(partner: Any) -> Any:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(country="KR")
    partner.country = "KR"
    return partner


def person(partner: Any, given_on: dt.date, name: str = "Kim", channel: str = "email", **values: Any) -> Any:
    made = ContactFactory(
        manufacturer=partner.manufacturer,
        partner=partner,
        **{"name": name, "language": "en", "email": f"{name.lower()}@a.example"} | values,
    )
    with staff_scope(partner.manufacturer_id):
        ContactConsent.objects.create(partner=partner, contact=made, channel=channel, given_on=given_on, source="Fair")
    return made


def test_python_and_the_database_agree_on_every_day() -> None:
    cases = [
        (country, agreed, told, day)
        for country in ("KR", "JP", "")
        for agreed in DAYS
        for told in (None, *DAYS)
        for day in (dt.date(2026, 2, 28), dt.date(2026, 3, 1), *(TODAY + dt.timedelta(days=n) for n in (-1, 0, 1)))
    ]
    condition = stands("%(country)s", "%(agreed)s::date", "%(told)s::date")
    found, said = [], []
    with connection.cursor() as cursor:
        for country, agreed, told, day in cases:
            cursor.execute(
                f"SELECT {condition}", consent_params(day) | {"country": country, "agreed": agreed, "told": told}
            )
            found.append(cursor.fetchone()[0])
            said.append(consent_stands(country, agreed, told, day))
    assert found == said
    assert {True, False} == set(said)


@pytest.mark.parametrize(
    ("given_on", "told_at", "reason"),
    [
        (dt.date(2024, 6, 3), None, ""),
        (dt.date(2024, 6, 2), None, "consent_old"),
        (dt.date(2021, 1, 1), dt.datetime(2024, 6, 3, 12, tzinfo=dt.UTC), ""),
        (dt.date(2021, 1, 1), dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC), "consent_old"),
    ],
)
def test_freezing_and_sending_leave_out_the_same(
    owner: Membership, korean: Any, given_on: dt.date, told_at: dt.datetime | None, reason: str
) -> None:
    with staff_scope(owner.manufacturer_id):
        person(korean, given_on)
        person(korean, TODAY, "Free")
        ReaderChoice.objects.create(address="kim@a.example", reminded_at=told_at)
        campaign = planned(owner, state="rollout")
        freeze(campaign)
        kim = Recipient.objects.get(name="Kim")
        assert kim.left_out == reason

        mailing = Mailing.objects.create(campaign=campaign, kind="rollout", starts_at=NOON, state="sending")
        Message.objects.create(mailing=mailing, recipient=kim, due_at=NOON)
        with connection.cursor() as cursor:
            cursor.execute(FACTS, facts_asked(mailing) | {"recipients": [kim.pk]})
            assert cursor.fetchone()[-1] == reason


# --- Told of it -------------------------------------------------------------------------------------------------------


def remind(manufacturer: Any) -> list[str]:
    """Who is written to today."""
    mail.outbox.clear()
    with staff_scope(manufacturer.pk):
        consents.remind(TODAY)
        waiting = list(ConsentNotice.objects.filter(mail_sent_at=None, mail_refused="").values_list("pk", flat=True))
    for pk in waiting:
        consents.send_notice(manufacturer_id=manufacturer.pk, notice_id=pk)
    return sorted(letter.to[0] for letter in mail.outbox)


def test_who_agreed_two_years_ago_is_told_once_by_the_rules_of_the_country(owner: Membership, korean: Any) -> None:
    old, house = dt.date(2024, 6, 20), owner.manufacturer
    kim = person(korean, old, mobile="010-1234-5678")
    person(korean, dt.date(2024, 8, 1), "Later")
    person(korean, old, "Gone", left_on=TODAY)
    person(korean, old, "Nowhere", email="")
    person(korean, old, "Told")
    with staff_scope(house.pk):
        ContactConsent.objects.create(partner=korean, contact=kim, channel="sms", given_on=old, source="Fair")
        ReaderChoice.objects.create(address="told@a.example", reminded_at=NOON - dt.timedelta(days=30))

    assert remind(house) == ["kim@a.example"]
    assert "E-mail: since June 20, 2024" in mail.outbox[0].body
    assert "Text message: since June 20, 2024" in mail.outbox[0].body
    assert remind(house) == []
    with staff_scope(house.pk):
        told = dict(ReaderChoice.objects.values_list("address", "reminded_at"))
        assert told["kim@a.example"] == told["01012345678"] == NOON


def test_elsewhere_nobody_is_told(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(country="JP")
    person(partner, dt.date(2020, 1, 1))
    assert remind(owner.manufacturer) == []


def test_the_link_of_a_notice_ends_the_consent(owner: Membership, korean: Any) -> None:
    person(korean, dt.date(2024, 1, 1))
    remind(owner.manufacturer)
    link = next(word for word in mail.outbox[0].body.split() if "/public/n/" in word)
    path = "/hanbit/public/n/" + link.split("/public/n/")[1]
    client = Client(enforce_csrf_checks=True)
    assert "since January 1, 2024" in client.get(path).content.decode()
    assert client.post(f"{path[:-2]}/").status_code == 404
    with staff_scope(owner.manufacturer_id):
        assert ContactConsent.objects.get().withdrawn_on is None
    for _time in range(2):
        assert "no more advertising" in client.post(path).content.decode()
    with staff_scope(owner.manufacturer_id):
        assert ContactConsent.objects.get().withdrawn_on == TODAY


def test_one_inbox_is_told_once_and_ends_all_of_it(owner: Membership, korean: Any) -> None:
    house, old = owner.manufacturer, dt.date(2024, 1, 1)
    person(korean, dt.date(2024, 2, 1), "Kim", email="info@a.example")
    person(korean, old, "Lee", email=" Info@a.example")
    person(korean, TODAY, "Park", "sms", email="info@a.example", mobile="010-1234-5678")
    customer = EndCustomerFactory(manufacturer=house, country="KR", email="INFO@a.example", consented_at=NOON)
    assert remind(house) == ["info@a.example"]
    assert remind(house) == []
    with staff_scope(house.pk):
        notice = ConsentNotice.objects.get()
        assert (notice.name, notice.agreed) == ("Lee", {"email": "2024-01-01", "sms": "2026-06-03"})
        assert notice.addresses == ["01012345678", "info@a.example"]
        for _time in range(2):
            consents.end_consent(notice)
        assert not ContactConsent.objects.filter(withdrawn_on=None).exists()
        customer.refresh_from_db()
        assert customer.consent_ended_at == NOON
        assert Suppression.objects.get(channel="email").address == "info@a.example"


class Phones:
    """A gateway that takes each key once, but for numbers that there are not; can be away."""

    is_away = False
    sent: ClassVar[dict[str, Outgoing]] = {}

    def send(self, messages: list[Outgoing]) -> list[Taking]:
        if self.is_away:
            raise GatewayError("away")
        self.sent |= {each.key: each for each in messages if each.to[0] == "0"}
        return [Taking(each.key, error="" if each.to[0] == "0" else "No such number") for each in messages]


def test_who_has_no_mail_is_told_by_a_text_message_and_every_number_ends_with_the_consent(
    owner: Membership, korean: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, old = owner.manufacturer, dt.date(2024, 1, 1)
    kim = person(korean, old, channel="sms", email="", mobile="010-1234-5678", messenger="KimTalk")
    person(korean, old, "Wrong", "sms", email="", mobile="99")
    with staff_scope(house.pk):
        ContactConsent.objects.create(partner=korean, contact=kim, channel="messenger", given_on=old, source="Fair")
    settings.MESSAGE_GATEWAY = ""
    assert remind(house) == []
    with staff_scope(house.pk):
        assert not ConsentNotice.objects.exists()  # nothing sends text messages here

    settings.MESSAGE_GATEWAY, settings.PUBLIC_URL = f"{__name__}.Phones", "https://prm.example.com"
    Phones.sent.clear()
    monkeypatch.setattr(Phones, "is_away", True)
    with pytest.raises(OSError, match="away"):
        remind(house)
    monkeypatch.setattr(Phones, "is_away", False)
    with staff_scope(house.pk):
        notices = {notice.name: notice.pk for notice in ConsentNotice.objects.all()}
    for _time in range(2):
        for pk in notices.values():
            consents.send_notice(manufacturer_id=house.pk, notice_id=pk)
    ((key, told),) = Phones.sent.items()
    assert (key, told.channel, told.to) == (f"consent-{house.pk}-{notices['Kim']}", "sms", "01012345678")
    assert told.text.startswith("Hanbit: you agreed to advertising by Messenger (")
    with staff_scope(house.pk):
        assert ConsentNotice.objects.get(name="Wrong").mail_refused == "ValueError: No such number"
        reminded = ReaderChoice.objects.filter(reminded_at=NOON).order_by("address")
        assert list(reminded.values_list("address", flat=True)) == ["01012345678", "kimtalk"]

    link = next(word for word in told.text.split() if "/public/n/" in word)
    assert Client(enforce_csrf_checks=True).post(link.removeprefix("https://prm.example.com")).status_code == 200
    with staff_scope(house.pk):
        assert sorted(Suppression.objects.values_list("channel", "address")) == [
            ("messenger", "01012345678"), ("messenger", "kimtalk"), ("sms", "01012345678"),
        ]  # fmt: skip
        assert list(ContactConsent.objects.filter(withdrawn_on=None).values_list("contact__name", flat=True)) == [
            "Wrong"
        ]


def test_a_consent_withdrawn_meanwhile_is_not_told_of(owner: Membership, korean: Any) -> None:
    person(korean, dt.date(2024, 1, 1))
    with staff_scope(owner.manufacturer_id):
        assert consents.remind(TODAY) == 1
        assert consents.remind(TODAY) == 0
        notice = ConsentNotice.objects.get()
        ContactConsent.objects.update(withdrawn_on=TODAY)
    mail.outbox.clear()
    assert consents.send_notice(manufacturer_id=owner.manufacturer_id, notice_id=notice.pk) is False
    assert mail.outbox == []
