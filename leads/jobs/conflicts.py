"""Long work on direct sales and conflicts."""

from django.utils.translation import gettext_lazy as _

from commerce.models import CreditState, DirectSale
from jobs import hooks
from jobs.models import Job, JobState
from jobs.registry import JobKind, register_job
from leads.services import conflict_search
from tenancy.models import Membership
from tenancy.rights import Right


def conflicts_page(member: Membership, job: Job) -> str:
    """Where what was found stands."""
    return member.url("leads:conflicts") if member.can(Right.CONFLICTS) else ""


register_job(
    JobKind(
        conflict_search.JOB_KIND,
        _("Credits for direct sales, and channel conflicts"),
        run=conflict_search.run_search,
        right=Right.CONFLICTS,
        page=conflicts_page,
    )
)


@hooks.on_finished
def look_at_imported(job: Job) -> None:
    """Direct sales that a file brought in are credited by the rules."""
    if job.kind != "import_run" or job.state != JobState.DONE:
        return
    if DirectSale.objects.filter(credit_state=CreditState.OPEN).exists():
        conflict_search.request_search()
