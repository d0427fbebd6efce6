"""A partner's own opportunities: board, list, one of them and its steps."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView

from commerce.models import CustomerKind, CustomerSource, EndCustomer
from leads.filters.opportunities import PortalOpportunityFilterSet, ShopOpportunityFilterSet
from leads.forms.opportunities import ActivityForm, AnswerForm, FileForm, LostForm, OpportunityForm, WonForm
from leads.functions import LEADS
from leads.models import Opportunity, PipelineStage, StageOutcome
from leads.selectors import opportunities as reading
from leads.services import opportunities as services
from leads.services import state_requests
from leads.services.customers import create_customer
from leads.tables.opportunities import OpportunityTable, ShopOpportunityTable
from leads.views.opportunities import BoardMixin, StagesMixin, file_response, page_context, take_file_step
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import number_or_404, row_number
from partners.selectors.tiers import shops_sharing
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.models import DataKind, Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right, Role
from tenancy.rls import house_scope


class OpportunitiesMixin(PortalMixin):
    """Pages that read opportunities."""

    required_right = Right.PORTAL_LEADS
    required_function: str | None = LEADS.key
    kwargs: dict[str, Any]


class WorkMixin(OpportunitiesMixin):
    """Pages that change them."""

    required_right = Right.PORTAL_LEADS_WORK


class BoardView(BoardMixin, OpportunitiesMixin, TemplateView):
    """All that is on its way, by stage. A card is dragged, or moved by its own menu."""

    template_name = "leads/portal/opportunity_board.html"
    filterset_class = PortalOpportunityFilterSet

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.board_context(can_work=self.member.can(Right.PORTAL_LEADS_WORK)), **kwargs
        )


class OpportunityListView(StagesMixin, OpportunitiesMixin, ListView):
    """The same as a list, with what is closed."""

    table_class = OpportunityTable
    filterset_class = PortalOpportunityFilterSet
    template_name = "leads/portal/opportunity_list.html"
    default_sort = "-last_activity_at"
    sorts = {
        "amount_base": Sort("amount_order", descending=True),
        "expected_close": Sort("expected_close"),
        "next_step_on": Sort("due_on"),
        "last_activity_at": Sort("last_activity_at", descending=True),
    }
    default_columns = ["name", "customer", "stage", "amount_base", "expected_close", "next_step", "next_step_on", "rep"]
    export_name = "opportunities"
    empty = Empty(
        gettext_lazy("No opportunities yet"),
        gettext_lazy("They begin with a lead that you accept, or with one of your own customers."),
        url_name="leads_portal:opportunity_create",
        action=gettext_lazy("New opportunity"),
        right=Right.PORTAL_LEADS_WORK,
    )

    def get_queryset(self) -> QuerySet[Opportunity]:
        return reading.opportunity_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs(self.member, "own"), **kwargs)


class ShopOpportunitiesView(StagesMixin, OpportunitiesMixin, ListView):
    """What the partners below have agreed to show of their opportunities: to read, not to change."""

    table_class = ShopOpportunityTable
    filterset_class = ShopOpportunityFilterSet
    template_name = "leads/portal/opportunity_shops.html"
    default_sort = "-last_activity_at"
    sorts = {
        "amount_base": Sort("amount_order", descending=True),
        "expected_close": Sort("expected_close"),
        "last_activity_at": Sort("last_activity_at", descending=True),
    }
    default_columns = ["name", "shop", "stage", "amount_base", "expected_close", "last_activity_at"]
    export_name = "opportunities-of-partners"
    empty = Empty(
        gettext_lazy("None of your partners shows its opportunities"),
        gettext_lazy("Each of them decides in its portal what it shows to you."),
    )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        member = getattr(request, "member", None)
        if member is not None and not member.has_function("sub_partners"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def shops(self) -> dict[int, str]:
        return shops_sharing(DataKind.PIPELINE)

    def get_queryset(self) -> QuerySet[Opportunity]:
        return reading.shops_opportunities(self.member)

    def table_arguments(self) -> dict[str, Any]:
        return super().table_arguments() | {"shops": self.shops}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs(self.member, "shops"), **kwargs)


def tabs(member: Membership, here: str) -> list[tuple[str, str, bool]]:
    """Own opportunities, and those that partners below show, where any does."""
    if not member.has_function("sub_partners") or not (here == "shops" or shops_sharing(DataKind.PIPELINE)):
        return []
    return [
        (_("Ours"), member.url("leads_portal:opportunity_list"), here == "own"),
        (_("Of our partners"), member.url("leads_portal:opportunity_shops"), here == "shops"),
    ]


class OneMixin(WorkMixin):
    """A page of one opportunity."""

    @cached_property
    def opportunity(self) -> Opportunity:
        rows = reading.opportunities_for(self.member)
        found = rows.select_related("stage", "customer", "rep", "category", "lead", "reason", "site")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def page(self) -> str:
        return self.member.url("leads_portal:opportunity", pk=self.opportunity.pk)


class OpportunityView(OneMixin, TemplateView):
    """One opportunity: what comes next, what was done, what is asked for."""

    required_right = Right.PORTAL_LEADS
    template_name = "leads/portal/opportunity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        opportunity, member = self.opportunity, self.member
        can_work = member.can(Right.PORTAL_LEADS_WORK)
        stages = reading.stages()
        return super().get_context_data(
            **page_context(opportunity, member),
            stages=stages,
            can_work=can_work,
            file_form=FileForm() if can_work else None,
            can_register=can_register(member),
            reps=list(reading.reps_of(opportunity.partner_id)) if member.role == Role.PARTNER_ADMIN else [],
            activity_form=ActivityForm(
                initial={"next_step": opportunity.next_step, "next_step_on": opportunity.next_step_on}
            ),
            **kwargs,
        )


class CreateView(OnceMixin, WorkMixin, FormView):
    """A new one, for a customer of the partner's own."""

    form_class = OpportunityForm
    template_name = "leads/portal/opportunity_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        return {"currency": self.member.manufacturer.currency}

    def form_valid(self, form: OpportunityForm) -> HttpResponse:
        try:
            with transaction.atomic():
                opportunity = services.open_opportunity(
                    form.details(customer_from(form, self.member)),
                    partner=own_partner(self.member),
                    by=self.member,
                    lines=form.lines(),
                )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The opportunity is opened."))
        return redirect(self.member.url("leads_portal:opportunity", pk=opportunity.pk))


