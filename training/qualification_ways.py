"""The courses that give a qualification."""

from collections import defaultdict
from collections.abc import Collection

from partners.qualification_ways import Way, register_ways
from tenancy.models import Membership
from tenancy.rights import Right
from training.functions import TRAINING
from training.models import Course, CourseState
from training.selectors.learning import courses_open_to


@register_ways
def courses(types: Collection[int], member: Membership) -> dict[int, list[Way]]:
    """What is out and gives one of them; people of partners see what is open to them."""
    if not member.has_function(TRAINING.key):
        return {}
    name, right = (
        ("training:course", Right.TRAINING_VIEW)
        if member.is_staff
        else ("training_portal:course", Right.PORTAL_TRAINING)
    )
    if not member.can(right):
        return {}
    rows = Course.objects.filter(state=CourseState.PUBLISHED) if member.is_staff else courses_open_to(member)
    found: dict[int, list[Way]] = defaultdict(list)
    for course in rows.filter(qualification__in=types).order_by("code", "pk"):
        found[course.qualification_id or 0].append(Way(course.title, member.url(name, pk=course.pk)))
    return dict(found)
