"""What surveys and practical tasks of a course are in its file: out, and in again, where nothing is believed."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from training.models import Lesson, PracticalTask, Survey, SurveyKind, SurveyQuestion
from training.models.practice import GROUPS
from training.models.surveys import CHOICES
from training.services.course_parts import Keep, Packer, Reading
from training.services.practice import save_task
from training.services.surveys import MOST_OPTIONS, MOST_QUESTIONS, save_survey

TASK_RULES: dict[str, tuple[int, int]] = {
    "points": (1, 1000),
    "pass_points": (1, 1000),
    "attempts": (0, 32_767),
    "most_files": (0, 20),
    "most_megabytes": (1, 200),
}


def pack_survey(lesson: Lesson, packer: Packer) -> dict[str, Any]:
    """Whether a survey is without names, and its questions."""
    survey = Survey.objects.get(lesson=lesson)
    return {
        "is_anonymous": survey.is_anonymous,
        "questions": [
            {
                "kind": each.kind,
                "texts": each.texts,
                "options": [option["texts"] for option in each.options],
                "is_required": each.is_required,
            }
            for each in survey.questions.all()
        ],
    }


def unpack_survey(where: str, told: dict[str, Any], reading: Reading) -> Keep | None:
    """The questions of a survey that comes with a lesson; None where they cannot be read."""
    questions = [_question(where, each, reading) for each in reading.rows(told, "questions", MOST_QUESTIONS)]
    if None in questions:
        reading.wrong(_("%(where)s: a question of the survey cannot be read.") % {"where": where})
        return None
    is_anonymous = told.get("is_anonymous") is True

    def keep(lesson: Lesson) -> None:
        survey = Survey.objects.get(lesson=lesson)
        survey.is_anonymous = is_anonymous
        save_survey(survey, [SurveyQuestion(**each) for each in questions if each is not None])

    return keep


def _question(where: str, told: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
    kind, options = told.get("kind"), told.get("options", [])
    if kind not in SurveyKind.values or not isinstance(options, list) or len(options) > MOST_OPTIONS:
        return None
    if kind in CHOICES and len(options) < 2:
        return None
    return {
        "kind": kind,
        "texts": reading.texts(told.get("texts"), where, "question", required=True),
        "options": [
            {"key": uuid.uuid4().hex[:12], "texts": reading.texts(each, where, "option", required=True)}
            for each in options
        ]
        if kind in CHOICES
        else [],
        "is_required": told.get("is_required") is not False,
    }


def pack_task(lesson: Lesson, packer: Packer) -> dict[str, Any]:
    """The rules of a practical task."""
    task = PracticalTask.objects.get(lesson=lesson)
    return {name: getattr(task, name) for name in (*TASK_RULES, "kinds")}


def unpack_task(where: str, told: dict[str, Any], reading: Reading) -> Keep | None:
    """The rules of a practical task that comes with a lesson; None where they cannot be read."""
    found = {name: told.get(name) for name in TASK_RULES}
    are_numbers = all(
        isinstance(found[name], int) and not isinstance(found[name], bool) and least <= found[name] <= most  # type: ignore[operator]
        for name, (least, most) in TASK_RULES.items()
    )
    kinds = told.get("kinds")
    are_kinds = isinstance(kinds, list) and all(isinstance(each, str) and each in GROUPS for each in kinds)
    if not are_numbers or not are_kinds or found["pass_points"] > found["points"]:  # type: ignore[operator]
        reading.wrong(_("%(where)s: the rules of the practical task cannot be read.") % {"where": where})
        return None

    def keep(lesson: Lesson) -> None:
        task = PracticalTask.objects.select_related("lesson").get(lesson=lesson)
        for name, value in (found | {"kinds": kinds}).items():
            setattr(task, name, value)
        save_task(task)

    return keep
