"""Live sessions, a survey, work handed in and questions to the trainer, of one course of each manufacturer."""

import datetime as dt
import zoneinfo
from typing import Any

from django.db.models import Q
from django.utils import timezone

from prm_portal.demo_stories.live_texts import LIVE
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right, Role
from tenancy.selectors import members_with
from training.grading import new_key
from training.models import (
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentState,
    HandIn,
    HandInState,
    Lesson,
    LessonContent,
    LessonKind,
    LessonProgress,
    LessonQuestion,
    LiveSeat,
    LiveSession,
    PracticalTask,
    QuestionState,
    SeatState,
    SessionState,
    Survey,
    SurveyQuestion,
    SurveyReply,
    SurveySheet,
)
from training.models.practice import USUAL
from training.services.courses import publish, save_course

LEARNERS = 14
KINDS = (
    ("page", LessonKind.PAGE, 3),
    ("live", LessonKind.LIVE, 240),
    ("task", LessonKind.TASK, 20),
    ("survey", LessonKind.SURVEY, 2),
)


def tell_live_learning(manufacturer: Manufacturer, day: dt.date) -> None:
    """A course that ends in the workshop: dates behind and ahead, one of them full, with what came of them."""
    told = LIVE.get(manufacturer.slug)
    if told is None or LiveSession.objects.exists():
        return
    staff = Membership.objects.filter(partner=None, is_active=True)
    trainer = staff.filter(role=Role.TRAINER).order_by("pk").first() or staff.filter(role=Role.OWNER).first()
    if trainer is None:
        return
    version = _course(told, trainer)
    lessons = {each.kind: each for each in version.lessons.all()}
    enrolments = _enrolments(version)
    _sessions(told, manufacturer, trainer, lessons, enrolments)
    _answers(told, lessons[LessonKind.SURVEY], enrolments[:8])
    _work(told, trainer, lessons[LessonKind.TASK], enrolments)
    _asked(told, trainer, lessons, enrolments)


def _course(told: dict[str, Any], trainer: Membership) -> CourseVersion:
    course = save_course(
        Course(code=told["code"], titles=told["titles"], summaries=told["summaries"], owner=trainer),
        [],
        is_ordered=False,
    )
    version = course.versions.get()
    module = version.modules.get()
    CourseVersion.objects.filter(pk=version.pk).update(is_ordered=False)
    for place, (name, kind, minutes) in enumerate(KINDS):
        titles, texts = told[name]
        lesson = Lesson.objects.create(
            version=version, module=module, kind=kind, titles=titles, minutes=minutes, order=place
        )
        LessonContent.objects.bulk_create(
            [LessonContent(lesson=lesson, language=code, body=body) for code, body in texts.items()]
        )
        if kind == LessonKind.TASK:
            PracticalTask.objects.create(lesson=lesson, kinds=USUAL)
        if kind == LessonKind.SURVEY:
            survey = Survey.objects.create(lesson=lesson, is_anonymous=True)
            SurveyQuestion.objects.bulk_create(
                [
                    SurveyQuestion(
                        survey=survey,
                        kind=each_kind,
                        texts=words,
                        options=[{"key": new_key(), "texts": option} for option in options],
                        is_required=each_kind != "text",
                        order=number,
                    )
                    for number, (each_kind, words, options) in enumerate(told["questions"])
                ]
            )
    return publish(course, by=trainer)


def _enrolments(version: CourseVersion) -> list[Enrolment]:
    """Of the people whom visitors of the demo sign in as first, then of others."""
    people = members_with(Right.PORTAL_TRAINING).filter(partner__stage="active").select_related("partner")
    first = list(people.filter(Q(email__endswith=".example", role=Role.PARTNER_ADMIN)).order_by("pk")[:2])
    others = people.exclude(pk__in=[each.pk for each in first]).order_by("pk")[: LEARNERS - len(first)]
    now = timezone.now()
    rows = [
        Enrolment(
            course_id=version.course_id,
            version=version,
            partner=person.partner,
            member=person,
            state=EnrolmentState.STARTED,
            enrolled_at=now - dt.timedelta(days=25),
            started_at=now - dt.timedelta(days=24),
            seen_at=now - dt.timedelta(days=1 + number),
        )
        for number, person in enumerate([*others, *first])
    ]
    return Enrolment.objects.bulk_create(rows)


