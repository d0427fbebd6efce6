"""Gifts, visits and hospitality: noted on a person's page, and all of them as a report."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from partners.filters.people import FavourFilterSet
from partners.forms.people import FavourForm
from partners.models import Favour, FavourState
from partners.selectors import people as people_selectors
from partners.services import people as people_services
from partners.tables.people import FavourTable
from partners.views.staff.people import OneContactMixin
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right


class FavourCreateView(OnceMixin, OneContactMixin, FormView):
    """A gift, a visit or hospitality is noted."""

    form_class = FavourForm
    template_name = "partners/staff/people_step.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": Favour(contact=self.contact)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        balance = people_selectors.favour_balance(self.contact, timezone.localdate())
        currency = self.member.manufacturer.currency
        total = formats.money(balance.total, currency, get_language())
        explanation = _("%(total)s given in %(year)s so far.") % {"total": total, "year": balance.year}
        if balance.limit is not None:
            limit = formats.money(balance.limit, currency, get_language())
            explanation += " " + _("The limit is %(limit)s.") % {"limit": limit}
        return super().get_context_data(
            title=_("What %(name)s was given") % {"name": self.contact}, explanation=explanation, **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            favour, warning = people_services.record_favour(
                form.save(commit=False), by=self.member, currency=self.member.manufacturer.currency
            )
        except DomainError as error:
            form.add_error("value", str(error))
            return self.form_invalid(form)
        if favour.state == FavourState.WAITING:
            messages.success(
                self.request, _("It goes beyond the limit and is in approval. It counts once it is approved.")
            )
        else:
            messages.success(self.request, _("It is noted."))
        if warning:
            messages.warning(self.request, warning)
        return redirect(f"{self.done_url}#favours")


class FavourRemoveView(StaffMixin, View):
    """What was noted by mistake is taken back."""

    required_right = Right.CONTACTS_EDIT
    required_function = "people"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        visible = people_selectors.contacts_for(self.member)
        favour = get_object_or_404(Favour.objects.filter(contact__in=visible), pk=pk)
        people_services.remove_favour(favour)
        messages.success(request, _("It is taken back."))
        return redirect(f"{self.member.url('partners:contact', pk=favour.contact_id)}#favours")


class FavourListView(StaffMixin, ListView):
    """All that was given to people of partners: the report of gifts, visits and hospitality."""

    required_right = Right.PARTNERS_VIEW
    required_function = "people"
    list_key = "favours"
    table_class = FavourTable
    filterset_class = FavourFilterSet
    template_name = "partners/staff/favour_list.html"
    default_sort = "-given_on"
    sorts = {"given_on": Sort("given_on", descending=True), "value": Sort("value", descending=True)}
    default_columns = ["what", "contact", "partner", "kind", "given_on", "value", "state", "by"]
    export_name = "gifts-and-hospitality"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("Nothing has been given to anybody"),
        gettext_lazy("Gifts, visits and hospitality are noted on each person's page."),
        url_name="partners:people",
        action=gettext_lazy("People"),
        right=Right.PARTNERS_VIEW,
    )

    def get_queryset(self) -> QuerySet[Favour]:
        return people_selectors.favour_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = people_selectors.favours_in(self.member, timezone.localdate().year)
        return super().get_context_data(
            title=favours_title(year, self.member.manufacturer.currency),
            year=year,
            limits=people_selectors.people_settings(),
            currency=self.member.manufacturer.currency,
            **kwargs,
        )


def favours_title(year: people_selectors.FavourYear, currency: str) -> str:
    """What a year's gifts come to, and whether anybody was given more than the limit."""
    facts = {
        "total": formats.money_short(year.total, currency, get_language()),
        "count": formats.number(year.people),
        "year": year.year,
        "beyond": formats.number(year.beyond),
    }
    if not year.people:
        return _("Nothing has been given to anybody in %(year)s") % facts
    if year.beyond:
        return (
            ngettext(
                "%(beyond)s person has been given more than the limit in %(year)s",
                "%(beyond)s people have been given more than the limit in %(year)s",
                year.beyond,
            )
            % facts
        )
    return (
        ngettext(
            "%(total)s was given to %(count)s person in %(year)s",
            "%(total)s was given to %(count)s people in %(year)s",
            year.people,
        )
        % facts
    )
