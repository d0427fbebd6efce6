"""Questions to the trainer for staff: open ones first, and one with its answer."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.errors import DomainError
from tenancy.rights import Right
from training.filters.live import AskedFilterSet
from training.forms.practice import AnswerForm
from training.models import LessonQuestion, QuestionState
from training.selectors.trainer_questions import questions_for
from training.services import trainer_questions as services
from training.tables.live import QUESTION_TONES, AskedTable
from training.views.staff.courses import TrainingMixin, waiting_since


class AskedListView(TrainingMixin, ListView):
    """Questions to the trainer, open ones first."""

    required_right = Right.TRAINING_EDIT
    list_key = "trainer_questions"
    table_class = AskedTable
    filterset_class = AskedFilterSet
    template_name = "training/staff/asked_list.html"
    sorts = {
        "state": Sort("stand", nullable=False),
        "asked_at": Sort("asked_at"),
        "answered_at": Sort("answered_at", descending=True, nullable=True),
    }
    default_sort = "state"
    export_name = "questions"
    export_right = Right.TRAINING_EDIT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("Nobody has asked anything yet"),
        gettext_lazy("Learners ask under each lesson; your answers can be for all who take the course."),
    )

    def get_queryset(self) -> QuerySet[LessonQuestion]:
        return questions_for(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count, ago = waiting_since(self.get_queryset().filter(state=QuestionState.OPEN), "asked_at")
        title = ngettext("%(count)s question waits for an answer", "%(count)s questions wait for an answer", count)
        return super().get_context_data(
            title=title % {"count": formats.number(count)} if count else _("Every question is answered"),
            since=_("The oldest was asked %(ago)s") % {"ago": ago} if ago else "",
            **kwargs,
        )


class AskedView(TrainingMixin, FormView):
    """A question with its answer, to be written or mended."""

    required_right = Right.TRAINING_EDIT
    form_class = AnswerForm
    template_name = "training/staff/asked.html"

    @cached_property
    def question(self) -> LessonQuestion:
        return get_object_or_404(questions_for(self.member), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        question = self.question
        return {
            "answer": question.answer,
            "audience": "all" if question.is_public else "asker",
            "shown_text": question.shown_text or question.text,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.question
        return super().get_context_data(
            question=question,
            tone=QUESTION_TONES.get(question.state, ""),
            is_open=question.state == QuestionState.OPEN,
            is_closed=question.state == QuestionState.CLOSED,
            read_at=question.answered_at.isoformat() if question.answered_at else "",
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        if step in ("close", "open"):
            do = services.close if step == "close" else services.open_again
            self.take_step(lambda: do(self.question))
            return redirect(self.member.url("training:asked", pk=self.question.pk))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        question, given = self.question, form.cleaned_data
        read_at = question.answered_at.isoformat() if question.answered_at else ""
        if self.request.POST.get("read_at", "") != read_at:
            form.add_error(None, _("Somebody else has answered it meanwhile: see what was said."))
            return self.form_invalid(form)
        try:
            services.answer(
                question,
                text=given["answer"],
                is_public=given["audience"] == "all",
                shown_text=given["shown_text"],
                by=self.member,
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Answered; %(name)s is told.") % {"name": question.member.name})
        return redirect(self.member.url("training:asked_list"))
