"""Everything read about tasks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.weeks import sunday_of
from partners.models import Partner, Side, Task, TaskState
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import current_scope
from tenancy.selectors import members_with

OVERDUE, TODAY, WEEK, LATER, UNDATED = "overdue", "today", "week", "later", "undated"
DUES: dict[str, Any] = {
    OVERDUE: _("Overdue"),
    TODAY: _("Today"),
    WEEK: _("This week"),
    LATER: _("Later"),
    UNDATED: _("Without a day"),
}
"""When something is to be done, seen from a day; every open task is one of these."""

MINE, GIVEN, TEAM = "mine", "given", "team"


def tasks_for(member: Membership) -> QuerySet[Task]:
    """The tasks this member may see: staff those of the partners they see; a partner's people what is shared with it."""
    tasks = Task.objects.select_related("partner")
    if not member.is_staff:
        return tasks.filter(partner=member.partner_id)
    if member.can(Right.PARTNERS_VIEW_ALL):
        return tasks
    return tasks.filter(partner__channel_manager=member)


def whose(tasks: QuerySet[Task], member: Membership, scope: str) -> QuerySet[Task]:
    """Of `tasks` the member's own, those they gave, or all."""
    if scope == MINE:
        own = Q(owner=member)
        if not member.is_staff:
            own |= Q(owner=None, side=Side.PARTNER)
        return tasks.filter(own)
    return tasks.filter(created_by=member) if scope == GIVEN else tasks


def due_when(when: str, today: dt.date) -> Q:
    """The condition of being due then, seen from `today`. A week ends on Sunday."""
    sunday = sunday_of(today)
    return {
        OVERDUE: Q(due_on__lt=today),
        TODAY: Q(due_on=today),
        WEEK: Q(due_on__gt=today, due_on__lte=sunday),
        LATER: Q(due_on__gt=sunday),
        UNDATED: Q(due_on=None),
    }[when]


def due_of(task: Task, today: dt.date) -> str:
    """When the task is due, seen from `today`: a key of DUES."""
    if task.due_on is None:
        return UNDATED
    if task.due_on <= today:
        return TODAY if task.due_on == today else OVERDUE
    return WEEK if task.due_on <= sunday_of(today) else LATER


@dataclass(frozen=True)
class DueGroup:
    """The open tasks due at one time; `tasks` are the first of `count`."""

    key: str
    label: Any
    tasks: list[Task]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.tasks)


def by_due(tasks: QuerySet[Task], *, today: dt.date, each: int) -> list[DueGroup]:
    """The open ones of `tasks` by when they are due: at most `each` of a group, and how many there are. Two queries."""
    opened = tasks.filter(state=TaskState.OPEN)
    counts = opened.order_by().aggregate(**{key: Count("pk", filter=due_when(key, today)) for key in DUES})
    parts = [opened.filter(due_when(key, today)).order_by("due_on", "pk").values("pk")[:each] for key in DUES]
    first = parts[0].union(*parts[1:], all=True)
    found = list(tasks.filter(pk__in=first).order_by("due_on", "pk"))
    return [
        DueGroup(key, label, [task for task in found if due_of(task, today) == key], counts[key])
        for key, label in DUES.items()
    ]


def staff_for(partner: Partner) -> QuerySet[Membership]:
    """The staff who can do something for a partner: who may, and who sees it. By name."""
    everywhere = members_with(Right.PARTNERS_VIEW_ALL).values("pk")
    return (
        members_with(Right.WORK)
        .filter(partner=None)
        .filter(Q(pk__in=everywhere) | Q(pk=partner.channel_manager_id))
        .order_by("name", "pk")
    )


def staff_who_work() -> QuerySet[Membership]:
    """The staff who can do something for partners. By name."""
    return members_with(Right.WORK).filter(partner=None).order_by("name", "pk")


def colleagues_of(partner: Partner) -> QuerySet[Membership]:
    """The partner's people who can do something. By name."""
    return members_with(Right.PORTAL_WORK).filter(partner=partner).order_by("name", "pk")


@dataclass(frozen=True)
class Person:
    """Somebody who takes part, as the other side may know them."""

    id: int
    name: str
    title: str
    is_staff: bool
    is_active: bool


def people(ids: Iterable[int | None]) -> Mapping[int, Person]:
    """Who these members are. In a partner's scope also the staff who look after it or take part in what it sees."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    members = Membership.objects.filter(pk__in=wanted).only("name", "title", "partner_id", "is_active")
    found = {
        each.pk: Person(each.pk, each.name, each.title, each.partner_id is None, each.is_active) for each in members
    }
    if current_scope().actor == "partner" and wanted - found.keys():
        found |= {person.id: person for person in staff_known() if person.id in wanted}
    return found


def staff_known() -> list[Person]:
    """In a partner's scope: the staff who look after the partner or take part in what it sees, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, title, is_active FROM partners_staff_known()")
        return [Person(pk, name, title, True, is_active) for pk, name, title, is_active in cursor.fetchall()]


def task_people(tasks: Iterable[Task]) -> Mapping[int, Person]:
    """Who does, gave and closed these tasks."""
    return people(pk for task in tasks for pk in (task.owner_id, task.created_by_id, task.finished_by_id))
