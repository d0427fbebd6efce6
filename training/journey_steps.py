"""Steps of journeys that are done by learning."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.journey_checks import StepType, register_step_type
from tenancy.models import Membership
from training.models import Course, CourseState, Enrolment, EnrolmentState

MOST_CHOICES = 300


def courses() -> list[tuple[str, Any]]:
    """The courses to choose from; none named means any."""
    out = Course.objects.exclude(state=CourseState.DRAFT).order_by("code", "pk")
    return [("", _("Any course")), *((course.code, course.title) for course in out[:MOST_CHOICES])]


def with_course(partner_ids: Sequence[int], subject: str) -> set[int]:
    """Those of whose people somebody who is still there has passed the course, or need not take it."""
    ended = Enrolment.objects.filter(
        partner__in=partner_ids,
        state__in=[EnrolmentState.PASSED, EnrolmentState.EXEMPT],
        member__is_active=True,
    )
    if subject:
        ended = ended.filter(course__code=subject)
    return set(ended.values_list("partner", flat=True))


def learning_page(member: Membership, subject: str) -> str:
    """Where the partner's people take it."""
    return member.url("training_portal:learning")


register_step_type(
    StepType(
        "course",
        _("Pass a course"),
        _("Done once somebody of the partner has passed it."),
        done=with_course,
        subjects=courses,
        place=learning_page,
        order=50,
    )
)
