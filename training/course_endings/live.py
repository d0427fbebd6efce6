"""Seats at live sessions of who does not learn a course to its end are free for others."""

from training.models import Enrolment, EnrolmentState
from training.outcomes import on_ended
from training.services.live import free_seats


@on_ended
def give_seats_to_others(enrolment: Enrolment) -> None:
    if enrolment.state != EnrolmentState.PASSED:
        free_seats(enrolment)
