"""Working together, as a partner's people see it."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from pages import formats
from pages.paging import Sort, page_of
from partners.models import Partner, Side, TaskState
from partners.selectors import tasks
from partners.views import working
from tenancy.access import PortalMixin
from tenancy.rights import Right

SHOWN = 50


class PortalWork(working.WorkingMixin, PortalMixin):
    """A page of a partner's people about working with the manufacturer."""

    required_right = Right.PORTAL_WORK
    write_right = Right.PORTAL_WORK
    names = "partners_portal"

    @cached_property
    def partner(self) -> Partner:
        return self.partner_of(self.member.partner_id)

    def partner_of(self, pk: Any) -> Partner:
        if pk != self.member.partner_id or self.member.partner is None:
            raise Http404
        return self.member.partner

    def conversation_url(self, partner: int) -> str:
        return self.url("conversation")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        path = self.request.path
        pages = [
            (_("Tasks"), self.url("tasks")),
            (_("Conversation"), self.url("conversation")),
            (_("Files"), self.url("files")),
        ]
        tabs = [(label, url, path == url) for label, url in pages]
        return super().get_context_data(work_tabs=tabs, **kwargs)


class TasksView(PortalWork, TemplateView):
    """What the partner's people have to do, by when it is due, and what the manufacturer does for them."""

    template_name = "partners/portal/tasks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, found = timezone.localdate(), tasks.tasks_for(self.member)
        groups = tasks.by_due(found.filter(side=Side.PARTNER), today=today, each=SHOWN)
        theirs = list(found.filter(side=Side.STAFF, state=TaskState.OPEN).order_by("due_on", "pk")[:SHOWN])
        people = tasks.task_people([*(task for group in groups for task in group.tasks), *theirs])
        return super().get_context_data(
            title=tasks_title(groups),
            groups=groups,
            is_empty=not any(group.count for group in groups),
            theirs=theirs,
            people=people,
            today=today,
            **kwargs,
        )


def tasks_title(groups: list[tasks.DueGroup]) -> str:
    """What presses, as a sentence."""
    counts = {group.key: group.count for group in groups}
    if overdue := counts[tasks.OVERDUE]:
        return ngettext("%(count)s task is overdue", "%(count)s tasks are overdue", overdue) % {
            "count": formats.number(overdue)
        }
    if today := counts[tasks.TODAY]:
        return ngettext("%(count)s task is due today", "%(count)s tasks are due today", today) % {
            "count": formats.number(today)
        }
    if opened := sum(counts.values()):
        return ngettext("%(count)s task, none overdue", "%(count)s tasks, none overdue", opened) % {
            "count": formats.number(opened)
        }
    return _("Nothing to do")


class ClosedTasksView(PortalWork, TemplateView):
    """Tasks that are done or dropped, the latest first."""

    template_name = "partners/portal/tasks_closed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        closed = tasks.tasks_for(self.member).exclude(state=TaskState.OPEN)
        sort = Sort("finished_at", descending=True, nullable=False)
        page = page_of(closed, sort, size=working.PER_PAGE, after=self.request.GET.get("after", ""))
        return super().get_context_data(
            closed=page.rows,
            people=tasks.task_people(page.rows),
            older_url=f"?after={page.next_key}" if page.next_key else "",
            **kwargs,
        )


class TaskView(PortalWork, working.TaskView):
    pass


class TaskCommentView(PortalWork, working.TaskCommentView):
    pass


class TaskStepView(PortalWork, working.TaskStepView):
    pass


class TaskCreateView(PortalWork, working.TaskCreateView):
    def settled_partner(self) -> Partner:
        return self.partner


class TaskEditView(PortalWork, working.TaskEditView):
    pass


class ConversationView(PortalWork, working.ConversationView):
    @property
    def page_url(self) -> str:
        return self.url("conversation")


class CommentView(PortalWork, working.CommentView):
    pass


class MentionsView(PortalWork, working.MentionsView):
    pass


class FilesView(PortalWork, working.FilesView):
    @property
    def page_url(self) -> str:
        return self.url("files")


class FileView(PortalWork, working.FileView):
    pass


class FileVersionView(PortalWork, working.FileVersionView):
    pass


class FileEditView(PortalWork, working.FileEditView):
    pass


class FileStepView(PortalWork, working.FileStepView):
    pass
