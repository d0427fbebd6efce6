"""What staff set for deals, and the proof of the whole log of claims."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from approvals.selectors import has_routes
from jobs.models import Job, JobState
from leads.claims import Fault
from leads.forms.deals import TermsForm
from leads.models import DEAL_SUBJECT, ClaimHead
from leads.selectors import deals as reading
from leads.services import claims
from leads.services import deals as services
from leads.views.deals import FAULTS
from pages import formats
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class ClaimsProofView(StaffMixin, TemplateView):
    """Whether the whole log is whole, as of the last proof, and a new one at a click."""

    required_right = Right.DEALS_VIEW
    required_function = "deals"
    template_name = "leads/staff/deal_proof.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        jobs = Job.objects.filter(kind=claims.JOB_KIND).order_by("-pk")
        last = jobs.filter(state=JobState.DONE).first()
        result = last.result if last is not None else {}
        broken = result.get("broken")
        return super().get_context_data(
            title=self.title(last, broken),
            last=last,
            result=result,
            broken=broken,
            fault=FAULTS[Fault(result["fault"])] if result.get("fault") else "",
            running=jobs.filter(state__in=Job.OPEN_STATES).first(),
            head=ClaimHead.objects.first(),
            can_start=self.member.can(Right.DEALS_DECIDE),
            **kwargs,
        )

    def title(self, last: Job | None, broken: int | None) -> str:
        """What the last proof found."""
        if last is None:
            return _("The log of claims has not been proved yet")
        if broken is not None:
            return _("Line %(number)s of the log of claims is broken") % {"number": formats.number(broken)}
        return _("The log of claims is whole")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.member.can(Right.DEALS_DECIDE):
            raise PermissionDenied
        claims.request_proof(by=self.member)
        messages.success(request, _("The log is being proved."))
        return redirect(self.member.url("leads:deal_proof"))


class DealTermsView(StaffMixin, FormView):
    """How long deals are protected, what is asked for, how fast the manufacturer wants to answer."""

    required_right = Right.SETTINGS_EDIT
    required_function = "deals"
    form_class = TermsForm
    template_name = "leads/staff/deal_terms.html"

    @cached_property
    def settings(self) -> Any:
        return reading.deal_settings()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.settings}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(has_lines=has_routes(DEAL_SUBJECT), subject=DEAL_SUBJECT, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.save_terms(form.settings(), form.days)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The terms are saved. What is protected stays as it is."))
        return redirect(self.member.url("leads:deal_terms"))
