"""Lists of courses and of who takes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.tables import ChoiceColumn, DateColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.product_lines import product_line_choices
from partners.tables.partners import ANY_PK, CodesColumn
from training.models import CourseState, EnrolmentSource, EnrolmentState

COURSE_TONES: dict[str, str] = {CourseState.PUBLISHED: "good", CourseState.DRAFT: "warn"}
ENROLMENT_TONES: dict[str, str] = {
    EnrolmentState.STARTED: "active",
    EnrolmentState.PASSED: "good",
    EnrolmentState.EXEMPT: "good",
    EnrolmentState.FAILED: "bad",
}


class CourseTable(LeanTable):
    title = TextColumn(accessor="title", verbose_name=_("Course"))
    code = TextColumn(verbose_name=_("Code"), minor=True)
    state = ChoiceColumn(choices=CourseState, tones=COURSE_TONES, verbose_name=_("State"))
    number = NumberColumn(decimals=0, verbose_name=_("Version"))
    minutes = NumberColumn(decimals=0, verbose_name=_("Minutes"))
    lesson_count = NumberColumn(decimals=0, verbose_name=_("Lessons"))
    learning = NumberColumn(decimals=0, verbose_name=pgettext_lazy("people", "Learning"))
    late = NumberColumn(decimals=0, verbose_name=_("Late"))
    passed = NumberColumn(decimals=0, verbose_name=_("Passed"))
    product_lines = CodesColumn(product_line_choices, verbose_name=_("Product lines"))
    audience = TextColumn(accessor="audience", verbose_name=_("Open to"), minor=True)
    qualification = TextColumn(accessor="qualification", verbose_name=_("Qualification"), minor=True)
    owner = TextColumn(accessor="owner__name", verbose_name=_("Trainer"), minor=True)
    updated_at = MomentColumn(verbose_name=_("Changed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:course", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class EnrolmentTable(LeanTable):
    person = TextColumn(accessor="member__name", verbose_name=_("Name"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    email = TextColumn(accessor="member__email", verbose_name=_("E-mail"), minor=True)
    state = ChoiceColumn(choices=EnrolmentState, tones=ENROLMENT_TONES, verbose_name=_("State"))
    done = NumberColumn(decimals=0, verbose_name=_("Lessons done"))
    total = NumberColumn(accessor="version__lesson_count", decimals=0, verbose_name=_("Lessons"))
    version = NumberColumn(accessor="version__number", decimals=0, verbose_name=_("Version"))
    score = NumberColumn(decimals=0, verbose_name=pgettext_lazy("of learning", "Score"))
    due_on = DateColumn(verbose_name=_("Due"))
    enrolled_at = MomentColumn(verbose_name=_("Enrolled"))
    seen_at = MomentColumn(verbose_name=_("Last learned"))
    ended_at = MomentColumn(verbose_name=_("Ended"))
    source = ChoiceColumn(choices=EnrolmentSource, verbose_name=_("How it came"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:enrolment", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class TeamTable(LeanTable):
    person = TextColumn(accessor="member__name", verbose_name=_("Name"))
    course = TextColumn(accessor="course", verbose_name=_("Course"))
    state = ChoiceColumn(choices=EnrolmentState, tones=ENROLMENT_TONES, verbose_name=_("State"))
    done = NumberColumn(decimals=0, verbose_name=_("Lessons done"))
    total = NumberColumn(accessor="version__lesson_count", decimals=0, verbose_name=_("Lessons"))
    score = NumberColumn(decimals=0, verbose_name=pgettext_lazy("of learning", "Score"))
    due_on = DateColumn(verbose_name=_("Due"))
    enrolled_at = MomentColumn(verbose_name=_("Enrolled"))
    ended_at = MomentColumn(verbose_name=_("Ended"))