class EditView(OneMixin, FormView):
    """Change what it says."""

    form_class = OpportunityForm
    template_name = "leads/portal/opportunity_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "opportunity": self.opportunity}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(opportunity=self.opportunity, **kwargs)

    def form_valid(self, form: OpportunityForm) -> HttpResponse:
        try:
            with transaction.atomic():
                services.update_opportunity(
                    self.opportunity,
                    form.details(customer_from(form, self.member)),
                    by=self.member,
                    lines=form.lines(),
                    seen_at=moment(form.cleaned_data["seen_at"]),
                )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.page)


class MoveView(OneMixin, View):
    """To another stage; what is won or lost is asked for more first."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        opportunity = self.opportunity
        stage = get_object_or_404(PipelineStage, pk=number_or_404(request.POST.get("stage", "")), is_retired=False)
        seen = row_number(request.POST.get("seen", ""))
        if stage.outcome != StageOutcome.OPEN:
            name = (
                "leads_portal:opportunity_won" if stage.outcome == StageOutcome.WON else "leads_portal:opportunity_lost"
            )
            return redirect(f"{self.member.url(name, pk=opportunity.pk)}?seen={seen or ''}")
        said = _("%(name)s is now at “%(stage)s”.") % {"name": opportunity, "stage": stage}
        self.take_step(lambda: services.move_opportunity(opportunity, stage, by=self.member, seen=seen), said)
        if (filters := request.POST.get("board", "")).startswith("?"):
            return redirect(self.member.url("leads_portal:opportunities") + filters)
        return redirect(self.page)


class WonView(OneMixin, FormView):
    """It is won."""

    form_class: Any = WonForm
    template_name = "leads/portal/opportunity_won.html"

    def get_initial(self) -> dict[str, Any]:
        opportunity = self.opportunity
        currency = opportunity.currency or self.member.manufacturer.currency
        return {
            "amount": opportunity.amount,
            "currency": currency,
            "seen": row_number(self.request.GET.get("seen", "")),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(opportunity=self.opportunity, **kwargs)

    def step(self, given: dict[str, Any]) -> Opportunity:
        return services.win(self.opportunity, by=self.member, **given)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            closed = self.step(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is closed.") % {"name": closed})
        return redirect(self.page)


class LostView(WonView):
    """It is lost."""

    form_class = LostForm
    template_name = "leads/portal/opportunity_lost.html"

    def get_initial(self) -> dict[str, Any]:
        return {"seen": row_number(self.request.GET.get("seen", ""))}

    def step(self, given: dict[str, Any]) -> Opportunity:
        return services.lose(self.opportunity, by=self.member, **given)


class ActivityView(OneMixin, View):
    """Put down what was done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ActivityForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Write down what came of it."))
            return redirect(self.page)
        opportunity, given = self.opportunity, form.cleaned_data
        if not opportunity.is_open:
            given |= {"next_step": None, "next_step_on": None}
        self.take_step(
            lambda: services.record_activity(opportunity, by=self.member, **given), _("The activity is logged.")
        )
        return redirect(self.page)


