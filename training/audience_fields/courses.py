"""What audiences can ask of courses that a partner's people have passed."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, Choices, register_field
from partners.audiences.tree import Test, Type
from tenancy.rights import Right
from training.functions import TRAINING
from training.models import Course, CourseState, Enrolment, EnrolmentState

GROUP = _("Training")
MOST_CHOICES = 300


def courses() -> Choices:
    """What is or was out, by code."""
    out = Course.objects.exclude(state=CourseState.DRAFT).order_by("code", "pk")
    return [(str(course.pk), course.title) for course in out[:MOST_CHOICES]]


def has_passed(test: Test, chosen: Any, _today: dt.date) -> Q:
    """Of which at least one active person has passed."""
    own = Enrolment.objects.filter(partner=OuterRef("pk"), state=EnrolmentState.PASSED, member__is_active=True)
    if test in (Test.FILLED, Test.EMPTY):
        return Q(Exists(own)) if test == Test.FILLED else ~Q(Exists(own))
    if test == Test.ALL_OF:
        every = Q()
        for each in chosen:
            every &= Q(Exists(own.filter(course=each)))
        return every
    found = Q(Exists(own.filter(course__in=chosen)))
    return ~found if test == Test.NONE_OF else found


register_field(
    AudienceField(
        "courses_passed",
        _("Somebody has passed the course"),
        GROUP,
        Type.MULTIPLE,
        where=has_passed,
        choices=courses,
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
    )
)
