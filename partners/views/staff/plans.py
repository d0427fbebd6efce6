"""What staff do with channel plans: the list, one plan, a new one, and the rules."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort, count_up_to
from partners import plan_charts, plan_terms, selectors
from partners.filters.plans import PlanFilterSet
from partners.forms.plans import PlanChooseForm, PlanSettingsForm
from partners.models import ChannelPlan, Partner, PlanPromise, PromiseState
from partners.selectors import plans as reading
from partners.services import plans as services
from partners.tables.plans import PlanTable
from partners.views import plans as shared
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

YEARS_AHEAD = 1


class StaffPlanMixin(StaffMixin):
    required_right = Right.PARTNERS_VIEW
    names = "partners"


class PlanListView(StaffMixin, ListView):
    """The plans of the member's partners, those that wait for an answer first in the heading."""

    required_right = Right.PARTNERS_VIEW
    required_function = shared.FUNCTION
    list_key = "plans"
    table_class = PlanTable
    filterset_class = PlanFilterSet
    template_name = "partners/staff/plan_list.html"
    default_sort = "-made"
    sorts = {
        "made": Sort("pk", descending=True),
        "partner": Sort("partner__name"),
        "year": Sort("year", descending=True),
        "proposed_at": Sort("proposed_at", descending=True),
        "agreed_at": Sort("agreed_at", descending=True),
    }
    default_columns = ["partner", "kind", "year", "state", "version", "revenue", "agreed_at", "manager"]
    export_name = "plans"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No plans yet"),
        gettext_lazy("Begin one with a partner: targets by quarter, what both sides will do, and what you promise."),
        url_name="partners:plan_create",
        action=gettext_lazy("Begin a plan"),
        right=Right.PLANS_EDIT,
    )

    def get_queryset(self) -> QuerySet[ChannelPlan]:
        return reading.plan_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title(), can_edit=self.member.can(Right.PLANS_EDIT), tab="plans", **kwargs
        )

    def title(self) -> str:
        """How many plans wait for an answer of this side."""
        waiting = count_up_to(reading.waiting_plans(self.member))
        if not waiting:
            return _("No plan waits for your answer")
        return ngettext("%(count)s plan waits for your answer", "%(count)s plans wait for your answer", waiting) % {
            "count": formats.number(waiting)
        }


class PlanCreateView(StaffMixin, FormView):
    """A new plan: with which partner, for which year. Where there is one that is open, it leads there."""

    required_right = Right.PLANS_EDIT
    required_function = shared.FUNCTION
    form_class = PlanChooseForm
    template_name = "partners/staff/plan_create.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        first_month = self.member.manufacturer.fiscal_year_start
        now = plan_terms.fiscal_year(timezone.localdate(), first_month)
        years = [(year, plan_charts.year_label(year, first_month)) for year in range(now + YEARS_AHEAD, now - 1, -1)]
        code = self.request.GET.get("parent_code", "")
        return super().get_form_kwargs() | {
            "member": self.member,
            "years": years,
            "initial": {"parent_code": code, "year": now + YEARS_AHEAD},
        }

    def form_valid(self, form: PlanChooseForm) -> HttpResponse:
        try:
            plan = services.start_plan(form.cleaned_data["parent_code"], form.cleaned_data["year"], by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("partners:plan", pk=plan.pk))


class PlanSettingsView(StaffMixin, FormView):
    """By what initiatives are ranked, and when a territory counts as crowded."""

    required_right = Right.SETTINGS_EDIT
    required_function = shared.FUNCTION
    form_class = PlanSettingsForm
    template_name = "partners/staff/plan_settings.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": services.plan_settings()}

    def form_valid(self, form: Any) -> HttpResponse:
        services.save_plan_settings(form.save(commit=False))
        messages.success(self.request, _("The rules are saved. Plans that are still open are ranked by them."))
        return redirect(self.member.url("partners:plan_settings"))


class PlanView(StaffPlanMixin, shared.PlanView):
    pass


class PlanSummaryView(StaffPlanMixin, shared.PlanSummaryView):
    required_right = Right.PLANS_EDIT


class PlanTargetView(StaffPlanMixin, shared.PlanTargetView):
    required_right = Right.PLANS_EDIT


class InitiativeView(StaffPlanMixin, shared.InitiativeView):
    required_right = Right.PLANS_EDIT


class InitiativeCreateView(InitiativeView):
    is_new = True


class InitiativeWorkView(StaffPlanMixin, shared.InitiativeWorkView):
    required_right = Right.PLANS_EDIT


class PromiseView(StaffPlanMixin, shared.PromiseView):
    required_right = Right.PLANS_EDIT


class PromiseCreateView(PromiseView):
    is_new = True


class PromiseSettleView(PromiseView):
    """Whether the manufacturer kept a promise."""

    http_method_names = ["post"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        promise: PlanPromise = self.part
        state = request.POST.get("state", "")
        state = state if state in PromiseState.values else PromiseState.KEPT
        self.take_step(
            lambda: services.settle_promise(promise, state, by=self.member),
            _("Noted: whether the promise is kept."),
        )
        return redirect(self.plan_page())


class PlanScoresView(StaffPlanMixin, shared.PlanScoresView):
    required_right = Right.WORK


class PlanStepView(StaffPlanMixin, shared.PlanStepView):
    required_right = Right.WORK


class PlanVersionsView(StaffPlanMixin, shared.PlanVersionsView):
    pass


class PartnerPlanView(StaffPlanMixin, shared.PlanYearView):
    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(selectors.partners_for(self.member), pk=self.kwargs["pk"])
