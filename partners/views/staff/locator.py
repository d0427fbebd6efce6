"""How a partner stands on the public page, for staff."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from partners import services
from partners.forms.locator import EntryForm
from partners.functions import LOCATOR
from partners.models import LocatorEntry
from partners.views.staff.partners import OnePartnerMixin
from tenancy.rights import Right


class EntryView(OnePartnerMixin, FormView):
    """Whether a partner is shown, what is said of it, and when it is open."""

    required_right = Right.PARTNERS_EDIT
    required_function = LOCATOR.key
    form_class = EntryForm
    template_name = "partners/staff/locator_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        entry = LocatorEntry.objects.filter(partner=self.partner).first() or LocatorEntry(partner=self.partner)
        return super().get_form_kwargs() | {"member": self.member, "instance": entry}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        services.save_entry(self.partner, form.cleaned_data, fields=list(form.cleaned_data))
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("partners:detail", pk=self.partner.pk) + "?tab=company")
