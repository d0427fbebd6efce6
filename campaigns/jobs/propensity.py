from django.utils.translation import gettext_lazy as _

from campaigns.services.propensities import LEARNING, run_learning
from jobs.models import Job
from jobs.registry import JobKind, register_job
from tenancy.models import Membership
from tenancy.rights import Right


def propensity_page(member: Membership, job: Job) -> str:
    return member.url("campaigns:propensity") if member.can(Right.CAMPAIGNS_VIEW) else ""


register_job(
    JobKind(
        LEARNING,
        _("Learning who answers campaigns"),
        run=run_learning,
        right=Right.CAMPAIGNS_EDIT,
        page=propensity_page,
    )
)
