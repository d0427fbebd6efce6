"""Lessons that are a live session, a survey or a practical task."""

from typing import Any

from training.lesson_kinds import Player, register_player
from training.models import Lesson, LessonKind
from training.selectors.live import dates_of
from training.selectors.practice import work_of
from training.selectors.surveys import sheet_of
from training.services import live_parts, practice, surveys


def live_context(enrolment: Any, lesson: Lesson, progress: Any, member: Any) -> dict[str, Any]:
    """The sessions to choose from."""
    return {"dates": dates_of(enrolment, lesson, member)}


def survey_context(enrolment: Any, lesson: Lesson, progress: Any, member: Any) -> dict[str, Any]:
    """What is asked, and what is filled in so far."""
    return {"sheet": sheet_of(enrolment, lesson)}


def task_context(enrolment: Any, lesson: Lesson, progress: Any, member: Any) -> dict[str, Any]:
    """What has been handed in, and what may be."""
    return {"work": work_of(enrolment, lesson)}


register_player(Player(LessonKind.LIVE, "training/portal/lessons/live.html", context=live_context, by_hand=False))
register_player(
    Player(
        LessonKind.SURVEY,
        "training/portal/lessons/survey.html",
        context=survey_context,
        by_hand=False,
        editor="training:survey_edit",
        ready=surveys.missing_in,
        make=surveys.make_survey,
        copy=surveys.copy_survey,
        pack=live_parts.pack_survey,
        unpack=live_parts.unpack_survey,
    )
)
register_player(
    Player(
        LessonKind.TASK,
        "training/portal/lessons/task.html",
        context=task_context,
        by_hand=False,
        editor="training:task_edit",
        ready=practice.missing_in,
        make=practice.make_task,
        copy=practice.copy_task,
        pack=live_parts.pack_task,
        unpack=live_parts.unpack_task,
    )
)
