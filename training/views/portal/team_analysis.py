"""How a company's own people learn, for who looks after them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.rights import Right
from training import analysis_words as words
from training.filters.analysis import ColleagueProgressFilterSet
from training.models import Enrolment
from training.risk_words import risk_sentence
from training.selectors import analysis as reading
from training.tables.analysis import ColleagueProgressTable
from training.views.portal.team import TeamMixin

RISKS_SHOWN = 10


class TeamAnalysisView(TeamMixin, ListView):
    """Course by course and person by person, by name; and with whom to have a word."""

    table_class = ColleagueProgressTable
    filterset_class = ColleagueProgressFilterSet
    template_name = "training/portal/team_analysis.html"
    sorts = {"name": Sort("name")}
    default_sort = "name"
    default_columns = ["name", "title", "taken", "waiting", "learning", "late", "passed", "mean_score"]
    export_name = "learning-progress"
    export_right = Right.PORTAL_TRAINING_MANAGE
    empty = Empty(
        gettext_lazy("Nobody of your company learns yet"),
        gettext_lazy("Enrol colleagues in a course, with a day by which it is done."),
        "training_portal:team_enrol",
        gettext_lazy("Enrol colleagues"),
        Right.PORTAL_TRAINING_MANAGE,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.own_people(self.own)

    @property
    def own(self) -> int:
        assert self.member.partner_id is not None
        return int(self.member.partner_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Enrolment.objects.filter(partner=self.own)
        courses = reading.own_course_progress(self.own)
        risks = list(reading.own_risks(self.own)[: RISKS_SHOWN + 1])
        return super().get_context_data(
            title=words.people_title(reading.totals(own), reading.people_learning(own)),
            courses=courses,
            chart=words.share_chart(courses) if courses else None,
            risks=[risk_sentence(each) for each in risks[:RISKS_SHOWN]],
            has_more_risks=len(risks) > RISKS_SHOWN,
            **kwargs,
        )
