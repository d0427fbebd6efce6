"""The rules of a quiz lesson, and what it draws, while its version is written."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from tenancy.errors import DomainError
from training.forms.question_banks import BLANK_ROWS, PartForm, QuizForm
from training.models import CourseVersion, LessonKind, QuestionBank, Quiz
from training.selectors.question_banks import fitting, tags_in
from training.services import question_banks as services
from training.services.question_banks import MOST_PARTS
from training.views.staff.lessons import WritingMixin

PartFormSet: Any = forms.formset_factory(PartForm, extra=BLANK_ROWS, max_num=MOST_PARTS, absolute_max=MOST_PARTS)


def written_quiz(lesson: int) -> Quiz:
    """The quiz of a lesson, while its version is written."""
    rows = Quiz.objects.select_related("lesson__module", "lesson__version__course")
    return get_object_or_404(
        rows, lesson=lesson, lesson__kind=LessonKind.QUIZ, lesson__version__state=CourseVersion.State.DRAFT
    )


class QuizEditView(WritingMixin, TemplateView):
    """A quiz: its rules, and the parts that it draws."""

    template_name = "training/staff/quiz_form.html"

    @cached_property
    def quiz(self) -> Quiz:
        return written_quiz(self.kwargs["pk"])

    def forms(self, data: Any = None) -> tuple[QuizForm, Any]:
        """The rules, and the parts."""
        parts = list(self.quiz.parts.all())
        used = {part.bank_id for part in parts}
        names = ("bank_id", "tag", "easiest", "hardest", "count")
        formset = PartFormSet(
            data,
            initial=[{name.removesuffix("_id"): getattr(part, name) for name in names} for part in parts],
            prefix="parts",
            form_kwargs={
                "member": self.member,
                "banks": QuestionBank.objects.filter(Q(is_retired=False) | Q(pk__in=used)).order_by("name", "pk"),
                "tags": sorted({*tags_in(), *(part.tag for part in parts if part.tag)}),
            },
        )
        if data is None:
            for form, fits in zip(formset.forms, fitting(parts), strict=False):
                form.fits = fits
        return QuizForm(data, member=self.member, instance=self.quiz), formset

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"], kwargs["formset"] = self.forms()
        lesson = self.quiz.lesson
        return super().get_context_data(
            lesson=lesson,
            course=lesson.version.course,
            drawn=sum(self.quiz.parts.values_list("count", flat=True)),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, formset = self.forms(request.POST)
        if not all([form.is_valid(), formset.is_valid()]):
            return self.render_to_response(self.get_context_data(form=form, formset=formset))
        parts = [each.instance for each in formset if each.cleaned_data.get("bank")]
        try:
            services.save_quiz(form.save(commit=False), parts)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(form=form, formset=formset))
        if request.POST.get("then") == "bank":
            messages.success(request, _("Saved."))
            return redirect(f"{self.member.url('training:bank_create')}?quiz={self.quiz.lesson_id}")
        lacking = [(part, fits) for part, fits in zip(parts, fitting(parts), strict=True) if fits < part.count]
        for part, fits in lacking:
            messages.warning(
                request,
                _("“%(bank)s” has %(found)s questions for a part that draws %(count)s.")
                % {"bank": part.bank, "found": fits, "count": part.count},
            )
        if not lacking:
            messages.success(request, _("Saved."))
        return redirect(self.member.url("training:quiz_edit", pk=self.quiz.lesson_id))
