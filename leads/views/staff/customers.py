"""What staff see of end customers and do with them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from commerce.models import EndCustomer
from leads.filters.customers import CustomerFilterSet
from leads.forms.customers import CustomerForm
from leads.models import CustomerMerge, LeadState
from leads.selectors import customers as selectors
from leads.selectors.leads import lead_rows
from leads.services import customer_merging as merging
from leads.services import customers as services
from leads.tables.customers import CustomerTable
from leads.tables.leads import LEAD_TONES
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import COUNT_UP_TO, Sort, count_up_to
from pages.row_numbers import row_number
from partners.countries import country_name
from partners.told import told_of_consents
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.history import history_of
from tenancy.once import OnceMixin
from tenancy.rights import Right

LEADS_SHOWN = 50
CHANGES_SHOWN = 15
FOUND_SHOWN = 10


class CustomersMixin(StaffMixin):
    """Pages of who may see end customers."""

    required_right = Right.CUSTOMERS_VIEW
    required_function: str | None = "customers"
    kwargs: dict[str, Any]


class CustomerListView(CustomersMixin, ListView):
    """All end customers that the member may see."""

    list_key = "customers"
    table_class = CustomerTable
    filterset_class = CustomerFilterSet
    template_name = "leads/staff/customer_list.html"
    default_sort = "name"
    sorts = {"name": Sort("name")}
    default_columns = ["name", "kind", "contact_name", "phone", "city", "served_by", "source", "consented_at"]
    export_name = "customers"
    export_right = Right.CUSTOMERS_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No end customers yet"),
        gettext_lazy("A lead can be kept as one with a button on its page, or enter the first by hand."),
        url_name="leads:customer_create",
        action=gettext_lazy("Add an end customer"),
        right=Right.CUSTOMERS_EDIT,
    )

    def get_queryset(self) -> QuerySet[EndCustomer]:
        return selectors.customer_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title(), can_edit=self.member.can(Right.CUSTOMERS_EDIT), **kwargs)

    def title(self) -> str:
        """How many took their agreement back: they must not be written to."""
        ended = count_up_to(selectors.customers_for(self.member).filter(consent_ended_at__isnull=False))
        if ended > COUNT_UP_TO:
            return _("More than %(count)s customers must not be contacted") % {"count": formats.number(COUNT_UP_TO)}
        if ended:
            return ngettext(
                "%(count)s customer must not be contacted", "%(count)s customers must not be contacted", ended
            ) % {"count": formats.number(ended)}
        return _("Who buys from your partners")


class OneCustomerMixin(CustomersMixin):
    """A page of one end customer that the member may see."""

    @cached_property
    def customer(self) -> EndCustomer:
        return get_object_or_404(
            selectors.customers_for(self.member).select_related("served_by", "created_by"), pk=self.kwargs["pk"]
        )

    def back(self) -> HttpResponse:
        return redirect(self.member.url("leads:customer", pk=self.kwargs["pk"]))


class CustomerDetailView(OneCustomerMixin, TemplateView):
    """All about one end customer: how to reach it, what it agreed to, what it asked for."""

    template_name = "leads/staff/customer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer, member = self.customer, self.member
        may_see_leads = member.can(Right.LEADS_VIEW) and member.has_function("leads")
        leads = list(lead_rows(member).filter(customer=customer).order_by("-received_at", "-pk")[:LEADS_SHOWN]) if may_see_leads else []  # fmt: skip
        place = (
            customer.address,
            customer.postal_code,
            customer.city,
            customer.region,
            country_name(customer.country) if customer.country else "",
        )
        return super().get_context_data(
            customer=customer,
            title=self.headline(leads),
            leads=[(lead, LEAD_TONES.get(lead.state, "")) for lead in leads],
            may_see_leads=may_see_leads,
            place=", ".join(part for part in place if part),
            can_edit=member.can(Right.CUSTOMERS_EDIT),
            told=told_of_consents(member, customer),
            merges=selectors.merges_of(customer),
            entries=history_of(customer, limit=CHANGES_SHOWN),
            **kwargs,
        )

    def headline(self, leads: list[Any]) -> str:
        customer = self.customer
        if customer.consent_ended_at is not None:
            return _("%(customer)s must not be contacted") % {"customer": customer}
        if any(lead.is_open for lead in leads):
            return _("%(customer)s is asking") % {"customer": customer}
        if any(lead.state == LeadState.WON for lead in leads):
            return _("%(customer)s has bought") % {"customer": customer}
        return str(customer)


class CustomerFormView(CustomersMixin, FormView):
    """An end customer is entered or edited."""

    required_right = Right.CUSTOMERS_EDIT
    form_class = CustomerForm
    template_name = "leads/staff/customer_form.html"

    @cached_property
    def customer(self) -> EndCustomer:
        return EndCustomer()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.customer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(customer=self.customer, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        customer = form.save(commit=False)
        if customer.pk:
            services.update_customer(customer, fields=form.columns)
        else:
            services.create_customer(customer, by=self.member)
        messages.success(self.request, _("%(customer)s is saved.") % {"customer": customer})
        return redirect(self.member.url("leads:customer", pk=customer.pk))


class CustomerCreateView(OnceMixin, CustomerFormView):
    """A new end customer, by hand."""


class CustomerEditView(OneCustomerMixin, CustomerFormView):
    """What is known of an end customer changes."""

    required_right = Right.CUSTOMERS_EDIT


class CustomerWithdrawView(OneCustomerMixin, View):
    """An end customer takes its agreement back."""

    required_right = Right.CUSTOMERS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.withdraw_consent(self.customer)
        messages.success(request, _("The agreement ended just now."))
        return self.back()


class CustomerMergeView(OneCustomerMixin, TemplateView):
    """Which other end customer is the same: found by its keys or looked for, compared side by side, then made one."""

    required_right = Right.CUSTOMERS_EDIT
    template_name = "leads/staff/customer_merge.html"

    @cached_property
    def other(self) -> EndCustomer | None:
        """The one chosen, if the member may see it."""
        given = self.request.POST.get("other") or self.request.GET.get("other") or ""
        others = selectors.customers_for(self.member).exclude(pk=self.customer.pk).select_related("served_by")
        return others.filter(pk=row_number(given) or 0).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer, other, words = self.customer, self.other, self.request.GET.get("q", "")[:100].strip()
        found: list[EndCustomer] = []
        if words and other is None:
            rows = selectors.matching_customers(selectors.customers_for(self.member), words)
            found = list(rows.exclude(pk=customer.pk).order_by("name", "pk")[:FOUND_SHOWN])
        return super().get_context_data(
            customer=customer,
            other=other,
            rows=side_by_side(customer, other) if other else [],
            moving=merging.counts_of(other) if other else [],
            alike=selectors.customers_alike(customer, self.member) if other is None else [],
            words=words,
            found=found,
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        other = self.other
        if other is None:
            messages.error(request, _("Choose the other end customer first."))
            return redirect(self.member.url("leads:customer_merge", pk=self.customer.pk))
        self.take_step(
            lambda: merging.merge_customers(self.customer, other, by=self.member),
            _("%(other)s is part of this end customer now.") % {"other": other},
        )
        return self.back()


class CustomerMergeUndoView(CustomersMixin, View):
    """Two end customers are parted again."""

    required_right = Right.CUSTOMERS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        own = selectors.customers_for(self.member)
        merge = get_object_or_404(CustomerMerge.objects.filter(winner__in=own), pk=self.kwargs["pk"])
        try:
            parted = merging.undo_customer_merge(merge, by=self.member)
            messages.success(request, _("%(customer)s stands by itself again.") % {"customer": parted})
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.member.url("leads:customer", pk=merge.winner_id))


COMPARED = (
    "kind", "name", "local_name", "contact_name", "business_number", "phone", "email", "address", "city", "country",
    "served_by", "consent", "consent_ended_at", "external_code",
)  # fmt: skip


def side_by_side(one: EndCustomer, other: EndCustomer) -> list[tuple[str, Any, Any]]:
    """Both records, field by field, where either says something."""
    rows = []
    for name in COMPARED:
        label = str(EndCustomer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        texts = [
            getattr(each, f"get_{name}_display")() if name == "kind" else getattr(each, name) for each in (one, other)
        ]
        if any(texts):
            rows.append((label, *texts))
    return rows
