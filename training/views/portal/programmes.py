"""Learning programmes in the portal: one's own, and those of colleagues for who looks after them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from pages import formats
from tenancy.errors import DomainError
from training.forms.programmes import ColleaguesForm
from training.models import PersonState, ProgrammePerson
from training.selectors import programmes as reading
from training.services import programme_people as services
from training.views.portal.learning import LearningMixin
from training.views.portal.team import ColleaguesMixin, TeamMixin


class ProgrammeView(LearningMixin, TemplateView):
    """A programme that somebody learns by: its courses in their order, and where they stand."""

    template_name = "training/portal/programme.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = next(
            (each for each in reading.own_programmes(self.member) if each.programme.pk == self.kwargs["pk"]), None
        )
        if own is None:
            raise Http404
        return super().get_context_data(own=own, heading=self.heading(own), **kwargs)

    def heading(self, own: reading.OwnProgramme) -> str:
        """How much of it is done."""
        named = {"programme": own.programme, "done": formats.number(own.done), "count": formats.number(len(own.steps))}
        if own.person.state == PersonState.DONE:
            return _("You have finished “%(programme)s”") % named
        return (
            ngettext(
                "%(programme)s: %(done)s of %(count)s course done",
                "%(programme)s: %(done)s of %(count)s courses done",
                len(own.steps),
            )
            % named
        )


class TeamProgrammesView(TeamMixin, TemplateView):
    """The programmes that colleagues learn by, and those that the company may use for its people."""

    template_name = "training/portal/team_programmes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = reading.team_programmes(self.member)
        late = sum(1 for row in rows if row.late)
        running = sum(row.learning for row in rows)
        if late:
            heading = ngettext(
                "Somebody is late with %(count)s programme", "Somebody is late with %(count)s programmes", late
            ) % {"count": formats.number(late)}
        elif running:
            heading = _("Everybody is on time with their programmes")
        else:
            heading = _("Nobody learns by a programme at present")
        return super().get_context_data(rows=rows, heading=heading, **kwargs)


class TeamProgrammeView(ColleaguesMixin, TemplateView):
    """One programme: how far colleagues are, and, where it is offered, more of them put in."""

    template_name = "training/portal/team_programme.html"

    @cached_property
    def row(self) -> reading.TeamProgramme:
        rows = reading.team_programmes(self.member)
        found = next((row for row in rows if row.programme.pk == self.kwargs["pk"]), None)
        if found is None:
            raise Http404
        return found

    def left_out(self) -> QuerySet[Any]:
        """Who of the company is in it."""
        there = ProgrammePerson.objects.filter(programme=self.row.programme.pk, partner=self.member.partner_id)
        return there.exclude(state=PersonState.LEFT).values("member")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        form = kwargs.pop("form", None)
        if form is None and row.is_offered:
            form = ColleaguesForm(people=self.people())
        has_choice = form is not None and (form.is_bound or self.words or form.fields["people"].queryset)
        return super().get_context_data(
            row=row,
            programme=row.programme,
            people=reading.team_people(row.programme, self.member),
            form=form if has_choice else None,
            heading=self.heading(row),
            **self.searching(),
            **kwargs,
        )

    def heading(self, row: reading.TeamProgramme) -> str:
        """How many of the company have finished, and how many are late."""
        if not row.people:
            return _("%(programme)s: nobody of your company learns by it") % {"programme": row.programme}
        said = ngettext(
            "%(programme)s: %(done)s of %(count)s person has finished",
            "%(programme)s: %(done)s of %(count)s people have finished",
            row.people,
        ) % {
            "programme": row.programme,
            "done": formats.number(row.finished),
            "count": formats.number(row.people),
        }
        if row.late:
            said += ngettext(", %(late)s person is late", ", %(late)s people are late", row.late) % {
                "late": formats.number(row.late)
            }
        return said

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.row.is_offered:
            raise Http404
        form = ColleaguesForm(request.POST, people=self.people())
        if form.is_valid():
            try:
                new = services.put_in_colleagues(self.row.programme, form.cleaned_data["people"], by=self.member)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                said = ngettext(
                    "%(count)s person learns by it now and is told.",
                    "%(count)s people learn by it now and are told.",
                    new,
                )
                messages.success(request, said % {"count": formats.number(new)})
                return redirect(self.member.url("training_portal:team_programme", pk=self.row.programme.pk))
        return self.render_to_response(self.get_context_data(form=form))
