"""Lists: search, filters, sort, columns, saved views, pages by key, export, bulk actions, and what to do when empty.

    class PartnerListView(StaffMixin, ListView):
        required_right = Right.PARTNERS_VIEW
        list_key = "partners"
        table_class = PartnerTable
        filterset_class = PartnerFilterSet
        template_name = "partners/staff/list.html"          # includes "components/list.html"
        sorts = {"name": Sort("name"), "revenue": Sort("summary__revenue", key="summary__partner", descending=True)}
        default_sort = "-revenue"

        def get_queryset(self):
            return partners_for(self.member)

Sorts are named after columns; `descending` there is the direction of the first click. In an address: `sort=-revenue`.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any, BinaryIO, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View
from django_htmx.http import HttpResponseClientRedirect

from pages import filterbar, sheets
from pages.paging import COUNT_UP_TO, Page, Sort, count_up_to, ordered, page_of
from pages.row_numbers import row_number
from pages.tables import LeanTable

EXPORT_AT_ONCE = 5000
"""Longer lists are exported as a job, where an app that runs jobs has registered how."""

PLACE = ("after", "before", "last", "from")
"""Parameters that say which page; they go when anything else changes."""


class BulkRefusedError(Exception):
    """A bulk action cannot run as asked; its text is the sentence that says why."""


@dataclass(frozen=True)
class BulkAction:
    """What can be done to many rows at once. `run(member, queryset, cleaned_data)` returns the sentence to show, or raises
    BulkRefusedError with one.
    """

    key: str
    label: Any
    right: Any
    run: Callable[[Any, QuerySet[Any], dict[str, Any]], str]
    form_class: Callable[..., forms.Form] | None = None
    """Called with `member=`: what must be said before it runs."""
    explanation: Any = ""
    is_dangerous: bool = False
    most: int | None = None
    """How many rows at once, said in the question; those it was asked about are then the only ones it runs on, also where
    all that match were chosen."""


@dataclass(frozen=True)
class Empty:
    """What a list says that has no rows at all, and where to go from there."""

    title: Any
    text: Any = ""
    url_name: str = ""
    action: Any = ""
    right: Any = None


@dataclass(frozen=True)
class Exporter:
    """How lists too long to wait for are exported: `start(member, view, query, format, place)` returns the page to go
    to; `place` is what stands in the list's own address, such as whose rows they are."""

    start: Callable[[Any, type["ListView"], str, str, dict[str, Any]], str]


_exporters: list[Exporter] = []


def register_exporter(start: Callable[[Any, type["ListView"], str, str, dict[str, Any]], str]) -> None:
    """Hand long exports to jobs; the job makes a view with `request_for` and calls its `export`."""
    _exporters[:] = [Exporter(start)]


