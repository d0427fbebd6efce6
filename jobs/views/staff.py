from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from jobs import selectors, services
from jobs.models import Job
from jobs.registry import job_label
from jobs.tables import JobTable
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.access import StaffMixin
from tenancy.files import KINDS, OCTETS, attachment_response
from tenancy.rights import Right


class JobListView(StaffMixin, ListView):
    """Long work, the latest first."""

    required_right = Right.JOBS_VIEW
    list_key = "jobs"
    table_class = JobTable
    template_name = "jobs/staff/list.html"
    sorts = {"created_at": Sort("pk", descending=True)}
    default_sort = "-created_at"
    empty = Empty(
        gettext_lazy("No work has been started yet."),
        gettext_lazy("Imports, exports and recomputes show here while they run and after."),
    )

    def get_queryset(self) -> Any:
        return selectors.jobs_for(self.member)


class JobMixin(StaffMixin):
    """A page of one job."""

    required_right = Right.JOBS_VIEW

    @cached_property
    def job(self) -> Job:
        return get_object_or_404(selectors.jobs_for(self.member), pk=self.kwargs["pk"])  # type: ignore[attr-defined]


class JobView(JobMixin, TemplateView):
    """How far a job is, and what it left to read. Asked by htmx while it runs, it sends that part alone."""

    template_name = "jobs/staff/detail.html"

    def get_template_names(self) -> list[str]:
        return ["jobs/partials/state.html"] if self.request.htmx else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = selectors.kind_of(self.job)
        return super().get_context_data(
            job=self.job,
            label=job_label(self.job.kind),
            may_cancel=self.job.is_open and kind is not None and self.member.can(kind.right),
            page_url=kind.page(self.member, self.job) if kind and kind.page else "",
            **kwargs,
        )


class JobCancelView(JobMixin, View):
    """Only who may start such work may stop it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind = selectors.kind_of(self.job)
        if kind is None or not self.member.can(kind.right):
            raise PermissionDenied
        self.take_step(lambda: services.cancel_job(self.job, by=self.member), _("The work stops as soon as it can."))
        return redirect(self.member.url("jobs:detail", pk=self.job.pk))


class JobFileView(JobMixin, View):
    """A file that a job left, as a download."""

    http_method_names = ["get"]
    which = "result_file"

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        file = getattr(self.job, self.which)
        name = file.name.rsplit("/", 1)[-1]
        kind = KINDS.get(name.rpartition(".")[2])
        return attachment_response(file, name=name, content_type=kind.content_type if kind else OCTETS)
