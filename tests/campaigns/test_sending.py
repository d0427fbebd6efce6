"""Mailings against a real SMTP server: each reader once, refused with the reason, put off, paused, stopped, limited."""

import datetime as dt
import smtplib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from campaigns.delivery import LEASE, MailRound, Sender, manufacturers_with_due_messages
from campaigns.message_sql import QUEUE
from campaigns.models import (
    Campaign,
    CampaignSettings,
    CampaignVariant,
    Mailing,
    MailingState,
    Message,
    MessageState,
    ReaderChoice,
    Recipient,
    Suppression,
)
from campaigns.services.sending import SendingError, pause, resume, send_test, start_mailing, stop
from campaigns.texts import Person
from notices.delivery import OUTAGE
from partners.models import Audience, ContactConsent, Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import as_owner, staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.factories import MembershipFactory
from tests.notices.mail_server import MailServer, running_mail_server

NOON = dt.datetime(2026, 6, 3, 3, 0, tzinfo=dt.UTC)
"""12:00 in Seoul and Tokyo, 23:00 in New York."""


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.PUBLIC_URL = "https://prm.example.com"
        yield running


@pytest.fixture(autouse=True)
def _noon(monkeypatch: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    cache.clear()


@pytest.fixture
def marketing(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING)


def make_campaign(manufacturer: Manufacturer, readers: int = 3, **values: Any) -> Campaign:
    campaign = CampaignFactory(manufacturer=manufacturer, **{"state": "rollout"} | values)
    variant = VariantFactory(manufacturer=manufacturer, campaign=campaign)
    ContentFactory(manufacturer=manufacturer, variant=variant)
    with staff_scope(manufacturer.pk):
        CampaignSettings.objects.create(
            postal_address="1 Seoul-ro", free_phone="080-1", sender_email="news@hanbit.example"
        )
    add_readers(campaign, variant, readers)
    return campaign


def add_readers(campaign: Campaign, variant: CampaignVariant, count: int, **values: Any) -> list[Recipient]:
    readers = RecipientFactory.create_batch(
        count, manufacturer=campaign.manufacturer, campaign=campaign, variant=variant, **values
    )
    with staff_scope(campaign.manufacturer_id):
        ContactConsent.objects.bulk_create(
            ContactConsent(
                partner_id=reader.partner_id,
                contact_id=reader.contact_id,
                channel="email",
                given_on=NOON,
                source="Fair",
            )
            for reader in readers
        )
    return readers


def start(campaign: Campaign, by: Membership, kind: str = "rollout", **values: Any) -> Mailing:
    with staff_scope(campaign.manufacturer_id):
        return start_mailing(campaign, kind, by, **values)


def send(campaign: Campaign, batch: int = 200) -> bool:
    return Sender(campaign.manufacturer_id, batch=batch).run()


def states(campaign: Campaign) -> dict[str, int]:
    with staff_scope(campaign.manufacturer_id):
        return dict(Counter(Message.objects.values_list("state", flat=True)))


def first(campaign: Campaign) -> Message:
    with staff_scope(campaign.manufacturer_id):
        return Message.objects.order_by("recipient").select_related("recipient").first()  # type: ignore[return-value]


def change(campaign: Campaign, model: Any, rows: dict[str, Any], **values: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        assert model.objects.filter(**rows).update(**values)


# --- Sent -------------------------------------------------------------------------------------------------------------


def test_each_reader_gets_one_mail_by_one_connection(server: MailServer, marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer)
    mailing = start(campaign, marketing)
    assert manufacturers_with_due_messages() == [campaign.manufacturer_id]

    assert send(campaign) is False

    assert states(campaign) == {"sent": 3}
    assert server.connections == 1
    assert len({*server.recipients}) == len({*server.ids}) == 3
    with staff_scope(campaign.manufacturer_id):
        mailing.refresh_from_db()
        assert (mailing.state, mailing.ended_at) == (MailingState.SENT, NOON)
        assert set(Recipient.objects.values_list("sent_at", flat=True)) == {NOON}
        reader = Recipient.objects.order_by("pk").first()
    assert reader is not None
    mail = next(mail for mail in server.mails if mail["To"].addresses[0].addr_spec == reader.address)
    assert mail["Subject"] == f"(광고) Summer prices for {reader.partner_name}".strip()
    assert (mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec) == (
        "Hanbit",
        "news@hanbit.example",
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<https://prm.example.com/hanbit/public/u/")
    assert str(first(campaign).key) in " ".join(server.ids)
    text = mail.get_body(("plain",)).get_content()
    assert text.startswith(f"Dear {reader.name}, our summer prices are here.")
    assert mail["List-Unsubscribe"].strip(" <>") in text


def test_a_mailing_goes_to_its_part_and_once(server: MailServer, marketing: Membership, analyst: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    with staff_scope(campaign.manufacturer_id):
        variant = campaign.variants.get()
    add_readers(campaign, variant, 1, arm="pilot")
    add_readers(campaign, variant, 1, arm="holdout")
    add_readers(campaign, variant, 1, left_out="capped")

    change(campaign, Campaign, {}, state="pilot")
    start(campaign, marketing, "pilot")
    with pytest.raises(SendingError, match="is not written to now"):
        start(campaign, marketing)
    change(campaign, Campaign, {}, state="rollout")
    with pytest.raises(SendingError, match="still under way"):
        start(campaign, marketing)
    change(campaign, Campaign, {}, state="pilot")
    send(campaign)
    assert len(server.mails) == 1
    with pytest.raises(SendingError, match="written to already"):
        start(campaign, marketing, "pilot")
    with pytest.raises(SendingError, match="Your role does not allow"):
        start(campaign, analyst)
    change(campaign, Campaign, {}, state="rollout")
    start(campaign, marketing)
    send(campaign)
    assert len({*server.recipients}) == len(server.mails) == 3

    # Reminded are those who were written to and have not answered, as often as staff want.
    change(campaign, Recipient, {"arm": "pilot"}, replied_at=NOON)
    start(campaign, marketing, "reminder")
    send(campaign)
    assert sorted(Counter(server.recipients).values()) == [1, 2, 2]


def test_what_is_missing_is_said_before_anything_goes(marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer)
    with staff_scope(campaign.manufacturer_id):
        variant = campaign.variants.get()
        variant.contents.update(body="Dear {nobody}")
        CampaignSettings.objects.update(postal_address="")
    add_readers(campaign, variant, 1, language="ja", country="JP")

    with pytest.raises(SendingError) as refused:
        start(campaign, marketing)

    assert str(refused.value) == (
        "There is no text in: ja. A/en: There is no field {nobody}. Use one of those listed below the text. "
        "The rules on advertising in JP, KR ask for the postal address: enter it in the settings of campaigns."
    )
    with staff_scope(campaign.manufacturer_id):
        assert not Mailing.objects.exists()
        Recipient.objects.update(arm="holdout")
    with pytest.raises(SendingError, match="There is nobody to write to"):
        start(campaign, marketing)


def test_messages_are_queued_in_one_go_through_the_readers_whatever_the_statistics_say(marketing: Membership) -> None:
    """Readers are frozen shortly before, and are taken for few: row by row they would be gone through for each other."""
    campaign = make_campaign(marketing.manufacturer)
    plans = []

    def explaining(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if statement == QUEUE:
            execute(f"EXPLAIN {statement}", params, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(explaining):
        start(campaign, marketing)
    (plan,) = plans
    assert "Nested Loop" not in plan
    assert plan.count(" on campaigns_recipient") == 1
    assert states(campaign) == {"waiting": 3}


@pytest.mark.parametrize(("readers", "is_counted"), [(3, True), (2, False)])
def test_the_tables_of_a_large_mailing_are_counted_before_workers_begin(
    marketing: Membership, monkeypatch: pytest.MonkeyPatch, readers: int, is_counted: bool
) -> None:
    monkeypatch.setattr("campaigns.services.sending.COUNTED_FROM", 3)
    campaign = make_campaign(marketing.manufacturer, readers=readers)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_message, campaigns_recipient")
    start(campaign, marketing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples > 0 FROM pg_class WHERE oid = 'campaigns_message'::regclass")
        assert cursor.fetchone() == (is_counted,)


def test_who_may_not_be_written_to_any_more_is_refused_with_the_reason(
    server: MailServer, marketing: Membership
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=7)
    with staff_scope(campaign.manufacturer_id):
        active = {"op": "all", "rules": [{"field": "stage", "test": "any_of", "value": ["active"]}]}
        campaign.audience = Audience.objects.create(name="Active ones", owner=marketing, definition=active)
        campaign.save()
        readers = list(Recipient.objects.order_by("pk").select_related("contact"))
        Suppression.objects.create(channel="email", address=readers[0].address.lower(), reason="complaint")
        Suppression.objects.create(channel="sms", address=readers[1].address.lower(), reason="complaint")
        type(readers[2].contact).objects.filter(pk=readers[2].contact_id).update(left_on=NOON)
        ContactConsent.objects.filter(contact=readers[3].contact_id).update(withdrawn_on=NOON)
        Recipient.objects.filter(pk=readers[4].pk).update(address="")
        Partner.objects.filter(pk=readers[6].partner_id).update(stage="ended")
    start(campaign, marketing)

    send(campaign)

    with staff_scope(campaign.manufacturer_id):
        told = dict(Message.objects.values_list("recipient", "error"))
    expected = ["suppressed", "", "left_company", "no_consent", "no_address", "", "ended"]
    assert [told[reader.pk] for reader in readers] == expected
    assert states(campaign) == {"sent": 2, "refused": 5}


def test_where_no_consent_is_needed_only_a_withdrawn_one_counts(server: MailServer, marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    with staff_scope(campaign.manufacturer_id):
        Recipient.objects.update(country="US")
        known, other = Recipient.objects.order_by("pk")
        ContactConsent.objects.filter(contact=known.contact_id).delete()
        ContactConsent.objects.filter(contact=other.contact_id).update(withdrawn_on=NOON)
        CampaignSettings.objects.update(quiet_from="03:00", quiet_to="04:00")
    start(campaign, marketing)

    send(campaign)

    assert server.recipients == [known.address]


# --- When -------------------------------------------------------------------------------------------------------------


def test_nobody_is_written_to_at_night_by_their_own_clock(server: MailServer, marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=1)
    with staff_scope(campaign.manufacturer_id):
        variant = campaign.variants.get()
    (american,) = add_readers(campaign, variant, 1, country="US")
    (elsewhere,) = add_readers(campaign, variant, 1, country="")
    start(campaign, marketing)

    send(campaign)

    assert len(server.mails) == 2  # Seoul, and one whose clock is not known: the manufacturer's
    with staff_scope(campaign.manufacturer_id):
        waiting = Message.objects.get(state="waiting")
        assert waiting.recipient_id == american.pk
        assert waiting.due_at == dt.datetime(2026, 6, 3, 12, 0, tzinfo=dt.UTC)  # 08:00 in New York
        assert elsewhere.pk != american.pk


def test_the_law_of_a_country_keeps_the_night_where_the_settings_do_not(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    change(campaign, CampaignSettings, {}, quiet_from="03:00", quiet_to="04:00")
    with staff_scope(campaign.manufacturer_id):
        agreed = Recipient.objects.order_by("pk").first()
        ReaderChoice.objects.create(address=agreed.address, night_since=NOON)  # type: ignore[union-attr]
    start(campaign, marketing)  # at noon all are due; the worker comes at night
    monkeypatch.setattr(timezone, "now", lambda: NOON + dt.timedelta(hours=10))  # 22:00 in Seoul

    send(campaign)

    assert server.recipients == [agreed.address]  # type: ignore[union-attr]
    with staff_scope(campaign.manufacturer_id):
        waiting = Message.objects.get(state="waiting")
        assert (waiting.due_at, waiting.attempts) == (NOON + dt.timedelta(hours=20), 0)


def test_a_mail_domain_gets_no_more_in_a_minute_than_the_settings_say(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=5)
    change(campaign, CampaignSettings, {}, per_minute=2)
    mailing = start(campaign, marketing)
    with staff_scope(campaign.manufacturer_id):
        due = [message.due_at for message in Message.objects.order_by("recipient")]
        minute = dt.timedelta(minutes=1)
        assert due == [NOON, NOON, NOON + minute, NOON + minute, NOON + 2 * minute]
        Message.objects.update(due_at=NOON)  # as after a pause

    send(campaign)

    assert len(server.mails) == 2
    with staff_scope(campaign.manufacturer_id):
        waiting = Message.objects.filter(mailing=mailing, state="waiting").order_by("due_at")
        assert [(message.due_at, message.attempts) for message in waiting] == [
            (NOON + minute, 0),
            (NOON + minute, 0),
            (NOON + 2 * minute, 0),
        ]
    monkeypatch.setattr(timezone, "now", lambda: NOON + minute)
    send(campaign)
    assert len(server.mails) == 4


def test_what_was_decided_before_the_clock_struck_is_decided_anew(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    clock = [NOON + dt.timedelta(hours=8, minutes=59)]  # 20:59 in Seoul
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    campaign = make_campaign(marketing.manufacturer, readers=4)
    start(campaign, marketing)
    send_one = MailRound._send_one

    def slowly(self: MailRound, message: Any) -> None:
        send_one(self, message)
        clock[0] += dt.timedelta(seconds=30)

    monkeypatch.setattr(MailRound, "_send_one", slowly)

    while send(campaign):
        pass

    assert len(server.mails) == 2
    with staff_scope(campaign.manufacturer_id):
        waiting = Message.objects.filter(state="waiting").values_list("due_at", "attempts")
        assert list(waiting) == [(NOON + dt.timedelta(hours=20), 0)] * 2  # 08:00


def test_a_slow_server_gets_them_all_though_the_clock_strikes(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    clock = [NOON]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    campaign = make_campaign(marketing.manufacturer, readers=4)
    start(campaign, marketing)
    send_one = MailRound._send_one

    def slowly(self: MailRound, message: Any) -> None:
        send_one(self, message)
        clock[0] += dt.timedelta(seconds=90)

    monkeypatch.setattr(MailRound, "_send_one", slowly)
    while send(campaign):
        pass
    assert (len(server.mails), states(campaign)) == (4, {"sent": 4})


# --- How often --------------------------------------------------------------------------------------------------------


def test_who_has_had_the_mails_of_a_week_gets_no_more_though_plans_slipped(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    manufacturer = marketing.manufacturer
    earlier = make_campaign(manufacturer, readers=1)
    change(earlier, CampaignSettings, {}, weekly_cap=1)

    def another(**values: Any) -> Campaign:
        campaign = CampaignFactory(manufacturer=manufacturer, **{"state": "rollout"} | values)
        variant = VariantFactory(manufacturer=manufacturer, campaign=campaign)
        ContentFactory(manufacturer=manufacturer, variant=variant)
        again = {"partner": reader.partner, "contact": reader.contact, "name": reader.name, "address": reader.address}
        RecipientFactory(manufacturer=manufacturer, campaign=campaign, variant=variant, **again)
        add_readers(campaign, variant, 1)
        return campaign

    with staff_scope(manufacturer.pk):
        reader = Recipient.objects.select_related("partner", "contact").get()
    late, news, next_week = another(), another(is_advertising=False), another()
    start(earlier, marketing)
    send(earlier)
    start(late, marketing)
    send(late)

    with staff_scope(manufacturer.pk):
        told = Message.objects.filter(mailing__campaign=late).order_by("recipient").values_list("state", "error")
        assert list(told) == [("refused", "capped"), ("sent", "")]
    start(news, marketing)  # what is no advertising is not held back, and counts
    send(news)
    assert len(server.mails) == 4
    start(earlier, marketing, "reminder")
    send(earlier)
    assert len(server.mails) == 4
    sunday = dt.datetime(2026, 6, 7, 14, 59, tzinfo=dt.UTC)  # 23:59 in Seoul
    change(earlier, CampaignSettings, {}, quiet_from="03:00", quiet_to="04:00")
    with staff_scope(manufacturer.pk):
        Recipient.objects.update(country="")
    monkeypatch.setattr(timezone, "now", lambda: sunday)
    start(next_week, marketing, starts_at=sunday + dt.timedelta(minutes=1))
    send(next_week)
    assert len(server.mails) == 4
    monkeypatch.setattr(timezone, "now", lambda: sunday + dt.timedelta(minutes=1))
    send(next_week)
    assert len(server.mails) == 6


# --- Paused, stopped --------------------------------------------------------------------------------------------------


def test_a_paused_mailing_stops_at_the_next_message_and_goes_on_where_it_was(
    server: MailServer, marketing: Membership, analyst: Membership, monkeypatch: Any
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=4)
    mailing = start(campaign, marketing)

    with staff_scope(campaign.manufacturer_id), pytest.raises(SendingError):
        pause(mailing, by=analyst)
    mark = MailRound._mark

    def mark_but_pause_at_second(self: MailRound, message: Any) -> bool:
        if len(server.mails) == 1:
            with staff_scope(campaign.manufacturer_id):
                Mailing.objects.filter(pk=mailing.pk).update(state="paused")
        return mark(self, message)

    with monkeypatch.context() as patched:
        patched.setattr(MailRound, "_mark", mark_but_pause_at_second)
        assert send(campaign) is False
    assert len(server.mails) == 1
    assert states(campaign) == {"sent": 1, "waiting": 3}
    assert send(campaign) is False

    with staff_scope(campaign.manufacturer_id):
        resume(mailing, by=marketing)
    send(campaign)
    assert len({*server.recipients}) == len(server.mails) == 4
    with staff_scope(campaign.manufacturer_id):
        assert set(Message.objects.values_list("attempts", flat=True)) == {1}
        with pytest.raises(SendingError):
            resume(mailing, by=marketing)


def test_a_stopped_mailing_says_who_did_not_get_it(server: MailServer, marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=3)
    mailing = start(campaign, marketing)
    send(campaign, batch=1)

    with staff_scope(campaign.manufacturer_id):
        assert stop(mailing, by=marketing) == 2
        with pytest.raises(SendingError):
            stop(mailing, by=marketing)
    assert send(campaign) is False

    assert states(campaign) == {"sent": 1, "refused": 2}
    with staff_scope(campaign.manufacturer_id):
        assert set(Message.objects.filter(state="refused").values_list("error", flat=True)) == {"stopped"}


# --- What servers and workers do --------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_pipelining", [False, True])
def test_an_address_that_the_server_does_not_know_is_suppressed_at_once(
    server: MailServer, marketing: Membership, is_pipelining: bool
) -> None:
    server.is_pipelining = is_pipelining
    campaign = make_campaign(marketing.manufacturer, readers=2)
    start(campaign, marketing)
    gone = first(campaign).recipient.address
    server.on_recipient = lambda address: "550 5.1.1 No such user" if address == gone else None

    send(campaign)

    assert states(campaign) == {"bounced": 1, "sent": 1}
    assert server.connections == 1
    assert first(campaign).recipient.bounced_at == NOON
    with staff_scope(campaign.manufacturer_id):
        suppressed = Suppression.objects.get()
    assert (suppressed.address, suppressed.reason, suppressed.detail) == (gone, "bounce", "550 5.1.1 No such user")


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(server: MailServer, marketing: Membership) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    start(campaign, marketing)
    answers = iter(["451 Try later", "554 Looks like spam"])
    server.on_mail = lambda mail: next(answers)

    send(campaign)

    later, never = sorted(
        ((m.state, m.error, m.due_at - NOON) for m in _messages(campaign)), key=lambda row: row[0], reverse=True
    )
    assert later == ("waiting", "451 Try later", dt.timedelta(minutes=1))
    assert never[:2] == ("failed", "554 Looks like spam")
    assert states(campaign) == {"waiting": 1, "failed": 1}


def _messages(campaign: Campaign) -> list[Message]:
    with staff_scope(campaign.manufacturer_id):
        return list(Message.objects.order_by("recipient"))


def test_without_a_server_everything_waits_and_no_attempt_is_lost(
    server: MailServer, marketing: Membership, settings: Any
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    start(campaign, marketing)
    settings.EMAIL_PORT = 1

    assert send(campaign) is False

    assert {(m.state, m.attempts, m.due_at - NOON) for m in _messages(campaign)} == {("waiting", 0, OUTAGE)}


def test_a_server_that_dies_after_the_last_line_leaves_a_doubt_and_no_second_mail(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    start(campaign, marketing)
    getreply, replies = smtplib.SMTP.getreply, []

    def cut(connection: smtplib.SMTP) -> tuple[int, bytes]:
        reply = getreply(connection)
        replies.append(reply)
        if len([1 for _code, text in replies if b"OK" in text]) == 3:  # MAIL, RCPT, the mail
            replies.clear()
            connection.close()
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        return reply

    monkeypatch.setattr(smtplib.SMTP, "getreply", cut)
    send(campaign)

    assert {(m.state, m.error) for m in _messages(campaign)} == {("sent", "in_doubt")}
    assert len({*server.recipients}) == len(server.mails) == 2


def test_what_a_dead_worker_had_in_hand_goes_when_its_lease_ends_and_what_it_marked_never_again(
    server: MailServer, marketing: Membership, monkeypatch: Any
) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=3)
    start(campaign, marketing)
    with staff_scope(campaign.manufacturer_id):
        pks = list(Message.objects.order_by("recipient").values_list("recipient", flat=True))
        Message.objects.filter(recipient=pks[0]).update(state=MessageState.SENDING, due_at=NOON + LEASE, attempts=1)
        Message.objects.filter(recipient=pks[1]).update(due_at=NOON + LEASE, attempts=1)
    send(campaign)
    assert len(server.mails) == 1

    monkeypatch.setattr(timezone, "now", lambda: NOON + LEASE)
    assert send(campaign) is False

    assert len(server.mails) == 2
    assert [(m.state, m.error) for m in _messages(campaign)] == [("sent", "in_doubt"), ("sent", ""), ("sent", "")]


def test_any_back_end_of_django_serves(marketing: Membership, mailoutbox: list[Any]) -> None:
    campaign = make_campaign(marketing.manufacturer, readers=2)
    change(campaign, CampaignSettings, {}, bounce_address="bounces@hanbit.example", reply_to="sales@hanbit.example")
    start(campaign, marketing)

    send(campaign)

    assert states(campaign) == {"sent": 2}
    mail = mailoutbox[0]
    assert (mail.from_email, mail.reply_to) == ("bounces@hanbit.example", ["sales@hanbit.example"])
    assert mail.message()["From"] == "Hanbit <news@hanbit.example>"


def test_a_test_mail_is_marked_and_counts_nothing(
    marketing: Membership, analyst: Membership, mailoutbox: list[Any]
) -> None:
    campaign = make_campaign(marketing.manufacturer)
    with staff_scope(campaign.manufacturer_id):
        content = campaign.variants.get().contents.select_related("variant__campaign__manufacturer").get()
        send_test(content, to=marketing.email, person=Person("Kim", "Seoul"), country="KR", by=marketing)
        with pytest.raises(SendingError):
            send_test(content, to=marketing.email, person=Person(), country="KR", by=analyst)

    (mail,) = mailoutbox
    assert mail.subject == "[Test] (광고) Summer prices for Seoul"
    assert "/public/" not in mail.body
    assert states(campaign) == {}
