"""Lessons that are a quiz."""

from typing import Any

from django.db.models import Sum

from tenancy.rls import house_scope
from training.lesson_kinds import Player, register_player
from training.models import Lesson, LessonKind, Quiz
from training.services.course_parts import pack_quiz, unpack_quiz
from training.services.quizzes import copy_quiz, make_quiz, missing_in, standing


def context(enrolment: Any, lesson: Lesson, progress: Any, member: Any) -> dict[str, Any]:
    """The rules of the quiz, and where the learner stands with it."""
    with house_scope():
        quiz = Quiz.objects.annotate(questions=Sum("parts__count")).get(lesson=lesson)
    return {"quiz": quiz, "standing": standing(quiz, enrolment) if enrolment else None}


register_player(
    Player(
        LessonKind.QUIZ,
        "training/portal/lessons/quiz.html",
        context=context,
        by_hand=False,
        editor="training:quiz_edit",
        ready=missing_in,
        make=make_quiz,
        copy=copy_quiz,
        pack=pack_quiz,
        unpack=unpack_quiz,
    )
)
