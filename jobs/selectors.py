from django.db.models import QuerySet

from jobs.models import Job
from jobs.registry import JobKind, job_kind
from tenancy.models import Membership


def jobs_for(member: Membership) -> QuerySet[Job]:
    """The jobs this member may see, with who started them."""
    return Job.objects.select_related("created_by")


def kind_of(job: Job) -> JobKind | None:
    """The kind of a job; None where its app is gone."""
    try:
        return job_kind(job.kind)
    except KeyError:
        return None
