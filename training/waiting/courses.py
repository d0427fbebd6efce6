"""Learning on home pages: the next lesson, what is late of colleagues, and for staff who is late."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting
from training.functions import TRAINING
from training.models import Enrolment
from training.selectors.courses import STILL, seen_enrolments
from training.selectors.learning import going

MOST = 2
OWN = """EXISTS (
    SELECT FROM training_enrolment WHERE member_id = %(member)s AND state IN ('enrolled', 'started')
)"""
OURS = """EXISTS (
    SELECT FROM training_enrolment WHERE partner_id = %(partner)s AND member_id <> %(member)s
    AND state IN ('enrolled', 'started') AND due_on < %(day)s
)"""
ANYBODY = "EXISTS (SELECT FROM training_enrolment WHERE state IN ('enrolled', 'started') AND due_on < %(day)s)"


@register_waiting(side="portal", probe=OWN)
def next_lessons(member: Membership) -> list[WaitingItem]:
    """Where the member goes on: what is due first, else what was begun last."""
    if not member.can(Right.PORTAL_TRAINING) or not member.has_function(TRAINING.key):
        return []
    return [
        WaitingItem(
            str(each.next),
            _("%(course)s, %(count)s min") % {"course": each.enrolment.course, "count": each.next.minutes},
            member.url("training_portal:lesson", enrolment=each.enrolment.pk, lesson=each.next.pk),
            _("Continue") if each.enrolment.seen_at else _("Begin"),
            due=_end_of(each.enrolment.due_on) if each.enrolment.due_on else None,
        )
        for each in going(member)
        if each.next is not None
    ][:MOST]


@register_waiting(side="portal", probe=OURS)
def late_colleagues(member: Membership) -> list[WaitingItem]:
    """Courses of colleagues that are past their day, for who looks after them."""
    if not member.can(Right.PORTAL_TRAINING_MANAGE) or not member.has_function(TRAINING.key):
        return []
    rows = Enrolment.objects.filter(STILL, partner=member.partner_id, due_on__lt=timezone.localdate())
    late = rows.exclude(member=member).values("member").distinct().count()
    return [_late(late, f"{member.url('training_portal:team')}?late=1")] if late else []


@register_waiting(side="staff", probe=ANYBODY)
def late_learners(member: Membership) -> list[WaitingItem]:
    """People of partners who are past the day of a course, for who enrols them."""
    if not member.can(Right.TRAINING_ASSIGN) or not member.has_function(TRAINING.key):
        return []
    rows = seen_enrolments(member).filter(STILL, due_on__lt=timezone.localdate())
    late = rows.values("member").distinct().count()
    return [_late(late, f"{member.url('training:courses')}?stands=late")] if late else []


def _late(count: int, url: str) -> WaitingItem:
    title = ngettext("%(count)s person is late with a course", "%(count)s people are late with a course", count) % {
        "count": formats.number(count)
    }
    return WaitingItem(title, _("The day by which it was due is over."), url, _("Look at it"), count=count)


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))
