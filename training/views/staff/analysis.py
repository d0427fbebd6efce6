"""How learning goes, for trainers and channel managers: by course, by partner, by person, and who may not finish."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from jobs.models import Job, JobState
from pages.lists import Empty, ListView
from pages.paging import Sort
from partners.models import Partner
from partners.selectors.partners import partners_for
from tenancy.rights import Right
from training import analysis_words as words
from training.analysis_tabs import tabs_for
from training.filters import analysis as filters
from training.models import Enrolment, RiskModel
from training.risk_words import evaluation_lines, measured_on, risks_title
from training.selectors import analysis as reading
from training.services import risks
from training.tables import analysis as tables
from training.views.staff.courses import TrainingMixin


class AnalysisMixin(TrainingMixin):
    """A page of the analysis: `tab` is its key among them."""

    tab = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs_for(self.member, self.tab), **kwargs)  # type: ignore[misc]


SHOWN = ["taken", "waiting", "learning", "late", "passed", "share", "mean_score"]


class CourseProgressView(AnalysisMixin, ListView):
    """Course by course: who takes it, who is late, who has passed and how well."""

    tab = "courses"
    list_key = "course_progress"
    table_class = tables.CourseProgressTable
    filterset_class = filters.CourseProgressFilterSet
    template_name = "training/staff/analysis_courses.html"
    sorts = {
        "code": Sort("code"),
        "taken": Sort("taken", descending=True, nullable=False),
        "late": Sort("late", descending=True, nullable=False),
        "passed": Sort("passed", descending=True, nullable=False),
    }
    default_sort = "-taken"
    default_columns = ["title", *SHOWN, "mean_minutes"]
    export_name = "course-progress"
    export_right = Right.TRAINING_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("Nobody takes a course yet"),
        gettext_lazy("Once people learn, you see here how far they are and where they stop."),
        "training:courses",
        gettext_lazy("To the courses"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.course_progress(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total = reading.seen_totals(self.member)
        return super().get_context_data(
            title=words.courses_title(total),
            total=total,
            chart=words.standing_chart(total) if total["taken"] else None,
            **kwargs,
        )


class PartnerProgressView(AnalysisMixin, ListView):
    """Partner by partner."""

    tab = "partners"
    list_key = "partner_progress"
    table_class = tables.PartnerProgressTable
    filterset_class = filters.PartnerProgressFilterSet
    template_name = "training/staff/analysis_list.html"
    sorts = {"name": Sort("name"), "late": Sort("late", descending=True, nullable=False)}
    default_sort = "name"
    default_columns = ["name", *SHOWN]
    export_name = "partner-progress"
    export_right = Right.TRAINING_ASSIGN
    share_right = Right.VIEWS_SHARE
    empty = Empty(gettext_lazy("No partner's people learn yet"))

    def get_queryset(self) -> QuerySet[Any]:
        return reading.partner_progress(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("How far each partner's people are"),
            detail=_("Only partners whose people have been enrolled in a course"),
            **kwargs,
        )


class PersonProgressView(AnalysisMixin, ListView):
    """Person by person, by name: nobody is ranked."""

    tab = "people"
    list_key = "person_progress"
    table_class = tables.PersonProgressTable
    filterset_class = filters.PersonProgressFilterSet
    template_name = "training/staff/analysis_list.html"
    sorts = {"name": Sort("name")}
    default_sort = "name"
    default_columns = ["name", "partner", *SHOWN]
    export_name = "person-progress"
    export_right = Right.TRAINING_ASSIGN
    share_right = Right.VIEWS_SHARE
    empty = Empty(gettext_lazy("No partner has people with access yet"))

    def get_queryset(self) -> QuerySet[Any]:
        return reading.person_progress(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("How far each person is"), detail=_("Everybody of a partner who may learn"), **kwargs
        )


class OnePartnerView(AnalysisMixin, ListView):
    """The people of one partner, and its courses."""

    tab = "partners"
    list_key = "colleague_progress"
    table_class = tables.ColleagueProgressTable
    filterset_class = filters.ColleagueProgressFilterSet
    template_name = "training/staff/analysis_partner.html"
    sorts = {"name": Sort("name")}
    default_sort = "name"
    default_columns = ["name", "title", *SHOWN]
    export_name = "person-progress"
    export_right = Right.TRAINING_ASSIGN
    empty = Empty(gettext_lazy("Nobody of this partner has access yet"))

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(partners_for(self.member), pk=self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Any]:
        return reading.own_people(self.partner.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Enrolment.objects.filter(partner=self.partner)
        courses = reading.own_course_progress(self.partner.pk)
        return super().get_context_data(
            partner=self.partner,
            title=words.people_title(reading.totals(own), reading.people_learning(own)),
            courses=courses,
            chart=words.share_chart(courses) if courses else None,
            **kwargs,
        )


class RiskListView(AnalysisMixin, ListView):
    """Who may not finish in time, and why: by the day it is due, not by how likely."""

    required_right = Right.TRAINING_ASSIGN
    tab = "risks"
    list_key = "training_risks"
    table_class = tables.RiskTable
    filterset_class = filters.RiskFilterSet
    template_name = "training/staff/analysis_risks.html"
    sorts = {
        "due_on": Sort("enrolment__due_on", nullable=True),
        "reminded_on": Sort("reminded_on", descending=True, nullable=True),
    }
    default_sort = "due_on"
    export_name = "may-not-finish"
    export_right = Right.TRAINING_ASSIGN
    empty = Empty(
        gettext_lazy("Nobody is in danger of not finishing"),
        gettext_lazy("Every night it is looked at who falls behind."),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.risks_seen(self.member)

    @cached_property
    def model(self) -> RiskModel | None:
        return RiskModel.objects.first()

    def _empty(self, *, is_filtered: bool) -> dict[str, Any]:
        if is_filtered or (self.model is not None and self.model.is_useful):
            return super()._empty(is_filtered=is_filtered)
        return {"title": _("Nothing can be said yet"), "text": _("It takes courses of the past to learn from.")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model, have = self.model, risks.supply()
        return super().get_context_data(
            title=risks_title(model, self.get_queryset().values("enrolment__member").distinct().count()),
            model=model,
            lines=evaluation_lines(model),
            measured_on=measured_on(model) if model is not None else "",
            missing="" if have.is_enough else risks.too_little_text(have),
            can_learn=self.member.can(Right.TRAINING_EDIT) and have.is_enough,
            is_learning=Job.objects.filter(kind=risks.LEARNING, state__in=(JobState.QUEUED, JobState.RUNNING)).exists(),
            **kwargs,
        )


class RiskLearnView(TrainingMixin, View):
    """Have it learned now who finishes."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(
            lambda: risks.request_learning(by=self.member), _("It is learned now. This page shows it when it is done.")
        )
        return redirect(self.member.url("training:analysis_risks"))
