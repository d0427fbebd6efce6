"""Mails against a real SMTP server: sent once, retried, refused, put back, bundled."""

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.mail import get_connection
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices import delivery
from notices.delivery import BATCH, LEASE, OUTAGE, WAITS, deliver_batch, manufacturers_with_due_mail
from notices.models import Channel, Delivery, DeliveryState, Mode, Notice, Preference, QuietHours
from notices.services import mark_read, tell, tell_from
from notices.tasks import sweep
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory
from tests.notices.conftest import FACTS, IMPORTANT, PLAIN, RICH
from tests.notices.mail_server import MailServer, running_mail_server

NOW = timezone.now()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.PUBLIC_URL = "https://prm.example.com"
        yield running


def send(member: Membership) -> bool:
    return deliver_batch(member.manufacturer_id)


def tell_now(member: Membership, kind: Any = PLAIN, key: str = "a", **facts: Any) -> None:
    with staff_scope(member.manufacturer_id):
        assert tell([member], kind, key=key, facts=FACTS | facts) == 1


def rows(member: Membership) -> list[tuple[str, int, str]]:
    with staff_scope(member.manufacturer_id):
        return list(Delivery.objects.order_by("pk").values_list("state", "attempts", "error"))


def make_due(member: Membership, **changes: Any) -> None:
    """Let time pass until everything waiting is due."""
    with staff_scope(member.manufacturer_id):
        Delivery.objects.filter(state=DeliveryState.WAITING).update(
            due_at=timezone.now() - dt.timedelta(seconds=1), **changes
        )


def waits_for(member: Membership) -> dt.timedelta:
    with staff_scope(member.manufacturer_id):
        return Delivery.objects.get(state=DeliveryState.WAITING).due_at - timezone.now()


def about(duration: dt.timedelta) -> Any:
    return pytest.approx(duration.total_seconds(), abs=30)


# --- Sent -------------------------------------------------------------------------------------------------------------


def test_a_mail_says_what_happened_and_where_to_look(server: MailServer, owner: Membership) -> None:
    tell_now(owner)

    assert send(owner) is False
    assert send(owner) is False

    (mail,) = server.mails
    assert mail["Subject"] == "1,200 boxes for A & B"
    assert (mail["From"].addresses[0].display_name, mail["To"].addresses[0].display_name) == ("Hanbit", "Owner Kim")
    with staff_scope(owner.manufacturer_id):
        notice = Notice.objects.get()
        assert notice.deliveries.get().sent_at is not None
    text, html = (mail.get_body((form,)).get_content() for form in ("plain", "html"))  # type: ignore[union-attr]
    link = f"https://prm.example.com/hanbit/notices/{notice.pk}/"
    assert link in text
    assert f'href="{link}"' in html
    assert "Gold since 2026-07-01" in text
    assert "A & B" in text
    assert "A &amp; B" in html
    assert "https://prm.example.com/hanbit/notices/preferences/" in text
    assert "You get this mail as a member of Hanbit." in html
    assert rows(owner) == [("sent", 1, "")]


def test_a_mail_speaks_the_readers_language_and_leads_to_its_own_side(server: MailServer, rep: Membership) -> None:
    with staff_scope(rep.manufacturer_id):
        Membership.objects.filter(pk=rep.pk).update(language="ko", name="김민수")
    tell_now(rep, PLAIN, told_at="2026-07-01T03:00:00Z")

    send(rep)

    (mail,) = server.mails
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["To"].addresses[0].display_name == "김민수"
    assert "골드 since 2026-07-01, told 12:00" in text
    assert "/hanbit/portal/notices/" in text
    assert 'lang="ko"' in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_kind_may_have_a_richer_mail(server: MailServer, owner: Membership) -> None:
    tell_now(owner, RICH)

    send(owner)

    (mail,) = server.mails
    assert "<strong>A &amp; B</strong> is rich" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Plain body" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_batch_uses_one_connection(server: MailServer, owner: Membership) -> None:
    for n in range(5):
        tell_now(owner, key=f"{n}")

    send(owner)

    assert len(server.mails) == 5
    assert server.connections == 1
    assert len(set(server.ids)) == 5


def test_what_is_more_than_a_batch_is_said(server: MailServer, owner: Membership, monkeypatch: Any) -> None:
    monkeypatch.setattr(delivery, "BATCH", 2)
    for n in range(3):
        tell_now(owner, key=f"{n}")

    assert send(owner) is True
    assert len(server.mails) == 2
    assert send(owner) is False
    assert len(server.mails) == 3
    assert BATCH == 100


