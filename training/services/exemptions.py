"""Courses that somebody need not take: exempt with a reason, or recognised because it was learned elsewhere."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.files import stored_name
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import (
    OPEN_ENROLMENTS,
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    Exemption,
)
from training.services import enrolling
from training.services.learning import LearningError


@transaction.atomic
def exempt_from(
    course: Course,
    person: Membership,
    *,
    reason: str,
    by: Membership,
    kind: str = Exemption.Kind.EXEMPT,
    learned_on: dt.date | None = None,
    paper: UploadedFile | None = None,
) -> Exemption:
    """Somebody need not take a course, whether it is open to them or not: it counts as passed in what follows.

    The reason, who decided and the paper are kept. LearningError where it is passed already, or no reason is given.
    """
    if person.partner is None:
        raise LearningError(_("Courses are for people of partners."))
    with house_scope():
        course = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        own = Enrolment.objects.filter(course=course, member=person)
        if own.filter(state__in=[EnrolmentState.PASSED, EnrolmentState.EXEMPT]).exists():
            raise LearningError(_("%(name)s has this course already.") % {"name": person.name})
        enrolment = own.filter(state__in=OPEN_ENROLMENTS).first()
        if enrolment is None:
            version = course.versions.filter(state=CourseVersion.State.PUBLISHED).first()
            if version is None:
                raise LearningError(_("“%(course)s” is not open at present.") % {"course": course})
            enrolment = Enrolment.objects.create(
                course=course,
                version=version,
                partner=person.partner,
                member=person,
                source=EnrolmentSource.STAFF,
                by=by,
            )
        return record(enrolment, reason=reason, by=by, kind=kind, learned_on=learned_on, paper=paper)


@transaction.atomic
def record(
    enrolment: Enrolment,
    *,
    reason: str,
    by: Membership,
    kind: str = Exemption.Kind.EXEMPT,
    learned_on: dt.date | None = None,
    paper: UploadedFile | None = None,
) -> Exemption:
    """End an open enrolment as exempt, and keep why and by whom."""
    if learned_on is not None and learned_on > timezone.localdate():
        raise LearningError(_("This day has not come yet."))
    made = Exemption(
        enrolment=enrolment,
        partner_id=enrolment.partner_id,
        kind=kind,
        reason=reason.strip(),
        learned_on=learned_on,
        by=by,
    )
    if paper is not None:
        name = paper.name or ""
        made.original_name = name[-150:]
        made.content_type = getattr(paper, "checked_type", "application/octet-stream")
        made.paper.save(stored_name(enrolment.manufacturer_id, "exemptions", name), paper, save=False)
    enrolling.exempt(enrolment, reason=reason)
    made.save(force_insert=True)
    return made
