"""Question banks and what they hold, as staff read them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from training.models import CourseState, CourseVersion, Lesson, Question, QuestionBank, QuizPart


def bank_rows() -> QuerySet[Any]:
    """All question banks, with how many questions can be drawn from each."""
    return QuestionBank.objects.select_related("owner").annotate(
        counted=Count("questions", filter=Q(questions__is_retired=False))
    )


def lessons_drawing(bank: QuestionBank) -> list[Lesson]:
    """The quiz lessons that draw from a bank: of each the one that is written, else the one that is out. One query."""
    rows = Lesson.objects.filter(
        pk__in=QuizPart.objects.filter(bank=bank).values("quiz__lesson"),
        version__state__in=[CourseVersion.State.DRAFT, CourseVersion.State.PUBLISHED],
    ).exclude(version__course__state=CourseState.RETIRED)
    found: dict[Any, Lesson] = {}
    for lesson in rows.select_related("version__course").order_by("version__course__code", "version__number", "order"):
        found[lesson.version.course_id, lesson.key] = lesson
    return list(found.values())


def tags_in(bank: QuestionBank | None = None) -> list[str]:
    """The tags of the questions that can be drawn, of one bank or of all."""
    rows = Question.objects.filter(is_retired=False)
    if bank is not None:
        rows = rows.filter(bank=bank)
    return sorted({tag for tags in rows.exclude(tags=[]).values_list("tags", flat=True).distinct() for tag in tags})


def fitting(parts: Sequence[QuizPart]) -> list[int]:
    """How many questions fit each part of a quiz. One query."""
    if not parts:
        return []
    counts = {}
    for place, part in enumerate(parts):
        wanted = Q(bank=part.bank_id, difficulty__gte=part.easiest, difficulty__lte=part.hardest)
        wanted &= Q(tags__contains=[part.tag]) if part.tag else Q()
        counts[f"part_{place}"] = Count("pk", filter=wanted)
    found = Question.objects.filter(is_retired=False, bank__in={part.bank_id for part in parts}).aggregate(**counts)
    return [found[f"part_{place}"] for place in range(len(parts))]
