from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from jobs.registry import JobKind, register_job
from tenancy.models import Membership
from tenancy.rights import Right
from training.services.programme_assignment import ASSIGNING, run_assigning


def programme_page(member: Membership, job: Job) -> str:
    if not member.can(Right.TRAINING_VIEW):
        return ""
    asked = job.params.get("programme")
    return member.url("training:programme", pk=asked) if asked else member.url("training:programmes")


register_job(
    JobKind(
        ASSIGNING,
        _("Assigning learning programmes"),
        run=run_assigning,
        right=Right.TRAINING_EDIT,
        page=programme_page,
    )
)
