"""Fixtures that tests of learning share."""

import pytest

from partners.models import QualificationType
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.training.factories import CourseFactory
from training.models import Course


@pytest.fixture
def course(owner: Membership) -> Course:
    """One lesson, which makes who passes a fitter; without a fitter no deals."""
    course = CourseFactory(manufacturer=owner.manufacturer, lessons=1, titles={"en": "Walls", "ko": "벽 시공"})
    with staff_scope(owner.manufacturer_id):
        course.qualification = QualificationType.objects.create(code="fitter", names={"en": "Fitter"}, guards=["deals"])
        course.save(update_fields=["qualification"])
    return course
