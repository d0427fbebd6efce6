"""Many leads that somebody chose, each offered on its own."""

from django.utils.translation import gettext_lazy as _

from jobs.registry import JobKind, register_job
from leads.services.imported_work import WORK_JOB, run_opportunities
from leads.services.routing_jobs import ROUTE_JOB, run_routing
from tenancy.rights import Right

register_job(JobKind(ROUTE_JOB, _("Offering leads to partners"), run_routing, Right.LEADS_DISTRIBUTE))
register_job(JobKind(WORK_JOB, _("Opportunities of imported leads"), run_opportunities, Right.IMPORTS_RUN))
