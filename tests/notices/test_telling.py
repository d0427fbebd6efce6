"""Who is told, how it travels, when it is due."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices import services
from notices.models import Channel, Delivery, Mode, Notice, Preference, QuietHours
from notices.registry import PORTAL, STAFF, NoticeKind
from notices.services import tell, tell_from
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right
from tenancy.rls import partner_scope, staff_scope
from tenancy.selectors import members_with
from tests.factories import MembershipFactory, PartnerMemberFactory
from tests.notices.conftest import FACTS, IMPORTANT, PLAIN, QUIET

SEOUL_NOON = dt.datetime(2026, 7, 1, 3, 0, tzinfo=dt.UTC)


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def leaver(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, is_active=False)


def told() -> list[tuple[int, str]]:
    return list(Notice.objects.order_by("pk").values_list("recipient", "key"))


# --- Once -------------------------------------------------------------------------------------------------------------


def test_a_repeated_key_tells_nobody_twice(owner: Membership, manager: Membership, in_scope: None) -> None:
    assert tell([owner], PLAIN, key="a", facts=FACTS) == 1
    assert tell(Membership.objects.all(), PLAIN, key="a", facts=FACTS) == 1
    assert tell(Membership.objects.all(), PLAIN, key="a", facts=FACTS) == 0

    assert told() == [(owner.pk, "a"), (manager.pk, "a")]
    assert Delivery.objects.count() == 2


def test_the_same_row_twice_in_one_call_is_told_once(owner: Membership, in_scope: None) -> None:
    assert tell_from([(owner.pk, "a", {}), (owner.pk, "a", {})], PLAIN) == 1

    assert told() == [(owner.pk, "a")]


def test_nobody_is_nobody(in_scope: None) -> None:
    assert tell([], PLAIN, key="a") == 0
    assert tell(Membership.objects.none(), PLAIN, key="a") == 0


def test_each_can_be_told_something_of_its_own_out_of_a_queryset(
    owner: Membership, manager: Membership, in_scope: None
) -> None:
    rows = Membership.objects.annotate(
        notice_key=Concat(Value("hello-100%-"), Cast("pk", CharField())),
        notice_facts=JSONObject(name="name", count=Value(3)),
    )
    assert tell_from(rows.values_list("pk", "notice_key", "notice_facts"), PLAIN) == 2

    assert list(Notice.objects.order_by("pk").values_list("recipient", "key", "facts")) == [
        (owner.pk, f"hello-100%-{owner.pk}", {"name": "Owner Kim", "count": 3}),
        (manager.pk, f"hello-100%-{manager.pk}", {"name": "Manager Lee", "count": 3}),
    ]


def test_facts_keep_dates_moments_and_decimals(owner: Membership, in_scope: None) -> None:
    facts = {"since_on": dt.date(2026, 7, 1), "told_at": SEOUL_NOON, "tier": {"ko": "골드"}}
    tell([owner], PLAIN, key="list", facts=facts)
    tell(Membership.objects.filter(pk=owner.pk), PLAIN, key="queryset", facts=facts)

    expected = {"since_on": "2026-07-01", "told_at": "2026-07-01T03:00:00Z", "tier": {"ko": "골드"}}
    assert list(Notice.objects.values_list("facts", flat=True)) == [expected, expected]


@pytest.mark.parametrize("size", [1, 40])
def test_telling_asks_the_same_number_of_queries_at_any_size(manufacturer: Manufacturer, size: int) -> None:
    MembershipFactory.create_batch(size, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert tell(Membership.objects.all(), PLAIN, key="a", facts=FACTS) == size
        assert len(queries) == 1
        with CaptureQueriesContext(connection) as queries:
            assert tell(list(Membership.objects.all()), PLAIN, key="b", facts=FACTS) == size
        assert len(queries) == 2  # and the one for the list


# --- Who --------------------------------------------------------------------------------------------------------------


def test_those_who_left_and_the_other_side_are_skipped(
    manufacturer: Manufacturer, owner: Membership, rep: Membership, leaver: Membership, in_scope: None
) -> None:
    everybody = Membership.objects.all()

    tell(everybody, NoticeKind("hello.staff", label="", sides={STAFF}), key="staff")
    tell(everybody, NoticeKind("hello.portal", label="", sides={PORTAL}), key="portal")

    assert told() == [(owner.pk, "staff"), (rep.pk, "portal")]
    assert list(Notice.objects.order_by("pk").values_list("partner", flat=True)) == [None, rep.partner_id]


@pytest.mark.parametrize("level", ["manufacturer", "partner", "kind"])
def test_a_function_switched_off_tells_nobody_below(
    manufacturer: Manufacturer, owner: Membership, rep: Membership, sibling_rep: Membership, level: str, in_scope: None
) -> None:
    holder = {"manufacturer": manufacturer, "partner": rep.partner, "kind": rep.partner.kind}[level]
    holder.functions_off = ["sales"]
    holder.save()
    told_then = {"manufacturer": [], "partner": [owner, sibling_rep], "kind": [owner]}[level]

    tell(Membership.objects.all(), NoticeKind("hello.x", label="", sides={STAFF, PORTAL}, function="sales"), key="a")

    assert told() == [(member.pk, "a") for member in told_then]


def test_a_partners_step_can_tell_staff_it_cannot_see(
    manufacturer: Manufacturer, owner: Membership, rep: Membership, stranger: Membership
) -> None:
    with partner_scope(manufacturer.pk, rep.partner_id):
        assert not Membership.objects.filter(partner=None).exists()
        assert tell(members_with(Right.PARTNERS_EDIT), PLAIN, key="a", facts=FACTS) == 1
        assert not Notice.objects.exists()

    with staff_scope(manufacturer.pk):
        assert told() == [(owner.pk, "a")]


def test_nobody_of_another_manufacturer_is_told(
    manufacturer: Manufacturer, owner: Membership, stranger: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        assert tell([owner, stranger], PLAIN, key="a") == 1
    with staff_scope(stranger.manufacturer_id):
        assert not Notice.objects.exists()


def test_members_with_a_right_are_those_of_roles_that_hold_it(
    manufacturer: Manufacturer, owner: Membership, analyst: Membership, rep: Membership
) -> None:
    bound = MembershipFactory(manufacturer=manufacturer, assigned_only=True)
    MembershipFactory(manufacturer=manufacturer, is_active=False)
    with staff_scope(manufacturer.pk):
        assert set(members_with(Right.PARTNERS_VIEW)) == {owner, analyst, bound}
        assert set(members_with(Right.PARTNERS_VIEW_ALL)) == {owner, analyst}
        assert set(members_with(Right.PORTAL_FIGURES)) == {rep}


# --- How --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("portal", "mail", "in_inbox", "mails"),
    [
        (None, None, True, [False]),
        ("off", None, False, [False]),
        (None, "off", True, []),
        (None, "digest", True, [True]),
        ("off", "off", None, []),
    ],
)
def test_a_member_is_told_as_it_chose(
    owner: Membership, portal: str | None, mail: str | None, in_inbox: bool | None, mails: list[bool], in_scope: None
) -> None:
    for channel, mode in ((Channel.PORTAL, portal), (Channel.MAIL, mail)):
        if mode:
            Preference.objects.create(member=owner, kind=PLAIN.key, channel=channel, mode=mode)

    assert tell([owner], PLAIN, key="a") == (in_inbox is not None)

    notice = Notice.objects.first()
    assert (notice and notice.in_inbox) == in_inbox
    if notice:
        assert (notice.read_at is None) is notice.in_inbox  # what is not in the inbox does not count as unread
    assert list(Delivery.objects.values_list("is_digest", flat=True)) == mails


def test_a_choice_is_of_one_kind_and_one_member(owner: Membership, manager: Membership, in_scope: None) -> None:
    Preference.objects.create(member=owner, kind=PLAIN.key, channel=Channel.MAIL, mode=Mode.OFF)

    tell([owner, manager], PLAIN, key="a")
    tell([owner, manager], IMPORTANT, key="b")

    assert set(Delivery.objects.values_list("notice__recipient", "notice__key")) == {
        (manager.pk, "a"),
        (owner.pk, "b"),
        (manager.pk, "b"),
    }


def test_a_kinds_default_holds_until_something_is_chosen(
    owner: Membership, manager: Membership, in_scope: None
) -> None:
    Preference.objects.create(member=manager, kind=QUIET.key, channel=Channel.MAIL, mode=Mode.ON)

    tell([owner, manager], QUIET, key="a")

    assert list(Delivery.objects.values_list("notice__recipient", flat=True)) == [manager.pk]


def test_what_must_be_confirmed_always_shows(owner: Membership, in_scope: None) -> None:
    Preference.objects.create(member=owner, kind=IMPORTANT.key, channel=Channel.PORTAL, mode=Mode.OFF)
    ends = SEOUL_NOON + dt.timedelta(days=3)

    tell([owner], IMPORTANT, key="a", ends_at=ends)

    notice = Notice.objects.get()
    assert (notice.in_inbox, notice.is_important, notice.ends_at, notice.read_at) == (True, True, ends, None)


# --- When -------------------------------------------------------------------------------------------------------------


def due_at(
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    now: str,
    quiet: tuple[str, str] | None,
    mode: Mode = Mode.ON,
) -> str:
    """When a mail told at `now` (local) is due, as local time."""
    from zoneinfo import ZoneInfo

    member = MembershipFactory(manufacturer__timezone=zone)
    local = ZoneInfo(zone)
    at(monkeypatch, dt.datetime.fromisoformat(now).replace(tzinfo=local).astimezone(dt.UTC))
    with staff_scope(member.manufacturer_id):
        if quiet:
            QuietHours.objects.create(member=member, starts=quiet[0], ends=quiet[1])
        Preference.objects.create(member=member, kind=PLAIN.key, channel=Channel.MAIL, mode=mode)
        tell([member], PLAIN, key="a")
        return Delivery.objects.get().due_at.astimezone(local).isoformat()


NIGHT = ("22:00", "07:30")
SIESTA = ("12:00", "14:00")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "now", "quiet", "due"),
    [
        ("Asia/Seoul", "2026-07-01T21:59", NIGHT, "2026-07-01T21:59:00+09:00"),
        ("Asia/Seoul", "2026-07-01T22:00", NIGHT, "2026-07-02T07:30:00+09:00"),
        ("Asia/Seoul", "2026-07-31T23:59", NIGHT, "2026-08-01T07:30:00+09:00"),
        ("Asia/Seoul", "2026-07-02T00:00", NIGHT, "2026-07-02T07:30:00+09:00"),
        ("Asia/Seoul", "2026-07-02T07:29", NIGHT, "2026-07-02T07:30:00+09:00"),
        ("Asia/Seoul", "2026-07-02T07:30", NIGHT, "2026-07-02T07:30:00+09:00"),
        ("Asia/Seoul", "2026-07-02T11:59", SIESTA, "2026-07-02T11:59:00+09:00"),
        ("Asia/Seoul", "2026-07-02T12:00", SIESTA, "2026-07-02T14:00:00+09:00"),
        ("Asia/Seoul", "2026-07-02T14:00", SIESTA, "2026-07-02T14:00:00+09:00"),
        ("Asia/Seoul", "2026-07-02T03:00", None, "2026-07-02T03:00:00+09:00"),
        # Clocks go forward in the night: 02:30 does not exist, the hour after it does.
        ("Europe/Oslo", "2026-03-28T23:00", NIGHT, "2026-03-29T07:30:00+02:00"),
        ("Europe/Oslo", "2026-03-29T01:00", ("00:00", "02:30"), "2026-03-29T03:30:00+02:00"),
        # Clocks go back: the night is an hour longer; 02:30 comes twice, and both times nothing is shifted.
        ("Europe/Oslo", "2026-10-24T23:00", NIGHT, "2026-10-25T07:30:00+01:00"),
        ("Europe/Oslo", "2026-10-25T02:30", None, "2026-10-25T02:30:00+02:00"),
    ],
)
def test_a_mail_in_quiet_hours_waits_until_they_end(
    monkeypatch: pytest.MonkeyPatch, zone: str, now: str, quiet: tuple[str, str] | None, due: str
) -> None:
    assert due_at(monkeypatch, zone, now, quiet) == due


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "now", "quiet", "due"),
    [
        ("Asia/Seoul", "2026-07-01T07:59", None, "2026-07-01T08:00:00+09:00"),
        ("Asia/Seoul", "2026-07-01T08:00", None, "2026-07-02T08:00:00+09:00"),
        ("Asia/Seoul", "2026-07-01T23:00", ("22:00", "09:30"), "2026-07-02T09:30:00+09:00"),
        ("Europe/Oslo", "2026-03-28T12:00", None, "2026-03-29T08:00:00+02:00"),
    ],
)
def test_a_digest_comes_at_eight_of_the_manufacturers_morning(
    monkeypatch: pytest.MonkeyPatch, zone: str, now: str, quiet: tuple[str, str] | None, due: str
) -> None:
    assert due_at(monkeypatch, zone, now, quiet, Mode.DIGEST) == due


# --- Setting off ------------------------------------------------------------------------------------------------------


def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    from notices import tasks

    calls: list[Any] = []
    monkeypatch.setattr(tasks.deliver, "delay", lambda **kwargs: calls.append(kwargs))
    return calls


def test_delivery_starts_after_commit_and_once(
    owner: Membership, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    calls = started(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True), staff_scope(owner.manufacturer_id):
        tell([owner], PLAIN, key="a")
        tell([owner], PLAIN, key="b")
        assert calls == []
    assert calls == [{"manufacturer_id": owner.manufacturer_id}]


def test_nothing_starts_when_nothing_is_due(
    owner: Membership, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    calls = started(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True), staff_scope(owner.manufacturer_id):
        tell([owner], QUIET, key="no mail")
        Preference.objects.create(member=owner, kind=PLAIN.key, channel=Channel.MAIL, mode=Mode.DIGEST)
        tell([owner], PLAIN, key="digest")
    assert calls == []


def test_a_broker_that_is_away_does_not_break_what_was_done(
    owner: Membership, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from notices import tasks

    def refuse(**kwargs: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.deliver, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=False) as callbacks, staff_scope(owner.manufacturer_id):
        tell([owner], PLAIN, key="a")
    assert len(callbacks) == 1  # registered as robust: Django logs what it raises


# --- The reader's own steps -------------------------------------------------------------------------------------------


def test_reading_and_confirming(
    owner: Membership, manager: Membership, monkeypatch: pytest.MonkeyPatch, in_scope: None
) -> None:
    tell([owner, manager], IMPORTANT, key="a", facts=FACTS)
    own = Notice.objects.get(recipient=owner)

    at(monkeypatch, SEOUL_NOON)
    services.confirm(own)
    at(monkeypatch, SEOUL_NOON + dt.timedelta(hours=1))
    services.confirm(own)
    services.mark_read(own)

    own.refresh_from_db()
    assert (own.confirmed_at, own.read_at) == (SEOUL_NOON, SEOUL_NOON)
    other = Notice.objects.get(recipient=manager)
    assert (other.confirmed_at, other.read_at) == (None, None)


def test_reading_all_leaves_colleagues_and_confirmations_alone(
    owner: Membership, manager: Membership, in_scope: None
) -> None:
    tell([owner, manager], IMPORTANT, key="a", facts=FACTS)

    assert services.mark_all_read(owner) == 1
    assert services.mark_all_read(owner) == 0

    assert Notice.objects.get(recipient=owner).confirmed_at is None
    assert Notice.objects.get(recipient=manager).read_at is None


def test_a_partner_member_is_told(rep: Membership) -> None:
    colleague = PartnerMemberFactory(manufacturer=rep.manufacturer, partner=rep.partner)
    with staff_scope(rep.manufacturer_id):
        assert tell(Membership.objects.filter(partner=rep.partner), PLAIN, key="a") == 2
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert {notice.recipient_id for notice in Notice.objects.all()} == {rep.pk, colleague.pk}
