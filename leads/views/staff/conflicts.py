"""Channel conflicts and direct sales for staff."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView

from approvals.standing import standing_of
from commerce.models import DirectSale
from leads.direct_words import why_words
from leads.filters.conflicts import ConflictFilterSet, DirectSaleFilterSet
from leads.forms.conflicts import (
    CaseForm,
    CloseForm,
    CreditForm,
    DecisionForm,
    EvidenceForm,
    OtherForm,
    RuleForm,
)
from leads.models import CONFLICT_SUBJECT, CaseState, ConflictCase, DirectRule
from leads.selectors import conflicts as reading
from leads.services import conflict_search, direct
from leads.services import conflicts as services
from leads.tables.conflicts import CASE_TONES, ConflictTable, DirectSaleTable
from leads.views.conflicts import CaseAtMixin, CaseFileMixin, CaseStepMixin, Refused, Step, headline, word_form
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right


class ConflictsMixin(StaffMixin):
    """Pages of channel conflicts."""

    required_right = Right.CONFLICTS
    required_function: str | None = "deals"
    kwargs: dict[str, Any]

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        return [
            (_("Cases"), self.member.url("leads:conflicts"), here == "cases"),
            (_("Direct sales"), self.member.url("leads:direct_sales"), here == "sales"),
        ]


class ConflictListView(ConflictsMixin, ListView):
    """All cases."""

    list_key = "conflicts"
    table_class = ConflictTable
    filterset_class = ConflictFilterSet
    template_name = "leads/staff/conflicts.html"
    default_sort = "-opened_at"
    sorts = {"opened_at": Sort("opened_at", descending=True)}
    default_columns = ["kind", "partner", "other", "subject", "state", "amount_base", "outcome", "opened_at"]
    export_name = "conflicts"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No channel conflict"),
        gettext_lazy("They are looked for every night, and either side can raise one."),
        url_name="leads:conflict_create",
        action=gettext_lazy("Raise a conflict"),
        right=Right.CONFLICTS,
    )

    def get_queryset(self) -> QuerySet[ConflictCase]:
        return reading.case_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self.tabs("cases"), **kwargs)


class ConflictSearchView(ConflictsMixin, View):
    """Looks for conflicts now."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        job = conflict_search.request_search(by=self.member)
        return redirect(
            self.member.url("jobs:detail", pk=job.pk)
            if self.member.can(Right.JOBS_VIEW)
            else self.member.url("leads:conflicts")
        )


class ConflictCreateView(OnceMixin, ConflictsMixin, FormView):
    """Staff raise a conflict."""

    form_class = CaseForm
    template_name = "leads/staff/conflict_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        return {"order_number": self.request.GET.get("order", ""), "kind": self.request.GET.get("kind", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            case = services.raise_case(form.save(commit=False), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The case is open, and both sides know."))
        return redirect(self.member.url("leads:conflict", pk=case.pk))


