"""Leads that look like others: shown, said to be one or two, merged and parted again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from leads import privacy
from leads.likeness import Party
from leads.models import Lead, LeadLikeness, LeadMerge
from leads.selectors import duplicates as found
from leads.selectors import leads as selectors
from leads.services import likeness as services
from leads.services import merging
from leads.views.staff.leads import LeadsMixin, visible
from pages import formats
from pages.row_numbers import row_number
from tenancy.errors import DomainError
from tenancy.rights import Right


class LeadLikenessView(LeadsMixin, TemplateView):
    """Who looks like what is being typed."""

    required_right = Right.LEADS_EDIT
    template_name = "leads/partials/alike.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        party = Party(
            person=given.get("name", "")[:150],
            **{name: given.get(name, "")[:300] for name in found.PARTY_COLUMNS if name not in ("person", "local_name")},
        )
        editing = row_number(given.get("editing", ""))
        apart = None if editing is None else ("lead", editing)
        alike = found.find_alike(party, apart_from=apart)
        records: dict[str, set[int]] = {"lead": set(), "customer": set(), "partner": set()}
        for each in alike:
            records[each.kind].add(each.id)
        seen = visible(self.member, records)
        return super().get_context_data(alike=[(each, each.id in seen[each.kind]) for each in alike], **kwargs)


class LikenessMixin(LeadsMixin):
    """One likeness of a lead that the member may see."""

    required_right = Right.LEADS_EDIT

    @cached_property
    def likeness(self) -> LeadLikeness:
        return get_object_or_404(
            LeadLikeness.objects.select_related("lead", "other", "customer", "partner").filter(
                lead__in=selectors.leads_for(self.member)
            ),
            pk=self.kwargs["pk"],
        )

    def to_lead(self, pk: int | None = None) -> HttpResponse:
        return redirect(self.member.url("leads:detail", pk=pk or self.likeness.lead_id) + "#alike")


class LikenessDecideView(LikenessMixin, View):
    """Somebody says whether the two are one."""

    http_method_names = ["post"]
    STEPS = {"link": services.link, "dismiss": services.dismiss, "reopen": services.reopen}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = self.STEPS.get(request.POST.get("do", ""))
        if step is None:
            messages.error(request, _("Choose one of the buttons."))
        else:
            self.take_step(lambda: step(self.likeness, by=self.member))
        return self.to_lead()


class LeadMergeView(LikenessMixin, TemplateView):
    """Two leads side by side, before one goes into the other."""

    template_name = "leads/staff/lead_merge.html"

    @cached_property
    def pair(self) -> tuple[Lead, Lead]:
        row = self.likeness
        other = get_object_or_404(selectors.leads_for(self.member), pk=row.other_id or 0)
        return merging.winner_of(row.lead, other)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stays, goes = self.pair
        if not privacy.sees_people(self.member):
            privacy.hide_people(stays)
            privacy.hide_people(goes)
        rows = []
        for name in ("company", "name", "phone", "email", "city", "subject", "amount", "received_at", "state"):
            field = Lead._meta.get_field(name)
            label = str(field.verbose_name)  # type: ignore[union-attr]
            rows.append((label, _value(stays, name), _value(goes, name)))
        return super().get_context_data(
            stays=stays, goes=goes, rows=rows, reasons=found.words_of(self.likeness.reasons), **kwargs
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        stays, goes = self.pair
        if request.POST.get("stays") == str(goes.pk):
            stays, goes = goes, stays
        try:
            merging.merge_leads(stays, goes, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        messages.success(
            request,
            _("%(goes)s went into %(stays)s. It can be undone on this page.")
            % {"goes": goes.reference, "stays": stays.reference},
        )
        return self.to_lead(stays.pk)


def _value(lead: Lead, name: str) -> Any:
    if name == "state":
        return lead.get_state_display()
    value = getattr(lead, name)
    if name == "amount":
        return formats.money(value, lead.currency) if value is not None else ""
    return formats.date_time(value) if name == "received_at" else value


class MergeUndoView(LeadsMixin, View):
    """Two leads are parted again."""

    required_right = Right.LEADS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        merge = get_object_or_404(
            LeadMerge.objects.filter(winner__in=selectors.leads_for(self.member)), pk=self.kwargs["pk"]
        )
        self.take_step(lambda: merging.undo_merge(merge, by=self.member), _("They are two leads again."))
        return redirect(self.member.url("leads:detail", pk=merge.winner_id))
