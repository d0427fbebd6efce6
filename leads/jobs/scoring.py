from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from jobs.registry import JobKind, register_job
from leads.services.score_models import RESCORE, TRAINING, run_rescore, run_training
from tenancy.models import Membership
from tenancy.rights import Right


def scoring_page(member: Membership, job: Job) -> str:
    return member.url("leads:scoring") if member.can(Right.LEADS_VIEW) else ""


register_job(
    JobKind(
        TRAINING, _("Learning the score of leads"), run=run_training, right=Right.LEADS_DISTRIBUTE, page=scoring_page
    )
)
register_job(
    JobKind(RESCORE, _("Scoring of the pool"), run=run_rescore, right=Right.LEADS_DISTRIBUTE, page=scoring_page)
)
