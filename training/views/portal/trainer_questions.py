"""Questions to the trainer in the portal: asked at a lesson, and all that was answered in a course."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from tenancy.errors import DomainError
from training.forms.words import AskForm, mistakes_in, words_in, written_in
from training.selectors.trainer_questions import talks_of
from training.services import trainer_questions as services
from training.views.portal.learning import LessonView, OwnEnrolmentMixin


class AskView(LessonView):
    """The learner asks the trainer; what is refused stays in its field."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AskForm(request.POST)
        try:
            if not form.is_valid():
                raise DomainError(mistakes_in(form))
            services.ask(self.enrolment, self.lesson, form.cleaned_data["text"])
        except DomainError as error:
            messages.error(request, str(error))
            return self.again(request, asked=written_in(form))
        messages.success(request, _("Your trainer has your question; you are told when it is answered."))
        return redirect(f"{self.lesson_url(self.enrolment, self.lesson)}#questions")


class CourseQuestionsView(OwnEnrolmentMixin, TemplateView):
    """All that was asked and answered in a course, to be searched."""

    template_name = "training/portal/questions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = words_in(self.request.GET)
        talks = talks_of(self.enrolment, words=words)
        return super().get_context_data(**(kwargs | {"enrolment": self.enrolment}), words=words, talks=talks)
