"""A partner says whether what is old in its profile is still right."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from partners import selectors, services
from partners.forms.confirmation import AnswerForm
from partners.models import ConfirmationAsk
from partners.profile import asked_facts
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.rights import Right


class AnswerView(OwnPartnerMixin, FormView):
    """Only the fields that are old, each with its value, who told it and when: right, or to be changed."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = AnswerForm
    template_name = "partners/portal/confirm_fields.html"

    @cached_property
    def ask(self) -> ConfirmationAsk:
        ask = selectors.open_ask(self.partner.pk)
        if ask is None:
            raise Http404
        return ask

    @cached_property
    def asked(self) -> list[Any]:
        return asked_facts(self.partner, self.ask.fields)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"asked": [(fact.name, fact.label) for fact in self.asked]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(ask=self.ask, asked=self.asked, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        right = form.cleaned_data["right"]
        ask = services.answer_ask(self.ask, right=right)
        if ask.answered_at:
            messages.success(self.request, _("Thank you. Everything that was asked is confirmed."))
            return redirect(self.member.url("partners_portal:profile"))
        messages.success(self.request, _("Thank you. Now correct what is not right any more."))
        return redirect(self.member.url("partners_portal:profile_edit"))
