"""Who has passed gets a certificate; what else waits for the course to be passed goes on."""

from partners.services.onboarding import check_partner
from training.models import Enrolment, EnrolmentState
from training.outcomes import on_ended
from training.services.certificates import issue


@on_ended
def certify(enrolment: Enrolment) -> None:
    if enrolment.state == EnrolmentState.PASSED:
        issue(enrolment)


@on_ended
def tick_steps(enrolment: Enrolment) -> None:
    if enrolment.state in (EnrolmentState.PASSED, EnrolmentState.EXEMPT):
        check_partner(enrolment.partner)
