"""A whole network answers a quiz at once: gunicorn's workers serve, each person is signed in and answers one question of an
attempt of its own. How many answers a second were kept, whether each is there, and whether it is the one that was given.

Attempts and sessions are made beforehand and removed afterwards; what sends costs little, as in `bench.leads_intake`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.utils import timezone

from bench.harness import Measure, report
from bench.leads_intake import HOST, processor_seconds, send, server
from bench.network import manufacturers
from tenancy.models import Manufacturer, Membership, User
from tenancy.rls import as_owner, staff_scope
from training.grading import new_key
from training.models import (
    Attempt,
    AttemptQuestion,
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonKind,
    Question,
    QuestionBank,
    QuizPart,
)
from training.services import content, courses
from training.services.quizzes import as_shown

A_SECOND = 70
KEPT = 200
WARM = 40
QUESTIONS, OPTIONS, AT_ONCE = 5, 4, 2_000
CODE = "bench-quiz"

OF_COURSE = "SELECT enrolment.id FROM training_enrolment enrolment JOIN training_course course ON course.id = course_id"
CLEAR = [
    (
        f"DELETE FROM training_attemptquestion USING training_attempt attempt WHERE attempt.id = attempt_id"
        f" AND enrolment_id IN ({OF_COURSE} WHERE code = %(code)s)"
    ),
    f"DELETE FROM training_attempt WHERE enrolment_id IN ({OF_COURSE} WHERE code = %(code)s)",
    "DELETE FROM training_enrolment USING training_course course WHERE course.id = course_id AND code = %(code)s",
]


@dataclass(frozen=True)
class Asked:
    """Whose answer to which question, and what is answered."""

    user: int
    enrolment: int
    attempt: int
    row: int
    order: int
    given: str


def course() -> tuple[CourseVersion, Lesson, list[Question]]:
    """A course that is out, of one quiz."""
    bank = QuestionBank.objects.create(name=CODE)
    questions = []
    for number in range(QUESTIONS):
        options = [{"key": new_key(), "texts": {"en": f"Answer {place}"}} for place in range(OPTIONS)]
        solution = {"keys": [options[0]["key"]]}
        questions.append(Question(bank=bank, texts={"en": f"Question {number}?"}, options=options, solution=solution))
    Question.objects.bulk_create(questions)
    made = courses.create_course(Course(code=CODE, titles={"en": "Bench"}))
    version = made.versions.get()
    lesson = Lesson(version=version, module=version.modules.get(), kind=LessonKind.QUIZ, titles={"en": "Quiz"})
    content.save_lesson(lesson)
    QuizPart.objects.create(quiz=lesson.quiz, bank=bank, count=QUESTIONS)
    by = Membership.objects.filter(partner=None).order_by("pk")[0]
    return courses.publish(made, by=by), lesson, questions


def attempts(people: Sequence[Membership]) -> list[Asked]:
    """An open attempt for each person, and what it will answer: one question, one of its options by chance."""
    version, lesson, questions = course()
    draw = random.Random(7)
    now = timezone.now()
    asked = []
    for start in range(0, len(people), AT_ONCE):
        part = people[start : start + AT_ONCE]
        enrolments = Enrolment.objects.bulk_create(
            [
                Enrolment(
                    course_id=version.course_id, version=version, partner_id=each.partner_id, member=each,
                    state=EnrolmentState.STARTED, started_at=now, seen_at=now,
                )
                for each in part
            ]
        )  # fmt: skip
        made = Attempt.objects.bulk_create(
            [Attempt(quiz=lesson.quiz, enrolment=each, partner_id=each.partner_id, number=1) for each in enrolments]
        )
        rows = AttemptQuestion.objects.bulk_create(
            [
                AttemptQuestion(
                    attempt=attempt, partner_id=attempt.partner_id, question=question, order=order,
                    shown=as_shown(question, is_shuffled=True, draw=draw), most=question.points,
                )
                for attempt in made
                for order, question in enumerate(questions)
            ]
        )  # fmt: skip
        for place, (person, enrolment, attempt) in enumerate(zip(part, enrolments, made, strict=True)):
            order = draw.randrange(QUESTIONS)
            row = rows[place * QUESTIONS + order]
            given = draw.choice(row.shown["options"])["key"]
            asked.append(Asked(person.user_id, enrolment.pk, attempt.pk, row.pk, order, given))
    return asked


def sessions(asked: Sequence[Asked]) -> list[str]:
    """A signed-in session for each, as `login` leaves it."""
    users = User.objects.in_bulk({each.user for each in asked})
    store, ends = SessionStore(), timezone.now() + dt.timedelta(days=1)
    keys = []
    rows = []
    for each in asked:
        user = users[each.user]
        key = secrets.token_hex(16)
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        rows.append(Session(session_key=key, session_data=store.encode(data), expire_date=ends))
        keys.append(key)
    Session.objects.bulk_create(rows, batch_size=AT_ONCE)
    return keys


def requests(manufacturer: Manufacturer, asked: Sequence[Asked], keys: Sequence[str]) -> list[bytes]:
    """Whole requests, as `quiz.js` sends them."""
    made = []
    for each, key in zip(asked, keys, strict=True):
        secret = _get_new_csrf_string()
        path = f"/{manufacturer.slug}/portal/learning/{each.enrolment}/attempts/{each.attempt}/answers/{each.order}/"
        body = urlencode({"csrfmiddlewaretoken": secret, f"q{each.order}": each.given}).encode()
        cookies = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={secret}"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nX-Forwarded-For: 10.0.0.1\r\n"
            f"X-Forwarded-Proto: https\r\nCookie: {cookies}\r\nAccept: application/json\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def clear(manufacturer: Manufacturer) -> None:
    """Take out what was made here."""
    with as_owner(), connection.cursor() as cursor:
        for statement in CLEAR:
            cursor.execute(statement, {"code": CODE})
    with staff_scope(manufacturer.pk):
        Course.objects.filter(code=CODE).delete()
        Question.objects.filter(bank__name=CODE).delete()
        QuestionBank.objects.filter(name=CODE).delete()


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Send them all, and count what is there."""
    parser = argparse.ArgumentParser(prog="bench.quiz_answers", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--at-once", type=int, default=8)
    options = parser.parse_args(argv)
    largest = manufacturers().order_by("pk").first()
    assert largest is not None, "Build the network first."
    cache.clear()
    clear(largest)
    with staff_scope(largest.pk):
        rows = Membership.objects.filter(partner__stage="active").order_by("pk")
        people = list(rows[: options.people + WARM])
        assert len(people) > WARM, "Nobody there can answer."
        asked = attempts(people)
    keys = sessions(asked)
    sent = requests(largest, asked, keys)
    of_workers = processor_seconds()
    with server() as port, ThreadPoolExecutor(options.at_once) as senders:
        list(senders.map(lambda request: send(port, request), sent[:WARM]))
        started = time.perf_counter()
        answers = Counter(senders.map(lambda request: send(port, request), sent[WARM:]))
        seconds = time.perf_counter() - started
    of_workers = processor_seconds() - of_workers
    with staff_scope(largest.pk):
        kept = dict(
            AttemptQuestion.objects.filter(given__isnull=False, attempt__quiz__lesson__version__course__code=CODE)
            .values_list("pk", "given")
        )  # fmt: skip
    clear(largest)
    Session.objects.filter(session_key__in=keys).delete()
    count = len(asked) - WARM
    lost = sum(kept.get(each.row) != each.given for each in asked)
    more = len(kept) - (len(asked) - lost)
    is_faulty = lost or more or set(answers) != {KEPT}
    fault = f"{lost} lost, {more} that nobody gave: {dict(answers)}" if is_faulty else ""
    notes = {
        "people": f"{count:,}",
        "kept": f"{len(kept) - WARM:,}",
        "at once": options.at_once,
        "a second": f"{count / seconds:.0f}",
        "20,000 take": f"{20_000 * seconds / count:.0f} s",
        "of the workers, their start included": f"{1000 * of_workers / count:.1f} ms of a processor each",
    }
    return report([Measure("an answer to a question of a quiz", seconds / count, 1 / A_SECOND, 1.0, notes, fault)])
