from django.utils.translation import gettext_lazy as _

from campaigns.models import SequenceVersion
from campaigns.services.sequence_trials import TRYING, run_trial
from jobs.models import Job
from jobs.registry import JobKind, register_job
from tenancy.models import Membership
from tenancy.rights import Right


def trial_page(member: Membership, job: Job) -> str:
    version = SequenceVersion.objects.filter(pk=job.params["version"]).first()
    if version is None or not member.can(Right.CAMPAIGNS_VIEW):
        return ""
    return member.url("campaigns:sequence_past", pk=version.sequence_id)


register_job(
    JobKind(TRYING, _("Trying a sequence on the past"), run=run_trial, right=Right.CAMPAIGNS_EDIT, page=trial_page)
)
