"""Courses for staff: the list, one with its leaves, and what it is."""

import tempfile
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from partners.functions import QUALIFICATIONS
from partners.product_lines import product_line_choices
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.once import OnceMixin
from tenancy.rights import Right
from training.filters.courses import CourseFilterSet
from training.forms.courses import CourseFileForm, CourseForm
from training.functions import TRAINING
from training.leaves import leaves_for, tabs_of
from training.models import Course, CourseState, CourseVersion
from training.selectors import courses as reading
from training.services import course_files
from training.services import courses as services
from training.tables.courses import COURSE_TONES, CourseTable


class TrainingMixin(StaffMixin):
    """Pages of training."""

    required_right = Right.TRAINING_VIEW
    required_function: str | None = TRAINING.key
    kwargs: dict[str, Any]
    request: Any


def waiting_since(rows: QuerySet[Any], moment: str) -> tuple[int, str]:
    """How many rows wait, and in words how long ago the first of them began to; empty where none waits."""
    oldest = rows.order_by(moment, "pk").values_list(moment, flat=True).first()
    return rows.count(), formats.ago(oldest, timezone.now(), get_language()) if oldest else ""


class CourseListView(TrainingMixin, ListView):
    """All courses, with who learns them."""

    list_key = "courses"
    table_class = CourseTable
    filterset_class = CourseFilterSet
    template_name = "training/staff/course_list.html"
    sorts = {
        "updated_at": Sort("updated_at", descending=True),
        "code": Sort("code"),
        "state": Sort("state"),
    }
    default_sort = "-updated_at"
    default_columns = ["title", "code", "state", "minutes", "lesson_count", "learning", "late", "passed", "owner"]
    export_name = "courses"
    export_right = Right.TRAINING_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No course yet"),
        gettext_lazy("Write the first one in lessons of five minutes, or import one that you have as a file."),
        "training:course_create",
        gettext_lazy("Write a course"),
        Right.TRAINING_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.course_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = Course.objects.filter(state=CourseState.PUBLISHED).count()
        title = ngettext("%(count)s course is out", "%(count)s courses are out", counted) % {
            "count": formats.number(counted)
        }
        return super().get_context_data(
            title=title if counted else _("No course is out"), can_write=self.member.can(Right.TRAINING_EDIT), **kwargs
        )


class OneCourseMixin(TrainingMixin):
    """A page of one course."""

    @cached_property
    def course(self) -> Course:
        rows = Course.objects.select_related("owner", "audience", "qualification", "renewal")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def page(self, tab: str = "") -> str:
        url = self.member.url("training:course", pk=self.course.pk)
        return f"{url}?tab={tab}" if tab else url


class CourseView(OneCourseMixin, TemplateView):
    """One course: what it is, and the leaf that is open."""

    template_name = "training/staff/course.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course, member = self.course, self.member
        leaves = [leaf for leaf in leaves_for(member) if leaf.template]
        asked = self.request.GET.get("tab", "")
        leaf = next((each for each in leaves if each.key == asked), leaves[0])
        more = leaf.context(member, course, self.request.GET) if leaf.context else {}
        versions = list(course.versions.all())
        return super().get_context_data(
            course=course,
            tone=COURSE_TONES.get(course.state, ""),
            tabs=tabs_of(member, course, leaf.key),
            leaf=leaf,
            heading=self.heading(),
            draft=next((each for each in versions if each.state == CourseVersion.State.DRAFT), None),
            renews=course.renews.first(),
            lines=course.lines_by(dict(product_line_choices())) if course.product_lines else [],
            needs=[each.needs for each in course.prerequisites.select_related("needs")],
            can_write=member.can(Right.TRAINING_EDIT),
            can_assign=member.can(Right.TRAINING_ASSIGN),
            **more,
            **kwargs,
        )

    def heading(self) -> str:
        """How many learn it, as far as the reader sees them."""
        rows = reading.course_rows(self.member).get(pk=self.course.pk)
        if rows.learning:
            words = ngettext("%(course)s: %(count)s person learns", "%(course)s: %(count)s people learn", rows.learning)
        elif rows.passed:
            words = ngettext(
                "%(course)s: passed by %(count)s person", "%(course)s: passed by %(count)s people", rows.passed
            )
        else:
            return str(self.course)
        return words % {"course": self.course, "count": formats.number(rows.learning or rows.passed)}


