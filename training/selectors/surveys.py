"""Surveys: what a learner fills in, and what all said, put together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pages import formats
from tenancy.models import Membership
from tenancy.rls import house_scope
from tenancy.translation import translated
from training.models import (
    Enrolment,
    Lesson,
    Survey,
    SurveyKind,
    SurveyQuestion,
    SurveyReply,
    SurveySheet,
)
from training.models.surveys import CHOICES, SCALE
from training.selectors.courses import seen_enrolments

LEAST_ANONYMOUS = 5
"""Fewer replies without names are not shown: one could guess whose they are."""
TEXTS_SHOWN = 200
COUNTS = """
SELECT a.key, v.value, count(*)
FROM training_surveyreply r
CROSS JOIN LATERAL jsonb_each(r.answers) a
CROSS JOIN LATERAL (
    SELECT a.value #>> '{{}}' AS value WHERE jsonb_typeof(a.value) <> 'array'
    UNION ALL SELECT jsonb_array_elements_text(a.value) WHERE jsonb_typeof(a.value) = 'array'
) v
WHERE r.id IN ({replies}) AND a.key = ANY (%s)
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Field:
    """A question as a learner fills it in."""

    question: SurveyQuestion
    given: Any

    @property
    def name(self) -> str:
        return f"s-{self.question.key}"

    @property
    def text(self) -> str:
        return str(self.question)

    @property
    def options(self) -> list[dict[str, Any]]:
        """What can be chosen: key, text, whether it is given."""
        if self.question.kind == SurveyKind.SCALE:
            return [{"key": each, "text": str(each), "is_given": each == self.given} for each in SCALE]
        chosen = self.given if isinstance(self.given, list) else [self.given]
        return [
            {"key": each["key"], "text": translated(each["texts"], "–"), "is_given": each["key"] in chosen}
            for each in self.question.options
        ]


@dataclass(frozen=True)
class Sheet:
    """The survey of a lesson as one person sees it."""

    fields: list[Field]
    is_anonymous: bool
    sent_at: Any


def sheet_of(enrolment: Enrolment | None, lesson: Lesson) -> Sheet:
    """The survey with what the person has filled in so far. Three queries."""
    with house_scope():
        survey = Survey.objects.get(lesson=lesson)
        sheet = SurveySheet.objects.filter(enrolment=enrolment, lesson_key=lesson.key).first() if enrolment else None
        answers = sheet.answers if sheet else {}
        fields = [Field(each, answers.get(str(each.key))) for each in survey.questions.all()]
    return Sheet(fields, survey.is_anonymous, sheet.sent_at if sheet else None)


@dataclass(frozen=True)
class Result:
    """What was said to a question. bars: each answer with how often it was given and its share of who answered. mean: of a
    scale, None without answers. texts: own words.
    """

    question: SurveyQuestion
    answered: int
    bars: list[tuple[str, int, Decimal]] = field(default_factory=list)
    mean: Decimal | None = None
    texts: list[str] = field(default_factory=list)


def replies_to(lesson: Lesson, member: Membership) -> QuerySet[SurveyReply]:
    """What was sent to a survey in any version of its course: with names as far as the member sees whose they are; without
    names all of it, once there are enough.
    """
    rows = SurveyReply.objects.filter(course=lesson.version.course_id, lesson_key=lesson.key)
    nameless = rows.filter(enrolment=None)
    named = rows.filter(enrolment__in=seen_enrolments(member))
    return nameless | named if nameless.count() >= LEAST_ANONYMOUS else named


def results(lesson: Lesson, member: Membership) -> tuple[int, int, list[Result]]:
    """How many replies are shown, how many without names are held back as they are too few yet, and what was said to each
    question. Five queries and one for each question in own words.
    """
    replies = replies_to(lesson, member)
    shown = replies.count()
    rows = SurveyReply.objects.filter(course=lesson.version.course_id, lesson_key=lesson.key, enrolment=None)
    nameless = rows.count()
    questions = list(SurveyQuestion.objects.filter(survey__lesson=lesson))
    counts = _counts(replies, [str(each.key) for each in questions if each.kind != SurveyKind.TEXT])
    found = [_result(each, replies, counts.get(str(each.key), {})) for each in questions]
    return shown, nameless if nameless < LEAST_ANONYMOUS else 0, found


def _result(question: SurveyQuestion, replies: QuerySet[SurveyReply], counts: Mapping[str, int]) -> Result:
    key = str(question.key)
    if question.kind == SurveyKind.TEXT:
        said = replies.filter(answers__has_key=key).order_by("pk").values_list(f"answers__{key}", flat=True)
        texts = list(said[:TEXTS_SHOWN])
        return Result(question, len(texts) if len(texts) < TEXTS_SHOWN else said.count(), texts=texts)
    if question.kind == SurveyKind.MULTIPLE:
        answered = replies.filter(answers__has_key=key).count()
    else:
        answered = sum(counts.values())
    if question.kind == SurveyKind.SCALE:
        told = [(str(each), str(each)) for each in SCALE]
    else:
        told = [(each["key"], translated(each["texts"], "–")) for each in question.options]
    bars = [(text, counts.get(code, 0), _share(counts.get(code, 0), answered)) for code, text in told]
    if gone := sum(counts.values()) - sum(count for _text, count, _part in bars):
        bars.append((_("Answers that are not offered any more"), gone, _share(gone, answered)))
    mean = None
    if question.kind == SurveyKind.SCALE and answered:
        mean = Decimal(sum(int(value) * count for value, count in counts.items())) / answered
    return Result(question, answered, bars, None if mean is None else round(mean, 2))


def _share(count: int, of: int) -> Decimal:
    return Decimal(100 * count) / of if of else Decimal(0)


def _counts(replies: QuerySet[SurveyReply], keys: list[str]) -> dict[str, dict[str, int]]:
    sql, params = replies.order_by().values("pk").query.sql_with_params()
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(replies=sql), [*params, keys])
        for key, value, count in cursor.fetchall():
            found.setdefault(key, {})[value] = count
    return found


def export_heads(questions: list[SurveyQuestion], *, is_anonymous: bool) -> list[str]:
    """The first line of the file of answers."""
    who = [] if is_anonymous else [_("Name"), _("Partner"), _("Sent")]
    return [*who, *(str(each) for each in questions)]


def export_rows(lesson: Lesson, member: Membership, *, is_anonymous: bool) -> Iterator[list[Any]]:
    """The answers, a line for each reply. Where the survey is without names no line has one, whatever was sent before it
    became so.
    """
    questions = list(SurveyQuestion.objects.filter(survey__lesson=lesson))
    rows = replies_to(lesson, member).select_related("enrolment__member", "enrolment__partner").order_by("pk")
    for reply in rows:
        who: list[Any] = []
        if not is_anonymous:
            one = reply.enrolment
            who = [one.member.name, str(one.partner), formats.date(reply.sent_at)] if one else ["", "", ""]
        yield [*who, *(_said(each, reply.answers.get(str(each.key))) for each in questions)]


def _said(question: SurveyQuestion, value: Any) -> Any:
    if value is None or question.kind not in CHOICES:
        return "" if value is None else value
    texts = {each["key"]: translated(each["texts"], "–") for each in question.options}
    return " | ".join(str(texts.get(key, key)) for key in (value if isinstance(value, list) else [value]))
