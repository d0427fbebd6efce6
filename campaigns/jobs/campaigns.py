from django.utils.translation import gettext_lazy as _

from campaigns.services.campaigns import FREEZING, freezing_ended, run_freezing
from campaigns.services.link_checks import CHECKING, run_checks
from jobs.hooks import on_finished
from jobs.models import Job
from jobs.registry import JobKind, register_job
from tenancy.models import Membership
from tenancy.rights import Right


def campaign_page(member: Membership, job: Job) -> str:
    is_seen = member.can(Right.CAMPAIGNS_VIEW)
    return member.url("campaigns:detail", pk=job.params["campaign"]) if is_seen else ""


register_job(
    JobKind(
        FREEZING,
        _("Freezing the readers of a campaign"),
        run=run_freezing,
        right=Right.CAMPAIGNS_EDIT,
        page=campaign_page,
    )
)
on_finished(freezing_ended)
register_job(
    JobKind(
        CHECKING, _("Following the links of a campaign"), run=run_checks, right=Right.CAMPAIGNS_EDIT, page=campaign_page
    )
)
