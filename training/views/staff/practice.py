"""Practical tasks for staff: their rules, the work that waits, and its mark."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.rights import Right
from training.filters.live import HandInFilterSet
from training.forms.practice import MarkForm, TaskForm
from training.models import CourseVersion, HandIn, HandInFile, HandInState, LessonKind, PracticalTask
from training.selectors import practice as reading
from training.services import practice as services
from training.tables.live import HAND_IN_TONES, HandInTable
from training.views.staff.courses import TrainingMixin, waiting_since
from training.views.staff.lessons import WritingMixin


class TaskEditView(WritingMixin, FormView):
    """The rules of a practical task."""

    form_class = TaskForm
    template_name = "training/staff/task_form.html"

    @cached_property
    def task(self) -> PracticalTask:
        return get_object_or_404(
            PracticalTask.objects.select_related("lesson__module", "lesson__version__course"),
            lesson=self.kwargs["pk"],
            lesson__kind=LessonKind.TASK,
            lesson__version__state=CourseVersion.State.DRAFT,
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.task}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lesson = self.task.lesson
        back_url = self.member.url("training:lesson", pk=lesson.pk)
        return super().get_context_data(lesson=lesson, course=lesson.version.course, back_url=back_url, **kwargs)

    def form_valid(self, form: TaskForm) -> HttpResponse:
        try:
            services.save_task(form.save(commit=False))
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.course_page(self.task.lesson.version.course_id))


class HandInListView(TrainingMixin, ListView):
    """Work that was handed in, what waits longest first."""

    required_right = Right.TRAINING_EDIT
    list_key = "hand_ins"
    table_class = HandInTable
    filterset_class = HandInFilterSet
    template_name = "training/staff/hand_in_list.html"
    sorts = {
        "state": Sort("stand", nullable=False),
        "handed_in_at": Sort("handed_in_at"),
        "marked_at": Sort("marked_at", descending=True, nullable=True),
    }
    default_sort = "state"
    export_name = "hand-ins"
    export_right = Right.TRAINING_EDIT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("Nothing has been handed in yet"),
        gettext_lazy("Put a practical task into a course: what learners hand in waits here to be marked."),
        "training:courses",
        gettext_lazy("Courses"),
        Right.TRAINING_EDIT,
    )

    def get_queryset(self) -> QuerySet[HandIn]:
        return reading.hand_ins_for(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count, ago = waiting_since(self.get_queryset().filter(state=HandInState.WAITING), "handed_in_at")
        title = ngettext("%(count)s piece of work waits for you", "%(count)s pieces of work wait for you", count)
        return super().get_context_data(
            title=title % {"count": formats.number(count)} if count else _("No work waits to be marked"),
            since=_("The oldest was handed in %(ago)s") % {"ago": ago} if ago else "",
            **kwargs,
        )


class HandInView(TrainingMixin, FormView):
    """Work that was handed in: what it is, what came before it, and its mark."""

    required_right = Right.TRAINING_EDIT
    form_class = MarkForm
    template_name = "training/staff/hand_in.html"

    @cached_property
    def work(self) -> HandIn:
        rows = reading.hand_ins_for(self.member).prefetch_related("files", "task__lesson__contents")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"work": self.work}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        work = self.work
        others = reading.own_work(work.enrolment).filter(task__lesson__key=work.task.lesson.key).exclude(pk=work.pk)
        return super().get_context_data(
            work=work,
            tone=HAND_IN_TONES[work.state],
            others=[(each, HAND_IN_TONES[each.state]) for each in others],
            is_waiting=work.state == HandInState.WAITING,
            **kwargs,
        )

    def form_valid(self, form: MarkForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            services.mark(
                self.work,
                points=given["points"],
                is_passed=given["verdict"] == HandInState.PASSED,
                comment=given["comment"],
                by=self.member,
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Marked; %(name)s is told.") % {"name": self.work.enrolment.member.name})
        return redirect(self.member.url("training:hand_ins"))


class HandInFileView(TrainingMixin, View):
    """A file that was handed in, as a download."""

    required_right = Right.TRAINING_EDIT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = HandInFile.objects.filter(hand_in__in=reading.hand_ins_for(self.member).order_by().values("pk"))
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        return attachment_response(row.file, name=row.original_name, content_type=row.content_type)
