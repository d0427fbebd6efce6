"""Long work that has ended tells whoever started it; who asks to join is told to who can say yes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.hooks import on_finished
from jobs.models import Job, JobState
from notices.models import Channel, Mode
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from notices.services import tell
from tenancy.hooks import on_join_request
from tenancy.models import JoinRequest, Membership
from tenancy.rights import Right
from tenancy.selectors import members_with


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


def join_requests_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("tenancy:invitations" if member.is_staff else "tenancy_portal:colleagues")


JOIN_REQUESTED = register_kind(
    NoticeKind(
        "notices.join_requested",
        label=_("Somebody asks to join a partner"),
        sides={STAFF, PORTAL},
        url=join_requests_page,
    )
)


@on_join_request
def tell_who_can_say_yes(request: JoinRequest) -> None:
    """The partner's admins; where there is none, who looks after the partner, else the manufacturer's owners."""
    recipients = list(members_with(Right.PORTAL_COLLEAGUES_MANAGE).filter(partner=request.partner_id))
    manager = request.partner.channel_manager
    if not recipients and manager is not None and manager.is_active:
        recipients = [manager]
    if not recipients:
        recipients = list(members_with(Right.USERS_MANAGE))
    facts = {"name": request.name, "email": request.email, "partner": request.partner.names}
    tell(recipients, JOIN_REQUESTED, key=f"join-{request.pk}", facts=facts)
