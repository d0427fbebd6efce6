"""A partner tells the manufacturer of somebody who may buy, and sees what became of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from leads.forms.referrals import ReferralForm
from leads.functions import LEADS
from leads.models import Lead
from leads.selectors.referrals import referrals_of
from leads.services import intake
from leads.services.codes import REFERRAL
from pages import formats
from partners.models import Partner
from partners.services.house import house_scope
from tenancy.access import PortalMixin
from tenancy.once import OnceMixin
from tenancy.rights import Right


class ReferralsView(PortalMixin, TemplateView):
    """All that the partner told of."""

    required_right = Right.PORTAL_LEADS
    required_function = LEADS.key
    template_name = "leads/portal/referrals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = referrals_of(self.member)
        count = len(rows)
        title = (
            ngettext("You told us of %(count)s lead", "You told us of %(count)s leads", count)
            % {"count": formats.number(count)}
            if count
            else _("Tell us of somebody who may buy")
        )
        may_refer = self.member.can(Right.PORTAL_LEADS_WORK)
        return super().get_context_data(rows=rows, title=title, may_refer=may_refer, **kwargs)


class ReferralCreateView(OnceMixin, PortalMixin, FormView):
    """Somebody whom the partner cannot serve itself."""

    required_right = Right.PORTAL_LEADS_WORK
    required_function = LEADS.key
    form_class = ReferralForm
    template_name = "leads/portal/referral_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": Lead()}

    def form_valid(self, form: Any) -> HttpResponse:
        values = {name: form.cleaned_data[name] for name in form._meta.fields}
        with house_scope():
            lead = intake.create_once(
                values,
                form_key=self.form_key,
                source=REFERRAL,
                by=self.member,
                consent=str(form.fields["knows"].label),
                consent_version="referral",
                referred_by=Partner.objects.get(pk=self.member.partner_id or 0),
            )
        messages.success(self.request, _("Thank you. We have it as %(reference)s.") % {"reference": lead.reference})
        return redirect(self.member.url("leads_portal:referrals"))
