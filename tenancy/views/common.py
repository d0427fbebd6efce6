"""What the pages about people share on both sides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from tenancy import delegation, selectors, services
from tenancy.access import MemberRequiredMixin
from tenancy.errors import DomainError
from tenancy.forms import ApproveForm, InviteForm, MemberForm
from tenancy.models import JoinRequest, Membership


class PeopleMixin(MemberRequiredMixin):
    """Names the pages of one side, so that a view serves both."""

    list_url: str
    member_url: str
    kwargs: dict[str, Any]


class MemberView(PeopleMixin, FormView):
    """One person's place: what it is, and for who looks after it, the form to change it."""

    form_class = MemberForm

    @cached_property
    def person(self) -> Membership:
        return get_object_or_404(selectors.people_seen_by(self.member), pk=self.kwargs["pk"])

    @cached_property
    def may_manage(self) -> bool:
        return delegation.manages(self.member, self.person)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "member": self.member, "person": self.person}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = delegation.roles_given_by(self.member, to_staff=self.person.is_staff)
        return super().get_context_data(
            person=self.person,
            may_manage=self.may_manage,
            may_end=self.may_manage and self.person.role in roles,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_manage:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: MemberForm) -> HttpResponse:
        try:
            services.change_place(self.person, by=self.member, **form.changes())
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url(self.member_url, pk=self.person.pk))


class StepView(PeopleMixin, View):
    """A button: one step on one row, then back. A refused step is said, not done."""

    http_method_names = ["post"]
    done: Any

    def rows(self) -> Any:
        """The rows that the member may see."""
        raise NotImplementedError

    def may_step(self, row: Any) -> bool:
        """Whether the member looks after this row."""
        return delegation.may_invite(self.member, row.partner)

    def step(self, row: Any) -> None:
        raise NotImplementedError

    def target(self, row: Any) -> str:
        return self.member.url(self.list_url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(self.rows(), pk=self.kwargs["pk"])
        if not self.may_step(row):
            raise PermissionDenied
        self.take_step(lambda: self.step(row), self.done % {"who": getattr(row, "name", "") or row.email})
        return redirect(self.target(row))


class PersonStepView(StepView):
    """A step on somebody's place."""

    def rows(self) -> Any:
        return selectors.people_seen_by(self.member)

    def target(self, row: Any) -> str:
        return self.member.url(self.member_url, pk=row.pk)


class InvitationStepView(StepView):
    """A step on an invitation."""

    def rows(self) -> Any:
        return selectors.invitations_seen_by(self.member)


class RequestStepView(StepView):
    """A step on a request to join."""

    def rows(self) -> Any:
        return selectors.waiting_join_requests(self.member)


class InviteView(PeopleMixin, FormView):
    """Invite somebody: to the manufacturer's own people, or to a partner's."""

    form_class = InviteForm

    def partner(self) -> Any:
        """Whose people are invited; None for the manufacturer's own."""
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "member": self.member, "partner": self.partner()}

    def form_valid(self, form: InviteForm) -> HttpResponse:
        try:
            invitation = services.invite(by=self.member, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
        return redirect(self.member.url(self.list_url))


class ApproveView(PeopleMixin, FormView):
    """Say yes to somebody who asks to join, with a role."""

    form_class = ApproveForm

    @cached_property
    def join_request(self) -> JoinRequest:
        found = get_object_or_404(selectors.waiting_join_requests(self.member), pk=self.kwargs["pk"])
        if not delegation.manages_people_of(self.member, found.partner):
            raise PermissionDenied
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(join_request=self.join_request, **kwargs)

    def form_valid(self, form: ApproveForm) -> HttpResponse:
        try:
            services.approve_join_request(self.join_request, by=self.member, role=form.cleaned_data["role"])
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request, _("An invitation is on its way to %(email)s.") % {"email": self.join_request.email}
        )
        return redirect(self.member.url(self.list_url))
