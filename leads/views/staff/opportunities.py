"""What staff see of partners' opportunities, and what they ask of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from leads.filters.opportunities import StaffOpportunityFilterSet
from leads.forms.opportunities import FileForm, NoteForm, SitePlaceForm, StageForm
from leads.functions import LEADS
from leads.models import ActivityKind, Opportunity, PipelineStage
from leads.privacy import sees_people
from leads.selectors import opportunities as reading
from leads.services import opportunities as services
from leads.services import stages as stage_services
from leads.services import state_requests
from leads.tables.opportunities import StaffOpportunityTable
from leads.views.opportunities import BoardMixin, StagesMixin, file_response, page_context, take_file_step
from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right


class OpportunitiesMixin(StaffMixin):
    """Pages of who sees leads."""

    required_right = Right.LEADS_VIEW
    required_function: str | None = LEADS.key
    kwargs: dict[str, Any]


def asked_sentence(count: int) -> str:
    """What asking did, in words."""
    if not count:
        return _("Nothing to ask: all chosen are closed, or are asked about already.")
    return ngettext(
        "The partner of %(count)s opportunity is asked.", "The partners of %(count)s opportunities are asked.", count
    ) % {"count": formats.number(count)}


def ask(member: Membership, rows: QuerySet[Opportunity], cleaned: dict[str, Any]) -> str:
    """The bulk action: ask how they stand."""
    try:
        return asked_sentence(
            state_requests.ask_for_state(Opportunity.objects.filter(pk__in=rows.order_by().values("pk")), by=member)
        )
    except DomainError as error:
        raise BulkRefusedError(str(error)) from error


class BoardView(BoardMixin, OpportunitiesMixin, TemplateView):
    """All partners' opportunities by stage."""

    template_name = "leads/staff/opportunity_board.html"
    filterset_class = StaffOpportunityFilterSet

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.board_context(), can_set=self.member.can(Right.SETTINGS_EDIT), **kwargs)


class OpportunityListView(StagesMixin, OpportunitiesMixin, ListView):
    """The same as a list."""

    list_key = "opportunities"
    table_class = StaffOpportunityTable
    filterset_class = StaffOpportunityFilterSet
    template_name = "leads/staff/opportunity_list.html"
    default_sort = "-last_activity_at"
    sorts = {
        "amount_base": Sort("amount_order", descending=True),
        "expected_close": Sort("expected_close"),
        "last_activity_at": Sort("last_activity_at", descending=True),
    }
    default_columns = [
        "name",
        "partner",
        "stage",
        "amount_base",
        "expected_close",
        "next_step",
        "next_step_on",
        "last_activity_at",
    ]
    export_name = "opportunities"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction(
            "ask",
            gettext_lazy("Ask for the state"),
            Right.LEADS_EDIT,
            ask,
            explanation=gettext_lazy(
                "Who works on it gets a mail with a link that answers without signing in. What is asked already is not "
                "asked again."
            ),
        )
    ]
    empty = Empty(
        gettext_lazy("No opportunities yet"),
        gettext_lazy("They begin when a partner accepts a lead, or opens one for a customer of its own."),
    )

    def get_queryset(self) -> QuerySet[Opportunity]:
        return reading.opportunity_rows(self.member)


class OneMixin(OpportunitiesMixin):
    """A page of one opportunity."""

    @cached_property
    def opportunity(self) -> Opportunity:
        rows = reading.opportunities_for(self.member)
        found = rows.select_related("stage", "partner", "customer", "rep", "category", "lead", "reason", "site")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def page(self) -> str:
        return self.member.url("leads:opportunity", pk=self.opportunity.pk)


class OpportunityView(OneMixin, TemplateView):
    """What a partner says of an opportunity."""

    template_name = "leads/staff/opportunity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_edit, has_sites = self.member.can(Right.LEADS_EDIT), self.member.has_function("sites")
        return super().get_context_data(
            **page_context(self.opportunity, self.member),
            stages=reading.stages(),
            note_form=NoteForm(),
            can_edit=can_edit,
            sees_customer=sees_people(self.member),
            file_form=FileForm() if can_edit and sees_people(self.member) else None,
            site_form=SitePlaceForm(opportunity=self.opportunity) if can_edit and has_sites else None,
            has_sites=has_sites,
            sees_deals=self.member.can(Right.DEALS_VIEW) and self.member.has_function("deals"),
            **kwargs,
        )


class FileView(OneMixin, View):
    """A paper or photo as a download."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return file_response(self.opportunity, self.member, self.kwargs["file"])


class FilesView(OneMixin, View):
    """A file is brought, or taken out."""

    required_right = Right.LEADS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        take_file_step(self, self.opportunity, self.member)
        return redirect(self.page)


class SiteView(OneMixin, View):
    """At which site it is."""

    required_right = Right.LEADS_EDIT
    required_function = "sites"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SitePlaceForm(request.POST, opportunity=self.opportunity)
        if form.is_valid():
            site = form.cleaned_data["site"]
            self.take_step(
                lambda: services.hang_on_site(self.opportunity, site.pk if site else None, by=self.member), _("Saved.")
            )
        else:
            messages.error(request, _("Choose a site from the list."))
        return redirect(self.page)


class NoteView(OneMixin, View):
    """A note of staff, which the partner reads."""

    required_right = Right.LEADS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = NoteForm(request.POST)
        if form.is_valid():
            services.record_activity(
                self.opportunity, kind=ActivityKind.NOTE, summary=form.cleaned_data["summary"], by=self.member
            )
            messages.success(request, _("The activity is logged."))
        else:
            messages.error(request, _("Write the note first."))
        return redirect(self.page)


class AskView(OneMixin, View):
    """Ask how it stands."""

    required_right = Right.LEADS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = Opportunity.objects.filter(pk=self.opportunity.pk)
        messages.success(request, asked_sentence(state_requests.ask_for_state(found, by=self.member)))
        return redirect(self.page)


class StagesView(OpportunitiesMixin, TemplateView):
    """The manufacturer's own stages."""

    required_right = Right.SETTINGS_EDIT
    template_name = "leads/staff/opportunity_stages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(stages=list(PipelineStage.objects.all()), **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Begin with the stages that we propose."""
        stage_services.ensure_stages()
        return redirect(self.member.url("leads:opportunity_stages"))


class StageView(OpportunitiesMixin, FormView):
    """A new stage, or one to change."""

    required_right = Right.SETTINGS_EDIT
    form_class = StageForm
    template_name = "leads/staff/opportunity_stage.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        pk = self.kwargs.get("pk")
        instance = get_object_or_404(PipelineStage, pk=pk) if pk else None
        return super().get_form_kwargs() | {"member": self.member, "instance": instance}

    def get_initial(self) -> dict[str, Any]:
        return {} if self.kwargs.get("pk") else {"outcome": "open", "order": 35, "probability": 50}

    def form_valid(self, form: StageForm) -> HttpResponse:
        try:
            stage_services.save_stage(form.save(commit=False))
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("leads:opportunity_stages"))