class CourseEditView(OnceMixin, TrainingMixin, FormView):
    """What a course is, new or changed."""

    required_right = Right.TRAINING_EDIT
    form_class = CourseForm
    template_name = "training/staff/course_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def course(self) -> Course | None:
        return get_object_or_404(Course, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    @cached_property
    def draft(self) -> CourseVersion | None:
        return self.course.versions.filter(state=CourseVersion.State.DRAFT).first() if self.course else None

    def get_form_kwargs(self) -> dict[str, Any]:
        instance = self.course or Course(owner=self.member if self.member.can(Right.TRAINING_EDIT) else None)
        return super().get_form_kwargs() | {"member": self.member, "instance": instance, "draft": self.draft}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_set = self.member.can(Right.SETTINGS_EDIT) and self.member.has_function(QUALIFICATIONS.key)
        return super().get_context_data(course=self.course, can_set=can_set, **kwargs)

    def form_valid(self, form: CourseForm) -> HttpResponse:
        try:
            course = services.save_course(
                form.save(commit=False),
                form.cleaned_data.get("needs", []),
                is_ordered=form.cleaned_data.get("is_ordered"),
            )
        except DomainError as error:
            form.add_error("needs" if "needs" in form.fields else None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("training:course", pk=course.pk))


class CourseStepView(OneCourseMixin, View):
    """A step of a course: begin a version, publish it, drop it, retire or bring back."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        course, step = self.course, request.POST.get("step", "")
        if step == "draft":
            self.take_step(lambda: services.draft_of(course), _("This is the next version: change what you like."))
            return redirect(self.page())
        if step == "publish":
            note = request.POST.get("note", "").replace("\x00", "")[:300]
            said = _("It is out: who enrols from now on takes this version.")
            done = self.take_step(lambda: services.publish(course, by=self.member, note=note), said)
            return redirect(self.page("" if done else "versions"))
        if step == "drop":
            self.take_step(lambda: services.drop_draft(course), _("The draft is gone."))
            return redirect(self.page("versions"))
        if step == "retire":
            self.take_step(lambda: services.retire(course), _("Nobody new takes it any more; who learns may finish."))
            return redirect(self.page("versions"))
        if step == "return":
            self.take_step(lambda: services.bring_back(course), _("People may enrol again."))
            return redirect(self.page("versions"))
        if step == "copy":
            copied: list[Course] = []
            if self.take_step(lambda: copied.append(course_files.copy_course(course, by=self.member))):
                return redirect(self.member.url("training:course_edit", pk=copied[0].pk))
            return redirect(self.page())
        if step == "delete":
            if self.take_step(lambda: services.delete_course(course), _("The course is gone.")):
                return redirect(self.member.url("training:courses"))
            return redirect(self.page())
        raise Http404


class CourseExportView(OneCourseMixin, View):
    """The course as one file: the version that is out, else the draft."""

    required_right = Right.TRAINING_EDIT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        versions = {each.state: each for each in self.course.versions.select_related("course")}
        version = versions.get(CourseVersion.State.PUBLISHED) or versions.get(CourseVersion.State.DRAFT)
        target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        try:
            if version is None:
                raise Http404
            course_files.write_course(version, target)
        except DomainError as error:
            target.close()
            messages.error(request, str(error))
            return redirect(self.page())
        target.seek(0)
        return attachment_response(target, name=f"{self.course.code}.zip", content_type="application/zip")


class CourseImportView(TrainingMixin, FormView):
    """A course that comes as one file."""

    required_right = Right.TRAINING_EDIT
    form_class = CourseFileForm
    template_name = "training/staff/course_import.html"

    def form_valid(self, form: CourseFileForm) -> HttpResponse:
        try:
            course = course_files.read_course(form.cleaned_data["file"], by=self.member)
        except course_files.CourseFileError as error:
            for mistake in error.mistakes:
                form.add_error("file", mistake)
            return self.form_invalid(form)
        messages.success(self.request, _("The course is here as a draft: look at it, then publish it."))
        return redirect(self.member.url("training:course", pk=course.pk))
