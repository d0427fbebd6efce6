"""Colleagues' learning, for who looks after a partner's people."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.filters.courses import TeamFilterSet
from training.forms.enrolments import ColleaguesForm
from training.forms.words import words_in
from training.models import Enrolment, EnrolmentState
from training.selectors.courses import STILL
from training.selectors.learning import courses_open_to
from training.services import enrolling
from training.services.learning import LearningError
from training.tables.courses import TeamTable
from training.views.portal.learning import LearningMixin

COLLEAGUES_SHOWN = 200


class TeamMixin(LearningMixin):
    """Pages about colleagues' learning."""

    required_right = Right.PORTAL_TRAINING_MANAGE


class TeamView(TeamMixin, ListView):
    """Who of the company learns what, and how far they are."""

    table_class = TeamTable
    filterset_class = TeamFilterSet
    template_name = "training/portal/team.html"
    sorts = {
        "enrolled_at": Sort("enrolled_at", descending=True),
        "due_on": Sort("due_on", nullable=True),
        "ended_at": Sort("ended_at", descending=True, nullable=True),
    }
    default_sort = "-enrolled_at"
    export_name = "learning"
    export_right = Right.PORTAL_TRAINING_MANAGE
    empty = Empty(
        gettext_lazy("Nobody of your company learns yet"),
        gettext_lazy("Enrol colleagues in a course, with a day by which it is done."),
        "training_portal:team_enrol",
        gettext_lazy("Enrol colleagues"),
        Right.PORTAL_TRAINING_MANAGE,
    )

    def get_queryset(self) -> QuerySet[Enrolment]:
        return (
            Enrolment.objects.filter(partner=self.member.partner_id)
            .exclude(state=EnrolmentState.WITHDRAWN)
            .select_related("course", "version", "member")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = self.get_queryset().aggregate(
            people=Count("member", filter=STILL, distinct=True),
            late=Count("pk", filter=STILL & Q(due_on__lt=timezone.localdate())),
        )
        return super().get_context_data(title=team_title(**counted), **kwargs)


def team_title(people: int, late: int) -> str:
    """How many learn, and what is late."""
    if not people:
        return _("Nobody has a course to learn at present")
    title = ngettext("%(count)s person is learning", "%(count)s people are learning", people) % {
        "count": formats.number(people)
    }
    if late:
        title += ngettext(", %(late)s course is late", ", %(late)s courses are late", late) % {
            "late": formats.number(late)
        }
    return title


class ColleaguesMixin(TeamMixin):
    """A page on which colleagues are chosen: the first of them, and others by their name."""

    has_more = False

    @cached_property
    def words(self) -> str:
        return words_in(self.request.GET)

    def people(self) -> QuerySet[Membership]:
        """Who may be chosen; to be shown, as many as a page takes of those whose name has the words."""
        rows = members_with(Right.PORTAL_TRAINING).filter(partner=self.member.partner_id).select_related("partner")
        rows = rows.exclude(pk__in=self.left_out()).order_by("name", "pk")
        if self.request.method == "POST":
            return rows
        found = rows.filter(name__icontains=self.words).values_list("pk", flat=True)
        keys = list(found[: COLLEAGUES_SHOWN + 1])
        self.has_more = len(keys) > COLLEAGUES_SHOWN
        return rows.filter(pk__in=keys[:COLLEAGUES_SHOWN])

    def left_out(self) -> QuerySet[Any]:
        """The keys of who is not to be chosen."""
        return Membership.objects.none()

    def searching(self) -> dict[str, Any]:
        """What a page needs for looking further; known once the people were read."""
        return {"words": self.words, "most": COLLEAGUES_SHOWN, "has_more": self.has_more}


class TeamEnrolView(ColleaguesMixin, FormView):
    """The admin enrols colleagues in a course that is open to them."""

    form_class = ColleaguesForm
    template_name = "training/portal/team_enrol.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        courses = courses_open_to(self.member).order_by("code", "pk")
        return super().get_form_kwargs() | {"people": self.people(), "courses": courses}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.searching()

    def form_valid(self, form: ColleaguesForm) -> HttpResponse:
        given = form.cleaned_data
        people = given["people"][: enrolling.MOST_AT_ONCE]
        try:
            made, refused = enrolling.enrol_colleagues(given["course"], people, by=self.member, due_on=given["due_on"])
        except LearningError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        for sentence in refused[:10]:
            messages.error(self.request, sentence)
        if made:
            said = ngettext("%(count)s person is enrolled.", "%(count)s people are enrolled.", len(made))
            messages.success(self.request, said % {"count": formats.number(len(made))})
        return redirect(self.member.url("training_portal:team"))
