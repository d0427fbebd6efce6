"""Absence: who decides in my place, and in whose place I decide."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from approvals import selectors, services
from approvals.forms import AbsenceForm
from approvals.models import Delegation
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

SHOWN = 100


class AbsenceView(StaffMixin, FormView):
    """Name a delegate for some days; who looks after people does it for anybody."""

    required_right = Right.APPROVALS
    form_class = AbsenceForm
    template_name = "approvals/staff/absence.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = list(absences_seen_by(self.member)[:SHOWN])
        return super().get_context_data(
            title=self.title(rows),
            rows=[(row, row.ended_at is None and row.ends_on >= today, row.starts_on <= today) for row in rows],
            **kwargs,
        )

    def title(self, rows: list[Delegation]) -> str:
        """Who decides for the member today."""
        today = timezone.localdate()
        running = [row for row in rows if row.ended_at is None and row.starts_on <= today <= row.ends_on]
        mine = next((row for row in running if row.member_id == self.member.pk), None)
        if mine:
            return _("%(name)s decides in your place today") % {"name": mine.delegate.name}
        other = next((row for row in running if row.delegate_id == self.member.pk), None)
        if other:
            return _("You decide in the place of %(name)s today") % {"name": other.member.name}
        return _("Name who decides while you are away")

    def form_valid(self, form: AbsenceForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            row = services.delegate(
                data.get("member") or self.member,
                data["delegate"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                note=data["note"],
                by=self.member,
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is told, and decides on these days.") % {"name": row.delegate.name})
        return redirect(self.request.path)


def absences_seen_by(member: Any) -> Any:
    """One's own, and for who looks after people everybody's."""
    if member.can(Right.USERS_MANAGE):
        return selectors.all_delegations()
    return selectors.delegations_of(member)


class AbsenceEndView(StaffMixin, View):
    """Back early."""

    required_right = Right.APPROVALS
    http_method_names = ["post"]
    kwargs: dict[str, Any]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(absences_seen_by(self.member), pk=self.kwargs["pk"])
        self.take_step(
            lambda: services.end_delegation(row, by=self.member), _("Ended. Nobody decides in this place any more.")
        )
        return redirect(self.member.url("approvals:absence"))
