"""Question banks, the quizzes that draw from them, and what learners answered."""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from prm_portal.demo_stories.quiz_texts import BANKS
from tenancy.models import Membership
from training.grading import new_key, share
from training.models import (
    Attempt,
    AttemptQuestion,
    CourseVersion,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonKind,
    LessonProgress,
    Question,
    QuestionBank,
    Quiz,
    QuizPart,
)
from training.services.quizzes import as_shown

PASS_MARK, MOST_TRIES, LEFT_OUT = 70, 4, 1
CENT = Decimal("0.01")


def add_quiz(version: CourseVersion, trainer: Membership) -> None:
    """Where the story has questions for a course, its bank and a quiz at the end of the first module."""
    told = BANKS.get(version.course.code)
    if told is None:
        return
    bank = QuestionBank.objects.create(name=told["name"], owner=trainer)
    Question.objects.bulk_create([_question(bank, each) for each in told["questions"]])
    module = version.modules.all()[0]
    lesson = Lesson.objects.create(
        version=version,
        module=module,
        kind=LessonKind.QUIZ,
        titles=told["title"],
        minutes=5,
        order=module.lessons.count(),
    )
    quiz = Quiz.objects.create(lesson=lesson, pass_mark=PASS_MARK, minutes=10)
    QuizPart.objects.create(quiz=quiz, bank=bank, count=len(told["questions"]) - LEFT_OUT)


def _question(bank: QuestionBank, told: Mapping[str, Any]) -> Question:
    options: list[dict[str, Any]] = [{"key": new_key(), "texts": texts} for texts in told.get("options", [])]
    solution = told.get("solution") or {"keys": [each["key"] for each in options[: told.get("right", 0)]]}
    if pairs := told.get("pairs"):
        left, right = (
            [{"key": new_key(), "texts": pair[place], "side": side} for pair in pairs]
            for place, side in enumerate(("left", "right"))
        )
        options = left + right
        solution = {"pairs": {one["key"]: other["key"] for one, other in zip(left, right, strict=True)}}
    return Question(
        bank=bank,
        kind=told["kind"],
        texts=told["texts"],
        options=options,
        solution=solution,
        feedback=told["feedback"],
        tags=told["tags"],
        difficulty=told["difficulty"],
    )


def tell_attempts() -> None:
    """Attempts of who has done a quiz, the last of them passed, and one failed of who stands before it."""
    bad = {
        text
        for bank in BANKS.values()
        for each in bank["questions"]
        if each.get("is_bad")
        for text in each["texts"].values()
    }
    draw = Random(2026)  # noqa: S311 (a story, not a secret)
    rows = LessonProgress.objects.filter(lesson__kind=LessonKind.QUIZ).select_related("enrolment", "lesson__quiz")
    banks: dict[int, list[Question]] = {}
    attempts: list[Attempt] = []
    answers: list[AttemptQuestion] = []
    for progress in (done := list(rows.order_by("pk"))):
        quiz = progress.lesson.quiz
        if quiz.pk not in banks:
            bank = quiz.parts.all()[0].bank
            banks[quiz.pk] = list(bank.questions.order_by("pk"))
        skill, is_done = draw.uniform(0.35, 0.95), progress.done_at is not None
        for number in range(1, MOST_TRIES + 1):
            skill = 0.97 if number == MOST_TRIES else skill
            attempt, given = _attempt(progress, number, skill, banks[quiz.pk], bad, draw)
            if attempt.is_passed and not is_done:
                break
            attempts.append(attempt)
            answers += given
            if attempt.is_passed or not is_done:
                break
        if is_done:
            _pass(attempts[-1], answers[-(len(banks[quiz.pk]) - LEFT_OUT) :])
            progress.score = progress.enrolment.score = attempts[-1].score
    Attempt.objects.bulk_create(attempts)
    AttemptQuestion.objects.bulk_create(answers)
    LessonProgress.objects.bulk_update(done, ["score"])
    passed = [each.enrolment for each in done if each.enrolment.state == EnrolmentState.PASSED]
    Enrolment.objects.bulk_update(passed, ["score"])


def _attempt(
    progress: LessonProgress, number: int, skill: float, bank: list[Question], bad: set[str], draw: Random
) -> tuple[Attempt, list[AttemptQuestion]]:
    began = progress.started_at + dt.timedelta(minutes=12 * (number - 1))
    attempt = Attempt(
        quiz=progress.lesson.quiz,
        enrolment=progress.enrolment,
        partner_id=progress.partner_id,
        number=number,
        started_at=began,
        submitted_at=began + dt.timedelta(minutes=6),
    )
    rows = []
    for order, question in enumerate(draw.sample(bank, len(bank) - LEFT_OUT)):
        chance = skill + 0.08 * (3 - question.difficulty)
        if not bad.isdisjoint(question.texts.values()):
            chance = 1 - skill
        given = _right(question) if draw.random() < chance else _wrong(question, draw)
        rows.append(
            AttemptQuestion(
                attempt=attempt,
                partner_id=progress.partner_id,
                question=question,
                order=order,
                shown=as_shown(question, is_shuffled=True, draw=draw),
                given=given,
                saved_at=began + dt.timedelta(seconds=40 * (order + 1)),
                most=question.points,
            )
        )
    _mark(attempt, rows)
    return attempt, rows


def _mark(attempt: Attempt, rows: list[AttemptQuestion]) -> None:
    for each in rows:
        worth = share(each.question.kind, each.question.solution, each.given, gives_part=each.question.gives_part)
        each.points = (Decimal(worth) * each.most).quantize(CENT, ROUND_HALF_UP)
    reached = sum((each.points or Decimal(0) for each in rows), Decimal(0))
    attempt.score = (100 * reached / sum(each.most for each in rows)).quantize(CENT, ROUND_HALF_UP)
    attempt.is_passed = attempt.score >= PASS_MARK


def _pass(attempt: Attempt, rows: list[AttemptQuestion]) -> None:
    """Who has done the lesson has passed: the last attempt got right what it had to."""
    for each in rows:
        if not attempt.is_passed:
            each.given = _right(each.question)
            _mark(attempt, rows)


def _right(question: Question) -> Any:
    solution = question.solution
    if question.kind == "single":
        return solution["keys"][0]
    if question.kind == "number":
        return float(solution["ranges"][0][0])
    if question.kind == "multiple":
        return sorted(solution["keys"])
    return next(iter(solution.values()))


def _wrong(question: Question, draw: Random) -> Any:
    """A wrong answer, the likelier ones more often."""
    solution = question.solution
    if question.kind == "true":
        return not solution["is_true"]
    if question.kind == "number":
        return float(solution["ranges"][0][0]) + draw.choice((-1, 1, 2, 2))
    if question.kind == "match":
        left, right = list(solution["pairs"]), list(solution["pairs"].values())
        return dict(zip(left, [right[1], right[0], *right[2:]], strict=True))
    if question.kind == "order":
        keys = list(solution["keys"])
        place = draw.randrange(len(keys) - 1)
        keys[place], keys[place + 1] = keys[place + 1], keys[place]
        return keys
    wrong = [each["key"] for each in question.options if each["key"] not in solution["keys"]]
    if question.kind == "multiple":
        return sorted([*solution["keys"][:1], *wrong])
    return draw.choices(wrong, [6, 2, 1][: len(wrong)])[0]
