"""Question banks written: questions kept, copied and taken out, files read in, and the rules of a quiz."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.errors import DomainError
from tenancy.files import clean_name, stored_name
from training import grading
from training.models import AttemptQuestion, Question, QuestionBank, Quiz, QuizPart
from training.question_files import Found
from training.services.content import locked_draft

FOLDER = "questions"
MOST_IN_BANK = 20_000
MOST_PARTS = 20
"""So many parts has a quiz."""


class QuestionError(DomainError):
    """A question that cannot be kept as it is."""


@transaction.atomic
def save_question(question: Question, *, picture: Any = None) -> Question:
    """Keep a question with its picture: a new upload, None to leave what is there, False to take it out.

    Once it has been asked, what its answers are worth stays: then the changed question is a new one in its place, and the old
    one is drawn no more. Returns the row that holds it.
    """
    if picture is not None:
        question.picture = ""
        if picture:
            name = clean_name(picture.name or "")
            question.picture.save(stored_name(question.manufacturer_id, FOLDER, name), picture, save=False)
    wrong = grading.faults(
        question.kind, question.texts, question.options, question.solution, has_picture=bool(question.picture)
    )
    if wrong:
        raise QuestionError(_("This question is not complete: %(fault)s.") % {"fault": wrong[0]})
    if question._state.adding:
        question.save()
        return question
    old = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if _marking(old) == _marking(question) or not AttemptQuestion.objects.filter(question=old).exists():
        question.save()
        return question
    Question.objects.filter(pk=old.pk).update(is_retired=True, updated_at=timezone.now())
    return _as_new(question)


@transaction.atomic
def copy_question(question: Question) -> Question:
    """The same question once more, with keys of its own, to be changed."""
    keys = {each["key"]: grading.new_key() for each in question.options}
    question.options = [each | {"key": keys[each["key"]]} for each in question.options]
    solution = question.solution
    if "keys" in solution:
        question.solution = {"keys": [keys[key] for key in solution["keys"]]}
    elif "pairs" in solution:
        question.solution = {"pairs": {keys[one]: keys[other] for one, other in solution["pairs"].items()}}
    if question.picture:
        with question.picture.open("rb") as file:
            content = ContentFile(file.read())
        name = stored_name(question.manufacturer_id, FOLDER, str(question.picture.name).rpartition("/")[2])
        question.picture = ""
        question.picture.save(name, content, save=False)
    question.is_retired = False
    return _as_new(question)


def _marking(question: Question) -> tuple[Any, ...]:
    """What decides what an answer is worth: an answered question keeps it."""
    offered = {(each["key"], each.get("side")) for each in question.options}
    return (
        question.kind, offered, question.solution, question.points, question.gives_part, question.picture.name or ""
    )  # fmt: skip


def _as_new(question: Question) -> Question:
    question.pk = None
    question._state.adding = True
    question.created_at = timezone.now()
    question.save(force_insert=True)
    return question


def set_retired(question: Question, *, is_retired: bool) -> None:
    """Take a question out of what quizzes draw, or bring it back. Attempts that hold it are marked all the same."""
    question.is_retired = is_retired
    question.save(update_fields=["is_retired", "updated_at"])


def there_already(bank: QuestionBank, language: str) -> set[tuple[str, str]]:
    """Kind and text of the questions that a bank has in a language."""
    rows = Question.objects.filter(bank=bank, is_retired=False).values_list("kind", f"texts__{language}")
    return {(kind, grading.plain(text)) for kind, text in rows if text}


@transaction.atomic
def keep_found(bank: QuestionBank, found: Sequence[Found], language: str) -> int:
    """Put the questions of a file into a bank, in one language; those that it has already are left out. How many were new.

    Twice the same file, or two at once, brings each question once.
    """
    bank = QuestionBank.objects.select_for_update(no_key=True, of=("self",)).get(pk=bank.pk)
    known = there_already(bank, language)
    made = []
    for each in found:
        mark = (each.kind, grading.plain(each.text))
        if mark in known:
            continue
        known.add(mark)
        made.append(
            Question(
                bank=bank,
                kind=each.kind,
                texts={language: each.text},
                options=[
                    {name: value for name, value in option.items() if name != "text"}
                    | {"texts": {language: option["text"]}}
                    for option in each.options
                ],
                solution=each.solution,
                feedback={language: each.feedback} if each.feedback else {},
                tags=each.tags,
                difficulty=each.difficulty,
                points=each.points,
                gives_part=each.gives_part,
            )
        )
    if bank.questions.count() + len(made) > MOST_IN_BANK:
        raise QuestionError(_("A bank holds at most %(most)s questions: make another one.") % {"most": MOST_IN_BANK})
    Question.objects.bulk_create(made, batch_size=500)
    return len(made)


@transaction.atomic
def save_quiz(quiz: Quiz, parts: Sequence[QuizPart]) -> Quiz:
    """Keep the rules of a quiz and what it draws, in this order; CourseError once its version is out."""
    locked_draft(quiz.lesson.version_id)
    quiz.save()
    quiz.parts.all().delete()
    for place, part in enumerate(parts):
        part.pk, part.quiz, part.order = None, quiz, place
        part._state.adding = True
    QuizPart.objects.bulk_create(parts)
    return quiz


@transaction.atomic
def draw_from(quiz: Quiz, bank: QuestionBank) -> QuizPart:
    """Have a quiz draw from a bank too, after what it draws already; CourseError once its version is out."""
    locked_draft(quiz.lesson.version_id)
    there = quiz.parts.count()
    if there >= MOST_PARTS:
        raise QuestionError(_("A quiz has at most %(most)s parts: take one out first.") % {"most": MOST_PARTS})
    return QuizPart.objects.create(quiz=quiz, bank=bank, order=there)