def _sessions(
    told: dict[str, Any],
    manufacturer: Manufacturer,
    trainer: Membership,
    lessons: dict[str, Lesson],
    enrolments: list[Enrolment],
) -> None:
    """The last eight of who learns are those still to come: the first six were there, but for one."""
    zone = zoneinfo.ZoneInfo(manufacturer.timezone)
    lesson = lessons[LessonKind.LIVE]
    today = timezone.now().astimezone(zone).date()

    def held(days: int, hour: int, seats: int, **more: Any) -> LiveSession:
        starts = dt.datetime.combine(today + dt.timedelta(days=days), dt.time(hour), zone)
        return LiveSession.objects.create(
            course_id=lesson.version.course_id,
            lesson_key=lesson.key,
            starts_at=starts,
            ends_at=starts + dt.timedelta(hours=4),
            zone=manufacturer.timezone,
            seats=seats,
            trainer=trainer,
            **more,
        )

    past = held(-9, 10, 8, place=told["place"], state=SessionState.HELD)
    full = held(4, 10, 4, place=told["place"], note=told["note"])
    held(11, 14, 20, link="https://meet.example/workshop", place="")
    states = [(past, SeatState.ATTENDED)] * 5 + [(past, SeatState.MISSED)]
    states += [(full, SeatState.BOOKED)] * 4 + [(full, SeatState.WAITING)] * 2
    chosen = [*enrolments[:6], *enrolments[-4:], *enrolments[6:8]]
    LiveSeat.objects.bulk_create(
        [
            LiveSeat(
                session=session,
                enrolment=enrolment,
                member_id=enrolment.member_id,
                partner_id=enrolment.partner_id,
                state=state,
                place=1 + place,
                turn=1,
                booked_at=timezone.now() - dt.timedelta(days=12 if session == past else 5, hours=-place),
                marked_by=trainer if session == past else None,
            )
            for place, (enrolment, (session, state)) in enumerate(zip(chosen, states, strict=False))
        ]
    )
    _done(lessons[LessonKind.PAGE], enrolments, 20)
    _done(lesson, enrolments[:5], 9)


def _done(lesson: Lesson, enrolments: list[Enrolment], ago: int) -> None:
    at = timezone.now() - dt.timedelta(days=ago)
    LessonProgress.objects.bulk_create(
        [
            LessonProgress(
                enrolment=each,
                lesson=lesson,
                partner_id=each.partner_id,
                started_at=at,
                seen_at=at,
                done_at=at,
                seconds=120,
            )
            for each in enrolments
        ]
    )
    for each in enrolments:
        each.done += 1
    Enrolment.objects.bulk_update(enrolments, ["done"])


def _answers(told: dict[str, Any], lesson: Lesson, enrolments: list[Enrolment]) -> None:
    questions = list(lesson.survey.questions.all())
    replies = []
    for number, _enrolment in enumerate(enrolments):
        text = told["said"][number % len(told["said"])]
        options = questions[1].options
        answers: dict[str, Any] = {
            str(questions[0].key): (5, 4, 4, 5, 3)[number % 5],
            str(questions[1].key): options[(number * number) % len(options)]["key"],
        }
        replies.append(
            SurveyReply(
                course_id=lesson.version.course_id,
                lesson_key=lesson.key,
                answers=answers | ({str(questions[2].key): text} if text else {}),
            )
        )
    SurveyReply.objects.bulk_create(replies)
    now = timezone.now()
    SurveySheet.objects.bulk_create(
        [
            SurveySheet(enrolment=each, lesson_key=lesson.key, partner_id=each.partner_id, sent_at=now)
            for each in enrolments
        ]
    )
    _done(lesson, enrolments, 6)


def _work(told: dict[str, Any], trainer: Membership, lesson: Lesson, enrolments: list[Enrolment]) -> None:
    now = timezone.now()
    marked = {
        HandInState.AGAIN: {"points": 45, "comment": told["comment_again"]},
        HandInState.PASSED: {"points": 92, "comment": told["comment_passed"]},
        HandInState.WAITING: {},
    }
    rows = []
    states = (HandInState.WAITING, HandInState.AGAIN, HandInState.WAITING, HandInState.AGAIN)
    for number, (enrolment, state) in enumerate(zip([*enrolments[5:8], enrolments[-1]], states, strict=False)):
        more: dict[str, Any] = dict(marked[state])
        if state != HandInState.WAITING:
            more |= {"marked_by": trainer, "marked_at": now - dt.timedelta(days=1)}
        rows.append(
            HandIn(
                task=lesson.task,
                enrolment=enrolment,
                partner_id=enrolment.partner_id,
                number=1,
                text=told["work"],
                state=state,
                handed_in_at=now - dt.timedelta(days=3 - number % 3, hours=2),
                **more,
            )
        )
    HandIn.objects.bulk_create(rows)


def _asked(told: dict[str, Any], trainer: Membership, lessons: dict[str, Lesson], enrolments: list[Enrolment]) -> None:
    now = timezone.now()
    kinds = (LessonKind.PAGE, LessonKind.LIVE)
    LessonQuestion.objects.bulk_create(
        [
            LessonQuestion(
                course_id=lesson.version.course_id,
                lesson=lesson,
                lesson_key=lesson.key,
                enrolment=enrolment,
                member_id=enrolment.member_id,
                partner_id=enrolment.partner_id,
                text=text,
                asked_at=now - dt.timedelta(days=8 - 2 * number, hours=3),
                state=QuestionState.ANSWERED if answer else QuestionState.OPEN,
                answer=answer,
                answered_by=trainer if answer else None,
                answered_at=now - dt.timedelta(days=7 - 2 * number) if answer else None,
            )
            for number, (text, answer) in enumerate(told["asked"])
            for lesson, enrolment in [(lessons[kinds[number % 2]], enrolments[-1 - number])]
        ]
    )