def test_only_the_given_manufacturers_mail_goes(server: MailServer, owner: Membership, stranger: Membership) -> None:
    tell_now(owner)
    tell_now(stranger)

    assert set(manufacturers_with_due_mail()) == {owner.manufacturer_id, stranger.manufacturer_id}
    send(owner)

    assert server.recipients == [owner.email]
    assert manufacturers_with_due_mail() == [stranger.manufacturer_id]


def test_taking_a_batch_asks_the_same_number_of_queries_at_any_size(owner: Membership, monkeypatch: Any) -> None:
    monkeypatch.setattr(delivery, "_send", lambda manufacturer_id, letters: True)
    asked = []
    for size in (1, 12):
        with staff_scope(owner.manufacturer_id):
            tell_from([(owner.pk, f"{size}-{n}", FACTS) for n in range(size)], PLAIN)
        with CaptureQueriesContext(connection) as queries:
            send(owner)
        asked.append([query["sql"].split()[0] for query in queries if "notices_" in query["sql"]])
    assert asked[0] == asked[1] == ["SELECT", "UPDATE", "SELECT", "SELECT"]


# --- Not sent ---------------------------------------------------------------------------------------------------------


def test_what_need_not_be_sent_any_more_is_marked_so(
    server: MailServer, owner: Membership, manager: Membership
) -> None:
    with staff_scope(owner.manufacturer_id):
        tell([owner], PLAIN, key="read", facts=FACTS)
        mark_read(Notice.objects.get())
        tell([owner], IMPORTANT, key="over", facts=FACTS, ends_at=timezone.now() - dt.timedelta(seconds=1))
        tell([owner], PLAIN, key="gone", facts=FACTS)
        Notice.objects.filter(key="gone").update(kind="gone.gone")
        tell([manager], PLAIN, key="left", facts=FACTS)
        Membership.objects.filter(pk=manager.pk).update(is_active=False)

    send(owner)

    assert server.mails == []
    assert rows(owner) == [
        ("skipped", 0, "It was read before."),
        ("skipped", 0, "It had ended."),
        ("skipped", 0, "Its kind does not exist any more."),
        ("skipped", 0, "The reader has left."),
    ]


def test_a_member_without_an_address_is_not_written_to(server: MailServer, owner: Membership) -> None:
    tell_now(owner)
    with staff_scope(owner.manufacturer_id):
        Membership.objects.filter(pk=owner.pk).update(email="")

    send(owner)

    assert rows(owner) == [("skipped", 0, "The reader has no e-mail address.")]


def test_a_notice_off_in_the_portal_still_comes_by_mail(server: MailServer, owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        Preference.objects.create(member=owner, kind=PLAIN.key, channel=Channel.PORTAL, mode=Mode.OFF)
    tell_now(owner)

    send(owner)

    assert len(server.mails) == 1


def test_quiet_hours_that_have_begun_meanwhile_put_a_mail_back(
    server: MailServer, owner: Membership, manager: Membership, monkeypatch: Any
) -> None:
    tell_now(owner)
    tell_now(manager)
    seoul_midnight = timezone.now().replace(hour=15, minute=0) + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: seoul_midnight)
    with staff_scope(owner.manufacturer_id):
        QuietHours.objects.create(member=owner, starts=dt.time(22), ends=dt.time(7))

    assert send(owner) is False

    assert server.recipients == [manager.email]
    assert rows(owner) == [("waiting", 0, ""), ("sent", 1, "")]
    assert waits_for(owner) == dt.timedelta(hours=7) - dt.timedelta(
        seconds=seoul_midnight.second, microseconds=seoul_midnight.microsecond
    )


# --- Refused and retried ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["on_recipient", "on_mail"])
def test_a_refusal_for_good_fails_at_once_with_the_reason(
    server: MailServer, owner: Membership, manager: Membership, stage: str
) -> None:
    def refuse(what: str | EmailMessage) -> str | None:
        address = what if isinstance(what, str) else what["To"].addresses[0].addr_spec
        return "550 5.1.1 No such mailbox" if address == owner.email else None

    setattr(server, stage, refuse)
    tell_now(owner)
    tell_now(manager)

    send(owner)

    assert server.recipients == [manager.email]
    assert rows(owner) == [("failed", 1, "550 5.1.1 No such mailbox"), ("sent", 1, "")]


