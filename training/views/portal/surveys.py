"""Surveys in the portal: filled in, kept, sent."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from tenancy.errors import DomainError
from training.forms.words import OwnWordsForm, mistakes_in
from training.models import EnrolmentState, LessonKind, SurveyKind
from training.selectors.surveys import sheet_of
from training.services import surveys as services
from training.views.portal.learning import OwnEnrolmentMixin


class SurveyView(OwnEnrolmentMixin, View):
    """The learner keeps what is filled in, or sends it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolment, lesson = self.enrolment, self.lesson
        if lesson.kind != LessonKind.SURVEY:
            raise Http404
        back = self.lesson_url(enrolment, lesson)
        fields = sheet_of(enrolment, lesson).fields
        words = OwnWordsForm([each.name for each in fields if each.question.kind == SurveyKind.TEXT], request.POST)
        is_readable = words.is_valid()
        given = {
            str(each.question.key): (
                words.cleaned_data.get(each.name, "")
                if each.name in words.fields
                else request.POST.getlist(each.name)
                if each.question.kind == SurveyKind.MULTIPLE
                else request.POST.get(each.name, "")
            )
            for each in fields
        }
        try:
            services.keep_sheet(enrolment, lesson, given)
            if not is_readable:
                messages.error(request, mistakes_in(words))
                return redirect(back)
            if "send" not in request.POST:
                messages.success(request, _("Kept. You can go on with it later."))
                return redirect(back)
            enrolment = services.send_sheet(enrolment, lesson, given)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(back)
        messages.success(request, _("Thank you: your answers are sent."))
        if enrolment.state == EnrolmentState.PASSED:
            messages.success(request, _("You have passed “%(course)s”.") % {"course": enrolment.course})
            return redirect(self.course_url(enrolment.course_id))
        return redirect(back)
