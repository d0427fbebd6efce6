from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from jobs.registry import JobKind, register_job
from tenancy.models import Membership
from tenancy.rights import Right
from training.services.effects import MEASURING, run_measuring
from training.services.risks import LEARNING, run_learning


def risks_page(member: Membership, job: Job) -> str:
    return member.url("training:analysis_risks") if member.can(Right.TRAINING_ASSIGN) else ""


def effects_page(member: Membership, job: Job) -> str:
    return member.url("training:analysis_effects") if member.can(Right.TRAINING_VIEW) else ""


register_job(
    JobKind(LEARNING, _("Learning who finishes courses"), run=run_learning, right=Right.TRAINING_EDIT, page=risks_page)
)
register_job(
    JobKind(
        MEASURING,
        _("Working out what courses go with"),
        run=run_measuring,
        right=Right.TRAINING_EDIT,
        page=effects_page,
    )
)
