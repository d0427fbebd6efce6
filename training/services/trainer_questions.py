"""Questions to the trainer: asked at a lesson, answered to the asker or to all who take the course."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import Enrolment, Lesson, LessonQuestion, QuestionState
from training.notice_kinds.trainer_questions import ANSWERED, ASKED
from training.selectors.courses import trainers_of
from training.services.learning import locked_enrolment

MOST_OPEN = 10
"""Of one person at one course: who has more to ask calls."""


class AskingError(DomainError):
    """A question that cannot be asked or answered now."""


def ask(enrolment: Enrolment, lesson: Lesson, text: str) -> LessonQuestion:
    """Ask the trainer; the same words again while they are open are the same question. AskingError says why not."""
    text = text.strip()[:2_000]
    if not text:
        raise AskingError(_("Write what you would like to know."))
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        open_ones = LessonQuestion.objects.filter(enrolment=enrolment, state=QuestionState.OPEN)
        same = open_ones.filter(lesson_key=lesson.key, text=text).first()
        if same is not None:
            return same
        if open_ones.count() >= MOST_OPEN:
            raise AskingError(_("Some of your questions are not answered yet: please wait for these."))
        question = LessonQuestion.objects.create(
            course_id=enrolment.course_id,
            lesson=lesson,
            lesson_key=lesson.key,
            enrolment=enrolment,
            member_id=enrolment.member_id,
            partner_id=enrolment.partner_id,
            text=text,
        )
        tell(
            trainers_of(enrolment.course),
            ASKED,
            key=f"lesson-question-{question.pk}",
            facts={
                "question": question.pk,
                "text": text[:300],
                "lesson": lesson.titles,
                "name": enrolment.member.name,
            },
        )
        return question


@transaction.atomic
def answer(
    question: LessonQuestion, *, text: str, is_public: bool, shown_text: str | None = None, by: Membership
) -> LessonQuestion:
    """Answer it, or mend the answer; its asker is told, once for each answer. shown_text: the question as others read it,
    as it was asked where nothing is said. AskingError where another has answered since it was read, or others would read no
    question.
    """
    read_at = question.answered_at
    question = _locked(question)
    if question.answered_at != read_at:
        raise AskingError(_("Somebody else has answered it meanwhile: see what was said."))
    if not text.strip():
        raise AskingError(_("Write an answer."))
    shown = (question.text if shown_text is None else shown_text).strip()
    if is_public and not shown:
        raise AskingError(_("Write the question as all may read it."))
    is_new = text.strip() != question.answer
    question.answer, question.is_public, question.shown_text = text.strip(), is_public, shown
    question.state, question.answered_by, question.answered_at = QuestionState.ANSWERED, by, timezone.now()
    question.save(update_fields=["answer", "is_public", "shown_text", "state", "answered_by", "answered_at"])
    if is_new:
        tell(
            Membership.objects.filter(pk=question.member_id),
            ANSWERED,
            key=f"lesson-answer-{question.pk}-{int(question.answered_at.timestamp() * 1000)}",
            facts={
                "question": question.pk,
                "enrolment": question.enrolment_id,
                "lesson": question.lesson.titles,
                "asked": question.text[:300],
                "answer": question.answer,
                "name": by.name,
            },
        )
    return question


@transaction.atomic
def close(question: LessonQuestion) -> LessonQuestion:
    """Close an open question without an answer: it was asked twice, or answered by telephone."""
    question = _locked(question)
    if question.state != QuestionState.OPEN:
        raise AskingError(_("Only an open question can be closed."))
    question.state = QuestionState.CLOSED
    question.save(update_fields=["state"])
    return question


@transaction.atomic
def open_again(question: LessonQuestion) -> LessonQuestion:
    """Open a question again that was closed without an answer."""
    question = _locked(question)
    if question.state != QuestionState.CLOSED:
        raise AskingError(_("Only a question that was closed can be opened again."))
    question.state = QuestionState.OPEN
    question.save(update_fields=["state"])
    return question


def _locked(question: LessonQuestion) -> LessonQuestion:
    rows = LessonQuestion.objects.select_related("lesson").select_for_update(no_key=True, of=("self",))
    return rows.get(pk=question.pk)
