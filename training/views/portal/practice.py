"""Practical tasks in the portal: work handed in, taken back, and what the trainer said."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from tenancy.errors import DomainError
from tenancy.files import attachment_response, check_upload
from tenancy.rls import house_scope
from training.forms.words import HandInForm, mistakes_in, written_in
from training.models import HandIn, HandInFile, Lesson, LessonKind, PracticalTask
from training.services import practice as services
from training.views.portal.learning import LessonView, OwnEnrolmentMixin

MEGABYTE = 1024 * 1024


class HandInView(LessonView):
    """The learner hands work in. What is wrong with a file is said, nothing is half kept, and what was written stays in its
    field.
    """

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.lesson.kind != LessonKind.TASK:
            raise Http404
        with house_scope():
            task = PracticalTask.objects.get(lesson=self.lesson)
        files: list[Any] = request.FILES.getlist("files")
        form = HandInForm(request.POST)
        try:
            if not form.is_valid():
                raise DomainError(mistakes_in(form))
            for upload in files[: task.most_files]:
                upload.checked_type = check_upload(
                    upload, max_bytes=task.most_megabytes * MEGABYTE, kinds=task.file_kinds
                )
            services.hand_in(self.enrolment, self.lesson, text=form.cleaned_data["text"], files=files)
        except (ValidationError, DomainError) as error:
            said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            messages.error(request, said)
            return self.again(request, written=written_in(form))
        messages.success(request, _("Handed in. You are told as soon as it is marked."))
        return redirect(self.lesson_url(self.enrolment, self.lesson))


class OwnWorkMixin(OwnEnrolmentMixin):
    """Something that the person has handed in."""

    @cached_property
    def work(self) -> HandIn:
        return get_object_or_404(HandIn, pk=self.kwargs["pk"], enrolment=self.enrolment)

    def page(self) -> str:
        """Of the lesson, as the learner has it."""
        with house_scope():
            key = Lesson.objects.values_list("key", flat=True).get(task=self.work.task_id)
        lesson = Lesson.objects.filter(version=self.enrolment.version_id, key=key).first()
        return self.lesson_url(self.enrolment, lesson) if lesson else self.course_url(self.enrolment.course_id)


class OwnHandInView(OwnWorkMixin, View):
    """From a notice to the lesson in which it stands."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return redirect(self.page())


class TakeBackView(OwnWorkMixin, View):
    """The learner takes back what nobody has marked yet."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        back = self.page()
        self.take_step(lambda: services.take_back(self.work), _("Taken back: change it, and hand it in again."))
        return redirect(back)


class OwnHandInFileView(OwnEnrolmentMixin, View):
    """A file that the person has handed in, as a download."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = get_object_or_404(HandInFile, pk=self.kwargs["pk"], hand_in__enrolment=self.enrolment)
        return attachment_response(row.file, name=row.original_name, content_type=row.content_type)
