"""Lesson by lesson: where people stop, how long it takes, how well it goes."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership
from tenancy.rights import Right
from training import analysis_words as words
from training.effect_words import effect_lines, effect_sentence
from training.leaves import Leaf, register_leaf
from training.models import Course, CourseEffect, QuestionBank, QuizPart
from training.selectors import analysis as reading
from training.selectors.courses import seen_enrolments


def way_of(member: Membership, course: Course, query: QueryDict) -> dict[str, Any]:
    """How its people go through it, the banks its quizzes draw from, and what it goes with."""
    way = reading.way_through(course, member)
    effect = CourseEffect.objects.filter(course=course).select_related("course").first()
    drawn = QuizPart.objects.filter(quiz__lesson__version__course=course).values("bank")
    return {
        "way": way,
        "way_title": words.way_title(way),
        "chart": words.way_chart(way) if way.learners else None,
        "total": reading.totals(seen_enrolments(member).filter(course=course)),
        "newest": reading.NEWEST,
        "banks": QuestionBank.objects.filter(pk__in=drawn).order_by("name", "pk")
        if member.can(Right.TRAINING_EDIT)
        else [],
        "effect": effect_sentence(effect) if effect else "",
        "effect_lines": effect_lines(effect) if effect else [],
    }


register_leaf(Leaf("way", _("Analysis"), "training/staff/leaves/way.html", way_of, order=40))
