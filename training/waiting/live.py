"""Live sessions of one's own, work to be marked and questions to be answered, on home pages."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting
from training.functions import TRAINING
from training.models import HandInState, QuestionState, SeatState
from training.selectors.live import own_coming
from training.selectors.practice import hand_ins_for
from training.selectors.trainer_questions import questions_for

MOST = 2
SEATS = "EXISTS (SELECT FROM training_liveseat WHERE member_id = %(member)s AND state = 'booked')"
WORK = "EXISTS (SELECT FROM training_handin WHERE state = 'waiting')"
QUESTIONS = "EXISTS (SELECT FROM training_lessonquestion WHERE state = 'open')"


@register_waiting(side="portal", probe=SEATS)
def own_sessions(member: Membership) -> list[WaitingItem]:
    """The next sessions at which the member has a seat."""
    if not member.can(Right.PORTAL_TRAINING) or not member.has_function(TRAINING.key):
        return []
    return [
        WaitingItem(
            str(lesson),
            _("Live session of %(course)s") % {"course": seat.enrolment.course},
            member.url("training_portal:lesson", enrolment=seat.enrolment_id, lesson=lesson.pk),
            _("To the lesson"),
            due=seat.session.starts_at,
        )
        for seat, lesson in own_coming(member)
        if seat.state == SeatState.BOOKED
    ][:MOST]


@register_waiting(side="staff", probe=WORK)
def work_to_mark(member: Membership) -> list[WaitingItem]:
    """Work that was handed in, for who marks it."""
    if not member.can(Right.TRAINING_EDIT) or not member.has_function(TRAINING.key):
        return []
    count = hand_ins_for(member).filter(state=HandInState.WAITING).count()
    title = ngettext("%(count)s piece of work to mark", "%(count)s pieces of work to mark", count)
    return _item(member, count, title, _("Learners wait for what you say to it."), "training:hand_ins", _("Mark"))


@register_waiting(side="staff", probe=QUESTIONS)
def questions_to_answer(member: Membership) -> list[WaitingItem]:
    """Questions of learners, for who answers them."""
    if not member.can(Right.TRAINING_EDIT) or not member.has_function(TRAINING.key):
        return []
    count = questions_for(member).filter(state=QuestionState.OPEN).count()
    title = ngettext("%(count)s question of a learner", "%(count)s questions of learners", count)
    return _item(
        member, count, title, _("Your answer can be for all."), "training:asked_list", pgettext("a question", "Answer")
    )


def _item(member: Membership, count: int, title: str, detail: str, url_name: str, action: str) -> list[WaitingItem]:
    if not count:
        return []
    return [WaitingItem(title % {"count": formats.number(count)}, detail, member.url(url_name), action, count=count)]
