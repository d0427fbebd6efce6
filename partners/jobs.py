"""Long work of this app."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs import hooks
from jobs.models import Job, JobState
from jobs.registry import JobKind, register_job
from jobs.running import Progress
from partners.models import AgreementType, Partner
from partners.services import agreement_batches, duplicates, merging
from partners.services.territories import COVERAGE_JOB, run_coverage
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import commit_chunk


def make_agreements(progress: Progress) -> dict[str, Any]:
    """An agreement for each partner of the job that has none of its kind open; others are left out and counted."""
    params = progress.job.params
    kind = AgreementType.objects.get(pk=params["type"])
    partner_ids: list[int] = params["partners"]
    made = 0
    progress.begin(len(partner_ids))
    for start in range(0, len(partner_ids), agreement_batches.MADE_PER_CHUNK):
        chunk = partner_ids[start : start + agreement_batches.MADE_PER_CHUNK]
        made += agreement_batches.make_for_many(
            chunk,
            kind,
            starts_on=dt.date.fromisoformat(params["starts_on"]),
            terms_of=params["terms"],
            send=params["send"],
            job=progress.job,
            by=progress.job.created_by,
        )
        commit_chunk()
        progress.advance(len(chunk))
    total = agreement_batches.made_by(progress.job)
    return {"made": total, "left_out": len(partner_ids) - total}


def agreements_page(member: Membership, job: Job) -> str:
    return member.url("partners:agreements") if member.can(Right.AGREEMENTS_EDIT) else ""


register_job(
    JobKind(
        agreement_batches.JOB_KIND,
        _("Agreements for many partners"),
        run=make_agreements,
        right=Right.AGREEMENTS_EDIT,
        page=agreements_page,
    )
)
register_job(JobKind(COVERAGE_JOB, _("Who covers which territory"), run=run_coverage, right=Right.SETTINGS_EDIT))


def duplicates_page(member: Membership, job: Job) -> str:
    return member.url("partners:duplicates") if member.can(Right.PARTNERS_MERGE) else ""


@hooks.on_finished
def look_at_imported(job: Job) -> None:
    """What a file brought in is compared with what is there; what met a merge on its way goes where it belongs."""
    if job.kind != "import_run" or job.state != JobState.DONE or job.started_at is None:
        return
    merging.move_stragglers(since=job.started_at - dt.timedelta(days=1))
    if Partner.objects.filter(updated_at__gte=job.started_at).exists():
        duplicates.request_search(since=job.started_at)


register_job(
    JobKind(
        duplicates.JOB_KIND,
        _("Search for duplicates"),
        run=duplicates.run_search,
        right=Right.PARTNERS_MERGE,
        page=duplicates_page,
    )
)
