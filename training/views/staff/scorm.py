"""The SCORM package of a lesson, uploaded and looked at while its version is written."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from tenancy.errors import DomainError
from tenancy.files import attachment_response
from training.forms.scorm import PackageForm
from training.models import CourseVersion, Lesson, LessonKind
from training.scorm_addresses import can_play
from training.scorm_archive import MOST_FILES, MOST_PACKAGE
from training.selectors.scorm import menu, package_of
from training.services import scorm as services
from training.views.staff.lessons import WritingMixin


class PackageEditView(WritingMixin, FormView):
    """What a lesson plays: uploaded, replaced, and what was found in it."""

    form_class = PackageForm
    template_name = "training/staff/scorm_form.html"

    @cached_property
    def lesson(self) -> Lesson:
        rows = Lesson.objects.select_related("module", "version__course")
        return get_object_or_404(
            rows, pk=self.kwargs["pk"], kind=LessonKind.SCORM, version__state=CourseVersion.State.DRAFT
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        package = package_of(self.lesson.pk)
        rows = menu(package) if package is not None else []
        return super().get_context_data(
            lesson=self.lesson,
            course=self.lesson.version.course,
            package=package,
            rows=rows,
            played=sum(bool(row.activity.launch) for row in rows),
            can_play=can_play(),
            most_size=MOST_PACKAGE,
            most_files=MOST_FILES,
            **kwargs,
        )

    def form_valid(self, form: PackageForm) -> HttpResponse:
        try:
            services.keep_package(self.lesson, form.cleaned_data["file"], by=self.member)
        except services.ScormError as error:
            for mistake in error.mistakes:
                form.add_error("file", mistake)
            return self.form_invalid(form)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The package is here: look at it as learners see it."))
        return redirect(self.member.url("training:scorm_edit", pk=self.lesson.pk))


class PackageFileView(WritingMixin, View):
    """The package of a lesson, of any version, as it was uploaded."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        package = package_of(self.kwargs["pk"])
        if package is None:
            raise Http404
        return attachment_response(package.file, name=package.original_name, content_type="application/zip")
