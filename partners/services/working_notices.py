"""Who is told of tasks, comments and files."""

from collections.abc import Iterable

from django.db.models import QuerySet

from notices.registry import NoticeKind
from notices.services import tell_from
from partners.models import Comment, Partner, SharedFile, Side, Task
from partners.notice_kinds import working as kinds
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with


def tell_task_given(tasks: Iterable[Task], *, by: Membership) -> int:
    """Who has to do a task hears who gave it; who gives one to themselves knows."""
    with house_scope():
        rows = [
            (member, f"task-given-{task.pk}-{member}", _task_facts(task, who=by.name))
            for task, members in _who_does(tasks)
            for member in members
            if member != by.pk
        ]
        return tell_from(rows, kinds.TASK_GIVEN)


def tell_task_finished(task: Task, *, by: Membership) -> int:
    """Who gave a task hears that it is done, or dropped."""
    if task.created_by_id is None or task.created_by_id == by.pk or task.finished_at is None:
        return 0
    facts = _task_facts(task, who=by.name) | {"state": task.state, "reason": task.reason}
    key = f"task-finished-{task.pk}-{task.finished_at:%Y%m%d%H%M%S}"
    return tell_from([(task.created_by_id, key, facts)], kinds.TASK_FINISHED)


def tell_tasks_due(tasks: QuerySet[Task]) -> int:
    """Who has to do them is reminded before the day."""
    return tell_from(_day_rows(tasks, "task-due"), kinds.TASK_DUE)


def tell_tasks_overdue(tasks: QuerySet[Task]) -> int:
    """Who should have done them is told once."""
    return tell_from(_day_rows(tasks, "task-overdue"), kinds.TASK_OVERDUE)


def tell_comment(comment: Comment, *, by: Membership, mentioned: Iterable[int]) -> int:
    """Who is mentioned hears it as such; who takes part in the task, or the other side of a conversation, hears of it."""
    named = set(mentioned)
    told = tell_mentioned(comment, by=by, mentioned=named)
    with house_scope():
        others = _taking_part(comment.task) if comment.task else _other_side(comment.partner, by)
        if not comment.is_shared:
            others = set(Membership.objects.filter(pk__in=others, partner=None).values_list("pk", flat=True))
        return told + _tell_of(comment, kinds.COMMENTED, others - named - {by.pk}, by=by)


def tell_mentioned(comment: Comment, *, by: Membership, mentioned: Iterable[int]) -> int:
    """Who is mentioned hears it."""
    return _tell_of(comment, kinds.MENTIONED, set(mentioned) - {by.pk}, by=by)


def _tell_of(comment: Comment, kind: NoticeKind, members: Iterable[int], *, by: Membership) -> int:
    facts = {
        "partner": comment.partner_id,
        "partner_name": comment.partner.names,
        "task": comment.task_id,
        "title": comment.task.title if comment.task else "",
        "who": by.name,
        "text": comment.body[:300],
        "comment": comment.pk,
    }
    return tell_from([(pk, f"comment-{comment.pk}", facts) for pk in sorted(members)], kind)


def tell_file(file: SharedFile, *, number: int, by: Membership) -> int:
    """The other side hears of a file, or of a new version of one."""
    if not file.is_shared:
        return 0
    with house_scope():
        partner = Partner.objects.get(pk=file.partner_id)
        facts = {
            "partner": partner.pk,
            "partner_name": partner.names,
            "file": file.pk,
            "name": file.name,
            "version": number,
            "who": by.name,
        }
        key = f"file-{file.pk}-{number}"
        return tell_from([(pk, key, facts) for pk in sorted(_other_side(partner, by))], kinds.FILE_SHARED)


def _task_facts(task: Task, *, who: str = "") -> dict[str, object]:
    facts: dict[str, object] = {
        "task": task.pk,
        "title": task.title,
        "partner": task.partner_id,
        "partner_name": task.partner.names,
        "who": who,
    }
    return facts | ({"due_on": task.due_on} if task.due_on else {})


def _day_rows(tasks: QuerySet[Task], prefix: str) -> list[tuple[int, str, dict[str, object]]]:
    return [
        (member, f"{prefix}-{task.pk}-{task.due_on}", _task_facts(task))
        for task, members in _who_does(tasks.select_related("partner", "owner"))
        for member in members
    ]


def _who_does(tasks: Iterable[Task]) -> list[tuple[Task, list[int]]]:
    """Each task with whom it waits for: its person, else who looks after the partner, or all of the partner's people."""
    found = list(tasks)
    partners = {task.partner_id for task in found if task.side == Side.PARTNER}
    people: dict[int, list[int]] = {}
    for partner, pk in (
        members_with(Right.PORTAL_WORK).filter(partner__in=partners).order_by("pk").values_list("partner_id", "pk")
    ):
        people.setdefault(partner, []).append(pk)
    waiting = []
    for task in found:
        if task.owner is not None and task.owner.is_active:
            waiting.append((task, [task.owner.pk]))
        elif task.side == Side.PARTNER:
            waiting.append((task, people.get(task.partner_id, [])))
        else:
            waiting.append((task, [pk for pk in (task.partner.channel_manager_id,) if pk]))
    return waiting


def _taking_part(task: Task) -> set[int]:
    found = {task.owner_id, task.created_by_id, *task.comments.values_list("author_id", flat=True)}
    return {pk for pk in found if pk is not None}


def _other_side(partner: Partner, by: Membership) -> set[int]:
    if by.is_staff:
        return set(members_with(Right.PORTAL_WORK).filter(partner=partner).values_list("pk", flat=True))
    return {partner.channel_manager_id} if partner.channel_manager_id else set()