class FileView(OneMixin, View):
    """A paper or photo as a download."""

    required_right = Right.PORTAL_LEADS
    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return file_response(self.opportunity, self.member, self.kwargs["file"])


class FilesView(OneMixin, View):
    """A file is brought, or taken out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        take_file_step(self, self.opportunity, self.member)
        return redirect(self.page)


class RepView(OneMixin, View):
    """Give it to a colleague, or take it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        opportunity = self.opportunity
        rep = get_object_or_404(reading.reps_of(opportunity.partner_id), pk=number_or_404(request.POST.get("rep", "")))
        said = _("%(name)s works on it now.") % {"name": rep.name}
        self.take_step(lambda: services.assign_rep(opportunity, rep, by=self.member), said)
        return redirect(self.page)


class AnswerView(OneMixin, FormView):
    """Answer how it stands."""

    form_class = AnswerForm
    template_name = "leads/portal/opportunity_answer.html"

    def get_initial(self) -> dict[str, Any]:
        return answer_initial(self.opportunity)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(opportunity=self.opportunity, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            state_requests.answer_state(self.opportunity, state_requests.Answer(**form.cleaned_data), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Thank you. Who asked has your answer."))
        return redirect(self.page)


def answer_initial(opportunity: Opportunity) -> dict[str, Any]:
    """What an answer begins with: nothing has changed."""
    return {
        "stage": opportunity.stage_id,
        "next_step": opportunity.next_step,
        "next_step_on": opportunity.next_step_on,
        "amount": opportunity.amount,
    }


def customer_from(form: OpportunityForm, member: Membership) -> EndCustomer | None:
    """The customer chosen, or a new one of the partner's by the name given."""
    given = form.cleaned_data
    if given["customer"] or not given["new_customer"]:
        return given["customer"]
    customer = EndCustomer(
        name=given["new_customer"],
        phone=given["new_phone"],
        kind=CustomerKind.COMPANY,
        source=CustomerSource.PARTNER,
        served_by_id=member.partner_id,
    )
    with house_scope():  # what it is found by is the manufacturer's
        return create_customer(customer, by=member)


def can_register(member: Membership) -> bool:
    """Whether the member may register a deal now."""
    return member.can(Right.PORTAL_DEALS) and member.has_function("deals")


def own_partner(member: Membership) -> Any:
    """The member's partner, as the scope has loaded it."""
    return member.partner


def moment(text: str) -> dt.datetime | None:
    """A moment as a form carries it; nothing for one that makes no sense."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
