"""Surveys as lessons: written, filled in, sent once."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.errors import DomainError
from tenancy.rls import house_scope
from training.models import Enrolment, Lesson, Survey, SurveyKind, SurveyQuestion, SurveyReply, SurveySheet
from training.models.surveys import CHOICES, SCALE
from training.services.content import locked_draft
from training.services.learning import finish_lesson, locked_enrolment, open_lesson

MOST_QUESTIONS, MOST_OPTIONS, LONGEST_ANSWER = 40, 20, 2_000


class SurveyError(DomainError):
    """Something that a survey does not allow now."""


@transaction.atomic
def save_survey(survey: Survey, questions: Sequence[SurveyQuestion], removed: Iterable[int] = ()) -> None:
    """Keep the rules of a survey and these questions in this order, without those that are removed. Questions that are in
    neither were asked by somebody else meanwhile and come behind; what somebody else has removed stays so.
    """
    locked_draft(survey.lesson.version_id)
    survey.questions.filter(pk__in=list(removed)).delete()
    there = {each.pk: each for each in survey.questions.all()}
    written = [each for each in questions if each.pk is None or each.pk in there]
    others = [each for pk, each in there.items() if pk not in {each.pk for each in written}]
    if len(written) + len(others) > MOST_QUESTIONS:
        raise SurveyError(_("A survey has at most %(most)s questions.") % {"most": MOST_QUESTIONS})
    survey.save()
    for place, each in enumerate([*written, *others]):
        each.survey, each.order = survey, place
        each.save()


def options_of(lines: Mapping[str, str], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Options as a question keeps them, from a line for each in each language; a blank line is an option without words in
    that language. An option keeps its key, and with it its answers, wherever it is moved; where none came or went, it may
    also be worded anew.
    """
    texts = {code: [line.strip() for line in text.splitlines()] for code, text in lines.items()}
    count = max((len(each) for each in texts.values()), default=0)
    rows = [
        {code: each[place][:300] for code, each in texts.items() if place < len(each) and each[place]}
        for place in range(count)
    ]
    rows = [words for words in rows if words][:MOST_OPTIONS]
    free = {each["key"]: each["texts"] for each in before}
    keys: list[str | None] = []
    for words in rows:
        alike = {key: sum(old.get(code) == word for code, word in words.items()) for key, old in free.items()}
        best = max(alike, key=lambda key: alike[key], default=None)
        keys.append(best if best is not None and alike[best] else None)
        free.pop(keys[-1] or "", None)
    found = []
    for place, words in enumerate(rows):
        at_place = before[place]["key"] if len(rows) == len(before) else None
        key = keys[place] or (at_place if at_place in free else None) or uuid.uuid4().hex[:12]
        found.append({"key": key, "texts": words})
    return found


def keep_sheet(enrolment: Enrolment, lesson: Lesson, answers: Mapping[str, Any]) -> SurveySheet:
    """Keep what is filled in so far, over what was; SurveyError once it is sent. What is no answer is left out."""
    open_lesson(enrolment, lesson)
    with transaction.atomic(), house_scope():
        sheet = _locked_sheet(enrolment, lesson)
        sheet.answers, _missing = read_answers(SurveyQuestion.objects.filter(survey__lesson=lesson), answers)
        sheet.saved_at = timezone.now()
        sheet.save(update_fields=["answers", "saved_at"])
        return sheet


def send_sheet(enrolment: Enrolment, lesson: Lesson, answers: Mapping[str, Any]) -> Enrolment:
    """Send it, once: the lesson is done. Without names nothing is kept that leads from the answers to who gave them.
    SurveyError where something that must be answered is not.
    """
    open_lesson(enrolment, lesson)
    with transaction.atomic(), house_scope():
        sheet = _locked_sheet(enrolment, lesson)
        given, missing = read_answers(SurveyQuestion.objects.filter(survey__lesson=lesson), answers)
        if missing:
            raise SurveyError(_("Please answer “%(question)s”.") % {"question": missing[0]})
        now = timezone.now()
        named = {} if lesson.survey.is_anonymous else {"enrolment": enrolment, "sent_at": now}
        SurveyReply.objects.create(course_id=enrolment.course_id, lesson_key=lesson.key, answers=given, **named)
        sheet.answers, sheet.sent_at, sheet.saved_at = {}, now, now
        sheet.save(update_fields=["answers", "sent_at", "saved_at"])
        return finish_lesson(enrolment, lesson)


def read_answers(
    questions: Iterable[SurveyQuestion], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[SurveyQuestion]]:
    """What of the given values (by the keys of questions) are answers, and the questions that need one and have none."""
    found: dict[str, Any] = {}
    missing = []
    for question in questions:
        answer = read_answer(question, given.get(str(question.key)))
        if answer is not None:
            found[str(question.key)] = answer
        elif question.is_required:
            missing.append(question)
    return found, missing


def read_answer(question: SurveyQuestion, value: Any) -> Any:
    """An answer as it is kept: a number of the scale, the key or keys of options, a text; None for none."""
    if question.kind == SurveyKind.SCALE:
        return int(value) if str(value) in {str(each) for each in SCALE} else None
    if question.kind == SurveyKind.TEXT:
        return str(value or "").strip()[:LONGEST_ANSWER] or None
    keys = [each["key"] for each in question.options]
    if question.kind == SurveyKind.CHOICE:
        return value if value in keys else None
    chosen = value if isinstance(value, list) else []
    return [key for key in keys if key in chosen] or None


def missing_in(lesson: Lesson) -> list[str]:
    """What a survey lesson lacks before it can go out."""
    questions = list(SurveyQuestion.objects.filter(survey__lesson=lesson))
    if not questions:
        return [_("ask at least one question.")]
    return [
        _("“%(question)s” needs at least two answers to choose from.") % {"question": each}
        for each in questions
        if each.kind in CHOICES and len(each.options) < 2
    ]


def make_survey(lesson: Lesson) -> None:
    """The rules of a new survey lesson."""
    Survey.objects.create(lesson=lesson)


def copy_survey(old: Lesson, new: Lesson) -> None:
    """Take a survey into a new version of its lesson; answers to a question add up over versions by its key."""
    survey = Survey.objects.filter(lesson=old).first()
    if survey is None:
        return
    questions = list(survey.questions.all())
    survey.pk, survey.lesson = None, new
    survey._state.adding = True
    survey.save(force_insert=True)
    for each in questions:
        each.pk, each.survey = None, survey
        each._state.adding = True
    SurveyQuestion.objects.bulk_create(questions)


def _locked_sheet(enrolment: Enrolment, lesson: Lesson) -> SurveySheet:
    # The enrolment first, as everywhere: whoever sends twice at once waits here.
    enrolment = locked_enrolment(enrolment.pk)
    if not enrolment.is_open:
        raise SurveyError(_("This course has ended for you: its surveys are not answered any more."))
    sheet, _is_new = SurveySheet.objects.get_or_create(
        enrolment=enrolment, lesson_key=lesson.key, defaults={"partner_id": enrolment.partner_id}
    )
    if sheet.sent_at is not None:
        raise SurveyError(_("You have sent your answers already."))
    return sheet