class ConflictView(ConflictsMixin, CaseAtMixin, FormView):
    """One case: evidence, what both sides say, and the decision."""

    form_class = DecisionForm
    template_name = "leads/staff/conflict.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case}

    def get_form(self, form_class: Any = None) -> DecisionForm:
        """The decision, filled in only where it is this form that was sent."""
        if "step" in self.request.POST:
            return DecisionForm(case=self.case)
        return super().get_form(form_class)

    def get_context_data(self, *, refused: Refused | None = None, **kwargs: Any) -> dict[str, Any]:
        case = self.case
        other_form = OtherForm(member=self.member, initial={"other_code": case.other.code if case.other else ""})
        threads: list[tuple[int | None, str]] = [(None, _("Among staff"))]
        threads += [(each.pk, str(each)) for each in (case.partner, case.other) if each is not None]
        return super().get_context_data(
            case=case,
            title=headline(case),
            tone=CASE_TONES.get(case.state, ""),
            threads=[
                (pk, name, reading.said_in(case, self.member, pk), word_form(refused, pk, number))
                for number, (pk, name) in enumerate(threads, 1)
            ],
            evidence=reading.evidence_of(case, self.member),
            steps=list(case.steps.select_related("by")),
            standing=standing_of(CONFLICT_SUBJECT, case.pk, self.member) if case.proposed else None,
            why=why_words(case.sale.explanation) if case.sale else "",
            can_review=case.state == CaseState.OPEN,
            can_decide=case.state in (CaseState.OPEN, CaseState.REVIEW, CaseState.APPEALED) and not case.proposed,
            is_own_decision=case.state == CaseState.APPEALED and case.decided_by_id == self.member.pk,
            can_close=case.state in (CaseState.OPEN, CaseState.REVIEW) and not case.proposed,
            is_closed=case.state == CaseState.CLOSED,
            refused=refused,
            other_form=Refused.form_of(refused, "other", other_form),
            close_form=Refused.form_of(refused, "close", CloseForm(auto_id="close-%s")),
            evidence_form=Refused.form_of(refused, "evidence", EvidenceForm()),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            case = services.propose(self.case, form.decision, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Your decision is in approval.") if case.proposed else _("It is decided, and the partners know."),
        )
        return redirect(self.page())


class ConflictStepView(ConflictsMixin, CaseStepMixin):
    """A step of staff."""

    case_view = ConflictView

    def steps(self) -> dict[str, Step]:
        return super().steps() | {
            "review": Step(forms.Form(self.request.POST), self.review),
            "other": Step(OtherForm(self.request.POST, member=self.member), self.other),
            "close": Step(CloseForm(self.request.POST, auto_id="close-%s"), self.close),
        }

    def review(self, written: Mapping[str, Any]) -> str:
        services.review(self.case, by=self.member)
        return _("You are responsible for this case now.")

    def other(self, written: Mapping[str, Any]) -> str:
        services.name_other(self.case, written["other_code"], by=self.member)
        return _("The other partner is noted.")

    def close(self, written: Mapping[str, Any]) -> str:
        services.close(self.case, reason=written["reason"], by=self.member)
        return _("The case is closed.")


class ConflictFileView(ConflictsMixin, CaseFileMixin):
    """A piece of evidence, for staff."""


class DirectSaleListView(ConflictsMixin, ListView):
    """What was sold directly, who is credited with it, and at which price."""

    list_key = "direct_sales"
    table_class = DirectSaleTable
    filterset_class = DirectSaleFilterSet
    template_name = "leads/staff/direct_sales.html"
    default_sort = "-date"
    sorts = {"date": Sort("date", descending=True)}
    default_columns = [
        "order_number", "date", "channel", "customer_name", "city", "product", "amount_base", "credit_state",
        "credited_to", "credit_base", "below",
    ]  # fmt: skip
    export_name = "direct_sales"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No direct sales yet"),
        gettext_lazy("Bring in a list of what your own people and the web shop sold."),
        url_name="jobs:import_new",
        action=gettext_lazy("Bring in a list"),
        right=Right.IMPORTS_RUN,
    )

    def get_queryset(self) -> QuerySet[DirectSale]:
        return reading.direct_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self.tabs("sales"), **kwargs)


class DirectSaleView(ConflictsMixin, FormView):
    """One direct sale: who is credited and why, and another decision by hand."""

    form_class = CreditForm
    template_name = "leads/staff/direct_sale.html"

    @cached_property
    def sale(self) -> DirectSale:
        return get_object_or_404(reading.direct_rows(self.member), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        sale = self.sale
        return {
            "partner_code": sale.credited_to.code if sale.credited_to else "",
            "percent": sale.credit_percent,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sale = self.sale
        return super().get_context_data(
            sale=sale,
            title=self.title(),
            why=why_words(sale.explanation),
            cases=list(reading.cases_for(self.member).filter(sale=sale)),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )

    def title(self) -> str:
        """Who is credited with it."""
        sale = self.sale
        if sale.credited_to:
            return _("Order %(order)s is credited to %(partner)s") % {"order": sale, "partner": sale.credited_to}
        if sale.credit_state == "open":
            return _("Nobody has looked at order %(order)s yet") % {"order": sale}
        return _("Nobody is credited with order %(order)s") % {"order": sale}

    def form_valid(self, form: Any) -> HttpResponse:
        said = form.cleaned_data
        try:
            direct.credit_sale(
                self.sale, said["partner_code"], percent=said["percent"], reason=said["reason"], by=self.member
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Your decision is kept."))
        return redirect(self.member.url("leads:direct_sale", pk=self.sale.pk))


class DirectRulesView(StaffMixin, FormView):
    """The rules for direct sales and requests: the first that fits counts."""

    required_right = Right.SETTINGS_EDIT
    required_function = "deals"
    form_class = RuleForm
    template_name = "leads/staff/direct_rules.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = DirectRule.objects.select_related("category", "source")
        return super().get_context_data(rules=list(rules), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("The rule is in force for what comes from now on."))
        return redirect(self.request.path)


class DirectRuleStepView(StaffMixin, View):
    """A rule is put out of force, or back."""

    required_right = Right.SETTINGS_EDIT
    required_function = "deals"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule = get_object_or_404(DirectRule, pk=self.kwargs["pk"])
        step = request.POST.get("step", "")
        if step not in ("stop", "start"):
            raise Http404
        rule.is_active = step == "start"
        rule.save(update_fields=["is_active"])
        return redirect(self.member.url("leads:direct_rules"))
