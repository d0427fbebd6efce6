"""Everything that changes tasks."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pages import formats
from partners.models import Partner, Side, Task, TaskState
from partners.services import working_notices
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import current_scope, house_scope

REMIND_DAYS = 1
"""So many days before it is due a task is called to mind."""
LATE_DAYS = 7
"""What has been overdue for longer than that was told of, or was given when it was late already."""


class TaskError(DomainError):
    """A step that a task cannot take now."""


def create_task(
    *,
    partner: Partner,
    title: str,
    due_on: dt.date | None = None,
    owner: Membership | None = None,
    for_partner: bool = False,
    is_shared: bool = False,
    detail: str = "",
    kind: str = "",
    key: str = "",
    url_name: str = "",
    url_kwargs: Mapping[str, Any] | None = None,
    by: Membership | None = None,
) -> Task:
    """Something to be done for a partner, by staff or, `for_partner`, by its own people.

    With a `key` the same thing asks once: again it gives the task that stands, open or finished, and changes nothing.
    `is_shared` lets the partner see a task of staff. `url_name` is a page of the side that has to do it.
    """
    current = current_scope()
    if current.actor == "partner" and current.partner != partner.pk:
        raise TaskError(_("Tasks can be given for your own company only."))
    with house_scope():
        if key and (known := Task.objects.filter(partner=partner, kind=kind, key=key).first()):
            return known
        task = Task(
            partner=partner,
            title=title[:200],
            detail=detail,
            due_on=due_on,
            side=Side.PARTNER if for_partner else Side.STAFF,
            owner=_fitting_owner(partner, owner, for_partner=for_partner),
            is_shared=is_shared or for_partner,
            kind=kind,
            key=key,
            url_name=url_name,
            url_kwargs=dict(url_kwargs or {}),
            created_by=by,
        )
        try:
            with transaction.atomic():
                task.save(force_insert=True)
        except IntegrityError:
            known = Task.objects.filter(partner=partner, kind=kind, key=key).first() if key else None
            if known is None:
                raise
            return known  # somebody else was quicker
        if by is not None:
            working_notices.tell_task_given([task], by=by)
    return task


MOST_AT_ONCE = 2000
"""So many partners can be given a task at once."""
BULK = "bulk"


@transaction.atomic
def create_tasks(
    partners: QuerySet[Partner],
    *,
    title: str,
    once: str,
    by: Membership,
    due_on: dt.date | None = None,
    detail: str = "",
    owner: Membership | None = None,
    for_partner: bool = False,
) -> int:
    """Give each of `partners` the same task; returns how many are new. With the same `once` again none is.

    Without an owner it is for whoever looks after each partner. Partners' people are told; staff find it in their list.
    """
    rows = list(
        partners.order_by("pk").values_list("pk", "channel_manager", "channel_manager__is_active")[: MOST_AT_ONCE + 1]
    )
    if len(rows) > MOST_AT_ONCE:
        raise TaskError(
            _("At most %(count)s partners can be given a task at once. Choose fewer.")
            % {"count": formats.number(MOST_AT_ONCE)}
        )
    known = set(Task.objects.filter(kind=BULK, key=once).values_list("partner", flat=True))
    chosen = None if for_partner else owner
    Task.objects.bulk_create(
        [
            Task(
                partner_id=pk,
                title=title[:200],
                detail=detail,
                due_on=due_on,
                side=Side.PARTNER if for_partner else Side.STAFF,
                owner_id=chosen.pk if chosen else manager if is_active and not for_partner else None,
                is_shared=for_partner,
                kind=BULK,
                key=once,
                created_by=by,
            )
            for pk, manager, is_active in rows
            if pk not in known
        ],
        ignore_conflicts=True,  # somebody else was quicker
        batch_size=500,
    )
    made = Task.objects.filter(kind=BULK, key=once).exclude(partner__in=known)
    if for_partner:
        working_notices.tell_task_given(made.select_related("partner"), by=by)
    return made.count()


def complete_tasks(partner: Partner, *, kind: str, key: str, by: Membership | None = None) -> int:
    """What the open tasks of this kind and key asked for has happened; returns how many that closes."""
    now = timezone.now()
    with house_scope():
        return Task.objects.filter(partner=partner, kind=kind, key=key, state=TaskState.OPEN).update(
            state=TaskState.DONE, finished_at=now, finished_by=by, updated_at=now
        )


def update_task(
    task: Task,
    *,
    by: Membership,
    title: str,
    detail: str,
    due_on: dt.date | None,
    owner: Membership | None,
    keeps_owner: bool = False,
) -> Task:
    """Change what is to be done, until when and by whom; a person who comes to it anew is told.

    With `keeps_owner` it stays with its person, and `owner` says nothing.
    """
    task = _locked(task)
    check_may_edit(task, by)
    before = task.owner_id
    task.title, task.detail, task.due_on = title, detail, due_on
    if keeps_owner:
        _save(task, "title", "detail", "due_on")
        return task
    task.owner = _checked_owner(task, owner)
    _save(task, "title", "detail", "due_on", "owner")
    if owner is not None and owner.pk != before:
        working_notices.tell_task_given([task], by=by)
    return task


def share_task(task: Task, *, by: Membership) -> Task:
    """Let the partner see a task of staff from now on. What was said about it before stays with staff."""
    task = _locked(task)
    check_may_edit(task, by)
    task.is_shared = True
    _save(task, "is_shared")
    return task


def take_task(task: Task, *, by: Membership) -> Task:
    """The member will do it."""
    task = _locked(task)
    _check_open(task)
    check_may_finish(task, by)
    task.owner = by
    _save(task, "owner")
    return task


def finish_task(task: Task, *, by: Membership) -> Task:
    """It is done. Again changes nothing."""
    return _end(task, TaskState.DONE, reason="", by=by)


def drop_task(task: Task, *, reason: str, by: Membership) -> Task:
    """It will not be done, for a reason."""
    if not reason.strip():
        raise TaskError(_("Say why this need not be done."))
    check_may_edit(task, by)
    return _end(task, TaskState.DROPPED, reason=reason.strip(), by=by)


def reopen_task(task: Task, *, by: Membership) -> Task:
    """It was not done after all."""
    task = _locked(task)
    check_may_finish(task, by)
    if task.is_open:
        return task
    task.state, task.reason, task.finished_at, task.finished_by = TaskState.OPEN, "", None, None
    _save(task, "state", "reason", "finished_at", "finished_by")
    return task


def finish_tasks(tasks: QuerySet[Task], *, by: Membership) -> int:
    """Call all open ones of `tasks` done, in one statement."""
    now = timezone.now()
    return _open_of(tasks).update(state=TaskState.DONE, finished_at=now, finished_by=by, updated_at=now)


def postpone_tasks(tasks: QuerySet[Task], *, due_on: dt.date) -> int:
    """Give all open ones of `tasks` another day, in one statement."""
    return _open_of(tasks).update(due_on=due_on, updated_at=timezone.now())


def reassign_tasks(tasks: QuerySet[Task], *, owner: Membership, by: Membership) -> tuple[int, int]:
    """Give the open ones of `tasks` that staff have to do to `owner`, who is told.

    Returns how many went over, and how many did not: the partners' own, and those of partners that `owner` does not see.
    """
    opened = _open_of(tasks)
    fitting = opened.filter(side=Side.STAFF)
    if not owner.can(Right.PARTNERS_VIEW_ALL):
        fitting = fitting.filter(partner__channel_manager=owner)
    given = list(fitting.exclude(owner=owner).select_related("partner"))
    left = opened.count() - fitting.count()
    Task.objects.filter(pk__in=[task.pk for task in given]).update(owner=owner, updated_at=timezone.now())
    for task in given:
        task.owner = owner
    working_notices.tell_task_given(given, by=by)
    return len(given), left


def may_finish(task: Task, member: Membership) -> bool:
    """Whether the member may take a task, call it done and open it again: staff each, a partner's people their own."""
    if member.is_staff:
        return member.can(Right.WORK)
    return member.can(Right.PORTAL_WORK) and task.side == Side.PARTNER and task.partner_id == member.partner_id


