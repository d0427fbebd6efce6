"""Who takes a course: by themselves, by the partner's admin, by staff; taken back, exempt, or moved to a newer version."""

from django.utils.translation import gettext as _

from tenancy.models import Membership
from training.models import Course, Enrolment
from training.selectors.learning import courses_open_to
from training.services.learning import LearningError, enrol


def enrol_self(course: Course, member: Membership) -> Enrolment:
    """Somebody takes up a course that is open to its partner's people."""
    if not courses_open_to(member).filter(pk=course.pk).exists():
        raise LearningError(_("“%(course)s” is not open to you. Ask your company's admin.") % {"course": course})
    return enrol(course, member)
