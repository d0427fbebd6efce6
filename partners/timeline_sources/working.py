"""Tasks, what was written, and files on a partner's timeline. Staff's own notes are not there."""

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.functions import WORKING_TOGETHER
from partners.models import Comment, FileVersion, Task, TaskState
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def tasks_given(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What was to be done, and what came of it."""
    rows = Task.objects.filter(partner_id=partner_id).select_related("created_by")
    return [
        Entry(
            at=task.created_at,
            key=task.pk,
            title=task.title,
            text="" if task.state == TaskState.OPEN else f"{task.get_state_display()} {task.reason}".strip(),
            who=task.created_by.name if task.created_by else "",
            url_name="partners:task",
            url_kwargs={"pk": task.pk},
        )
        for task in newest(rows, before, limit, at="created_at")
    ]


def said(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What staff and partner wrote to each other and about tasks; what was taken back is passed over."""
    rows = Comment.objects.filter(partner_id=partner_id).select_related("author", "task")
    return [
        Entry(
            at=comment.created_at,
            key=comment.pk,
            title="" if comment.removed_at else _title(comment),
            text=comment.body[:300],
            who=comment.author.name,
            url_name="partners:task" if comment.task_id else "partners:conversation",
            url_kwargs={"pk": comment.task_id or comment.partner_id},
        )
        for comment in newest(rows, before, limit, at="created_at")
    ]


def files_put_in(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Each version of a file; those of removed files are passed over."""
    rows = FileVersion.objects.filter(partner_id=partner_id).select_related("file", "created_by")
    return [
        Entry(
            at=version.created_at,
            key=version.pk,
            title="" if version.file.removed_at else version.file.name,
            text=_("Version %(number)s") % {"number": version.number} if version.number > 1 else "",
            who=version.created_by.name,
            url_name="partners:file",
            url_kwargs={"pk": version.file_id},
        )
        for version in newest(rows, before, limit, at="created_at")
    ]


def _title(comment: Comment) -> str:
    if comment.task is None:
        return _("Message")
    return _("Comment on “%(task)s”") % {"task": comment.task.title}


def _source(key: str, label: object, icon: str, rows: object, of: type[Model]) -> None:
    register_timeline(
        TimelineSource(key, label, icon, Right.PARTNERS_VIEW, rows, function=WORKING_TOGETHER.key, of=of)  # type: ignore[arg-type]
    )


_source("tasks", gettext_lazy("Tasks"), "check", tasks_given, Task)
_source("comments", gettext_lazy("Conversation"), "message", said, Comment)
_source("files", gettext_lazy("Files"), "file", files_put_in, FileVersion)
