"""Open and overdue tasks on the home pages of both sides."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pages import formats
from partners.functions import WORKING_TOGETHER
from partners.models import TaskState
from partners.selectors import tasks
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SHOWN = 4
AHEAD = dt.timedelta(days=14)


@register_waiting(
    probe="""%(partner)s IS NULL OR EXISTS (
        SELECT FROM partners_task WHERE partner_id = %(partner)s AND state = 'open' AND due_on <= %(day)s + 14)"""
)
def tasks_to_do(member: Membership) -> list[WaitingItem]:
    """The member's own tasks that are overdue or due within two weeks; the most urgent each, the rest as a number."""
    if not member.can(Right.PARTNERS_VIEW if member.is_staff else Right.PORTAL_WORK):
        return []
    if not member.has_function(WORKING_TOGETHER.key):
        return []
    own = tasks.whose(tasks.tasks_for(member), member, tasks.MINE).filter(
        state=TaskState.OPEN, due_on__lte=timezone.localdate() + AHEAD
    )
    names = "partners" if member.is_staff else "partners_portal"
    urgent = list(own.order_by("due_on", "pk")[: SHOWN + 1])
    items = [
        WaitingItem(
            task.title,
            str(task.partner) if member.is_staff else _("Task"),
            member.url(f"{names}:task", pk=task.pk),
            pgettext("action", "Open"),
            due=_end_of(task.due_on),
        )
        for task in urgent[:SHOWN]
    ]
    if len(urgent) > SHOWN:
        more = own.count() - SHOWN
        items.append(
            WaitingItem(
                ngettext("%(count)s more task", "%(count)s more tasks", more) % {"count": formats.number(more)},
                _("Due within two weeks"),
                member.url(f"{names}:tasks"),
                _("See them"),
                due=_end_of(urgent[SHOWN].due_on),
                count=more,
            )
        )
    return items


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """The last minute of a day, in the manufacturer's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))) if day else None
