"""What a partner says of itself on the public page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from partners import services
from partners.forms.locator import OwnEntryForm
from partners.functions import LOCATOR
from partners.models import LocatorEntry
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.rights import Right


class OwnEntryView(OwnPartnerMixin, FormView):
    """Words and opening hours; whether the partner is shown at all, the manufacturer decides."""

    required_right = Right.PORTAL_PROFILE_EDIT
    required_function = LOCATOR.key
    form_class = OwnEntryForm
    template_name = "partners/portal/locator_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        entry = get_object_or_404(LocatorEntry, partner=self.member.partner_id, is_listed=True)
        return super().get_form_kwargs() | {"member": self.member, "instance": entry}

    def form_valid(self, form: Any) -> HttpResponse:
        services.save_entry(self.partner, form.cleaned_data, fields=list(form.cleaned_data))
        messages.success(self.request, _("Saved. Visitors see it at once."))
        return redirect(self.member.url("partners_portal:profile"))
