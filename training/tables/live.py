"""Lists of live sessions, of questions to the trainer, and of work handed in."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.tables import ChoiceColumn, LeanTable, MomentColumn, NumberColumn, TextColumn, link_pattern
from partners.tables.partners import ANY_PK
from training.models import HandInState, QuestionState, SessionState

SESSION_TONES: dict[str, str] = {
    SessionState.PLANNED: "active",
    SessionState.HELD: "good",
    SessionState.CANCELLED: "bad",
}
QUESTION_TONES: dict[str, str] = {QuestionState.OPEN: "warn", QuestionState.ANSWERED: "good"}
HAND_IN_TONES: dict[str, str] = {HandInState.WAITING: "warn", HandInState.PASSED: "good", HandInState.AGAIN: "bad"}


class SessionTable(LeanTable):
    starts_at = MomentColumn(verbose_name=_("Begins"))
    lesson = TextColumn(accessor="lesson_name", verbose_name=_("Lesson"))
    course = TextColumn(accessor="course", verbose_name=_("Course"))
    state = ChoiceColumn(choices=SessionState, tones=SESSION_TONES, verbose_name=_("State"))
    seats = NumberColumn(decimals=0, verbose_name=_("Seats"))
    booked = NumberColumn(decimals=0, verbose_name=_("Taken"))
    waiting = NumberColumn(decimals=0, verbose_name=_("Wait"))
    attended = NumberColumn(decimals=0, verbose_name=_("Were there"))
    trainer = TextColumn(accessor="trainer__name", verbose_name=_("Trainer"), minor=True)
    place = TextColumn(verbose_name=_("Place"), minor=True, cut=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:session", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class AskedTable(LeanTable):
    text = TextColumn(verbose_name=_("Question"), cut=True)
    course = TextColumn(accessor="course", verbose_name=_("Course"))
    lesson = TextColumn(accessor="lesson", verbose_name=_("Lesson"))
    state = ChoiceColumn(choices=QuestionState, tones=QUESTION_TONES, verbose_name=_("State"))
    person = TextColumn(accessor="member__name", verbose_name=pgettext_lazy("question", "Asked by"), minor=True)
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"), minor=True)
    asked_at = MomentColumn(verbose_name=pgettext_lazy("question", "Asked"))
    answered_by = TextColumn(accessor="answered_by__name", verbose_name=_("Answered by"), minor=True)
    answered_at = MomentColumn(verbose_name=pgettext_lazy("question", "Answered"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:asked", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class HandInTable(LeanTable):
    person = TextColumn(accessor="enrolment__member__name", verbose_name=_("Name"))
    partner = TextColumn(accessor="partner", verbose_name=_("Partner"))
    lesson = TextColumn(accessor="task__lesson", verbose_name=_("Practical task"))
    course = TextColumn(accessor="enrolment__course", verbose_name=_("Course"))
    state = ChoiceColumn(choices=HandInState, tones=HAND_IN_TONES, verbose_name=_("State"))
    number = NumberColumn(decimals=0, verbose_name=_("Attempt"))
    points = NumberColumn(decimals=0, verbose_name=_("Points"))
    handed_in_at = MomentColumn(verbose_name=_("Handed in"))
    marked_by = TextColumn(accessor="marked_by__name", verbose_name=_("Marked by"), minor=True)
    marked_at = MomentColumn(verbose_name=_("Marked"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:hand_in", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
