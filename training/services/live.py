"""Live sessions: planned, changed and called off; seats given in the order in which they are asked for; who was there.

Whoever gives or takes seats locks the session first, and an enrolment before it: two who take the last seat at once are one
with a seat and one who waits.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.registry import NoticeKind
from notices.services import tell_from
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import commit_chunk, house_scope
from training.models import (
    HELD_SEATS,
    Enrolment,
    Lesson,
    LessonKind,
    LessonProgress,
    LiveSeat,
    LiveSession,
    SeatState,
    SessionState,
)
from training.notice_kinds import live as kinds
from training.services.learning import finish_lesson, locked_enrolment, open_lesson

TOLD_FIELDS = ("starts_at", "ends_at", "zone", "place", "link", "trainer_id", "note")
"""What calendars are told of when it changes."""
WRITTEN = (*TOLD_FIELDS, "seats")
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


class LiveError(DomainError):
    """Something that a live session does not allow now."""


@transaction.atomic
def save_session(session: LiveSession) -> int:
    """Keep a session. Of one that is planned whoever has a seat or waits is told what changes, and who waits moves up where
    there are more seats; LiveError where fewer seats are left than are taken, or it is over. How many were told of a change.
    """
    if session.starts_at <= timezone.now():
        raise LiveError(_("It begins in the past. Choose a later time."))
    if session._state.adding:
        session.save(force_insert=True)
        return 0
    old = _locked(session.pk)
    if old.state != SessionState.PLANNED or old.starts_at <= timezone.now():
        raise LiveError(_("It has begun or was called off, and stays as it is."))
    taken = old.taken.filter(state__in=HELD_SEATS).count()
    if session.seats < taken:
        raise LiveError(_("%(count)s seats are taken already: there can be no fewer.") % {"count": taken})
    is_told = any(getattr(old, name) != getattr(session, name) for name in TOLD_FIELDS)
    session.sequence = old.sequence + is_told
    session.save(update_fields=[*WRITTEN, "sequence"])
    told = 0
    if is_told:
        seats = session.taken.filter(state__in=[SeatState.BOOKED, SeatState.WAITING])
        told = _tell(session, list(seats), kinds.CHANGED, str(session.sequence))
    _fill(session)
    return told


@transaction.atomic
def call_off(session: LiveSession, *, reason: str) -> LiveSession:
    """Call a session off: all who have a seat or wait are told why, and calendars take it out."""
    session = _locked(session.pk)
    if session.state != SessionState.PLANNED:
        raise LiveError(_("Only a session that is planned can be called off."))
    if not reason.strip():
        raise LiveError(_("Say why: it goes to everybody who has a seat."))
    session.state, session.reason, session.sequence = SessionState.CANCELLED, reason.strip()[:300], session.sequence + 1
    session.save(update_fields=["state", "reason", "sequence"])
    seats = session.taken.filter(state__in=[SeatState.BOOKED, SeatState.WAITING])
    _tell(session, list(seats), kinds.CALLED_OFF, "off")
    return session


def book(enrolment: Enrolment, lesson: Lesson, session_id: int) -> LiveSeat:
    """A seat for who takes the course, or the next place in the waiting list; who has one keeps it. LiveError or
    LearningError says why there can be none.
    """
    open_lesson(enrolment, lesson)
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        if not enrolment.is_open:
            raise LiveError(_("This course has ended for you: there is nothing to book."))
        session = _locked(session_id, course=enrolment.course_id, lesson_key=lesson.key)
        seat = session.taken.filter(enrolment=enrolment).first()
        if seat is not None and seat.state != SeatState.CANCELLED:
            return seat
        if not session.is_open:
            raise LiveError(_("Seats of this session are not given any more."))
        others = LiveSeat.objects.filter(
            enrolment=enrolment,
            session__lesson_key=lesson.key,
            session__state=SessionState.PLANNED,
            session__starts_at__gt=timezone.now(),
            state__in=[SeatState.BOOKED, SeatState.WAITING],
        )
        if others.exists():
            raise LiveError(_("You have a place on another date: give that one back first."))
        is_free = session.taken.filter(state__in=HELD_SEATS).count() < session.seats
        seat = seat or LiveSeat(
            session=session, enrolment=enrolment, member_id=enrolment.member_id, partner_id=enrolment.partner_id
        )
        seat.state = SeatState.BOOKED if is_free else SeatState.WAITING
        seat.place = (session.taken.aggregate(last=Max("place"))["last"] or 0) + 1
        seat.turn += 1
        seat.booked_at = timezone.now()
        seat.save()
        _tell(session, [seat], kinds.BOOKED if is_free else kinds.WAITS)
        return seat


def give_back(seat: LiveSeat) -> None:
    """Give a seat or a place in the waiting list back before the session begins; who waits longest moves up. Given back
    already, nothing changes.
    """
    with transaction.atomic(), house_scope():
        session = _locked(seat.session_id)
        seat = LiveSeat.objects.get(pk=seat.pk)
        if seat.state == SeatState.CANCELLED:
            return
        if not session.is_open or seat.state not in (SeatState.BOOKED, SeatState.WAITING):
            raise LiveError(_("The session has begun or was called off: there is nothing to give back."))
        had_seat = seat.state == SeatState.BOOKED
        _release(seat)
        if had_seat:
            _tell(session, [seat], kinds.GIVEN_BACK)
            _fill(session)


def free_seats(enrolment: Enrolment) -> None:
    """Seats to come of who does not take the course any more go to who waits. The enrolment is locked, in the house's
    scope."""
    to_come = LiveSeat.objects.filter(
        enrolment=enrolment, state__in=[SeatState.BOOKED, SeatState.WAITING], session__state=SessionState.PLANNED
    )
    for seat in to_come.filter(session__starts_at__gt=timezone.now()).order_by("session"):
        give_back(seat)


def mark_attendance(session: LiveSession, marks: Mapping[int, bool], *, by: Membership) -> tuple[int, int]:
    """Who was there (enrolment -> whether), once the session has begun; how many were, and how many were not. Who was there
    has finished the lesson, and stays marked so; somebody without a seat may have come all the same. Marks of people who
    do not take the course are left out.
    """
    with transaction.atomic():
        enrolments = {
            each.pk: each
            for each in Enrolment.objects.filter(pk__in=marks, course=session.course_id)
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        }
        session = _locked(session.pk)
        if session.state == SessionState.CANCELLED or session.starts_at > timezone.now():
            raise LiveError(_("Who was there is marked once the session has begun."))
        seats = {each.enrolment_id: each for each in session.taken.filter(enrolment__in=enrolments)}
        last = session.taken.aggregate(last=Max("place"))["last"] or 0
        came = missed = 0
        for pk, enrolment in enrolments.items():
            seat = seats.get(pk)
            if seat is None:
                if not marks[pk]:
                    continue
                last += 1
                seat = LiveSeat(
                    session=session, enrolment=enrolment, member_id=enrolment.member_id,
                    partner_id=enrolment.partner_id, place=last,
                )  # fmt: skip
            if seat.state == SeatState.ATTENDED:
                continue
            if not marks[pk] and seat.state != SeatState.BOOKED:
                continue
            seat.state = SeatState.ATTENDED if marks[pk] else SeatState.MISSED
            seat.turn += 1
            seat.marked_by = by
            seat.save()
            came, missed = came + marks[pk], missed + (not marks[pk])
            if marks[pk]:
                _finish(enrolment, session)
        if session.state == SessionState.PLANNED:
            session.state = SessionState.HELD
            session.save(update_fields=["state"])
        return came, missed


def tend_sessions(now: dt.datetime) -> int:
    """What is due by the clock: people who have left give their seats to who waits, and who has a seat is reminded a day and
    an hour before, each once for each beginning. Safe to run again and beside itself; committed session by session, so it
    runs in the outermost scope. How many were reminded.
    """
    coming = LiveSession.objects.filter(state=SessionState.PLANNED, starts_at__gt=now)
    gone = LiveSeat.objects.filter(
        session__in=coming, state__in=[SeatState.BOOKED, SeatState.WAITING], member__is_active=False
    )
    for seat in gone.order_by("session", "pk"):
        give_back(seat)
        commit_chunk()  # no session stays locked while another is looked at
    told = 0
    for pk in coming.filter(starts_at__lte=now + DAY).order_by("starts_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            told += _remind(_locked(pk), now)
        commit_chunk()
    return told


def _remind(session: LiveSession, now: dt.datetime) -> int:
    told = 0
    booked = session.taken.filter(state=SeatState.BOOKED)
    for kind, before, field in ((kinds.DAY_BEFORE, DAY, "day_told"), (kinds.HOUR_BEFORE, HOUR, "hour_told")):
        if getattr(session, field) == session.starts_at or session.starts_at - before > now:
            continue
        is_too_late = before == DAY and session.starts_at - HOUR <= now
        if not is_too_late:  # who has booked since then has just been told when it is
            seats = list(booked.filter(booked_at__lte=session.starts_at - before))
            told += _tell(session, seats, kind, f"{field}-{int(session.starts_at.timestamp())}")
        setattr(session, field, session.starts_at)
        session.save(update_fields=[field])
    return told


def _fill(session: LiveSession) -> None:
    """Seats that are free go to who waits longest and is still here."""
    if not session.is_open:
        return
    free = session.seats - session.taken.filter(state__in=HELD_SEATS).count()
    waiting = session.taken.filter(state=SeatState.WAITING, member__is_active=True).order_by("place")
    moved = list(waiting[: max(0, free)])
    for seat in moved:
        seat.state, seat.booked_at = SeatState.BOOKED, timezone.now()
        seat.turn += 1
        seat.save(update_fields=["state", "booked_at", "turn"])
    _tell(session, moved, kinds.MOVED_UP)


def _release(seat: LiveSeat) -> None:
    seat.state = SeatState.CANCELLED
    seat.turn += 1
    seat.save(update_fields=["state", "turn"])


def _finish(enrolment: Enrolment, session: LiveSession) -> None:
    lesson = Lesson.objects.select_related("module").filter(
        version=enrolment.version_id, key=session.lesson_key, kind=LessonKind.LIVE
    )
    if enrolment.is_open and (found := lesson.first()):
        # Who came has done it, whether or not its turn had come.
        LessonProgress.objects.get_or_create(
            enrolment=enrolment, lesson=found, defaults={"partner_id": enrolment.partner_id}
        )
        finish_lesson(enrolment, found)


def lesson_of(session: LiveSession) -> Lesson | None:
    """The lesson that a session is of, as the latest version has it."""
    return (
        Lesson.objects.filter(version__course=session.course_id, key=session.lesson_key)
        .select_related("version__course")
        .order_by("-version__number")
        .first()
    )


def _tell(session: LiveSession, seats: list[LiveSeat], kind: NoticeKind, what: str = "") -> int:
    """Tell these people; how many were told. The link goes only to who has a seat."""
    if not seats:
        return 0
    lesson = lesson_of(session)
    trainer = Membership.objects.filter(pk=session.trainer_id or 0).first()
    facts: dict[str, Any] = {
        "course": session.course_id,
        "lesson": lesson.titles if lesson else {},
        "title": lesson.version.course.titles if lesson else {},
        "session": session.pk,
        "uid": str(session.uid),
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "zone": session.zone,
        "place": session.place,
        "note": session.note,
        "reason": session.reason,
        "trainer": trainer.name if trainer else "",
        "trainer_email": trainer.email if trainer else "",
    }
    return tell_from(
        [
            (
                seat.member_id,
                f"live-{kind.key.rpartition('.')[2]}-{seat.pk}-{what or seat.turn}",
                facts
                | {
                    "enrolment": seat.enrolment_id,
                    "link": session.link if seat.state == SeatState.BOOKED else "",
                    "has_seat": seat.state in (SeatState.BOOKED, SeatState.CANCELLED),
                    "sequence": session.sequence + seat.turn,
                },
            )
            for seat in seats
        ],
        kind,
    )


def _locked(pk: int, **which: Any) -> LiveSession:
    found = LiveSession.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk, **which).first()
    if found is None:
        raise LiveError(_("There is no such session of this lesson any more."))
    return found
