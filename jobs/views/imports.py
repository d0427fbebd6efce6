import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView, TemplateView

from jobs import uploads
from jobs.forms import MatchForm, RunForm, UploadForm
from jobs.imports import import_kind, import_kinds
from jobs.imports.sentences import told_cells
from jobs.models import ImportFile, ImportState
from jobs.tables import ImportTable
from pages import sheets
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.history import history_of
from tenancy.rights import Right


class ImportListView(StaffMixin, ListView):
    """Every file that was brought in, the latest first."""

    required_right = Right.IMPORTS_RUN
    list_key = "imports"
    table_class = ImportTable
    template_name = "jobs/staff/imports.html"
    sorts = {"created_at": Sort("pk", descending=True)}
    default_sort = "-created_at"
    empty = Empty(
        _("No file has been brought in yet."),
        _("Begin with your partners, then products, then what was sold to them."),
        "jobs:import_new",
        _("Bring in a file"),
    )

    def get_queryset(self) -> Any:
        return ImportFile.objects.select_related("created_by", "job")


class ImportNewView(StaffMixin, FormView):
    """First step: the file, and what is in it."""

    required_right = Right.IMPORTS_RUN
    template_name = "jobs/staff/import_new.html"
    form_class = UploadForm

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.request.GET.get("kind", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=import_kinds(), **kwargs)

    def form_valid(self, form: UploadForm) -> HttpResponse:
        try:
            file = uploads.receive_file(form.cleaned_data["kind"], form.cleaned_data["file"], by=self.member)
        except DomainError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("jobs:import", pk=file.pk))


class ImportMixin(StaffMixin):
    """A page of one file."""

    required_right = Right.IMPORTS_RUN

    @cached_property
    def file(self) -> ImportFile:
        files = ImportFile.objects.select_related("created_by", "job")
        file = get_object_or_404(files, pk=self.kwargs["pk"])  # type: ignore[attr-defined]
        if file.kind not in {kind.key for kind in import_kinds()}:
            raise Http404
        return file

    @property
    def page_url(self) -> str:
        return self.member.url("jobs:import", pk=self.file.pk)


class ImportView(ImportMixin, TemplateView):
    """Where the file stands: columns to match, a check that runs or has run, or what was brought in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.file.state == ImportState.UPLOADED:
            return redirect(self.member.url("jobs:import_match", pk=self.file.pk))
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["jobs/partials/import_state.html" if self.request.htmx else "jobs/staff/import.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, report = import_kind(self.file.kind), self.file.report
        job = self.file.job
        return super().get_context_data(
            file=self.file,
            kind=kind,
            job=job,
            is_open=job is not None and job.is_open,
            check=self.told(report.get("check")),
            run=self.told(report.get("run")),
            questions=report.get("questions", []),
            history=[] if self.request.htmx else history_of(self.file),
            **kwargs,
        )

    def told(self, outcome: dict[str, Any] | None) -> dict[str, Any] | None:
        """What came of a check or a run, its bad cells in words."""
        if outcome is None:
            return None
        kind, headers = import_kind(self.file.kind), self.file.mapping.get("columns", {})
        return outcome | {"bad_cells": told_cells(outcome["bad_cells"], kind.columns(), kind.sentences, headers)}


class ImportMatchView(ImportMixin, FormView):
    """Second step: which column is which. Guesses and the last time's choice stand already."""

    template_name = "jobs/staff/import_match.html"
    form_class = MatchForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "columns": import_kind(self.file.kind).columns(),
            "headers": self.file.headers,
            "mapping": self.file.mapping,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            samples = uploads.samples_of(self.file)
        except DomainError as error:
            messages.error(self.request, str(error))
            samples = []
        return super().get_context_data(
            file=self.file,
            kind=import_kind(self.file.kind),
            samples=samples,
            questions=self.file.report.get("questions", []),
            is_remembered=self.file.report.get("is_remembered", False),
            **kwargs,
        )

    def form_valid(self, form: MatchForm) -> HttpResponse:
        try:
            uploads.match_columns(self.file, form.mapping, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.page_url)


class ImportRunView(ImportMixin, View):
    """Third step: bring it in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RunForm(request.POST)
        form.is_valid()
        self.take_step(lambda: uploads.start_import(self.file, by=self.member, **form.cleaned_data))
        return redirect(self.page_url)


class ImportTemplateView(StaffMixin, View):
    """A workbook to fill in: the columns of a kind of import, with an example below each."""

    required_right = Right.IMPORTS_RUN
    http_method_names = ["get"]

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> FileResponse:
        if kind not in {known.key for known in import_kinds()}:
            raise Http404
        columns = import_kind(kind).columns()
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        sheets.write_xlsx(file, [column.name for column in columns], [[column.example for column in columns]])
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{kind}.xlsx")
