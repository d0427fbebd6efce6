from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from jobs.registry import JobKind, register_job
from tenancy.models import Membership
from tenancy.rights import Right
from valuation.services.recompute import JOB_KIND, run_recompute


def runs_page(member: Membership, job: Job) -> Any:
    return member.url("valuation:runs")


register_job(JobKind(JOB_KIND, _("Recompute of grades"), run=run_recompute, right=Right.GRADES_RUN, page=runs_page))
