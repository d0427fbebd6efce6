"""Policies tried on the past, by a job."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jobs.running import Progress
from jobs.services import start_job
from leads.models import Replay
from leads.replay import policy_from, replay
from leads.selectors.replays import past_of
from tenancy.errors import DomainError
from tenancy.models import Membership

REPLAY_JOB = "lead_replay"
RUNS = 3
"""The policy goes through the past so many times: see `leads.replay`."""


@transaction.atomic
def start_replay(tried: Replay, *, by: Membership) -> Replay:
    """Keep what is to be tried and have it run."""
    tried.created_by = by
    tried.save()
    tried.job = start_job(REPLAY_JOB, params={"replay": tried.pk}, by=by)
    tried.save(update_fields=["job"])
    return tried


def delete_replay(tried: Replay) -> None:
    """Throw a result away; the job that found it stays among the jobs."""
    if tried.job is not None and tried.job.is_open:
        raise DomainError(_("It is still running: stop the job first."))
    tried.delete()


def run_replay(progress: Progress) -> Mapping[str, Any]:
    """The job: read the past, run the policy over it, keep what came out."""
    tried = Replay.objects.filter(pk=progress.job.params["replay"]).first()
    if tried is None:
        raise DomainError(_("The trial was thrown away."))
    progress.begin(0, _("Reads the past."))
    try_policy(tried, progress)
    assert tried.result is not None
    return {"replay": tried.pk, "leads": tried.result["outcome"]["leads"]}


def try_policy(tried: Replay, progress: Progress | None = None) -> None:
    """Run the policy over the leads of its period and keep what came out."""
    policy = policy_from(tried.policy)
    past = past_of(tried.since, tried.until, policy, tell=progress.check if progress else lambda: None)
    if not past.judged:
        raise DomainError(_("No lead of this period went to a partner: choose a longer one."))
    if progress:
        progress.begin(RUNS * len(past.leads), _("Decides each lead anew."))
    outcome = replay(past.leads, past.partners, policy, tell=progress.advance if progress else lambda count: None)
    tried.result = {"outcome": outcome.as_json(), "kept": past.kept, "is_cut": past.is_cut}
    tried.save(update_fields=["result"])
