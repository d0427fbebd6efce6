"""Steps with a contact that both sides take: somebody leaves a partner, or comes back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from partners.forms.people import LeaveForm
from partners.models import Contact
from partners.services import people as people_services
from tenancy.access import MemberRequiredMixin
from tenancy.errors import DomainError


class ContactStep(MemberRequiredMixin):
    """What the pages of each side say: whose step it is, and where it goes on."""

    @cached_property
    def contact(self) -> Contact:
        raise NotImplementedError

    @property
    def done_url(self) -> str:
        raise NotImplementedError


class LeaveStep(ContactStep, FormView):
    """Somebody has left."""

    form_class = LeaveForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"contact": self.contact}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            people_services.leave(self.contact, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is noted as having left.") % {"name": self.contact})
        return redirect(self.done_url)


class ReturnStep(ContactStep, View):
    """Somebody is there again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(
            lambda: people_services.come_back(self.contact), _("%(name)s is there again.") % {"name": self.contact}
        )
        return redirect(self.done_url)