def may_edit(task: Task, member: Membership) -> bool:
    """Whether the member may change or drop a task: staff each, a partner's people those that one of them gave.

    A day that staff set is not moved by the partner alone.
    """
    if member.is_staff:
        return member.can(Right.WORK)
    if not member.can(Right.PORTAL_WORK) or task.created_by_id is None:
        return False
    return Membership.objects.filter(pk=task.created_by_id, partner=member.partner_id).exists()


def check_may_finish(task: Task, member: Membership) -> None:
    """Refuse who may not."""
    if not may_finish(task, member):
        raise TaskError(_("This is to be done by the other side. You can write a comment."))


def check_may_edit(task: Task, member: Membership) -> None:
    """Refuse who may not."""
    if not may_edit(task, member):
        raise TaskError(_("Only who gave a task can change it. You can write a comment."))


def remind_tasks(*, today: dt.date) -> tuple[int, int]:
    """Tell of what is due by tomorrow and of what is overdue, each day of a task once; returns how many were told.

    The person is told; without one, or when they left, whoever looks after the partner, or the partner's people.
    """
    opened = Task.objects.filter(state=TaskState.OPEN)
    coming = opened.filter(due_on__range=(today, today + dt.timedelta(days=REMIND_DAYS)))
    late = opened.filter(due_on__range=(today - dt.timedelta(days=LATE_DAYS), today - dt.timedelta(days=1)))
    return working_notices.tell_tasks_due(coming), working_notices.tell_tasks_overdue(late)


