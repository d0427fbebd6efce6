"""Lists that are too long to wait for, exported as a job: its page shows how far it is and offers the file."""

import tempfile
from typing import Any

from django.core.files import File
from django.utils.module_loading import import_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jobs.running import Progress
from jobs.services import start_job
from pages.lists import ListView, request_for
from tenancy.errors import DomainError
from tenancy.files import stored_name
from tenancy.models import Membership


def start_export(
    member: Membership, view: type[ListView], query: str, export_format: str, place: dict[str, Any]
) -> str:
    """Have the list written to a file as the member sees it; returns the address of the job's page."""
    params = {"view": f"{view.__module__}.{view.__qualname__}", "query": query, "format": export_format, "place": place}
    job = start_job("list_export", params=params, by=member)
    return member.url("jobs:detail", pk=job.pk)


def run_export(progress: Progress) -> dict[str, Any]:
    """Write the file, in the scope of the job and with the sight of the member who asked."""
    params, member = progress.job.params, progress.job.created_by
    if member is None or not member.is_active:
        raise DomainError(_("Whoever asked for this export is no longer here."))
    member.manufacturer = progress.job.manufacturer
    view: ListView = import_string(params["view"])()
    view.request, view.args, view.kwargs = request_for(member, params["query"]), (), params.get("place", {})
    with tempfile.TemporaryFile() as file:
        rows = view.export(file, params["format"])
        file.seek(0)
        name = f"{view.export_name}-{localdate():%Y-%m-%d}.{params['format']}"
        stored = stored_name(progress.job.manufacturer_id, "exports", name)
        progress.job.result_file.save(stored, File(file), save=False)
    return {"rows": rows}
