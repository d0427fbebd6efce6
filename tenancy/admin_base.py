"""What the apps' `admin.py` build on: platform administrators look at what manufacturers own, and change little of it.

Rows of manufacturers are changed where their rules are, in the portal. Here they are found, read, and followed through
their history.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from tenancy.history import history_of

COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts no further than 10,000 rows: nobody turns that many pages, and counting millions takes seconds."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:COUNTED].count()


class WithHistory(admin.ModelAdmin):
    """Shows what the triggers kept of an object beside what was done here."""

    object_history_template = "admin/tenancy/object_history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        entries = history_of(obj) if obj is not None and hasattr(obj, "events") else []
        return super().history_view(request, object_id, {**(extra_context or {}), "entries": entries})


class ReadOnlyAdmin(WithHistory):
    """Found and read, not changed."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OwnedAdmin(ReadOnlyAdmin):
    """Rows of manufacturers: whose they are stands first, and narrows the list."""

    list_select_related: ClassVar[Any] = ["manufacturer"]
    hidden: ClassVar[tuple[str, ...]] = ()
    """Fields that are not shown: files, which are served by the portal's own pages alone."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["__str__" if not self.list_display else self.list_display[0], "manufacturer", *self.list_display[1:]]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return ["manufacturer", *self.list_filter]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        files = [field.name for field in self.opts.get_fields() if isinstance(field, models.FileField)]
        return [*files, *self.hidden]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        excluded = self.get_exclude(request, obj)
        return [field.name for field in self.opts.concrete_fields if field.name not in excluded]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)
