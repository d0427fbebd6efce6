"""Approval lines: which there are, and the editor with its live check."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from approvals import selectors, services
from approvals.forms import RouteEditor
from approvals.models import Route
from approvals.registry import kind_label, subject_kind, subject_kinds
from approvals.wording import amounts_text, line_text, uncovered_text
from pages import formats
from pages.row_numbers import row_number
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rights import Right


class RouteListView(StaffMixin, TemplateView):
    """Every subject that can be approved, with its lines in words."""

    required_right = Right.SETTINGS_EDIT
    template_name = "approvals/staff/routes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        currency = self.member.manufacturer.currency
        by_kind: dict[str, list[Route]] = {}
        for route in selectors.routes().prefetch_related("steps__member", "steps__late_member"):
            by_kind.setdefault(route.kind, []).append(route)
        kinds = []
        for kind in subject_kinds():
            routes = by_kind.get(kind.key, [])
            kinds.append(
                {
                    "kind": kind,
                    "lines": [
                        {
                            "route": route,
                            "amounts": amounts_text(route.amount_from, route.amount_below, currency)
                            if kind.has_amount
                            else "",
                            "steps": line_text(services.draft_of(route)),
                        }
                        for route in routes
                    ],
                    "uncovered": uncovered_text([(row.amount_from, row.amount_below) for row in routes], currency)
                    if routes and kind.has_amount
                    else "",
                    "may_add": kind.has_amount or not routes,
                }
            )
        count = sum(1 for kind in kinds if kind["lines"])
        return super().get_context_data(kinds=kinds, title=routes_title(count), **kwargs)


def routes_title(count: int) -> str:
    """How many subjects have a line."""
    if not count:
        return _("Nothing needs approval yet")
    words = {"count": formats.number(count)}
    return (
        ngettext("%(count)s subject goes along an approval line", "%(count)s subjects go along approval lines", count)
        % words
    )


class RouteFormView(StaffMixin, TemplateView):
    """The editor of a line."""

    required_right = Right.SETTINGS_EDIT
    template_name = "approvals/staff/route_form.html"
    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def route(self) -> Route | None:
        return None

    def start(self) -> services.Draft:
        """What the editor begins with."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(editor=RouteEditor(self.member, self.start())))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        editor = RouteEditor(self.member, self.start(), request.POST)
        if (moved := request.POST.get("up", "")).isdecimal():
            return self.render_to_response(self.get_context_data(editor=editor.moved_up(int(moved))))
        if not editor.is_valid:
            return self.render_to_response(self.get_context_data(editor=editor))
        try:
            route = services.save_route(editor.draft(), route=self.route)
        except DomainError as error:
            editor.route.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(editor=editor))
        messages.success(request, _("“%(name)s” is saved. Requests from now on take it.") % {"name": route})
        url = self.member.url("approvals:route_edit", pk=route.pk)
        return redirect(url if "stay" in request.POST else self.member.url("approvals:routes"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            route=self.route,
            kind=subject_kind(self.start().kind),
            entries=history_of(self.route) if self.route else [],
            currency=self.member.manufacturer.currency,
            **kwargs,
        )


class RouteCreateView(RouteFormView):
    """A new line for the subject that the address names."""

    def start(self) -> services.Draft:
        kind = subject_kind(self.kwargs["kind"])
        if kind is None:
            raise Http404
        return services.Draft(kind.key, str(kind.label))


class RouteEditView(RouteFormView):
    """New steps for a line; requests that wait keep theirs."""

    @cached_property
    def route(self) -> Route | None:
        return get_object_or_404(selectors.routes(), pk=self.kwargs["pk"])

    def start(self) -> services.Draft:
        assert self.route is not None
        if subject_kind(self.route.kind) is None:
            raise Http404
        return services.draft_of(self.route)


class RouteCheckView(StaffMixin, TemplateView):
    """The editor's live check: what stands against saving, and what would happen, in words."""

    required_right = Right.SETTINGS_EDIT
    http_method_names = ["post"]
    template_name = "approvals/partials/check.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key, number = request.GET.get("kind", ""), row_number(request.GET.get("route", ""))
        route = selectors.routes().filter(pk=number).first() if number else None
        if subject_kind(key) is None:
            raise Http404
        editor = RouteEditor(self.member, services.Draft(key, kind_label(key)), request.POST)
        return self.render_to_response(check_context(self.member, editor, route))


def check_context(member: Membership, editor: RouteEditor, route: Route | None) -> dict[str, Any]:
    """What the check says about what stands in the editor."""
    if not editor.is_valid:
        wrong = [
            (f"{field.label}: {' '.join(map(str, field.errors))}", field.id_for_label)
            for form in editor.forms
            for field in form
            if field.errors
        ]
        return {"problems": wrong, "sentences": []}
    draft = editor.draft()
    kind = subject_kind(draft.kind)
    currency = member.manufacturer.currency
    return {
        "problems": [
            (problem.message, editor.control_id(problem.place)) for problem in services.problems_of(draft, route=route)
        ],
        "amounts": amounts_text(draft.amount_from, draft.amount_below, currency) if kind and kind.has_amount else "",
        "sentences": line_text(draft),
    }


class RouteRetireView(StaffMixin, View):
    """Let no new request take a line."""

    required_right = Right.SETTINGS_EDIT
    http_method_names = ["post"]
    kwargs: dict[str, Any]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        route = get_object_or_404(selectors.routes(), pk=self.kwargs["pk"])
        services.retire_route(route)
        messages.success(request, _("“%(name)s” is retired. What waits goes on along it.") % {"name": route})
        return redirect(self.member.url("approvals:routes"))
