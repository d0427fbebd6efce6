"""Territories: the manufacturer's list with its rules, and what one partner covers."""

from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView

from partners import services
from partners.custom_fields import file_response
from partners.forms.territories import CoverageForm, RuleFormSet, TerritoryForm
from partners.models import Territory, TerritoryRule
from partners.selectors.territories import territory_lines
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from partners.views.staff.partners import OnePartnerMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class TerritoryMixin(OwnListMixin):
    model = Territory
    form_class: Any = TerritoryForm
    list_url, create_url, edit_url = "partners:territories", "partners:territory_create", "partners:territory_edit"
    title = gettext_lazy("Territories")
    explanation = gettext_lazy(
        "Areas that partners cover: by their address where a rule says so, or as declared for each partner."
    )
    new_title = gettext_lazy("A new territory")
    new_action = gettext_lazy("Add a territory")


class TerritoryListView(TerritoryMixin, OwnListView):
    template_name = "partners/staff/territories.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = [(line, self.member.url(self.edit_url, pk=line.territory.pk)) for line in territory_lines()]
        return super().get_context_data(**kwargs) | {"entries": lines}


class TerritoryCreateView(TerritoryMixin, OwnEntryView):
    """A territory with its rules below it."""

    template_name = "partners/staff/territory.html"

    def rules(self) -> Any:
        own = TerritoryRule.objects.filter(territory=self.entry.pk) if self.entry.pk else TerritoryRule.objects.none()
        data = self.request.POST if self.request.method == "POST" else None
        return RuleFormSet(data, queryset=own, prefix="rules")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rules", self.rules())
        return super().get_context_data(**kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        rules = self.rules()
        if not rules.is_valid():
            return self.render_to_response(self.get_context_data(form=form, rules=rules))
        kept = [
            each.instance
            for each in rules.forms
            if each not in rules.deleted_forms and (each.has_changed() or each.instance.pk)
        ]
        territory = services.save_territory(form.save(commit=False), kept, by=self.member)
        messages.success(
            self.request, _("“%(name)s” is saved. Who covers it is worked out anew.") % {"name": territory}
        )
        return redirect(self.member.url(self.list_url))


class TerritoryEditView(TerritoryCreateView, OwnEntryEditView):
    def remove(self) -> None:
        services.remove_territory(cast(Territory, self.entry))


class CoverageView(OnePartnerMixin, FormView):
    """What one partner covers."""

    required_right = Right.PARTNERS_EDIT
    form_class = CoverageForm
    template_name = "partners/staff/coverage.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partner": self.partner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.declare_coverage(self.partner, form.declared())
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The territories of %(partner)s are saved.") % {"partner": self.partner})
        return redirect(self.member.url("partners:detail", pk=self.partner.pk))


class OwnFileView(OnePartnerMixin, View):
    """A file of a partner's own fields, as a download."""

    required_right = Right.PARTNERS_VIEW

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return file_response(self.partner.custom, self.kwargs["key"], manufacturer=self.member.manufacturer_id)
