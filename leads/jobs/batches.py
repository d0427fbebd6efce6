"""Distributions worked out and sent, and policies tried on the past."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs import hooks
from jobs.models import Job, JobState
from jobs.registry import JobKind, register_job
from leads.selectors.batches import may_distribute
from leads.services import batches, replays
from tenancy.models import Membership
from tenancy.rights import Right


def batch_page(member: Membership, job: Job) -> Any:
    return member.url("leads:batch", pk=job.params["batch"]) if may_distribute(member) else ""


register_job(
    JobKind(
        batches.SOLVE_JOB,
        _("Distribution of many leads"),
        run=batches.run_solve,
        right=Right.LEADS_DISTRIBUTE,
        page=batch_page,
    )
)
register_job(
    JobKind(
        batches.SEND_JOB,
        _("Offers of a distribution"),
        run=batches.run_send,
        right=Right.LEADS_DISTRIBUTE,
        page=batch_page,
    )
)


def replay_page(member: Membership, job: Job) -> Any:
    return member.url("leads:replay", pk=job.params["replay"]) if may_distribute(member) else ""


register_job(
    JobKind(
        replays.REPLAY_JOB,
        _("Trial of a policy on the past"),
        run=replays.run_replay,
        right=Right.LEADS_DISTRIBUTE,
        page=replay_page,
    )
)


@hooks.on_finished
def let_go(job: Job) -> None:
    """What a job held that came to no good end can be taken up again."""
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        batches.let_go(job)
