"""What was learned in the year before, so that the analysis has something to say: where people stopped, what courses went
with, and who may not finish now."""

import datetime as dt
from decimal import Decimal
from random import Random

from django.utils import timezone

from commerce.growth_effects import Frame, companies, last_day
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.models import CourseVersion, Enrolment, EnrolmentSource, EnrolmentState, Lesson, LessonProgress
from training.services import effects, risks
from training.services.points import count_points

SHARES = (0.5, 0.5, 0.45)
"""How many of all who may learn took the first course, the second and the third."""
KEEN, OTHERS = 1.5, 0.5
"""The first was taken so much more by partners that grew, so that something shows."""
DAYS = 60
GIVEN = 30
"""Days until it was due: who goes on is still at it after a fifth of them, so that something is learned from most."""
LATE = 0.3


def tell_training_past(manufacturer: Manufacturer, day: dt.date) -> None:
    """Enrolments of the half year in which effects are looked for, as brought in from an earlier system."""
    if Enrolment.objects.filter(source=EnrolmentSource.IMPORT).exists():
        return
    out = CourseVersion.objects.filter(state=CourseVersion.State.PUBLISHED, course__prerequisites=None).order_by("pk")
    people = members_with(Right.PORTAL_TRAINING).filter(partner__stage="active").order_by("pk")
    frame = Frame(last_day(day))
    keen = _keen(frame)
    draw = Random(f"{manufacturer.slug}:learned")  # noqa: S311 (a story, not a secret)
    for version, share in zip(out[: len(SHARES)], SHARES, strict=False):
        _tell(version, list(people), share, frame, keen if version == out[0] else set(), draw)
    now = timezone.now()
    if risks.supply(now).is_enough:
        risks.learn_now(now)
        risks.score_open(now)
    effects.work_out(frame.day)
    count_points()


def _keen(frame: Frame) -> set[int]:
    """The partners that grew more than half of the others."""
    partners = sorted(companies(frame), key=lambda each: each.growth)
    return {each.pk for each in partners[len(partners) // 2 :]}


def _tell(
    version: CourseVersion, people: list[Membership], share: float, frame: Frame, keen: set[int], draw: Random
) -> None:
    """Who begins late or scores low rather stops, mostly before a quiz."""
    lessons = list(version.lessons.all())
    enrolments, ways = [], []
    for person in people:
        leaning = (KEEN if person.partner_id in keen else OTHERS) if keen else 1.0
        if draw.random() > share * leaning:
            continue
        begins = frame.start + dt.timedelta(days=draw.randrange(10, (frame.cut - frame.start).days - DAYS))
        enrolled = timezone.make_aware(dt.datetime.combine(begins, dt.time(draw.randrange(8, 18), draw.randrange(60))))
        is_late = draw.random() < LATE
        passes = draw.random() < (0.25 if is_late else 0.95)
        enrolment, way = _turn(version, lessons, person, enrolled, draw, is_late=is_late, passes=passes)
        enrolments.append(enrolment)
        ways.append(way)
    Enrolment.objects.bulk_create(enrolments)
    LessonProgress.objects.bulk_create([each for way in ways for each in way])


def _turn(
    version: CourseVersion,
    lessons: list[Lesson],
    person: Membership,
    enrolled: dt.datetime,
    draw: Random,
    *,
    is_late: bool,
    passes: bool,
) -> tuple[Enrolment, list[LessonProgress]]:
    assert person.partner_id is not None
    done = len(lessons) if passes else draw.choice([0, 1, 1, 2, 2]) % len(lessons)
    began = enrolled + dt.timedelta(days=draw.randrange(18, 32) if is_late else draw.randrange(1, 8))
    pace = dt.timedelta(days=draw.uniform(3, 6))
    enrolment = Enrolment(
        course_id=version.course_id,
        version=version,
        partner_id=person.partner_id,
        member=person,
        source=EnrolmentSource.IMPORT,
        enrolled_at=enrolled,
        due_on=timezone.localdate(enrolled) + dt.timedelta(days=GIVEN),
        started_at=began,
        done=done,
    )
    way = [
        LessonProgress(
            enrolment=enrolment,
            lesson=lesson,
            partner_id=person.partner_id,
            started_at=began + place * pace,
            seen_at=began + place * pace,
            done_at=began + place * pace if place < done else None,
            score=Decimal(draw.randrange(70, 100) if passes else draw.randrange(30, 80)) if place < done else None,
            seconds=draw.randrange(40, 110) * lesson.minutes,
        )
        for place, lesson in enumerate(lessons[: done + (0 if passes else 1)])
    ]
    last = way[-1].seen_at
    enrolment.seen_at, enrolment.seconds = last, sum(each.seconds for each in way)
    enrolment.state = (
        EnrolmentState.PASSED if passes else draw.choice([EnrolmentState.FAILED, EnrolmentState.WITHDRAWN])
    )
    enrolment.ended_at = last if passes else max(last, enrolled) + dt.timedelta(days=25)
    scores = [Decimal(str(each.score)) for each in way if each.score is not None]
    enrolment.score = (
        round(sum(scores, Decimal(0)) / len(scores), 2)
        if scores and enrolment.state != EnrolmentState.WITHDRAWN
        else None
    )
    return enrolment, way
