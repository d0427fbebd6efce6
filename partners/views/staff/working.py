"""Working together, as staff see it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from pages.row_numbers import row_number
from partners import selectors
from partners.filters.tasks import TaskFilterSet
from partners.forms.working import NoteForm, PostponeForm, ReassignForm, TaskForm
from partners.models import Partner, StaffNote, Task, TaskState
from partners.selectors import conversations, tasks
from partners.services import conversations as talking
from partners.services import tasks as doing
from partners.tables.tasks import TaskTable
from partners.views import working
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

ON_BOARD = 40


class StaffWork(working.WorkingMixin, StaffMixin):
    """A page of staff about working with partners."""

    required_right = Right.PARTNERS_VIEW
    write_right = Right.WORK
    names = "partners"

    def partner_of(self, pk: int) -> Partner:
        return get_object_or_404(selectors.partners_for(self.member), pk=pk)

    def conversation_url(self, partner: int) -> str:
        return self.url("conversation", pk=partner)


# --- Tasks ------------------------------------------------------------------------------------------------------------


def finish(member: Membership, chosen: QuerySet[Task], cleaned: dict[str, Any]) -> str:
    """The bulk action: they are done."""
    count = doing.finish_tasks(chosen, by=member)
    return ngettext("%(count)s task is done.", "%(count)s tasks are done.", count) % {"count": formats.number(count)}


def reassign(member: Membership, chosen: QuerySet[Task], cleaned: dict[str, Any]) -> str:
    """The bulk action: somebody else does them."""
    owner: Membership = cleaned["owner"]
    count, left = doing.reassign_tasks(chosen, owner=owner, by=member)
    text = ngettext("%(count)s task went to %(name)s.", "%(count)s tasks went to %(name)s.", count) % {
        "count": formats.number(count),
        "name": owner.name,
    }
    if not left:
        return text
    return f"{text} " + ngettext(
        "%(count)s stays: it is the partner's own, or of a partner that %(name)s does not see.",
        "%(count)s stay: they are the partners' own, or of partners that %(name)s does not see.",
        left,
    ) % {"count": formats.number(left), "name": owner.name}


def postpone(member: Membership, chosen: QuerySet[Task], cleaned: dict[str, Any]) -> str:
    """The bulk action: they have time until another day."""
    count = doing.postpone_tasks(chosen, due_on=cleaned["due_on"])
    return ngettext("%(count)s task has another day.", "%(count)s tasks have another day.", count) % {
        "count": formats.number(count)
    }


class TasksMixin(StaffWork):
    """The member's own tasks, or those of the team, as the address says."""

    @property
    def whose(self) -> str:
        asked = self.request.GET.get("whose", tasks.MINE)
        return asked if asked in (tasks.MINE, tasks.GIVEN, tasks.TEAM) else tasks.MINE

    def tabs(self, name: str) -> list[tuple[Any, str, bool]]:
        labels = {tasks.MINE: _("My own"), tasks.GIVEN: _("Given by me"), tasks.TEAM: _("Everybody's")}
        return [(label, f"{self.url(name)}?whose={key}", key == self.whose) for key, label in labels.items()]

    def title(self) -> str:
        """How many of the member's own are overdue."""
        own = tasks.whose(tasks.tasks_for(self.member), self.member, tasks.MINE).filter(state=TaskState.OPEN)
        overdue = own.filter(tasks.due_when(tasks.OVERDUE, timezone.localdate())).count()
        if overdue:
            return ngettext("%(count)s of your tasks is overdue", "%(count)s of your tasks are overdue", overdue) % {
                "count": formats.number(overdue)
            }
        return _("None of your tasks is overdue")


class TaskListView(TasksMixin, ListView):
    """Tasks: the member's own open ones, unless the filters say otherwise."""

    list_key = "tasks"
    table_class = TaskTable
    filterset_class = TaskFilterSet
    template_name = "partners/staff/tasks.html"
    default_sort = "due_on"
    sorts = {
        "due_on": Sort("due_on", nullable=True),
        "created_at": Sort("created_at", descending=True),
        "finished_at": Sort("finished_at", descending=True, nullable=True),
    }
    default_columns = ["title", "partner", "due_on", "owner", "side", "state"]
    export_name = "tasks"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction("finish", gettext_lazy("They are done"), Right.WORK, finish),
        BulkAction("reassign", gettext_lazy("Give to somebody else"), Right.WORK, reassign, form_class=ReassignForm),
        BulkAction("postpone", gettext_lazy("Another day"), Right.WORK, postpone, form_class=PostponeForm),
    ]
    empty = Empty(
        gettext_lazy("Nothing to do"),
        gettext_lazy("Tasks that you give yourself or others, and what the portal calls to mind, show here."),
        url_name="partners:task_create",
        action=gettext_lazy("New task"),
        right=Right.WORK,
    )

    def get_queryset(self) -> QuerySet[Task]:
        found = tasks.tasks_for(self.member).select_related("owner", "created_by")
        if "whose" not in self.params:
            found = tasks.whose(found, self.member, tasks.MINE)
        return found if "state" in self.params else found.filter(state=TaskState.OPEN)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title(), tabs=self.tabs("tasks"), **kwargs)


