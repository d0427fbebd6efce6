"""How readers end what they get, and how mails that come back and complaints suppress their addresses."""

import datetime as dt
import imaplib
import json
import mailbox
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from campaigns.bounces import is_dead, read_report
from campaigns.links import Links, Ticket
from campaigns.models import (
    Campaign,
    Mailing,
    Message,
    MessengerTemplate,
    ReaderChoice,
    Recipient,
    Response,
    Suppression,
)
from campaigns.services.bounces import MOST_BYTES, read_mailbox, take_report
from campaigns.webhook import HEADER, is_signed, signature_of
from commerce.models import EndCustomer
from partners.models import Contact, ContactConsent
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory
from tests.campaigns.imap_server import running_mailbox
from tests.leads.factories import EndCustomerFactory

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
SECRET = "between us and the gateway"


@pytest.fixture
def message(manufacturer: Manufacturer) -> Message:
    """A mail that was sent to somebody who had agreed to it."""
    campaign = CampaignFactory(manufacturer=manufacturer)
    reader = RecipientFactory(manufacturer=manufacturer, campaign=campaign, address="kim@partner.example")
    with staff_scope(manufacturer.pk):
        ContactConsent.objects.create(
            partner_id=reader.partner_id,
            contact_id=reader.contact_id,
            channel="email",
            given_on="2026-05-01",
            source="Fair",
        )
        mailing = Mailing.objects.create(campaign=campaign, kind="rollout", starts_at="2026-06-01T00:00Z")
        return Message.objects.create(
            mailing=mailing, recipient=reader, state="sent", due_at="2026-06-01T00:00Z", domain="partner.example"
        )


def path(message: Message, page: str) -> str:
    links = Links(message.manufacturer_id, "/hanbit/public")
    return str(getattr(links, page)(Ticket(message.recipient_id, message.mailing_id)))


def rows(message: Message, model: Any, *columns: str) -> list[Any]:
    with staff_scope(message.manufacturer_id):
        return list(model.objects.values_list(*columns))


# --- Links ------------------------------------------------------------------------------------------------------------


def test_a_mail_program_unsubscribes_by_one_post_and_a_scanner_by_none(message: Message) -> None:
    client = Client(enforce_csrf_checks=True)
    url = path(message, "unsubscribe")
    assert client.get(url).status_code == 200
    assert client.head(url).status_code == 200
    assert rows(message, Suppression, "address") == []

    for _again in range(2):
        answer = client.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200

    assert rows(message, Suppression, "channel", "address", "reason") == [
        ("email", "kim@partner.example", "unsubscribed")
    ]
    assert rows(message, Response, "kind", "is_machine") == [("unsubscribe", False)]
    assert rows(message, ContactConsent, "withdrawn_on")[0][0] is not None
    assert rows(message, Recipient, "unsubscribed_at")[0][0] is not None


def test_links_of_others_and_made_up_ones_lead_nowhere(message: Message, other_manufacturer: Manufacturer) -> None:
    client = Client()
    url = path(message, "unsubscribe")
    assert client.post(url.replace("/hanbit/", "/tokai/")).status_code == 404
    assert client.post(url.replace("/u/", "/p/")).status_code == 404
    assert client.post(url[:-2] + "x/").status_code == 404
    gone = Links(message.manufacturer_id, "/hanbit/public").unsubscribe(Ticket(10**9, 1))
    assert client.get(gone).status_code == 404
    assert rows(message, Suppression, "address") == []


def test_a_person_chooses_by_what_and_can_come_back(message: Message) -> None:
    client, url = Client(), path(message, "choices")
    page = client.get(url).content.decode()
    assert "k…m@partner.example" in page
    assert "kim@partner.example" not in page

    client.post(url, {"refuses_opens": "1", "agrees_to_night": "1"})
    assert rows(message, Suppression, "channel", "reason") == [("email", "unsubscribed")]
    ((address, refuses, night),) = rows(message, ReaderChoice, "address", "refuses_opens", "night_since")
    assert (address, refuses, night is not None) == ("kim@partner.example", True, True)

    client.post(url, {"channel": ["email", "fax", "nonsense"]})
    assert rows(message, Suppression, "channel") == []
    assert sorted(day is None for (day,) in rows(message, ContactConsent, "withdrawn_on")) == [False, True]
    assert rows(message, ReaderChoice, "refuses_opens", "night_since") == [(False, None)]


