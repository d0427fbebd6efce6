"""Quizzes taken: drawn, answered question by question, submitted and marked once. The only writer of attempts."""

import datetime as dt
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg2.extras import Json

from pages import formats
from tenancy.errors import DomainError
from tenancy.rls import house_scope
from training.grading import read_answer, share, shown
from training.models import (
    Attempt,
    AttemptQuestion,
    Enrolment,
    EnrolmentState,
    Lesson,
    Question,
    Quiz,
    QuizPart,
)
from training.services.learning import end, finish_lesson, locked_enrolment, open_lesson

logger = logging.getLogger(__name__)

GRACE = dt.timedelta(seconds=10)
"""After the end an answer that was on its way still counts."""
# The attempt is held while an answer is kept, so that none slips in between the marks and the end: it counts or is refused.
KEEP = """
    WITH open AS (
        SELECT a.id, q.id AS row FROM training_attempt a JOIN training_attemptquestion q ON q.attempt_id = a.id
        WHERE q.id = %(row)s AND a.submitted_at IS NULL AND (a.ends_at IS NULL OR a.ends_at > %(late)s)
        FOR KEY SHARE OF a
    )
    UPDATE training_attemptquestion q SET given = %(given)s, saved_at = %(now)s FROM open WHERE q.id = open.row
"""
CENT = Decimal("0.01")
BATCH = 500


class QuizError(DomainError):
    """Something that a quiz does not allow now."""


@dataclass(frozen=True)
class Standing:
    """Where somebody stands with a quiz. left: attempts that are left, None for as many as one likes. opens_at: when the
    next may begin, None for now. running: the open attempt.
    """

    running: Attempt | None
    last: Attempt | None
    best: Decimal | None
    is_passed: bool
    left: int | None
    opens_at: dt.datetime | None

    @property
    def may_start(self) -> bool:
        return self.running is None and self.left != 0 and self.opens_at is None


def standing(quiz: Quiz, enrolment: Enrolment) -> Standing:
    """Where the person of an enrolment stands with a quiz. One query."""
    attempts = list(Attempt.objects.filter(quiz=quiz, enrolment=enrolment).order_by("number"))
    done = [each for each in attempts if each.submitted_at is not None]
    running = next((each for each in attempts if each.submitted_at is None), None)
    last = done[-1] if done else None
    opens_at = None
    if last is not None and last.submitted_at is not None and not last.is_passed and quiz.wait_hours:
        opens_at = last.submitted_at + dt.timedelta(hours=quiz.wait_hours)
    return Standing(
        running=running,
        last=last,
        best=max((each.score for each in done if each.score is not None), default=None),
        is_passed=any(each.is_passed for each in done),
        left=max(0, quiz.attempts - len(attempts)) if quiz.attempts else None,
        opens_at=opens_at if opens_at is not None and opens_at > timezone.now() else None,
    )


def start(enrolment: Enrolment, lesson: Lesson) -> Attempt:
    """The open attempt at a quiz, or a new one with its questions drawn. QuizError says why there can be none."""
    open_lesson(enrolment, lesson)
    quiz = lesson.quiz
    over = Attempt.objects.filter(quiz=quiz, enrolment=enrolment, submitted_at=None).first()
    if over is not None and _is_over(over):
        submit(over)  # by itself: what is said below does not take it back
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        if not enrolment.is_open:
            raise QuizError(_("This course has ended: its quizzes are not taken any more."))
        where = standing(quiz, enrolment)
        if where.running is not None:
            return where.running
        if where.left == 0:
            raise QuizError(_("No attempt is left."))
        if where.opens_at is not None:
            raise QuizError(
                _("The next attempt opens on %(when)s.")
                % {"when": formats.date_time(where.opens_at, get_language(), timezone.get_current_timezone())}
            )
        return _drawn(quiz, enrolment)


def _drawn(quiz: Quiz, enrolment: Enrolment) -> Attempt:
    draw = random.SystemRandom()
    chosen = draw_questions(quiz.parts.all(), draw)
    if not chosen:
        raise QuizError(_("This quiz has no questions at present: please tell your trainer."))
    if quiz.is_shuffled:
        draw.shuffle(chosen)
    now = timezone.now()
    attempt = Attempt.objects.create(
        quiz=quiz,
        enrolment=enrolment,
        partner_id=enrolment.partner_id,
        number=Attempt.objects.filter(quiz=quiz, enrolment=enrolment).count() + 1,
        started_at=now,
        ends_at=now + dt.timedelta(minutes=quiz.minutes) if quiz.minutes else None,
    )
    AttemptQuestion.objects.bulk_create(
        [
            AttemptQuestion(
                attempt=attempt,
                partner_id=enrolment.partner_id,
                question=each,
                order=place,
                shown=as_shown(each, is_shuffled=quiz.is_shuffled, draw=draw),
                most=each.points,
            )
            for place, each in enumerate(chosen)
        ]
    )
    return attempt


def as_shown(question: Question, *, is_shuffled: bool, draw: random.Random | None = None) -> dict[str, Any]:
    """A question as an attempt keeps it: what a learner sees, and nothing of what is right."""
    visible = shown(
        question.kind,
        question.texts,
        question.options,
        is_shuffled=is_shuffled,
        draw=draw or random.SystemRandom(),
    )
    return visible | ({"picture": True} if question.picture else {})


def draw_questions(parts: Sequence[QuizPart] | Any, draw: random.Random) -> list[Question]:
    """Questions at random for each part of a quiz, none twice; where a bank holds too few, those there are."""
    chosen: dict[int, Question] = {}
    for part in parts:
        fitting = list(questions_for(part).exclude(pk__in=chosen).values_list("pk", flat=True))
        drawn = draw.sample(fitting, min(part.count, len(fitting)))
        chosen |= Question.objects.in_bulk(drawn)
    return list(chosen.values())


