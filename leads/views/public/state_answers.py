"""Where the link in a mail leads that asks how an opportunity stands: a click shows a page, only its button answers."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from leads.forms.opportunities import AnswerForm
from leads.functions import LEADS
from leads.models import StateRequest
from leads.services import state_requests
from leads.services.opportunities import OpportunityError
from leads.views.portal.opportunities import answer_initial
from tenancy.access import member_scope
from tenancy.functions import is_switched_on
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import platform_scope
from tenancy.views.public import PublicView


class StateAnswerView(PublicView, FormView):
    """Runs in the scope of the person the mail went to, as long as that person still works there."""

    form_class = AnswerForm
    template_name = "leads/public/state_answer.html"

    @cached_property
    def ticket(self) -> state_requests.Ticket:
        ticket = state_requests.ticket_of(self.kwargs["token"])
        if ticket is None or ticket.manufacturer != self.manufacturer.pk:
            raise Http404
        return ticket

    @cached_property
    def person(self) -> Any:
        """The person and their account, if they still may; else OpportunityError."""
        with platform_scope():
            found = (
                Membership.objects.select_related("manufacturer", "user", "partner__kind")
                .filter(
                    pk=self.ticket.member,
                    manufacturer=self.ticket.manufacturer,
                    partner=self.ticket.partner,
                    is_active=True,
                    user__is_active=True,
                )
                .first()
            )
        if found is None or not found.can(Right.PORTAL_LEADS_WORK):
            raise OpportunityError(_("This link is no longer yours to use."))
        return found

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not is_switched_on(LEADS.key, self.manufacturer.functions_off):
            raise Http404

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.in_scope():
            return super().get(request, *args, **kwargs).render()  # type: ignore[attr-defined]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.in_scope():
            response = super().post(request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response

    def in_scope(self) -> Any:
        return member_scope(self.person, self.person.user)

    @cached_property
    def asked(self) -> StateRequest:
        found = StateRequest.objects.select_related("opportunity__stage").filter(pk=self.ticket.request).first()
        if found is None or found.expires_at <= timezone.now():
            raise OpportunityError(_("The time to answer by this link is over. You can still answer in the portal."))
        if found.answered_at is not None:
            raise OpportunityError(_("This has been answered already. Thank you."))
        return found

    def get_initial(self) -> dict[str, Any]:
        return answer_initial(self.asked.opportunity)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(opportunity=self.asked.opportunity, person=self.person, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            opportunity = state_requests.answer_state(
                self.asked.opportunity, state_requests.Answer(**form.cleaned_data), by=self.person
            )
        except OpportunityError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.render_to_response({"done": opportunity, "person": self.person})
