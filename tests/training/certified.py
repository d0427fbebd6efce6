"""What tests of certificates share: people who have passed a course that makes a fitter of them."""

import datetime as dt
from decimal import Decimal

from tenancy.models import Membership
from training.models import Certificate, Course, Enrolment, EnrolmentState, Lesson
from training.services import certificates as services
from training.services import learning

DAY = dt.date(2026, 3, 1)
END = dt.date(2027, 2, 28)


def passed(member: Membership, course: Course) -> Enrolment:
    """In the scope around it: enrolled and gone through."""
    enrolment = learning.enrol(course, member)
    for lesson in Lesson.objects.filter(version=enrolment.version):
        learning.finish_lesson(enrolment, lesson, score=Decimal(90))
    return Enrolment.objects.get(pk=enrolment.pk)


def certified(member: Membership, course: Course, day: dt.date = DAY) -> Certificate:
    """As if it had been passed on that day."""
    enrolment = Enrolment.objects.create(
        course=course,
        version=course.versions.get(),
        partner_id=member.partner_id,
        member=member,
        state=EnrolmentState.PASSED,
        enrolled_at=dt.datetime.combine(day, dt.time(), dt.UTC),
        ended_at=dt.datetime.combine(day, dt.time(1), dt.UTC),
        score=Decimal(87),
    )
    certificate = services.issue(enrolment, day=day)
    Certificate.objects.filter(pk=certificate.pk).update(created_at=enrolment.ended_at)
    return certificate