def questions_for(part: QuizPart) -> Any:
    """What a part of a quiz may draw."""
    found = Question.objects.filter(
        bank=part.bank_id, is_retired=False, difficulty__gte=part.easiest, difficulty__lte=part.hardest
    )
    return found.filter(tags__contains=[part.tag]) if part.tag else found


def save_answer(attempt: Attempt, order: int, given: Any) -> dt.datetime:
    """Keep the answer to a question of an open attempt, over the one before; when it was kept. QuizError where the time is
    over, the attempt is submitted, or this is no answer to the question.
    """
    row = AttemptQuestion.objects.filter(attempt=attempt, order=order).only("pk", "shown").first()
    if row is None:
        raise QuizError(_("This question is not part of the attempt."))
    return keep_answer(row, given)


def keep_answer(row: AttemptQuestion, given: Any) -> dt.datetime:
    """As `save_answer`, for a question of somebody's attempt that was read already. One statement."""
    try:
        answer = read_answer(row.shown, given)
    except ValueError:
        raise QuizError(_("This is no answer to the question: choose or write again.")) from None
    now = timezone.now()
    told: dict[str, Any] = {"row": row.pk, "given": None if answer is None else Json(answer), "now": now}
    with house_scope(), connection.cursor() as cursor:
        cursor.execute(KEEP, told | {"late": now - GRACE})
        kept = cursor.rowcount
    if not kept:
        raise QuizError(_("The time is over, or the attempt is submitted: what was kept until then counts."))
    return now


def hold(attempt: Attempt) -> None:
    """Let nobody else answer or submit an attempt until this transaction ends. Who keeps several answers and then submits
    holds it first: two that had each kept one would else wait for each other.
    """
    with house_scope():
        locked_enrolment(attempt.enrolment_id)
        Attempt.objects.select_for_update().get(pk=attempt.pk)


def submit(attempt: Attempt) -> Attempt:
    """Mark an attempt, once: a second call changes nothing. Passed, its lesson is done; failed with no attempt left, the
    course has failed. One of a version that the learner has left is marked, and changes nothing else.
    """
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(attempt.enrolment_id)
        rows = Attempt.objects.select_related("quiz__lesson__module").select_for_update(of=("self",))
        attempt = rows.get(pk=attempt.pk)
        if attempt.submitted_at is not None:
            return attempt
        questions = list(attempt.questions.select_related("question"))
        for each in questions:
            worth = share(each.question.kind, each.question.solution, each.given, gives_part=each.question.gives_part)
            each.points = (Decimal(worth) * each.most).quantize(CENT, ROUND_HALF_UP)
        AttemptQuestion.objects.bulk_update(questions, ["points"])
        reached = sum((each.points or Decimal(0) for each in questions), Decimal(0))
        most = sum((each.most for each in questions), Decimal(0))
        attempt.score = (100 * reached / most).quantize(CENT, ROUND_HALF_UP)
        attempt.is_passed = attempt.score >= attempt.quiz.pass_mark
        attempt.submitted_at = timezone.now()
        attempt.save(update_fields=["score", "is_passed", "submitted_at"])
        lesson = attempt.quiz.lesson
        if lesson.version_id != enrolment.version_id or not enrolment.is_open:
            return attempt
        where = standing(attempt.quiz, enrolment)
        if attempt.is_passed:
            finish_lesson(enrolment, lesson, score=attempt.score)
        elif lesson.is_required and where.left == 0 and not where.is_passed:
            end(
                enrolment,
                EnrolmentState.FAILED,
                score=attempt.score,
                reason=_("No attempt is left at “%(quiz)s”.") % {"quiz": lesson},
            )
        return attempt


def submit_late(now: dt.datetime) -> int:
    """Submit the attempts whose time is over, as they are; how many. Safe to run again and beside itself; one that cannot
    be submitted is logged and keeps no other from it.
    """
    late = Attempt.objects.filter(submitted_at=None, ends_at__lt=now - GRACE).order_by("pk")
    done = 0
    for attempt in late[:BATCH]:
        try:
            with transaction.atomic():
                submit(attempt)
        except Exception:
            logger.exception("Attempt %s could not be submitted.", attempt.pk)
        else:
            done += 1
    return done


def missing_in(lesson: Lesson) -> list[str]:
    """What a quiz lesson lacks before it can go out."""
    quiz = Quiz.objects.filter(lesson=lesson).first()
    parts = list(quiz.parts.select_related("bank")) if quiz is not None else []
    if not parts:
        return [_("say which questions it draws.")]
    return [
        _("“%(bank)s” has %(found)s questions for a part that draws %(count)s.")
        % {"bank": part.bank, "found": found, "count": part.count}
        for part in parts
        if (found := questions_for(part).count()) < part.count
    ]


def make_quiz(lesson: Lesson) -> None:
    """The rules of a new quiz lesson, as they mostly are."""
    Quiz.objects.create(lesson=lesson)


def copy_quiz(old: Lesson, new: Lesson) -> None:
    """Take the rules of a quiz into a new version of its lesson."""
    quiz = Quiz.objects.filter(lesson=old).first()
    if quiz is None:
        return
    parts = list(quiz.parts.all())
    quiz.pk, quiz.lesson = None, new
    quiz._state.adding = True
    quiz.save(force_insert=True)
    for part in parts:
        part.pk, part.quiz = None, quiz
        part._state.adding = True
    QuizPart.objects.bulk_create(parts)


def _is_over(attempt: Attempt) -> bool:
    return attempt.ends_at is not None and attempt.ends_at < timezone.now() - GRACE