def test_who_unsubscribed_cannot_take_back_that_mail_comes_back(message: Message) -> None:
    with staff_scope(message.manufacturer_id):
        Suppression.objects.create(channel="email", address="kim@partner.example", reason="bounce")

    Client().post(path(message, "choices"), {"channel": ["email"]})

    assert rows(message, Suppression, "reason") == [("bounce",)]


def test_an_end_customer_ends_one_way_keeps_another_and_comes_back(message: Message) -> None:
    with staff_scope(message.manufacturer_id):
        customer = EndCustomerFactory(
            manufacturer=message.manufacturer,
            email="kim@home.example",
            phone="010-1234-5678",
            consent="News",
            consented_at=NOW,
        )
        Campaign.objects.update(readers="customers")
        Recipient.objects.update(contact=None, customer=customer, address="kim@home.example")
    client, url = Client(), path(message, "choices")
    ticked = lambda: client.get(url).content.decode().count("checked")  # noqa: E731
    assert ticked() == 2

    client.post(url, {"channel": ["sms"]})
    assert rows(message, Suppression, "channel", "address") == [("email", "kim@home.example")]
    assert rows(message, EndCustomer, "consent_ended_at") == [(None,)]
    assert ticked() == 1

    client.post(url, {})
    assert rows(message, EndCustomer, "consent_ended_at")[0][0] is not None
    assert ticked() == 0

    client.post(url, {"channel": ["email"]})
    assert rows(message, Suppression, "channel") == [("sms",)]
    ((agreed, ended),) = rows(message, EndCustomer, "consented_at", "consent_ended_at")
    assert (agreed > NOW, ended) == (True, None)


def test_a_way_that_nobody_agreed_to_is_not_shown_as_wanted(message: Message) -> None:
    with staff_scope(message.manufacturer_id):
        Contact.objects.update(mobile="010-1234-5678")
    page = Client().get(path(message, "choices")).content.decode()
    assert (page.count('name="channel"'), page.count("checked")) == (2, 1)


def test_where_no_consent_is_asked_for_a_way_is_wanted_until_it_is_ended(message: Message) -> None:
    with staff_scope(message.manufacturer_id):
        ContactConsent.objects.all().delete()
        Recipient.objects.update(country="US")
    client, url = Client(), path(message, "choices")
    assert client.get(url).content.decode().count("checked") == 1

    client.post(url, {})
    assert rows(message, Suppression, "channel", "address", "reason") == [
        ("email", "kim@partner.example", "unsubscribed")
    ]
    assert client.get(url).content.decode().count("checked") == 0


# --- Reports in the mailbox -------------------------------------------------------------------------------------------


def bounce(message: Message, *, status: str = "5.1.1", action: str = "failed", copy: str = "message/rfc822") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example
To: bounces@hanbit.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kim@partner.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <kim@partner.example>:
    Recipient address rejected

--b
Content-Type: {copy}

From: news@hanbit.example
Message-ID: <campaign-{message.manufacturer_id}-{message.key}@hanbit.example>
Subject: Prices

