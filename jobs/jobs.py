from django.utils.translation import gettext_lazy as _

from jobs import exports, uploads
from jobs.models import Job
from jobs.registry import JobKind, register_job
from pages.lists import register_exporter
from tenancy.models import Membership
from tenancy.rights import Right


def import_page(member: Membership, job: Job) -> str:
    """The page of the file; nothing for who may see the job but no files that are brought in."""
    if not member.can(Right.IMPORTS_RUN):
        return ""
    return member.url("jobs:import", pk=job.params["file"])


register_job(
    JobKind("import_check", _("Check of a file"), run=uploads.run_check, right=Right.IMPORTS_RUN, page=import_page)
)
register_job(JobKind("import_run", _("Import"), run=uploads.run_file, right=Right.IMPORTS_RUN, page=import_page))
register_job(JobKind("list_export", _("Export of a list"), run=exports.run_export, right=Right.JOBS_VIEW))
register_exporter(exports.start_export)
