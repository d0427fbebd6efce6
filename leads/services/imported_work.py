"""What partners are to work on of leads that a file brought in: opened by a worker, since a file may hold thousands."""

from collections.abc import Mapping
from typing import Any

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from leads.models import Lead
from leads.services.opportunities import follow_lead, leads_to_follow
from tenancy.rls import commit_chunk

WORK_JOB = "lead_opportunities"
PER_CHUNK = 100


def request_opportunities() -> Job:
    """Have a worker open the opportunities of imported leads. While a request waits, another one is the same."""
    return start_job(WORK_JOB, key="all")


def run_opportunities(progress: Progress) -> Mapping[str, Any]:
    """The work of a job of kind "lead_opportunities". What was opened before a worker died is opened once."""
    keys = leads_to_follow()
    progress.begin(len(keys))
    for start in range(0, len(keys), PER_CHUNK):
        chunk = keys[start : start + PER_CHUNK]
        for lead in Lead.objects.filter(pk__in=chunk).order_by("pk"):
            follow_lead(lead)
        commit_chunk()
        progress.advance(len(chunk))
    return {"followed": len(keys)}