--b--
""".encode()


def complaint(message: Message) -> bytes:
    return (
        bounce(message)
        .replace(b"report-type=delivery-status", b"report-type=feedback-report")
        .replace(
            b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n",
            b"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n",
        )
    )


@pytest.mark.parametrize("copy", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_comes_back_for_good_suppresses_its_address_once(message: Message, copy: str) -> None:
    for _again in range(2):
        assert take_report(bounce(message, copy=copy)) == "bounce"

    detail = "5.1.1 550 5.1.1 <kim@partner.example>: Recipient address rejected"
    assert rows(message, Message, "state", "error") == [("bounced", detail)]
    assert rows(message, Suppression, "address", "reason", "detail") == [("kim@partner.example", "bounce", detail)]
    assert rows(message, Response, "kind", "is_machine") == [("bounce", False)]
    assert rows(message, Recipient, "bounced_at")[0][0] is not None


@pytest.mark.parametrize(
    ("status", "action", "state", "suppressed"),
    [
        ("5.2.2", "failed", "bounced", 0),
        ("5.7.1", "failed", "bounced", 0),
        ("4.4.7", "failed", "bounced", 0),
        ("4.4.1", "delayed", "sent", 0),
    ],
)
def test_a_full_box_or_a_delay_suppresses_nobody(
    message: Message, status: str, action: str, state: str, suppressed: int
) -> None:
    take_report(bounce(message, status=status, action=action))

    assert rows(message, Message, "state") == [(state,)]
    assert len(rows(message, Suppression, "pk")) == suppressed


def test_a_complaint_suppresses_at_once(message: Message) -> None:
    assert take_report(complaint(message)) == "complaint"

    assert rows(message, Suppression, "reason") == [("complaint",)]
    assert rows(message, Response, "kind") == [("complaint",)]


def test_reports_that_hold_no_key_of_ours_or_are_broken_change_nothing(message: Message) -> None:
    other = bounce(message).replace(str(message.key).encode(), b"00000000-0000-4000-8000-000000000000")
    of_nobody = bounce(message).replace(f"campaign-{message.manufacturer_id}-".encode(), b"campaign-999999999-")
    for content in (other, of_nobody, b"", b"\xff\x00", b"Subject: hi\n\nhello", bounce(message)[:400]):
        assert take_report(content) == ""

    assert rows(message, Suppression, "pk") == []
    assert (
        read_report(b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n")
        is None
    )
    assert [
        is_dead(words) for words in ("550 5.1.1 No", "550 No such", "550 5.7.1 Spam", "552 5.2.2 Full", "450 Wait")
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_mailbox_is_read_once_and_what_is_broken_is_passed_over(
    message: Message, tmp_path: Path, caplog: Any
) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    for content in (bounce(message), b"Subject: out of office\n\nI am away", complaint(message)):
        box.add(mailbox.MaildirMessage(content))
    url = f"maildir://{tmp_path}/box"

    assert read_mailbox(url) == {"bounce": 1, "other": 1, "complaint": 1}
    assert read_mailbox(url) == {}
    assert len(box) == 3
    assert read_mailbox("") == {}
    with pytest.raises(ValueError, match="is no mailbox"):
        read_mailbox("pop3://x")


def test_a_mailbox_is_read_over_imap_and_replies_with_it(message: Message) -> None:
    reply = (
        f"From: kim@partner.example\r\nIn-Reply-To: <campaign-{message.manufacturer_id}-{message.key}@hanbit.example>\r\n"
        "Subject: Re: Prices\r\nMessage-ID: <r1@partner.example>\r\n\r\nYes, please call me.\r\n"
    ).encode()
    mails = [bounce(message), reply, b"Subject: hello\r\n\r\nhi", b"Subject: long\r\n\r\n" + b"x" * MOST_BYTES]
    with running_mailbox("post master", "se/cret", mails) as server:
        url = f"imap://post%20master:se%2Fcret@127.0.0.1:{server.port}/Reports%20of%20mail"
        assert read_mailbox(url) == {"bounce": 1, "reply": 1, "other": 1}
        assert [sorted(mail.flags) for mail in server.box.values()] == [["\\Seen"], ["\\Seen"], ["\\Seen"], []]
        assert read_mailbox(url) == {}

        server.said.clear()
        with pytest.raises(imaplib.IMAP4.error, match="wrong password"):
            read_mailbox(url.replace("cret", "crets"))
        assert server.said == ["CAPABILITY", "LOGIN", "LOGOUT"]
        with pytest.raises(imaplib.IMAP4.error, match="no such mailbox"):
            read_mailbox(url.replace("Reports", "Orders"))

    assert rows(message, Message, "state") == [("bounced",)]
    assert sorted(rows(message, Response, "kind")) == [("bounce",), ("reply",)]


# --- Signed reports ---------------------------------------------------------------------------------------------------


@pytest.fixture
def report(settings: Any) -> Callable[..., Any]:
    settings.CAMPAIGN_WEBHOOK_SECRET = SECRET

    def post(*events: Any, secret: str = SECRET, at: float = 0, raw: bytes = b"") -> Any:
        url = "/hanbit/public/campaigns/reports/"
        body = raw or json.dumps({"events": events}).encode()
        header = signature_of(secret, url, body, int(at or time.time()))
        return Client(enforce_csrf_checks=True).post(
            url, body, content_type="application/json", headers={HEADER: header}
        )

    return post


def test_only_signed_and_fresh_reports_are_taken(message: Message, report: Any, settings: Any) -> None:
    event = {"kind": "receipt", "key": str(message.key), "state": "delivered"}
    assert report(event, secret="another").status_code == 403
    assert report(event, at=time.time() - 400).status_code == 403
    assert report(raw=b"[]").status_code == 400
    assert report(raw=b'{"events": 3}').status_code == 400
    assert report(raw=b"x" * 1_048_577).status_code == 413
    assert Client().post("/hanbit/public/campaigns/reports/", b"{}", content_type="application/json").status_code == 403
    assert not is_signed(signature_of("", "/", b"", 1), "", "/", b"", now=1)
    assert rows(message, Message, "delivered_at") == [(None,)]

    assert report(event).json() == {"kept": {"receipt": 1}}
    settings.CAMPAIGN_WEBHOOK_SECRET = ""
    assert report(event).status_code == 403


def test_receipts_say_how_a_message_went_and_what_it_cost(message: Message, report: Any) -> None:
    key = str(message.key)
    answer = report(
        {"kind": "receipt", "key": key, "state": "delivered", "via": "sms", "cost": "8.5"},
        {"kind": "receipt", "key": key, "state": "failed", "detail": "told too late"},
        {"kind": "receipt", "key": "nonsense", "state": "delivered"},
        {"kind": "receipt", "key": key, "state": "eaten"},
        {"kind": ["x"]},
        "nonsense",
    )

    assert answer.json() == {"kept": {"receipt": 2, "unknown": 4}}
    ((state, via, cost, delivered),) = rows(message, Message, "state", "via", "cost", "delivered_at")
    assert (state, via, str(cost), delivered is not None) == ("sent", "sms", "8.5000", True)


def test_a_mail_service_reports_bounces_as_the_mailbox_does(message: Message, report: Any) -> None:
    mail = f"<campaign-{message.manufacturer_id}-{message.key}@hanbit.example>"
    report(
        {"kind": "bounce", "message_id": mail, "is_dead": True, "detail": "550"},
        {"kind": "complaint", "message_id": "x"},
    )

    assert rows(message, Suppression, "reason") == [("bounce",)]
    assert rows(message, Message, "state") == [("bounced",)]


def test_a_decision_on_a_template_counts_for_what_was_handed_in(
    message: Message, report: Any, manufacturer: Manufacturer, other_manufacturer: Manufacturer
) -> None:
    def template(of: Manufacturer, name: str, **values: Any) -> MessengerTemplate:
        with staff_scope(of.pk):
            return MessengerTemplate.objects.create(name=name, language="ko", body="안녕", **values)

    mine = template(manufacturer, "a", gateway_key="k", state="submitted")
    draft = template(manufacturer, "b", gateway_key="k2")
    foreign = template(other_manufacturer, "a", gateway_key="k", state="submitted")

    report(
        {"kind": "template", "key": "k", "state": "rejected", "reason": "Too loud"},
        {"kind": "template", "key": "k2", "state": "approved"},
        {"kind": "template", "key": "", "state": "approved"},
    )

    assert rows(message, MessengerTemplate, "pk", "state", "reason") == [
        (mine.pk, "rejected", "Too loud"),
        (draft.pk, "draft", ""),
    ]
    with staff_scope(other_manufacturer.pk):
        foreign.refresh_from_db()
    assert foreign.state == "submitted"