@pytest.mark.parametrize("address", ["two@@example.com", "a@b.example\nBcc: c@d.example"])
def test_an_address_that_cannot_be_fails_at_once(server: MailServer, owner: Membership, address: str) -> None:
    with staff_scope(owner.manufacturer_id):
        Membership.objects.filter(pk=owner.pk).update(email=address)
    tell_now(owner)

    send(owner)

    assert server.mails == []
    ((state, attempts, error),) = rows(owner)
    assert (state, attempts, bool(error)) == ("failed", 1, True)


def test_a_refusal_for_now_is_tried_again_with_growing_waits_until_it_fails(
    server: MailServer, owner: Membership
) -> None:
    server.on_recipient = lambda address: "451 4.3.0 Try again later"
    tell_now(owner)

    for attempt, wait in enumerate(WAITS, start=1):
        send(owner)
        assert rows(owner) == [("waiting", attempt, "451 4.3.0 Try again later")]
        assert waits_for(owner).total_seconds() == about(wait)
        send(owner)  # too early: nothing
        assert rows(owner)[0][1] == attempt
        make_due(owner)
    send(owner)

    assert rows(owner) == [("failed", len(WAITS) + 1, "451 4.3.0 Try again later")]
    assert list(WAITS) == sorted(WAITS)


def test_a_retry_that_works_is_sent_and_clean(server: MailServer, owner: Membership) -> None:
    server.on_mail = lambda mail: "452 4.2.2 Mailbox full for now"
    tell_now(owner)
    send(owner)
    server.on_mail = lambda mail: None
    make_due(owner)

    send(owner)

    assert len(server.mails) == 1
    assert rows(owner) == [("sent", 2, "")]


def test_a_connection_lost_in_the_middle_hurts_only_the_mail_under_way(
    server: MailServer, owner: Membership, manager: Membership
) -> None:
    server.on_mail = lambda mail: "421 4.3.2 Going down" if "Owner" in str(mail["To"]) else None
    tell_now(owner)
    tell_now(manager)

    send(owner)

    assert server.recipients == [manager.email]
    assert [row[:2] for row in rows(owner)] == [("waiting", 1), ("sent", 1)]
    assert server.connections == 2


def test_a_server_that_cannot_be_reached_uses_up_no_attempts(settings: Any, owner: Membership) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with running_mail_server() as gone:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", gone.port
    tell_now(owner, key="a")

    for _again in range(len(WAITS) + 3):
        assert send(owner) is False
        ((state, attempts, error),) = rows(owner)
        assert (state, attempts) == ("waiting", 0)
        assert "refused" in error
        assert waits_for(owner).total_seconds() == about(OUTAGE)
        make_due(owner)


def test_a_mail_that_cannot_be_written_stops_nobody_elses(
    server: MailServer, owner: Membership, manager: Membership
) -> None:
    tell_now(owner, since_on="no day")
    tell_now(manager)

    send(owner)

    assert server.recipients == [manager.email]
    assert rows(owner) == [("waiting", 1, "It could not be written."), ("sent", 1, "")]


def test_a_mail_that_every_worker_dies_of_is_given_up(server: MailServer, owner: Membership) -> None:
    tell_now(owner)
    make_due(owner, attempts=len(WAITS) + 1)

    send(owner)

    assert server.mails == []
    assert rows(owner) == [("failed", len(WAITS) + 1, "Given up: every attempt was cut off.")]


# --- Once -------------------------------------------------------------------------------------------------------------


def test_a_mail_in_a_workers_hands_is_nobody_elses_until_its_lease_ends(server: MailServer, owner: Membership) -> None:
    tell_now(owner)
    with staff_scope(owner.manufacturer_id):
        delivery._take_single(timezone.now() + LEASE)  # and dies

    send(owner)
    assert server.mails == []

    make_due(owner)
    send(owner)
    assert len(server.mails) == 1


def test_a_worker_whose_lease_ran_out_leaves_the_mail_to_who_took_it(server: MailServer, owner: Membership) -> None:
    tell_now(owner)
    with staff_scope(owner.manufacturer_id):
        lease = timezone.now() + LEASE
        letters = delivery._write(delivery._take_single(lease), lease)
    make_due(owner)
    send(owner)  # another worker, while the first hangs

    delivery._send(owner.manufacturer_id, letters)

    assert len(server.mails) == 1
    assert rows(owner) == [("sent", 1, "")]


