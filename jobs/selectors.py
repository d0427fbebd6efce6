from django.db.models import QuerySet

from jobs.models import Job
from jobs.registry import JobKind, job_kind
from tenancy.models import Membership
from tenancy.rights import Right


def jobs_for(member: Membership) -> QuerySet[Job]:
    """The jobs this member may see, with who started them: who sees only some partners, only their own jobs.

    A job leaves files, and those may be about any partner.
    """
    jobs = Job.objects.select_related("created_by")
    return jobs if member.can(Right.PARTNERS_VIEW_ALL) else jobs.filter(created_by=member)


def kind_of(job: Job) -> JobKind | None:
    """The kind of a job; None where its app is gone."""
    try:
        return job_kind(job.kind)
    except KeyError:
        return None
