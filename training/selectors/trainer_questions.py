"""Questions to the trainer as staff see them, and as learners read them under a lesson."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, When

from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import Enrolment, Lesson, LessonQuestion, QuestionState
from training.selectors.courses import seen_enrolments

UNDER_A_LESSON, OF_A_COURSE = 20, 200


def questions_for(member: Membership) -> QuerySet[LessonQuestion]:
    """The questions of people whose learning a member of the staff sees; `stand` is 0 for those that are open."""
    rows = LessonQuestion.objects.filter(enrolment__in=seen_enrolments(member))
    rows = rows.select_related("course", "lesson", "member", "partner", "answered_by")
    return rows.annotate(stand=Case(When(state=QuestionState.OPEN, then=0), default=1, output_field=IntegerField()))


@dataclass(frozen=True)
class Talk:
    """A question as somebody reads it under a lesson. asker: only of one's own company; others' are without a name."""

    text: str
    lesson: Lesson
    asked_at: dt.datetime
    asker: str
    is_own: bool
    answer: str
    answered_by: str
    answered_at: dt.datetime | None
    is_public: bool
    is_closed: bool


def talks_of(enrolment: Enrolment, *, lesson: Lesson | None = None, words: str = "") -> list[Talk]:
    """What the person of an enrolment may read: the own questions, and what is answered to all who take the course, the
    latest first; narrowed to a lesson, and to those with all these words. Two queries.
    """
    own = Q(member=enrolment.member_id)
    public = Q(is_public=True, state=QuestionState.ANSWERED)
    with house_scope():
        rows = LessonQuestion.objects.filter(own | public, course=enrolment.course_id)
        if lesson is not None:
            rows = rows.filter(lesson_key=lesson.key)
        for word in words.split()[:10]:
            # What others may not read of a question is not to be found by it either.
            mine = own & (Q(text__icontains=word) | Q(answer__icontains=word))
            shown = Q(shown_text="", text__icontains=word) | Q(shown_text__icontains=word) | Q(answer__icontains=word)
            rows = rows.filter(mine | (public & shown))
        rows = rows.select_related("lesson", "member", "answered_by").order_by("-asked_at", "-pk")
        return [_talk(each, enrolment) for each in rows[: UNDER_A_LESSON if lesson else OF_A_COURSE]]


def _talk(row: LessonQuestion, reader: Enrolment) -> Talk:
    is_own = row.member_id == reader.member_id
    is_ours = row.partner_id == reader.partner_id
    return Talk(
        text=row.text if is_own else row.shown_text or row.text,
        lesson=row.lesson,
        asked_at=row.asked_at,
        asker=row.member.name if is_ours else "",
        is_own=is_own,
        answer=row.answer,
        answered_by=row.answered_by.name if row.answered_by else "",
        answered_at=row.answered_at,
        is_public=row.is_public,
        is_closed=row.state == QuestionState.CLOSED,
    )