def _end(task: Task, state: TaskState, *, reason: str, by: Membership) -> Task:
    task = _locked(task)
    check_may_finish(task, by)
    if not task.is_open:
        if task.state == state:
            return task
        raise TaskError(_("This task is closed already. Open it again first."))
    task.state, task.reason, task.finished_at, task.finished_by = state, reason, timezone.now(), by
    _save(task, "state", "reason", "finished_at", "finished_by")
    working_notices.tell_task_finished(task, by=by)
    return task


def _locked(task: Task) -> Task:
    return Task.objects.select_for_update(no_key=True).get(pk=task.pk)


def _check_open(task: Task) -> None:
    if not task.is_open:
        raise TaskError(_("This task is closed already. Open it again first."))


def _open_of(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return Task.objects.filter(pk__in=tasks.order_by().values("pk"), state=TaskState.OPEN)


def _save(task: Task, *fields: str) -> None:
    task.save(update_fields=[*fields, "updated_at"])


def _checked_owner(task: Task, owner: Membership | None) -> Membership | None:
    if owner is None:
        return None
    return _fitting_owner(task.partner, owner, for_partner=task.side == Side.PARTNER)


def _fitting_owner(partner: Partner, owner: Membership | None, *, for_partner: bool) -> Membership | None:
    """The person, if of the side that has to do it; none given, for staff whoever looks after the partner."""
    if owner is None:
        return None if for_partner else _manager_of(partner)
    if for_partner and owner.partner_id != partner.pk:
        raise TaskError(_("%(name)s does not work for this partner.") % {"name": owner.name})
    if not for_partner and not owner.is_staff:
        raise TaskError(_("%(name)s does not work for the manufacturer.") % {"name": owner.name})
    return owner


def _manager_of(partner: Partner) -> Membership | None:
    if partner.channel_manager_id is None:
        return None
    return Membership.objects.filter(pk=partner.channel_manager_id, is_active=True).first()
