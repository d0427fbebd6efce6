"""What the answers to questions tell, of the newest answers to each. One query, whatever they are."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection

from training.grading import plain
from training.item_statistics import Answered, ItemStatistics, statistics_of
from training.models import Question, QuestionKind

NEWEST, NEWEST_IN_LIST = 10_000, 1_000
"""Answers looked at: of one question, and of each where many are listed."""
COMMON = 10

ANSWERS = """
WITH answers AS MATERIALIZED (
    SELECT asked.question, answer.*
    FROM unnest(%(questions)s::bigint[]) asked (question)
    CROSS JOIN LATERAL (
        SELECT attempt_id, points, most, given FROM training_attemptquestion
        WHERE question_id = asked.question AND points IS NOT NULL ORDER BY id DESC LIMIT %(newest)s
    ) answer
), totals AS (
    SELECT attempt_id, sum(points) AS points, sum(most) AS most FROM training_attemptquestion
    WHERE attempt_id IN (SELECT attempt_id FROM answers) GROUP BY attempt_id
)
SELECT answers.question, (answers.points / answers.most)::float8,
    ((totals.points - answers.points) / nullif(totals.most - answers.most, 0))::float8, answers.given::text
FROM answers JOIN totals USING (attempt_id)
"""


def _rows(questions: Sequence[Question], newest: int) -> list[tuple[int, float, float | None, Any]]:
    if not questions:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"questions": [each.pk for each in questions], "newest": newest})
        return [
            (question, share, rest, json.loads(given) if given is not None else None)
            for question, share, rest, given in cursor.fetchall()
        ]


def statistics_for(questions: Sequence[Question], newest: int = NEWEST_IN_LIST) -> dict[int, ItemStatistics]:
    """The statistics of questions by their pk."""
    answers: dict[int, list[Answered]] = {each.pk: [] for each in questions}
    kinds = {each.pk: each.kind for each in questions}
    for question, share, rest, given in _rows(questions, newest):
        answers[question].append(Answered(share, rest, _chosen(kinds[question], given)))
    return {each.pk: _of(each, answers[each.pk]) for each in questions}


def common_answers(question: Question) -> list[tuple[str, float, float]]:
    """What was written most to a question for a number or words: the answer, its share of all, and the mean points it gave."""
    if question.kind not in (QuestionKind.NUMBER, QuestionKind.TEXT):
        return []
    rows = [(plain(str(given)), share) for _pk, share, _rest, given in _rows([question], NEWEST) if given is not None]
    written, gave = Counter(text for text, _share in rows), Counter[str]()
    for text, share in rows:
        gave[text] += share  # type: ignore[assignment]
    return [(text, n / len(rows), gave[text] / n) for text, n in written.most_common(COMMON)]


def _of(question: Question, answers: list[Answered]) -> ItemStatistics:
    if question.kind == QuestionKind.TRUE_FALSE:
        right = "true" if question.solution["is_true"] else "false"
        return statistics_of(answers, options=("true", "false"), right=(right,))
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        keys = [each["key"] for each in question.options]
        return statistics_of(answers, options=keys, right=question.solution["keys"])
    return statistics_of(answers)


def _chosen(kind: str, given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    if kind == QuestionKind.TRUE_FALSE:
        return ("true" if given else "false",)
    if kind == QuestionKind.SINGLE:
        return (given,)
    return tuple(given) if kind == QuestionKind.MULTIPLE else ()