# --- Digest -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def digest(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        Preference.objects.create(member=owner, kind=PLAIN.key, channel=Channel.MAIL, mode=Mode.DIGEST)


@pytest.mark.usefixtures("digest")
def test_a_digest_is_one_mail_of_what_is_still_unread(server: MailServer, owner: Membership) -> None:
    for name in ("first", "read", "last"):
        tell_now(owner, key=name, name=name)
    with staff_scope(owner.manufacturer_id):
        mark_read(Notice.objects.get(key="read"))

    send(owner)
    assert server.mails == []  # not before eight
    make_due(owner)
    send(owner)

    (mail,) = server.mails
    assert mail["Subject"] == "2 notices from Hanbit"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for body in (text, html):
        assert body.index("boxes for last") < body.index("boxes for first")
        assert "boxes for read" not in body
        assert "Gold since 2026-07-01" in body
        assert "https://prm.example.com/hanbit/notices/" in body
    assert [row[0] for row in rows(owner)] == ["sent", "skipped", "sent"]


@pytest.mark.usefixtures("digest")
def test_readers_get_digests_of_their_own_and_single_mails_beside(
    server: MailServer, owner: Membership, manager: Membership
) -> None:
    with staff_scope(owner.manufacturer_id):
        Preference.objects.create(member=manager, kind=PLAIN.key, channel=Channel.MAIL, mode=Mode.DIGEST)
        for n in range(2):
            tell([owner, manager], PLAIN, key=f"{n}", facts=FACTS)
        tell([owner], IMPORTANT, key="now", facts=FACTS)
    make_due(owner)

    assert send(owner) is True
    assert send(owner) is False

    assert sorted(server.recipients) == sorted([owner.email, owner.email, manager.email])
    assert len(set(server.ids)) == 3


@pytest.mark.usefixtures("digest")
def test_a_digest_refused_for_now_comes_again_as_a_whole(server: MailServer, owner: Membership) -> None:
    for n in range(3):
        tell_now(owner, key=f"{n}")
    make_due(owner)
    server.on_mail = lambda mail: "451 Later"
    send(owner)
    server.on_mail = lambda mail: None
    make_due(owner)
    send(owner)

    (mail,) = server.mails
    assert mail["Subject"] == "3 notices from Hanbit"
    assert rows(owner) == [("sent", 2, "")] * 3


# --- Tasks ------------------------------------------------------------------------------------------------------------


def test_the_sweep_starts_one_chain_per_manufacturer_with_due_mail(
    owner: Membership, stranger: Membership, monkeypatch: Any
) -> None:
    from notices import tasks

    calls: list[int] = []
    monkeypatch.setattr(tasks.deliver, "delay", lambda *, manufacturer_id: calls.append(manufacturer_id))
    tell_now(owner, key="a")
    tell_now(owner, key="b")

    sweep()
    sweep()  # the chain of the first is at work

    assert calls == [owner.manufacturer_id]


def test_a_chain_queues_its_next_batch_and_ends_with_the_last(
    server: MailServer, owner: Membership, monkeypatch: Any
) -> None:
    from notices import tasks

    monkeypatch.setattr(delivery, "BATCH", 2)
    calls: list[int] = []
    monkeypatch.setattr(tasks.deliver, "delay", lambda *, manufacturer_id: calls.append(manufacturer_id))
    for n in range(3):
        tell_now(owner, key=f"{n}")

    tasks.deliver(manufacturer_id=owner.manufacturer_id)
    assert calls == [owner.manufacturer_id]
    tasks.deliver(manufacturer_id=owner.manufacturer_id)
    assert calls == [owner.manufacturer_id]
    sweep()
    assert len(server.mails) == 3
    assert calls == [owner.manufacturer_id]


def test_mails_of_a_manufacturer_that_is_switched_off_wait(server: MailServer, db: None) -> None:
    member = MembershipFactory(manufacturer__is_active=False)
    tell_now(member)
    assert manufacturers_with_due_mail() == []


def test_other_backends_will_do(settings: Any, owner: Membership, mailoutbox: list[Any]) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tell_now(owner)

    send(owner)

    assert [mail.to for mail in mailoutbox] == [[f"Owner Kim <{owner.email}>"]]
    assert get_connection().open() is None