class TaskBoardView(TasksMixin, TemplateView):
    """Open tasks by when they are due."""

    template_name = "partners/staff/task_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        chosen = tasks.whose(tasks.tasks_for(self.member), self.member, self.whose)
        groups = tasks.by_due(chosen.select_related("partner", "owner"), today=today, each=ON_BOARD)
        return super().get_context_data(
            title=self.title(), tabs=self.tabs("task_board"), groups=groups, whose=self.whose, today=today, **kwargs
        )


class TaskView(StaffWork, working.TaskView):
    pass


class TaskCommentView(StaffWork, working.TaskCommentView):
    pass


class TaskStepView(StaffWork, working.TaskStepView):
    pass


class TaskCreateView(StaffWork, working.TaskCreateView):
    """A new task, for the partner that the address names or one that is chosen."""

    def settled_partner(self) -> Partner | None:
        key = row_number(self.request.GET.get("partner", ""))
        return None if key is None else self.partner_of(key)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"action": self.request.get_full_path()}


class TaskEditView(StaffWork, working.TaskEditView):
    pass


class TaskPeopleView(StaffWork, TemplateView):
    """Who can do something for the partner that was chosen, as options."""

    template_name = "partners/working/task_people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = self.request.GET.get("partner_code", "").strip()
        partner = selectors.partners_for(self.member).filter(code=code).first() if code else None
        form = TaskForm(member=self.member, partner=partner)
        return {"groups": form.fields["who"].choices, "chosen": form.initial["who"]}  # type: ignore[attr-defined]


# --- Conversation, files ----------------------------------------------------------------------------------------------


class OnePartnerWork(StaffWork):
    """A page of one partner."""

    @cached_property
    def partner(self) -> Partner:
        return self.partner_of(self.kwargs["pk"])


class ConversationView(OnePartnerWork, working.ConversationView):
    @property
    def page_url(self) -> str:
        return self.conversation_url(self.partner.pk)


class CommentView(StaffWork, working.CommentView):
    pass


class MentionsView(StaffWork, working.MentionsView):
    pass


class FilesView(OnePartnerWork, working.FilesView):
    @property
    def page_url(self) -> str:
        return self.url("files", pk=self.partner.pk)


class FileView(StaffWork, working.FileView):
    pass


class FileVersionView(StaffWork, working.FileVersionView):
    pass


class FileEditView(StaffWork, working.FileEditView):
    pass


class FileStepView(StaffWork, working.FileStepView):
    pass


# --- Staff's own notes ------------------------------------------------------------------------------------------------


class NotesView(OnePartnerWork, FormView):
    """What staff wrote down about a partner for themselves."""

    template_name = "partners/staff/notes.html"
    form_class = NoteForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notes = conversations.staff_notes(self.partner)[: 10 * working.PER_PAGE]
        return super().get_context_data(
            partner=self.partner,
            notes=notes,
            may_moderate=conversations.may_moderate(self.member),
            page_url=self.url("notes", pk=self.partner.pk),
            **kwargs,
        )

    def form_valid(self, form: NoteForm) -> HttpResponse:
        self.check_may_write()
        talking.write_note(partner=self.partner, by=self.member, **form.cleaned_data)
        messages.success(self.request, _("The note is kept. Only staff can read it."))
        return redirect(self.back(self.url("notes", pk=self.partner.pk)))


class NoteView(StaffWork, FormView):
    """A note is put right, pinned or taken away."""

    template_name = "partners/staff/note_form.html"
    form_class = NoteForm

    @cached_property
    def note(self) -> StaffNote:
        note = get_object_or_404(StaffNote.objects.select_related("author"), pk=self.kwargs["pk"])
        self.partner_of(note.partner_id)
        return note

    def get_initial(self) -> dict[str, Any]:
        return {"body": self.note.body, "is_pinned": self.note.is_pinned}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(note=self.note, partner=self.partner_of(self.note.partner_id), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        page = self.url("notes", pk=self.note.partner_id)
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.take_step(lambda: talking.remove_note(self.note, by=self.member), _("The note is removed."))
        return redirect(page)

    def form_valid(self, form: NoteForm) -> HttpResponse:
        try:
            talking.edit_note(self.note, by=self.member, **form.cleaned_data)
        except DomainError as error:
            form.add_error("body", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The note is saved."))
        return redirect(self.url("notes", pk=self.note.partner_id))
