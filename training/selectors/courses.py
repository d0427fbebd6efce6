"""Courses as staff read them, and who takes them."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.models import OPEN_ENROLMENTS, Course, CourseVersion, Enrolment, EnrolmentState

STILL = Q(state__in=OPEN_ENROLMENTS, member__is_active=True)
"""Enrolments of people who are there and still learn: who has left is never late."""


def seen_enrolments(member: Membership) -> QuerySet[Enrolment]:
    """The enrolments that a member of the staff may see: of the partners that it sees."""
    if member.can(Right.PARTNERS_VIEW_ALL):
        return Enrolment.objects.all()
    return Enrolment.objects.filter(partner__in=partners_for(member).order_by().values("pk"))


def trainers_of(course: Course) -> QuerySet[Membership]:
    """Who marks and answers at a course: its trainer, else all trainers. One query to find out which."""
    trainers = members_with(Right.TRAINING_EDIT)
    own = trainers.filter(pk=course.owner_id or 0)
    return own if own.exists() else trainers


def course_rows(member: Membership) -> QuerySet[Any]:
    """All courses, with what is out and how many learn, are late and have passed, as far as the member sees them."""
    out = CourseVersion.objects.filter(course=OuterRef("pk"), state=CourseVersion.State.PUBLISHED)
    return Course.objects.select_related("owner", "audience", "qualification").annotate(
        number=Subquery(out.values("number")[:1]),
        minutes=Subquery(out.values("minutes")[:1]),
        lesson_count=Subquery(out.values("lesson_count")[:1]),
        learning=_number(member, STILL),
        late=_number(member, STILL & Q(due_on__lt=timezone.localdate())),
        passed=_number(member, Q(state=EnrolmentState.PASSED)),
    )


def enrolment_rows(course: Course, member: Membership) -> QuerySet[Enrolment]:
    """Who takes a course, with person, partner and version."""
    return seen_enrolments(member).filter(course=course).select_related("member", "partner", "version", "by")


def versions_of(course: Course, member: Membership) -> QuerySet[Any]:
    """The versions of a course, the newest first, with who learns by each."""
    learning = seen_enrolments(member).filter(version=OuterRef("pk"), state__in=OPEN_ENROLMENTS)
    counted = learning.order_by().values("version").annotate(n=Count("pk")).values("n")
    return course.versions.select_related("published_by").annotate(
        learning=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


def _number(member: Membership, which: Q) -> Any:
    rows = seen_enrolments(member).filter(which, course=OuterRef("pk")).order_by().values("course")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
