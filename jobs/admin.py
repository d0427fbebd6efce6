from django.contrib import admin

from jobs.models import ImportFile, ImportMapping, Job
from tenancy.admin_base import OwnedAdmin


@admin.register(Job)
class JobAdmin(OwnedAdmin):
    list_display = [
        "id",
        "kind",
        "key",
        "state",
        "done",
        "total",
        "attempts",
        "created_by",
        "created_at",
        "finished_at",
    ]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["manufacturer", "created_by"]
    search_fields = ["kind", "key", "message", "created_by__name"]


@admin.register(ImportFile)
class ImportFileAdmin(OwnedAdmin):
    """Files that were brought in: what they were, not what is in them."""

    list_display = ["original_name", "kind", "state", "size", "created_by", "created_at"]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["manufacturer", "created_by"]
    search_fields = ["original_name", "created_by__name"]


@admin.register(ImportMapping)
class ImportMappingAdmin(OwnedAdmin):
    list_display = ["kind", "headers_hash", "updated_at"]
    list_filter = ["kind"]
