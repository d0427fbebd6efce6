"""Live sessions: seats in order, told by calendar entries that follow each other, and who was there."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from notices.delivery import deliver_batch
from notices.models import Notice
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once
from tests.training.factories import LiveSessionFactory, lesson_of_kind
from training.forms.live import SessionForm
from training.models import Enrolment, Lesson, LessonProgress, LiveSeat, LiveSession, SeatState, SessionState
from training.selectors.live import attendees, dates_of
from training.services import courses, enrolling, learning, live
from training.services.live import LiveError

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def lesson(owner: Membership) -> Lesson:
    return lesson_of_kind(owner.manufacturer, "live")


@pytest.fixture
def session(owner: Membership, lesson: Lesson) -> LiveSession:
    return LiveSessionFactory(manufacturer=owner.manufacturer, lesson=lesson, trainer=owner)


def learner_of(lesson: Lesson, member: Membership | None = None) -> Enrolment:
    """Somebody of a partner who takes the course of a lesson."""
    member = member or PartnerMemberFactory(manufacturer=lesson.manufacturer)
    with staff_scope(lesson.manufacturer_id):
        return learning.enrol(lesson.version.course, member)


def book(enrolment: Enrolment, lesson: Lesson, session: LiveSession) -> LiveSeat:
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        return live.book(enrolment, lesson, session.pk)


def states(session: LiveSession) -> list[str]:
    with staff_scope(session.manufacturer_id):
        return list(session.taken.order_by("place").values_list("state", flat=True))


def kinds_told(member_id: int, manufacturer_id: int) -> list[str]:
    with staff_scope(manufacturer_id):
        rows = Notice.objects.filter(recipient=member_id, kind__startswith="training.live").order_by("pk")
        return [kind.removeprefix("training.live_") for kind in rows.values_list("kind", flat=True)]


def test_seats_are_given_in_order_and_who_waits_moves_up(lesson: Lesson, session: LiveSession) -> None:
    first, second, third = (learner_of(lesson) for _each in range(3))
    seats = [book(each, lesson, session) for each in (first, second, third)]
    assert [seat.state for seat in seats] == ["booked", "waiting", "waiting"]
    assert book(first, lesson, session).pk == seats[0].pk  # a double click
    with partner_scope(first.manufacturer_id, first.partner_id):
        live.give_back(seats[0])
        live.give_back(seats[0])
    assert states(session) == ["cancelled", "booked", "waiting"]
    assert book(first, lesson, session).state == "waiting"  # behind who waited before
    assert states(session) == ["booked", "waiting", "waiting"]
    assert kinds_told(second.member_id, second.manufacturer_id) == ["waits", "moved_up"]
    assert kinds_told(first.member_id, first.manufacturer_id) == ["booked", "given_back", "waits"]


def test_more_seats_let_who_waits_in_and_fewer_than_taken_are_refused(lesson: Lesson, session: LiveSession) -> None:
    for _each in range(3):
        book(learner_of(lesson), lesson, session)
    with staff_scope(session.manufacturer_id):
        session.seats = 2
        live.save_session(session)
        assert states(session) == ["booked", "booked", "waiting"]
        session.seats = 1
        with pytest.raises(LiveError, match="2 seats are taken already"):
            live.save_session(session)
        session.refresh_from_db()
        assert (session.seats, session.sequence) == (2, 0)  # more seats are no news for calendars


@pytest.mark.django_db(transaction=True)
def test_two_at_once_on_the_last_seat_are_one_seat_and_one_place_in_the_row(
    lesson: Lesson, session: LiveSession
) -> None:
    one, other = learner_of(lesson), learner_of(lesson)
    taken = at_once(lambda: book(one, lesson, session).state, lambda: book(other, lesson, session).state)
    assert sorted(taken) == states(session) == ["booked", "waiting"]


def test_one_date_at_a_time_and_nothing_of_other_courses_or_of_the_past(owner: Membership, lesson: Lesson) -> None:
    one, other = (LiveSessionFactory(manufacturer=owner.manufacturer, lesson=lesson) for _each in range(2))
    enrolment = learner_of(lesson)
    book(enrolment, lesson, one)
    with pytest.raises(LiveError, match="give that one back first"):
        book(enrolment, lesson, other)
    foreign = lesson_of_kind(owner.manufacturer, "live")
    elsewhere = LiveSessionFactory(manufacturer=owner.manufacturer, lesson=foreign)
    with pytest.raises(LiveError, match="no such session"):
        book(enrolment, lesson, elsewhere)
    begun = LiveSessionFactory(
        manufacturer=owner.manufacturer, lesson=foreign, starts_at=timezone.now() - dt.timedelta(minutes=1)
    )
    with pytest.raises(LiveError, match="not given any more"):
        book(learner_of(foreign), foreign, begun)


def entries(address: str) -> list[tuple[str, str, int, str]]:
    """Method, uid, sequence and status of the calendar entries mailed to somebody, in order."""
    found = []
    for message in mail.outbox:
        if address in message.to[0]:
            for attachment in message.attachments:
                calendar: Any = Calendar.from_ical(attachment.content)
                event = calendar.walk("VEVENT")[0]
                assert attachment.mimetype == f"text/calendar; method={calendar['method']}"
                found.append((str(calendar["method"]), str(event["uid"]), int(event["sequence"]), str(event["status"])))
    return found


def deliver(manufacturer_id: int) -> None:
    while deliver_batch(manufacturer_id):
        pass


def test_invitation_change_and_cancellation_follow_each_other_in_the_calendar(
    lesson: Lesson, session: LiveSession
) -> None:
    enrolment, late = learner_of(lesson), learner_of(lesson)
    book(enrolment, lesson, session)
    book(late, lesson, session)
    deliver(session.manufacturer_id)
    with staff_scope(session.manufacturer_id):
        session.starts_at += dt.timedelta(hours=1)
        session.ends_at += dt.timedelta(hours=1)
        live.save_session(session)
    deliver(session.manufacturer_id)
    with staff_scope(session.manufacturer_id):
        live.call_off(session, reason="The trainer is ill")
        with pytest.raises(LiveError, match="Only a session that is planned"):
            live.call_off(session, reason="Again")
    deliver(session.manufacturer_id)
    told = entries(enrolment.member.email)
    assert [(method, status) for method, _uid, _sequence, status in told] == [
        ("REQUEST", "CONFIRMED"),
        ("REQUEST", "CONFIRMED"),
        ("CANCEL", "CANCELLED"),
    ]
    assert len({uid for _method, uid, *_rest in told}) == 1
    sequences = [sequence for _method, _uid, sequence, _status in told]
    assert sequences == sorted(set(sequences))
    assert entries(late.member.email) == []  # who waits has nothing in the calendar
    invitation = next(each for each in mail.outbox if enrolment.member.email in each.to[0])
    event: Any = Calendar.from_ical(invitation.attachments[0].content).walk("VEVENT")[0]
    assert event["dtstart"].dt == session.starts_at - dt.timedelta(hours=1)
    assert str(event["attendee"]) == f"mailto:{enrolment.member.email}"
    assert "https://meet.example/secret" in str(event["description"])
    assert all("secret" not in str(each.body) for each in mail.outbox if late.member.email in each.to[0])


def test_reminders_a_day_and_an_hour_before_come_exactly_once(lesson: Lesson, session: LiveSession) -> None:
    enrolment = learner_of(lesson)
    book(enrolment, lesson, session)
    waits = learner_of(lesson)
    book(waits, lesson, session)
    begins = session.starts_at
    with staff_scope(session.manufacturer_id):
        for before, told in (
            (dt.timedelta(hours=24, minutes=1), 0),
            (dt.timedelta(hours=24), 1),
            (dt.timedelta(hours=23), 0),
            (dt.timedelta(hours=1, minutes=1), 0),
            (dt.timedelta(minutes=59), 1),
            (dt.timedelta(minutes=58), 0),
        ):
            assert (before, live.tend_sessions(begins - before)) == (before, told)
    assert kinds_told(enrolment.member_id, enrolment.manufacturer_id) == ["booked", "day_before", "hour_before"]
    assert kinds_told(waits.member_id, waits.manufacturer_id) == ["waits"]


def test_a_session_that_is_moved_is_reminded_of_anew(lesson: Lesson, session: LiveSession) -> None:
    book(learner_of(lesson), lesson, session)
    with staff_scope(session.manufacturer_id):
        assert live.tend_sessions(session.starts_at - dt.timedelta(hours=20)) == 1
        session.starts_at += dt.timedelta(days=7)
        session.ends_at += dt.timedelta(days=7)
        live.save_session(session)
        assert live.tend_sessions(session.starts_at - dt.timedelta(hours=20)) == 1


def test_who_leaves_or_is_taken_back_frees_the_seat(lesson: Lesson, session: LiveSession) -> None:
    first, second, third = (learner_of(lesson) for _each in range(3))
    for each in (first, second, third):
        book(each, lesson, session)
    with staff_scope(session.manufacturer_id):
        enrolling.take_back(first)
        assert states(session) == ["cancelled", "booked", "waiting"]
        Membership.objects.filter(pk=second.member_id).update(is_active=False)
        live.tend_sessions(timezone.now())
        assert states(session) == ["cancelled", "cancelled", "booked"]


def test_who_was_there_has_finished_the_lesson_over_versions_too(owner: Membership, lesson: Lesson) -> None:
    session = LiveSessionFactory(manufacturer=owner.manufacturer, lesson=lesson, seats=3)
    there, missing, walked_in, stranger = (learner_of(lesson) for _each in range(4))
    book(there, lesson, session)
    book(missing, lesson, session)
    with staff_scope(owner.manufacturer_id):
        with pytest.raises(LiveError, match="once the session has begun"):
            live.mark_attendance(session, {there.pk: True}, by=owner)
        courses.draft_of(lesson.version.course)
        courses.publish(lesson.version.course, by=owner)
        enrolling.move_on(lesson.version.course, Enrolment.objects.filter(pk=there.pk))
        LiveSession.objects.update(starts_at=timezone.now() - dt.timedelta(minutes=30))
        marks = {there.pk: True, missing.pk: False, walked_in.pk: True, stranger.pk: False}
        assert live.mark_attendance(session, marks, by=owner) == (2, 1)
        assert live.mark_attendance(session, marks, by=owner) == (0, 0)  # again by mistake
        found = {each.pk: each.state for each in Enrolment.objects.all()}
        assert [found[each.pk] for each in (there, missing, walked_in, stranger)] == [
            "passed", "started", "passed", "enrolled",
        ]  # fmt: skip
        assert dict(LiveSeat.objects.values_list("enrolment", "state")) == {
            there.pk: SeatState.ATTENDED,
            missing.pk: SeatState.MISSED,
            walked_in.pk: SeatState.ATTENDED,
        }
        assert LessonProgress.objects.filter(done_at__isnull=False).count() == 2
        assert LiveSession.objects.get().state == SessionState.HELD


def test_dates_show_the_link_to_who_has_a_seat_alone_in_a_fixed_number_of_queries(
    owner: Membership, lesson: Lesson, session: LiveSession, django_assert_num_queries: Any
) -> None:
    japan = PartnerFactory(manufacturer=owner.manufacturer, country="FR")
    member = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=japan)
    enrolment = learner_of(lesson, member)
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        (date,) = dates_of(enrolment, lesson, member)
        assert (date.link, date.free, date.is_mine) == ("", 1, False)
        assert (date.own_zone, date.has_other_clock) == ("Europe/Paris", True)
    book(learner_of(lesson), lesson, session)
    book(enrolment, lesson, session)
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        (date,) = dates_of(enrolment, lesson, member)
        assert (date.link, date.is_waiting, date.ahead) == ("", True, 0)
    for count in (1, 3):
        for _each in range(count - 1):
            LiveSessionFactory(manufacturer=owner.manufacturer, lesson=lesson)
        here = partner_scope(enrolment.manufacturer_id, enrolment.partner_id)
        with here, django_assert_num_queries(8):  # with those that enter and leave the house's scope
            assert len(dates_of(enrolment, lesson, member)) == count
    with staff_scope(session.manufacturer_id):
        session.seats = 2
        live.save_session(session)
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        assert dates_of(enrolment, lesson, member)[0].link == "https://meet.example/secret"


def test_the_pages_book_show_and_give_back(
    owner: Membership, lesson: Lesson, session: LiveSession, client_for: SignIn
) -> None:
    enrolment = learner_of(lesson)
    client = client_for(enrolment.member)
    page = f"/{owner.manufacturer.slug}/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/"
    assert "secret" not in client.get(page).content.decode()
    seat = f"/{owner.manufacturer.slug}/portal/learning/{enrolment.pk}/sessions/{session.pk}/"
    assert client.get(f"{seat}session.ics").status_code == 404
    assert client.post(f"{page}sessions/{session.pk}/book/")["Location"] == page
    assert "https://meet.example/secret" in client.get(page).content.decode()
    assert client.get(seat)["Location"] == page
    file = client.get(f"{seat}session.ics")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"METHOD:REQUEST" in file.content
    assert client.post(f"{seat}give-back/")["Location"] == page
    assert states(session) == ["cancelled"]
    stranger = PartnerMemberFactory(manufacturer=owner.manufacturer)
    assert client_for(stranger).post(f"{seat}give-back/").status_code == 404


def test_a_session_is_planned_by_its_own_clock_and_attendance_comes_from_a_file(
    owner: Membership, lesson: Lesson, client_for: SignIn
) -> None:
    client = client_for(owner)
    home = f"/{owner.manufacturer.slug}/training/sessions/"
    given = {
        "starts": "2030-01-15T10:00", "minutes": "90", "zone": "Europe/Paris", "seats": "5", "place": "", "link": "",
        "trainer": str(owner.pk), "note": "",
    }  # fmt: skip
    assert "Say where" in client.post(f"{home}add/?lesson={lesson.pk}", given).content.decode()
    made = client.post(f"{home}add/?lesson={lesson.pk}", given | {"place": "Lyon <b>hall</b>"})
    with staff_scope(owner.manufacturer_id):
        session = LiveSession.objects.get()
    assert made["Location"] == f"{home}{session.pk}/"
    assert session.starts_at == dt.datetime(2030, 1, 15, 9, tzinfo=dt.UTC)
    assert session.ends_at - session.starts_at == dt.timedelta(minutes=90)
    page = client.get(made["Location"]).content.decode()
    assert "Lyon &lt;b&gt;hall" in page
    assert "Live: 0 of 5 seats are taken" in page
    assert "1 session is to come" in client.get(home).content.decode()
    enrolment = learner_of(lesson)
    with staff_scope(owner.manufacturer_id):
        LiveSession.objects.update(starts_at=timezone.now() - dt.timedelta(hours=1))
    file = SimpleUploadedFile(
        "a.csv", f"email,attended\n{enrolment.member.email.upper()},yes\nnobody@x.example,yes\n".encode()
    )
    after = client.post(f"{home}{session.pk}/attendance/", {"file": file}, follow=True).content.decode()
    assert "1 were there" in after
    assert "nobody@x.example" in after
    with staff_scope(owner.manufacturer_id):
        assert Enrolment.objects.get().state == "passed"
    broken = SimpleUploadedFile("a.csv", b"email,attended\na@x.example,perhaps\n")
    said = client.post(f"{home}{session.pk}/attendance/", {"file": broken}, follow=True).content.decode()
    assert "neither yes nor no" in said


@pytest.mark.parametrize("size", [1, 3])
def test_lists_of_sessions_ask_the_same_number_of_queries_at_any_size(
    owner: Membership, lesson: Lesson, client_for: SignIn, size: int, django_assert_num_queries: Any
) -> None:
    client = client_for(owner)
    for _each in range(size):
        session = LiveSessionFactory(manufacturer=owner.manufacturer, lesson=lesson, seats=9, trainer=owner)
        for _learner in range(size):
            book(learner_of(lesson), lesson, session)
    home = f"/{owner.manufacturer.slug}/training/sessions/"
    for address, most in ((home, 12), (f"{home}all/", 14), (f"{home}{session.pk}/", 12)):
        with django_assert_num_queries(most):
            assert client.get(address).status_code == 200


def test_a_mark_is_kept_of_who_was_on_the_page_and_of_nobody_else(
    owner: Membership, lesson: Lesson, client_for: SignIn
) -> None:
    session = LiveSessionFactory(manufacturer=owner.manufacturer, lesson=lesson, trainer=owner, seats=3)
    seats = [book(learner_of(lesson), lesson, session) for _each in range(4)]
    with staff_scope(owner.manufacturer_id):
        LiveSession.objects.update(starts_at=timezone.now() - dt.timedelta(hours=1))
    client, page = client_for(owner), f"/{owner.manufacturer.slug}/training/sessions/{session.pk}/"
    assert client.get(page).content.decode().count('name="listed"') == 3
    client.post(f"{page}attendance/", {"there": seats[3].pk})  # the button beside who waits
    assert states(session) == ["booked", "booked", "booked", "attended"]
    client.post(f"{page}attendance/", {"listed": [seats[0].pk, seats[1].pk], "there": [seats[0].pk]})
    assert states(session) == ["attended", "missed", "booked", "attended"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"email,attended\rnobody@x.example,yes\r", "nobody@x.example"),
        (b'email\n"' + b"a" * 200_000, "cannot be read as CSV"),
    ],
)
def test_files_of_all_kinds_are_read_or_refused(
    owner: Membership, session: LiveSession, client_for: SignIn, raw: bytes, said: str
) -> None:
    with staff_scope(owner.manufacturer_id):
        LiveSession.objects.update(starts_at=timezone.now() - dt.timedelta(hours=1))
    page = f"/{owner.manufacturer.slug}/training/sessions/{session.pk}/attendance/"
    after = client_for(owner).post(page, {"file": SimpleUploadedFile("a.csv", raw)}, follow=True)
    assert said in after.content.decode()


def test_a_file_marks_the_enrolment_that_has_the_seat(owner: Membership, lesson: Lesson, session: LiveSession) -> None:
    seated = learner_of(lesson)
    book(seated, lesson, session)
    gone = PartnerMemberFactory(manufacturer=owner.manufacturer)
    left = learner_of(lesson, gone)
    with staff_scope(owner.manufacturer_id):
        enrolling.take_back(left)
        LiveSession.objects.update(starts_at=timezone.now() - dt.timedelta(minutes=1))
        learning.end(seated, "failed")
    again = learner_of(lesson, seated.member)
    walked_in = learner_of(lesson)
    emails = [each.email.lower() for each in (seated.member, gone, walked_in.member)]
    with staff_scope(owner.manufacturer_id):
        assert attendees(session, owner, emails) == {emails[0]: [seated.pk], emails[2]: [walked_in.pk]}
        LiveSeat.objects.update(state="cancelled")
        assert attendees(session, owner, emails[:1]) == {emails[0]: [again.pk]}


@pytest.mark.parametrize("starts", ["0001-01-01T00:00", "9999-12-31T23:59", "2030-01-15T10:00\x00"])
def test_no_session_is_at_the_ends_of_the_calendar(
    owner: Membership, lesson: Lesson, client_for: SignIn, starts: str
) -> None:
    given = {"starts": starts, "minutes": "60", "seats": "5", "place": "x", "trainer": "", "link": "", "note": ""}
    page = f"/{owner.manufacturer.slug}/training/sessions/add/?lesson={lesson.pk}"
    for zone in ("Asia/Seoul", "America/Los_Angeles"):
        assert client_for(owner).post(page, given | {"zone": zone}).status_code == 200
    with staff_scope(owner.manufacturer_id):
        assert not LiveSession.objects.exists()


def test_a_session_is_read_by_its_own_clock_where_the_makers_has_no_such_hour(
    owner: Membership, lesson: Lesson
) -> None:
    with staff_scope(owner.manufacturer_id), timezone.override("America/Los_Angeles"):
        spring = dt.date(timezone.now().year + 1, 3, 8)
        spring += dt.timedelta(days=(6 - spring.weekday()) % 7)  # the second Sunday: there is no half past two
        given = {"starts": f"{spring}T02:30", "minutes": "60", "seats": "5", "place": "x", "zone": "Asia/Seoul"}
        form = SessionForm(
            given, member=owner, instance=LiveSession(course=lesson.version.course, lesson_key=lesson.key)
        )
        assert form.is_valid(), form.errors
        assert form.instance.starts_at == dt.datetime.combine(spring, dt.time(2, 30), dt.UTC) - dt.timedelta(hours=9)


def test_who_changes_a_session_is_told_whether_anybody_is(
    owner: Membership, lesson: Lesson, session: LiveSession, client_for: SignIn
) -> None:
    book(learner_of(lesson), lesson, session)
    client, page = client_for(owner), f"/{owner.manufacturer.slug}/training/sessions/{session.pk}/"
    local = session.starts_at.astimezone(ZoneInfo("Asia/Seoul"))
    given = {
        "starts": f"{local:%Y-%m-%dT%H:%M:%S}", "minutes": "60", "zone": session.zone, "seats": "9", "note": "",
        "place": session.place, "link": session.link, "trainer": str(owner.pk),
    }  # fmt: skip
    assert "is told" not in client.post(f"{page}edit/", given, follow=True).content.decode()
    after = client.post(f"{page}edit/", given | {"place": "Room 2"}, follow=True).content.decode()
    assert "Changed; 1 person with a seat or in the waiting list is told" in after
    off = client.post(f"{page}off/", {"reason": "a\x00b"}, follow=True).content.decode()
    assert "Null characters are not allowed" in off
    with staff_scope(owner.manufacturer_id):
        assert LiveSession.objects.get().state == "planned"
