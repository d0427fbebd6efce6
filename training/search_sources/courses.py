"""Courses in the search over everything."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search
from training.functions import TRAINING
from training.models import Course
from training.selectors.learning import courses_open_to, matching, own_enrolments


def find_courses(member: Membership, text: str, limit: int) -> list[Found]:
    rows = matching(Course.objects.order_by("-updated_at", "-pk"), text)
    return [
        Found(str(row), member.url("training:course", pk=row.pk), f"{row.code} · {row.get_state_display()}")
        for row in rows[:limit]
    ]


def all_courses(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('training:courses')}?{urlencode({'q': text})}"


def find_learning(member: Membership, text: str, limit: int) -> list[Found]:
    """What the member takes or may take."""
    taken = Course.objects.filter(pk__in=own_enrolments(member).order_by().values("course"))
    keys = set(matching(courses_open_to(member) | taken, text).values_list("pk", flat=True)[: 4 * limit])
    rows = Course.objects.filter(pk__in=keys).order_by("-pk")
    return [Found(str(row), member.url("training_portal:course", pk=row.pk), row.summary) for row in rows[:limit]]


def all_learning(member: Membership, text: str) -> str:
    """What is open, narrowed."""
    return f"{member.url('training_portal:learning')}?{urlencode({'q': text})}#open"


register_search(
    SearchSource(
        "courses", _("Courses"), "staff", Right.TRAINING_VIEW, find_courses, TRAINING.key, more=all_courses, order=65
    ),
    SearchSource(
        "courses",
        _("Courses"),
        "portal",
        Right.PORTAL_TRAINING,
        find_learning,
        TRAINING.key,
        more=all_learning,
        order=65,
    ),
)
