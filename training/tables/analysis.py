"""Lists of how learning goes: by course, by partner, by person, and who may not finish."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.tables import DateColumn, LeanTable, NumberColumn, PercentColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK, NameColumn
from training.risk_words import because


class _Figures(LeanTable):
    """The figures of `training.selectors.analysis.figures`."""

    taken = NumberColumn(decimals=0, verbose_name=pgettext_lazy("count", "Enrolled"))
    waiting = NumberColumn(decimals=0, verbose_name=_("Not begun"))
    learning = NumberColumn(decimals=0, verbose_name=pgettext_lazy("people", "Learning"))
    late = NumberColumn(decimals=0, verbose_name=_("Late"))
    passed = NumberColumn(decimals=0, verbose_name=_("Passed"))
    failed = NumberColumn(decimals=0, verbose_name=pgettext_lazy("of a course", "Failed"))
    exempt = NumberColumn(decimals=0, verbose_name=_("Exempt"))
    share = PercentColumn(verbose_name=_("Share passed"))
    mean_score = NumberColumn(decimals=0, verbose_name=_("Mean score"))
    mean_minutes = NumberColumn(decimals=0, verbose_name=_("Mean minutes"))


class CourseProgressTable(_Figures):
    title = TextColumn(accessor="title", verbose_name=_("Course"))
    code = TextColumn(verbose_name=_("Code"), minor=True)
    owner = TextColumn(accessor="owner__name", verbose_name=_("Trainer"), minor=True)

    class Meta:
        sequence = ("title", "code", "...", "owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(f"{self.member.url('training:course', pk=ANY_PK)}?tab=way", ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class PartnerProgressTable(_Figures):
    name = NameColumn(verbose_name=_("Partner"))
    code = TextColumn(verbose_name=_("Code"), minor=True)

    class Meta:
        sequence = ("name", "code", "...")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:analysis_partner", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class PersonProgressTable(_Figures):
    name = TextColumn(verbose_name=_("Name"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    email = TextColumn(verbose_name=_("E-mail"), minor=True)

    class Meta:
        sequence = ("name", "partner", "email", "...")


class ColleagueProgressTable(_Figures):
    name = TextColumn(verbose_name=_("Name"))
    title = TextColumn(verbose_name=_("Job title"), minor=True)

    class Meta:
        sequence = ("name", "title", "...")


class RiskTable(LeanTable):
    person = TextColumn(accessor="enrolment__member__name", verbose_name=_("Name"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    course = TextColumn(accessor="enrolment__course", verbose_name=_("Course"))
    because = TextColumn(accessor="reasons", verbose_name=_("What speaks for it"))
    due_on = DateColumn(accessor="enrolment__due_on", verbose_name=_("Due"))
    reminded_on = DateColumn(verbose_name=_("Reminded"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:enrolment", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.enrolment_id)

    def render_because(self, value: Any) -> str:
        return because(value)

    def value_because(self, record: Any, value: Any) -> str:
        return because(value)
