"""Surveys for staff: put together while their version is written, and what was answered."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from pages import formats
from tenancy.errors import DomainError
from training.forms.surveys import SurveyForm, SurveyQuestionForm
from training.models import CourseVersion, Lesson, LessonKind, Survey, SurveyQuestion
from training.selectors import surveys as reading
from training.services import surveys as services
from training.views.files import csv_response
from training.views.staff.courses import TrainingMixin
from training.views.staff.lessons import WritingMixin

BLANK = 2


class SurveyEditView(WritingMixin, TemplateView):
    """A survey: with or without names, and its questions."""

    template_name = "training/staff/survey_form.html"

    @cached_property
    def survey(self) -> Survey:
        return get_object_or_404(
            Survey.objects.select_related("lesson__module", "lesson__version__course"),
            lesson=self.kwargs["pk"],
            lesson__kind=LessonKind.SURVEY,
            lesson__version__state=CourseVersion.State.DRAFT,
        )

    def forms(self, data: Any = None) -> tuple[SurveyForm, list[SurveyQuestionForm]]:
        """The rules, the questions, and two blank ones; with data those questions that were on the page."""
        rows = [(f"q{each.pk}", each) for each in self.questions if data is None or f"q{each.pk}-kind" in data]
        rows += [(f"qnew{number}", SurveyQuestion()) for number in range(1, BLANK + 1)]
        return SurveyForm(data, member=self.member, instance=self.survey), [
            SurveyQuestionForm(data, member=self.member, instance=each, place=place, prefix=prefix)
            for place, (prefix, each) in enumerate(rows, start=1)
        ]

    @cached_property
    def questions(self) -> list[SurveyQuestion]:
        return list(self.survey.questions.all())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"], kwargs["question_forms"] = self.forms()
        lesson = self.survey.lesson
        return super().get_context_data(
            lesson=lesson, course=lesson.version.course, count=self.survey.questions.count(), **kwargs
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, question_forms = self.forms(request.POST)
        if not all([form.is_valid(), *[each.is_valid() for each in question_forms]]):
            return self.render_to_response(self.get_context_data(form=form, question_forms=question_forms))
        kept = [each for each in question_forms if not each.is_left_out]
        kept.sort(key=lambda each: each.cleaned_data["order"])
        removed = {each.instance.pk for each in question_forms if each.is_left_out and each.instance.pk}
        shown = {each.instance.pk for each in question_forms if each.instance.pk}
        others = [each for each in self.questions if each.pk not in shown]
        questions = [each.save(commit=False) for each in kept]
        # Sent twice by a double click, a new question is one.
        asked = [(each.kind, each.texts) for each in others]
        questions = [each for each in questions if each.pk or (each.kind, each.texts) not in asked]
        try:
            services.save_survey(form.save(commit=False), questions, removed)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(form=form, question_forms=question_forms))
        messages.success(request, _("Saved."))
        if others:
            messages.warning(request, _("Somebody else has asked more meanwhile: it stands at the end."))
        return redirect(self.member.url("training:survey_edit", pk=self.survey.lesson_id))


class SurveyLessonMixin(TrainingMixin):
    """A page of what was answered."""

    @cached_property
    def lesson(self) -> Lesson:
        rows = Lesson.objects.select_related("version__course", "survey")
        return get_object_or_404(rows, pk=self.kwargs["pk"], kind=LessonKind.SURVEY)


class SurveyResultsView(SurveyLessonMixin, TemplateView):
    """What all said, question by question, over all versions of the course."""

    template_name = "training/staff/survey_results.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lesson = self.lesson
        count, held_back, results = reading.results(lesson, self.member)
        title = ngettext("%(count)s reply to “%(survey)s”", "%(count)s replies to “%(survey)s”", count)
        none = _("Replies to “%(survey)s” do not show yet") if held_back else _("Nobody has answered “%(survey)s” yet")
        words = {"count": formats.number(count), "survey": lesson}
        return super().get_context_data(
            lesson=lesson,
            course=lesson.version.course,
            count=count,
            held_back=held_back,
            least=reading.LEAST_ANONYMOUS,
            results=results,
            title=(title if count else none) % words,
            **kwargs,
        )


class SurveyExportView(SurveyLessonMixin, View):
    """The answers as a file, a line for each reply."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        lesson = self.lesson
        is_anonymous = lesson.survey.is_anonymous
        heads = reading.export_heads(list(lesson.survey.questions.all()), is_anonymous=is_anonymous)
        rows = reading.export_rows(lesson, self.member, is_anonymous=is_anonymous)
        return csv_response("survey.csv", heads, rows)
