"""Long work on deals."""

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from jobs.registry import JobKind, register_job
from leads.services import claims
from tenancy.models import Membership
from tenancy.rights import Right


def proof_page(member: Membership, job: Job) -> str:
    """Where the log of claims is proved."""
    return member.url("leads:deal_proof") if member.can(Right.DEALS_VIEW) else ""


register_job(
    JobKind(
        claims.JOB_KIND,
        _("Proof of the log of claims"),
        run=claims.run_proof,
        right=Right.DEALS_DECIDE,
        page=proof_page,
    )
)
