"""Long work that has ended tells whoever started it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.hooks import on_finished
from jobs.models import Job, JobState
from notices.models import Channel, Mode
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from notices.services import tell
from tenancy.models import Membership


def job_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("jobs:detail" if member.is_staff else "jobs_portal:detail", pk=facts["job"])


JOB_DONE = register_kind(
    NoticeKind(
        "notices.job_done",
        label=_("Work you started is done"),
        sides={STAFF, PORTAL},
        modes={Channel.MAIL: Mode.OFF},
        url=job_page,
    )
)
JOB_FAILED = register_kind(
    NoticeKind(
        "notices.job_failed",
        label=_("Work you started has failed"),
        sides={STAFF, PORTAL},
        url=job_page,
    )
)


@on_finished
def tell_who_started(job: Job) -> None:
    """Who started it hears how it ended; who cancelled it knows."""
    if job.created_by is None or job.state == JobState.CANCELLED:
        return
    kind = JOB_DONE if job.state == JobState.DONE else JOB_FAILED
    facts = {"job": job.pk, "kind": job.kind, "message": job.message}
    tell([job.created_by], kind, key=f"job-{job.pk}", facts=facts)
