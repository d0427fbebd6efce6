"""What audiences can ask of courses that a partner's people have passed."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, Choices, in_rows, register_field
from partners.audiences.tree import Type
from tenancy.rights import Right
from training.functions import TRAINING
from training.models import Course, CourseState, Enrolment, EnrolmentState

GROUP = _("Training")
MOST_CHOICES = 300


def courses() -> Choices:
    """What is or was out, by code."""
    out = Course.objects.exclude(state=CourseState.DRAFT).order_by("code", "pk")
    return [(str(course.pk), course.title) for course in out[:MOST_CHOICES]]


def passed() -> QuerySet[Enrolment]:
    """What at least one active person has passed."""
    return Enrolment.objects.filter(state=EnrolmentState.PASSED, member__is_active=True)


register_field(
    AudienceField(
        "courses_passed",
        _("Somebody has passed the course"),
        GROUP,
        Type.MULTIPLE,
        where=in_rows(passed, value="course"),
        choices=courses,
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
    )
)