@dataclass
class ListState:
    """All that `components/list.html` shows."""

    path: str
    table: LeanTable
    heads: list[Any]
    body: SafeString
    page: Page[Any]
    first: int
    total: int
    is_filtered: bool
    search: Any = None
    controls: str = ""
    chips: list[filterbar.Chip] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    keep: list[tuple[str, str]] = field(default_factory=list)
    """Parameters that the filter form must carry along."""
    query: str = ""
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""
    last_url: str = ""
    clear_url: str = ""
    export_urls: list[tuple[str, str]] = field(default_factory=list)
    columns: str = ""
    """Name, label, whether shown, whether always shown."""
    views: list[Any] = field(default_factory=list)
    view: Any = None
    can_share: bool = False
    actions: list[BulkAction] = field(default_factory=list)
    empty: dict[str, Any] | None = None

    @property
    def last(self) -> int:
        return self.first + len(self.page.rows) - 1

    @property
    def has_more_than_counted(self) -> bool:
        return self.total > COUNT_UP_TO

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing to search in: then the page shows only what to do."""
        return not self.page.rows and not self.is_filtered and not self.errors

    @property
    def counted(self) -> int:
        return COUNT_UP_TO


def request_for(member: Any, query: str) -> Any:
    """What a list reads of a request, without one: for a job that exports it (`view.request = request_for(...)`)."""
    return SimpleNamespace(member=member, GET=QueryDict(query), session={}, path="")


class ListView(TemplateResponseMixin, ContextMixin, View):
    """A list page. Stands after `StaffMixin` or `PortalMixin`, which ask for the right."""

    http_method_names = ["get", "head", "post", "options"]
    list_key = ""
    table_class: type[LeanTable]
    filterset_class: Any = None
    sorts: ClassVar[dict[str, Sort]] = {}
    default_sort = ""
    default_columns: ClassVar[Sequence[str] | None] = None
    page_size = 50
    export_name = ""
    """Begins the file name of an export; nothing: the list cannot be exported."""
    export_right: Any = None
    share_right: Any = None
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    empty: Empty | None = None
    member: Any
    request: Any

    # --- What a list fills in ---------------------------------------------------------------------------------------

    def get_queryset(self) -> QuerySet[Any]:
        """The rows this member may see, with what the table shows."""
        raise NotImplementedError

    def table_arguments(self) -> dict[str, Any]:
        """More for the table's constructor."""
        return {}

    def filterset_arguments(self) -> dict[str, Any]:
        """More for the filter set's constructor."""
        return {}

    # --- Requests ---------------------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        if export_format := self.params.get("export"):
            return self._export_response(export_format)
        context = self.get_context_data(list=self.state())
        return self.render_to_response(context)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("do", "")
        steps = {"columns": self._keep_columns, "save_view": self._save_view, "delete_view": self._delete_view}
        if wanted in steps:
            steps[wanted]()
            return HttpResponseRedirect(self._here())
        action = next((action for action in self.bulk_actions if action.key == wanted), None)
        if action is None:
            raise Http404
        if not self.member.can(action.right):
            raise PermissionDenied
        return self._bulk(action)

    # --- The list ---------------------------------------------------------------------------------------------------

    @cached_property
    def params(self) -> QueryDict:
        return self.request.GET

    @cached_property
    def filterset(self) -> Any:
        if self.filterset_class is None:
            return None
        filterset = self.filterset_class(
            data=self.params, queryset=self.get_queryset(), request=self.request, **self.filterset_arguments()
        )
        filterset.is_valid()
        return filterset

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows that match, unsorted. A filter that makes no sense is left out, and said so."""
        if self.filterset is None:
            return self.get_queryset()
        return self.filterset.filter_queryset(self.filterset.queryset.all())

    @cached_property
    def sort_name(self) -> str:
        asked = self.params.get("sort", "")
        return asked if asked.lstrip("-") in self.sorts else self.default_sort

    @cached_property
    def sort(self) -> Sort:
        name = self.sort_name
        sort = self.sorts.get(name.lstrip("-"), Sort("pk"))
        return replace(sort, descending=name.startswith("-"))

    @cached_property
    def columns_shown(self) -> list[str]:
        """As the address says, else as chosen before, else the list's own choice; the first always stands."""
        known = list(self.table_class.base_columns)
        asked = self.params.get("columns", "").split(",") if "columns" in self.params else None
        chosen = asked or self.request.session.get(self._columns_key) or self.default_columns or known
        fixed = {known[0], *self.table_class.always_shown}
        return [name for name in known if name in chosen or name in fixed]

    def make_table(self, records: list[Any], **kwargs: Any) -> LeanTable:
        arguments = {
            "columns_shown": self.columns_shown,
            "currency": self.member.manufacturer.currency,
            "member": self.member,
            **self.table_arguments(),
            **kwargs,
        }
        return self.table_class(records, **arguments)

    def state(self) -> ListState:
        """One page of the list and all around it."""
        page = page_of(
            self.rows,
            self.sort,
            size=self.page_size,
            after=self.params.get("after", ""),
            before=self.params.get("before", ""),
            last="last" in self.params,
        )
        actions = [action for action in self.bulk_actions if self.member.can(action.right)]
        table = self.make_table(page.rows, is_selectable=bool(actions))
        form = self.filterset.form if self.filterset is not None else None
        chips = filterbar.chips(form, self.params) if form is not None else []
        is_filtered = bool(chips or self.params.get(filterbar.SEARCH))
        first = self._first(page)
        views = self._views()
        return ListState(
            path=self.request.path,
            table=table,
            heads=self._heads(table),
            body=table.body(),
            page=page,
            first=first,
            total=len(page.rows) if page.is_all else count_up_to(self.rows),
            is_filtered=is_filtered,
            search=filterbar.search_box(form) if form is not None else None,
            controls=filterbar.controls(form) if form is not None else "",
            chips=chips,
            errors=filterbar.errors_of(form) if form else [],
            keep=[(name, str(self.params[name])) for name in ("sort", "columns", "view") if name in self.params],
            query=self._query(),
            next_url=self._url(after=page.next_key, **{"from": str(first + len(page.rows)) if first else ""}),
            previous_url=self._url(
                before=page.previous_key, **{"from": str(max(first - self.page_size, 1)) if first else ""}
            ),
            first_url=self._url(),
            last_url=self._url(last="1"),
            clear_url=self._url_without_filters(),
            export_urls=self._export_urls(),
            columns=self._column_choices(),
            views=views,
            view=next((view for view in views if str(view.pk) == self.params.get("view")), None),
            can_share=self.share_right is not None and self.member.can(self.share_right),
            actions=actions,
            empty=None if page.rows else self._empty(is_filtered=is_filtered),
        )

    def _first(self, page: Page[Any]) -> int:
        """The number of the first row, as far as it is known: pages are reached by key, not by number."""
        if not page.previous_key:
            return 1
        asked = self.params.get("from", "")
        return int(asked) if asked.isdecimal() and len(asked) < 10 else 0

    def _heads(self, table: LeanTable) -> list[Any]:
        current, descending = self.sort_name.lstrip("-"), self.sort.descending
        heads = []
        for head in table.heads:
            sort = self.sorts.get(head.name)
            if sort is None:
                heads.append(head)
                continue
            turned = not descending if head.name == current else sort.descending
            url = self._url(sort=f"-{head.name}" if turned else head.name)
            state = ("descending" if descending else "ascending") if head.name == current else ""
            heads.append(replace(head, sort_url=url, sorted=state))
        return heads

    def _empty(self, *, is_filtered: bool) -> dict[str, Any]:
        if is_filtered:
            return {
                "title": _("Nothing matches these filters."),
                "text": _("Take one away, or look for something shorter."),
                "url": self._url_without_filters(),
                "action": _("Show all"),
            }
        if self.empty is None:
            return {"title": _("Nothing here yet.")}
        may = self.empty.url_name and (self.empty.right is None or self.member.can(self.empty.right))
        return {
            "title": self.empty.title,
            "text": self.empty.text,
            "url": self.member.url(self.empty.url_name) if may else "",
            "action": self.empty.action,
        }

    # --- Addresses --------------------------------------------------------------------------------------------------

    def _query(self, **changes: str) -> str:
        query = self.params.copy()
        for name in (*PLACE, "export"):
            query.pop(name, None)
        for name, value in changes.items():
            if value:
                query[name] = value
            else:
                query.pop(name, None)
        return query.urlencode()

    def _url(self, **changes: str) -> str:
        return "?" + self._query(**changes)

    def _url_without_filters(self) -> str:
        kept = QueryDict(mutable=True)
        kept.update({name: str(self.params[name]) for name in ("sort", "columns") if name in self.params})
        return "?" + kept.urlencode()

    def _here(self) -> str:
        query = self._query()
        return f"{self.request.path}?{query}" if query else self.request.path

    # --- Columns ----------------------------------------------------------------------------------------------------

    @property
    def _columns_key(self) -> str:
        return f"columns:{self.list_key}"

    def _column_choices(self) -> str:
        if not self.list_key:
            return ""
        shown = self.columns_shown
        fixed = {next(iter(self.table_class.base_columns)), *self.table_class.always_shown}
        return filterbar.column_boxes(
            (name, str(column.verbose_name or name), name in shown, name in fixed)
            for name, column in self.table_class.base_columns.items()
        )

    def _keep_columns(self) -> None:
        chosen = [name for name in self.request.POST.getlist("columns") if name in self.table_class.base_columns]
        self.request.session[self._columns_key] = chosen
        self.params = self.params.copy()
        self.params.pop("columns", None)

    # --- Saved views ------------------------------------------------------------------------------------------------

    def _views(self) -> list[Any]:
        """The member's own views and those that colleagues share."""
        if not self.list_key:
            return []
        found = self._all_views().filter(list_key=self.list_key)
        return list(found.filter(Q(member_id=self.member.pk) | Q(is_shared=True)).order_by("name", "pk"))

    def _all_views(self) -> QuerySet[Any]:
        return self.member.saved_views.model.objects.all()

    def _save_view(self) -> None:
        """Keep filters, sort and columns under a name; the same name again replaces it."""
        name = self.request.POST.get("name", "").strip()[:80]
        query = QueryDict(self._query(), mutable=True)
        query.pop("view", None)
        query["columns"] = ",".join(self.columns_shown)
        text = query.urlencode()
        if not name or not self.list_key:
            messages.error(self.request, _("Give the view a name."))
            return
        if len(text) > 2000:
            messages.error(self.request, _("These filters are too long to keep: choose fewer values."))
            return
        shared = bool(self.request.POST.get("is_shared")) and self.share_right and self.member.can(self.share_right)
        view, _created = self.member.saved_views.update_or_create(
            list_key=self.list_key, name=name, defaults={"query": text, "is_shared": bool(shared)}
        )
        self.params = QueryDict(f"{text}&view={view.pk}", mutable=True)
        messages.success(self.request, _("The view “%(name)s” is saved.") % {"name": name})

    def _delete_view(self) -> None:
        """Only one's own."""
        if pk := row_number(self.request.POST.get("view", "")):
            self.member.saved_views.filter(list_key=self.list_key, pk=pk).delete()
        self.params = self.params.copy()
        self.params.pop("view", None)

    # --- Export -----------------------------------------------------------------------------------------------------

    def _may_export(self) -> bool:
        return bool(self.export_name) and (self.export_right is None or self.member.can(self.export_right))

    def _export_urls(self) -> list[tuple[str, str]]:
        if not self._may_export():
            return []
        return [("XLSX", self._url(export="xlsx")), ("CSV", self._url(export="csv"))]

    def export(self, file: BinaryIO, export_format: str) -> int:
        """Write all rows that match, in order, with the columns shown; returns how many."""
        table = self.make_table([])
        rows = ordered(self.rows, self.sort).iterator(chunk_size=2000)
        return sheets.WRITERS[export_format](file, table.export_heads(), table.export_rows(rows))

    def _export_response(self, export_format: str) -> HttpResponseBase:
        if not self._may_export():
            raise PermissionDenied
        if export_format not in sheets.WRITERS:
            raise Http404
        if _exporters and count_up_to(self.rows, EXPORT_AT_ONCE) > EXPORT_AT_ONCE:
            place = {name: value for name, value in getattr(self, "kwargs", {}).items() if name != "manufacturer"}
            return HttpResponseRedirect(
                _exporters[0].start(self.member, type(self), self._query(), export_format, place)
            )
        # A file first: the rows may be read only now, inside the member's scope, and the response leaves after it.
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        self.export(file, export_format)
        file.seek(0)
        name = f"{self.export_name}-{timezone.localdate():%Y-%m-%d}.{export_format}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=sheets.CONTENT_TYPES[export_format])

    # --- Bulk actions -----------------------------------------------------------------------------------------------

    def _chosen(self) -> QuerySet[Any]:
        """The rows marked on the page, or all that match; never one that the list would not show."""
        if self.request.POST.get("everything"):
            return self.rows
        keys = []
        for text in self.request.POST.getlist("selected"):
            try:
                keys.append(self.rows.model._meta.pk.to_python(text))
            except ValidationError:
                continue
        return self.rows.filter(pk__in=keys)

    def _bulk(self, action: BulkAction) -> HttpResponse:
        """First the question (how many, and what must be said), then the deed; where it is refused, what was said stays."""
        chosen, data = self._chosen(), self.request.POST
        selected, everything = data.getlist("selected"), data.get("everything", "")
        is_confirmed, is_too_many = "confirmed" in data, False
        form = None
        if action.form_class is not None:
            form = action.form_class(data if is_confirmed else None, member=self.member)
        if action.most is not None:
            found = [str(pk) for pk in chosen.order_by("pk").values_list("pk", flat=True)[: action.most + 1]]
            is_too_many = len(found) > action.most
            is_confirmed = is_confirmed and not (everything or is_too_many)
            if not is_too_many:
                selected, everything = found, ""
        if is_confirmed and (form is None or form.is_valid()):
            try:
                message = action.run(self.member, chosen, form.cleaned_data if form is not None else {})
            except BulkRefusedError as error:
                if form is None:
                    messages.error(self.request, str(error))
                    return self._go(self._here())
                form.add_error(None, str(error))
            else:
                messages.success(self.request, message)
                return self._go(self._here())
        return self.response_class(
            request=self.request,
            template=["components/bulk_dialog.html" if self.request.htmx else "components/bulk_page.html"],
            context=self.get_context_data(
                action=action,
                form=form,
                count=chosen.count(),
                selected=selected,
                everything=everything,
                is_too_many=is_too_many,
                here=self._here(),
            ),
        )

    def _go(self, url: str) -> HttpResponse:
        return HttpResponseClientRedirect(url) if self.request.htmx else HttpResponseRedirect(url)
