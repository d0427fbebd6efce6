"""Who has passed is told so."""

from notices.services import tell
from tenancy.models import Membership
from training.models import Enrolment, EnrolmentState
from training.notice_kinds.courses import PASSED
from training.outcomes import on_ended


@on_ended
def tell_passed(enrolment: Enrolment) -> None:
    if enrolment.state == EnrolmentState.PASSED:
        tell(
            Membership.objects.filter(pk=enrolment.member_id),
            PASSED,
            key=f"course-passed-{enrolment.pk}",
            facts={"course": enrolment.course_id, "title": enrolment.course.titles},
        )
