"""Live sessions as staff plan them, and as learners choose one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from partners.models import Partner
from tenancy.models import Membership
from tenancy.rls import house_scope
from tenancy.zones import zone_at
from training.models import (
    HELD_SEATS,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonKind,
    LiveSeat,
    LiveSession,
    SeatState,
    SessionState,
)
from training.selectors.courses import seen_enrolments

DATES_SHOWN = 30


def session_rows() -> QuerySet[Any]:
    """All sessions with their course and trainer, the titles of their lesson in its latest version, and how many have a seat,
    wait and were there.
    """
    lesson = Lesson.objects.filter(version__course=OuterRef("course"), key=OuterRef("lesson_key"))
    return LiveSession.objects.select_related("course", "trainer").annotate(
        lesson_titles=Subquery(lesson.order_by("-version__number").values("titles")[:1]),
        booked=_seats(HELD_SEATS),
        waiting=_seats([SeatState.WAITING]),
        attended=_seats([SeatState.ATTENDED]),
    )


def coming_days(rows: QuerySet[Any], now: dt.datetime) -> list[tuple[dt.date, list[Any]]]:
    """The sessions that are not over yet, by the day on which they begin where their readers are."""
    days: dict[dt.date, list[Any]] = {}
    coming = rows.filter(ends_at__gt=now).exclude(state=SessionState.CANCELLED).order_by("starts_at", "pk")
    for session in coming[:200]:
        days.setdefault(timezone.localdate(session.starts_at), []).append(session)
    return list(days.items())


def seats_of(session: LiveSession, member: Membership) -> list[LiveSeat]:
    """The seats of a session in their order, as far as the member sees whose they are: first who has one, then who waits."""
    rows = session.taken.filter(enrolment__in=seen_enrolments(member)).exclude(state=SeatState.CANCELLED)
    found = rows.select_related("member", "partner", "enrolment").order_by("place")
    return sorted(found, key=lambda seat: (seat.state == SeatState.WAITING, seat.place))


def attendees(session: LiveSession, member: Membership, emails: list[str]) -> dict[str, list[int]]:
    """The enrolments that are meant where somebody's e-mail address (in small letters) is on the list of a session: all that
    have a seat, else the one that is open, else the latest; what was taken back never. Two queries.
    """
    seated = set(session.taken.exclude(state=SeatState.CANCELLED).values_list("enrolment", flat=True))
    rows = seen_enrolments(member).filter(course=session.course_id, member__email__in=emails)
    rows = rows.exclude(state=EnrolmentState.WITHDRAWN).select_related("member").order_by("enrolled_at", "pk")
    found: dict[str, list[Enrolment]] = {}
    for each in rows:
        found.setdefault(each.member.email.lower(), []).append(each)
    meant = {}
    for email, enrolments in found.items():
        with_seat = [each.pk for each in enrolments if each.pk in seated]
        latest = max(enrolments, key=lambda each: (each.is_open, each.enrolled_at, each.pk))
        meant[email] = with_seat or [latest.pk]
    return meant


def live_lessons() -> QuerySet[Lesson]:
    """The live lessons that sessions can be planned for: one for each key, of the latest version that has it."""
    newer = Lesson.objects.filter(
        version__course=OuterRef("version__course"),
        key=OuterRef("key"),
        version__number__gt=OuterRef("version__number"),
    )
    rows = Lesson.objects.filter(kind=LessonKind.LIVE).exclude(Exists(newer))
    return rows.select_related("version__course").order_by("version__course__code", "module__order", "order", "pk")


@dataclass(frozen=True)
class Date:
    """A session as somebody who takes the course may choose it. ahead: who waits before. link: only for who has a seat.
    own_time: when it begins by the reader's clock, where that is another than the session's.
    """

    session: LiveSession
    seat: LiveSeat | None
    free: int
    ahead: int
    link: str
    own_zone: str

    @property
    def is_booked(self) -> bool:
        return self.seat is not None and self.seat.state == SeatState.BOOKED

    @property
    def is_waiting(self) -> bool:
        return self.seat is not None and self.seat.state == SeatState.WAITING

    @property
    def is_mine(self) -> bool:
        return self.is_booked or self.is_waiting

    @property
    def has_other_clock(self) -> bool:
        """Whether the reader's clock shows another time than the session's."""
        at = self.session.starts_at
        here, there = (at.astimezone(ZoneInfo(zone)).utcoffset() for zone in (self.own_zone, self.session.zone))
        return here != there


def dates_of(enrolment: Enrolment | None, lesson: Lesson, member: Membership) -> list[Date]:
    """The sessions of a lesson that are still to come, and those at which the person has or had a place. Three queries."""
    with house_scope():
        own = {seat.session_id: seat for seat in LiveSeat.objects.filter(enrolment=enrolment)} if enrolment else {}
        mine = [pk for pk, seat in own.items() if seat.state != SeatState.CANCELLED]
        rows = session_rows().filter(course=lesson.version.course_id, lesson_key=lesson.key)
        rows = rows.filter(Q(starts_at__gt=timezone.now(), state=SessionState.PLANNED) | Q(pk__in=mine))
        sessions = list(rows.order_by("starts_at", "pk")[:DATES_SHOWN])
        before = _before(own, sessions)
        zone = zone_of(member)
    return [
        Date(
            session=each,
            seat=own.get(each.pk),
            free=max(0, each.seats - each.booked),
            ahead=before.get(each.pk, 0),
            link=each.link if _may_see_link(each, own.get(each.pk)) else "",
            own_zone=zone,
        )
        for each in sessions
    ]


def own_coming(member: Membership) -> list[tuple[LiveSeat, Lesson]]:
    """The member's seats at sessions that are not over, with the lesson, the next first. Two queries."""
    with house_scope():
        seats = LiveSeat.objects.filter(
            member=member,
            state__in=[SeatState.BOOKED, SeatState.WAITING],
            session__state=SessionState.PLANNED,
            session__ends_at__gt=timezone.now(),
        )
        found = list(seats.select_related("session", "enrolment__course").order_by("session__starts_at", "pk")[:10])
        lessons = Lesson.objects.filter(
            version__in={seat.enrolment.version_id for seat in found},
            key__in={seat.session.lesson_key for seat in found},
        )
        by_key = {(lesson.version_id, lesson.key): lesson for lesson in lessons}
    pairs = [(seat, by_key.get((seat.enrolment.version_id, seat.session.lesson_key))) for seat in found]
    return [(seat, lesson) for seat, lesson in pairs if lesson is not None]


