"""Grade runs and their changes, promotions that wait, grades set by hand."""

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.filters import FilterSet
from pages.lists import ListView
from pages.paging import Sort
from partners.models import Partner
from partners.selectors import partners_for
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right
from valuation import selectors, services
from valuation.forms import OverrideForm, RecomputeForm, RefusalForm
from valuation.models import ChangeReason, Grade, GradeChange, GradeRun
from valuation.tables import ChangeTable
from valuation.wording import day_text

RUNS_SHOWN = 60
PROMOTIONS_SHOWN = 100


class RunListView(StaffMixin, TemplateView):
    """Where partners stand, what waits for a decision, and the recomputes behind it."""

    required_right = Right.GRADES_VIEW
    required_function = "grades"
    template_name = "valuation/staff/runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = list(selectors.grade_runs()[:RUNS_SHOWN])
        promotions = list(selectors.pending_promotions(self.member)[: PROMOTIONS_SHOWN + 1])
        tiers = selectors.partners_by_tier(self.member)
        return super().get_context_data(
            title=runs_title(selectors.latest_run()),
            runs=runs,
            promotions=promotions[:PROMOTIONS_SHOWN],
            has_more_promotions=len(promotions) > PROMOTIONS_SHOWN,
            tiers=tiers,
            most=max((tier.count for tier in tiers), default=0),
            form=RecomputeForm(),
            can_run=self.member.can(Right.GRADES_RUN),
            can_decide=self.member.can(Right.GRADES_DECIDE),
            **kwargs,
        )


def runs_title(run: GradeRun | None) -> str:
    """What the last recompute changed."""
    if run is None:
        return _("Grades have not been computed yet")
    return run_title(run)


def run_title(run: GradeRun) -> str:
    """What a recompute changed, in a sentence."""
    day = day_text(run.day)
    if run.is_past:
        return _("Looking back at %(day)s: no grade was touched") % {"day": day}
    up, down = int(run.result.get("up", 0)), int(run.result.get("down", 0))
    words = {"day": day, "up": formats.number(up), "down": formats.number(down)}
    if up and down:
        return _("On %(day)s %(up)s rose and %(down)s fell") % words
    if up:
        return ngettext("On %(day)s %(up)s partner rose", "On %(day)s %(up)s partners rose", up) % words
    if down:
        return ngettext("On %(day)s %(down)s partner fell", "On %(day)s %(down)s partners fell", down) % words
    return _("On %(day)s every partner kept its grade") % words


class ChangeFilterSet(FilterSet):
    reason = django_filters.MultipleChoiceFilter(choices=ChangeReason.choices, label=gettext_lazy("What happened"))

    class Meta:
        model = GradeChange
        fields: list[str] = []


class RunView(StaffMixin, ListView):
    """One recompute with the grades that it changed."""

    required_right = Right.GRADES_VIEW
    required_function = "grades"
    list_key = "grade_changes"
    table_class = ChangeTable
    filterset_class = ChangeFilterSet
    template_name = "valuation/staff/run.html"
    sorts = {"day": Sort("pk", descending=True)}
    default_sort = "-day"
    export_name = "grade-changes"
    export_right = Right.PARTNERS_EXPORT
    kwargs: dict[str, Any]

    @cached_property
    def run(self) -> GradeRun:
        return get_object_or_404(selectors.grade_runs(), pk=self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[GradeChange]:
        return selectors.changes_on(self.run.day, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(run=self.run, title=run_title(self.run), result=self.run.result, **kwargs)


class RecomputeView(StaffMixin, View):
    """Have the grades recomputed by a worker."""

    required_right = Right.GRADES_RUN
    required_function = "grades"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RecomputeForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
            return redirect(self.member.url("valuation:runs"))
        job = services.request_recompute(day=form.cleaned_data["day"], by=self.member)
        return redirect(self.member.url("jobs:detail", pk=job.pk))


class PromotionMixin(StaffMixin):
    """A promotion that waits for a decision."""

    required_right = Right.GRADES_DECIDE
    required_function = "grades"
    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def grade(self) -> Grade:
        return get_object_or_404(selectors.pending_promotions(self.member), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect(self.member.url("valuation:runs"))


class PromotionApproveView(PromotionMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            grade = services.approve_promotion(self.grade, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("%(partner)s holds %(tier)s now.") % {"partner": grade.partner, "tier": grade.tier}
            )
        return self.back()


class PromotionRefuseView(PromotionMixin, FormView):
    """Refused only with a reason."""

    form_class = RefusalForm
    template_name = "valuation/staff/refuse.html"

    def get_template_names(self) -> list[str]:
        return ["valuation/staff/refuse_dialog.html" if self.request.htmx else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(grade=self.grade, **kwargs)

    def form_valid(self, form: RefusalForm) -> HttpResponse:
        self.take_step(
            lambda: services.refuse_promotion(self.grade, by=self.member, reason=form.cleaned_data["reason"]),
            _("%(partner)s keeps its grade.") % {"partner": self.grade.partner},
        )
        return self.back()


class OverrideMixin(StaffMixin):
    """The grade of one partner that the member may see, decided by hand."""

    required_right = Right.GRADES_DECIDE
    required_function = "grades"
    kwargs: dict[str, Any]

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(partners_for(self.member).select_related("kind"), pk=self.kwargs["pk"])

    @property
    def partner_url(self) -> str:
        return self.member.url("partners:detail", pk=self.partner.pk)


class OverrideView(OverrideMixin, FormView):
    """A tier by hand, with a reason and an end."""

    form_class = OverrideForm
    template_name = "valuation/staff/override.html"

    @cached_property
    def grade(self) -> Grade | None:
        return Grade.objects.select_related("tier").filter(partner=self.partner).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        programme = selectors.programme_for(self.partner, timezone.localdate())
        return super().get_form_kwargs() | {"programme": programme}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, grade=self.grade, **kwargs)

    def form_valid(self, form: OverrideForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            services.set_override(
                self.partner, data["tier"], until=data["until"], reason=data["reason"], by=self.member
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("%(partner)s holds %(tier)s until %(day)s.")
            % {"partner": self.partner, "tier": data["tier"], "day": day_text(data["until"])},
        )
        return redirect(self.partner_url)


class OverrideEndView(OverrideMixin, View):
    """What was set by hand ends now."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            grade = services.end_override(self.partner, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("%(partner)s holds %(tier)s by its score.") % {"partner": self.partner, "tier": grade.tier}
            )
        return redirect(self.partner_url)