def zone_of(member: Membership) -> str:
    """The time zone of the place where a member's partner is; of staff, and of who is nowhere, the manufacturer's."""
    if member.partner_id is None:
        return member.manufacturer.timezone
    where = Partner.objects.filter(pk=member.partner_id).values_list("country", "latitude", "longitude").first()
    country, latitude, longitude = where or ("", None, None)
    place = (float(latitude), float(longitude)) if latitude is not None and longitude is not None else (None, None)
    return zone_at(country or "", *place) or member.manufacturer.timezone


def _may_see_link(session: LiveSession, seat: LiveSeat | None) -> bool:
    return seat is not None and seat.state in HELD_SEATS and session.state != SessionState.CANCELLED


def _before(own: dict[int, LiveSeat], sessions: Iterable[LiveSession]) -> dict[int, int]:
    waits = Q(pk__in=[])
    for session in sessions:
        seat = own.get(session.pk)
        if seat is not None and seat.state == SeatState.WAITING:
            waits |= Q(session=session, place__lt=seat.place)
    rows = LiveSeat.objects.filter(waits, state=SeatState.WAITING).order_by().values("session")
    return {row["session"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def _seats(states: Iterable[str]) -> Any:
    rows = LiveSeat.objects.filter(session=OuterRef("pk"), state__in=states).order_by().values("session")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)
